//! Functions die and answers get lost; the letter still goes out, and once.

use super::{LONG, address, befall, invite, state, until};
use crate::apart;
use gateway::{Fault, FaultError};
use std::time::Duration;
use tests::{TestCloud, TestTenant};

const SENDER: &str = "EmailsSendFunction";

async fn until_in_the_mailbox(cloud: &TestCloud, email: &str) {
    let waited = tokio::time::timeout(LONG, async {
        while cloud.letters(email).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("a message");
}

#[tokio::test]
async fn a_death_after_ses_accepted_leads_to_one_message() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    befall(cloud, &email, 1, FaultError::NoReply);
    invite(&tenant, &email).await;
    until_in_the_mailbox(cloud, &email).await;
    assert!(cloud.local().kill(SENDER) > 0);
    // SES's own event says that it is sent. What the queue brings again after its patience finds that.
    until(cloud, &email, "delivered").await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    cloud.local().settled().await.unwrap();
    assert_eq!(cloud.letters(&email).len(), 1);
    assert_eq!(state(cloud, &email), "delivered");
}

#[tokio::test]
async fn a_lost_answer_leads_to_one_message() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    befall(cloud, &email, 1, FaultError::LostReply);
    invite(&tenant, &email).await;
    until(cloud, &email, "delivered").await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    cloud.local().settled().await.unwrap();
    assert_eq!(cloud.letters(&email).len(), 1);
}

#[tokio::test]
async fn a_death_before_ses_is_asked_leads_to_one_message() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    // The owner's own letters are done: the next update of an item of a tenant is the sender's of ours.
    cloud.local().settled().await.unwrap();
    let email = address();
    // Its letter is taken, and the sender never hears of that. The request itself updates nothing outside its transaction.
    cloud.gateway().inject(Fault {
        operation: "UpdateItem".to_owned(),
        table: Some("TenantTable".to_owned()),
        route: None,
        after: 0,
        times: 1,
        error: FaultError::NoReply,
    });
    invite(&tenant, &email).await;
    until(cloud, &email, "sending").await;
    assert!(cloud.local().kill(SENDER) > 0);
    assert!(cloud.letters(&email).is_empty());
    until(cloud, &email, "delivered").await;
    cloud.local().settled().await.unwrap();
    assert_eq!(cloud.letters(&email).len(), 1);
}

#[tokio::test]
async fn a_reader_of_the_stream_that_dies_loses_no_letter() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    cloud.local().settled().await.unwrap();
    let email = address();
    cloud.gateway().inject(Fault {
        operation: "SendMessageBatch".to_owned(),
        table: Some("EmailQueue".to_owned()),
        route: None,
        after: 0,
        times: 4,
        error: FaultError::InternalServerError,
    });
    invite(&tenant, &email).await;
    cloud.local().kill("StreamFanoutFunction");
    until(cloud, &email, "delivered").await;
    cloud.local().settled().await.unwrap();
    assert_eq!(cloud.letters(&email).len(), 1);
}
