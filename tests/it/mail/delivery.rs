//! A letter goes out once, to the right person, in its tenant's name.

use super::{address, befall, invite, items, state, until};
use gateway::FaultError;
use serde_json::json;
use tests::{TestCloud, TestTenant};

#[tokio::test]
async fn a_letter_becomes_one_message_and_is_noted_as_delivered() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    invite(&tenant, &email).await;
    until(cloud, &email, "delivered").await;
    let messages = cloud.letters(&email);
    assert_eq!(messages.len(), 1);
    let letter = &messages[0];
    assert_eq!(
        letter.subject,
        format!("{} invites you to Tenantry", tenant.name)
    );
    for body in [&letter.text, &letter.html] {
        assert!(body.contains("Olivia Owner") && body.contains("/invitations/accept#token="));
    }
    let sent = cloud.gateway().mail().into_iter();
    let sent: Vec<_> = sent
        .filter(|message| message.to == [email.clone()])
        .collect();
    assert_eq!(
        sent[0].from,
        format!("\"{} via Tenantry\" <no-reply@localhost>", tenant.name)
    );
    let item = &items(cloud, &email)[0];
    assert_eq!(item["message_id"]["S"], json!(sent[0].id));
}

#[tokio::test]
async fn a_letter_about_an_account_goes_the_same_way() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let letter = cloud
        .letter(&tenant.owner.email, "Hello Olivia Owner")
        .await;
    assert!(!letter.subject.is_empty());
    let items = items(cloud, &tenant.owner.email);
    let user = tenant.owner.user_id.replace("usr_", "USER#");
    assert!(!items.is_empty());
    for item in items {
        assert_eq!(item["pk"]["S"], format!("{user}#OUTBOX"));
    }
}

#[tokio::test]
async fn a_busy_service_delays_a_letter_and_no_more() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    befall(cloud, &email, 2, FaultError::ThroughputExceeded);
    invite(&tenant, &email).await;
    until(cloud, &email, "delivered").await;
    assert_eq!(cloud.letters(&email).len(), 1);
}

#[tokio::test]
async fn what_the_queue_brings_again_is_not_sent_again() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    invite(&tenant, &email).await;
    until(cloud, &email, "delivered").await;
    let item = &items(cloud, &email)[0];
    let body =
        json!({"table": "TenantTable", "pk": item["pk"]["S"], "sk": item["sk"]["S"]}).to_string();
    let message = |id: &str, body: &str| json!({"messageId": id, "receiptHandle": "none", "body": body, "attributes": {"ApproximateReceiveCount": "1"}});
    let event =
        json!({"Records": [message("1", &body), message("2", &body), message("3", "no letter")]});
    let answer = cloud
        .local()
        .invoke("EmailsSendFunction", &event)
        .await
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer.payload).unwrap();
    // What is no letter stays in the queue, until it gets where somebody sees it.
    assert_eq!(
        answer,
        json!({"batchItemFailures": [{"itemIdentifier": "3"}]})
    );
    assert_eq!(state(cloud, &email), "delivered");
    assert_eq!(cloud.letters(&email).len(), 1);
}
