//! The way of a letter, from the request that writes it to the mailbox: over the real stream, queue and topic.

mod crashes;
mod delivery;
mod secrecy;
mod suppression;

use gateway::{Fault, FaultError};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Answer, TestCloud, TestTenant, unique};

/// Longer than the queue's patience in these clouds, with some for a slow machine.
const LONG: Duration = Duration::from_secs(45);

fn address() -> String {
    format!("ada-{}@customer.example", unique())
}

/// An address of AWS's mailbox simulator, which the local cloud plays too.
fn simulated(fate: &str) -> String {
    format!("{fate}+{}@simulator.amazonses.com", unique())
}

/// Writes a letter: an invitation to the address.
async fn invite(tenant: &TestTenant, email: &str) -> Answer {
    tenant
        .cloud()
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(json!({"email": email, "role": "viewer"}))
        .await
        .assert_status(201)
}

/// What befalls the sending of mail to an address.
fn befall(cloud: &TestCloud, email: &str, times: u32, error: FaultError) {
    cloud.gateway().inject(Fault {
        operation: "SendEmail".to_owned(),
        table: Some(email.to_owned()),
        route: None,
        after: 0,
        times,
        error,
    });
}

/// The items of the letters to an address, in DynamoDB's JSON.
fn items(cloud: &TestCloud, email: &str) -> Vec<Value> {
    let all = [cloud.dump("TenantTable"), cloud.dump("DirectoryTable")].concat();
    let letters = all
        .into_iter()
        .filter(|item| item["letter"]["M"]["to"]["S"] == email);
    letters.collect()
}

fn state(cloud: &TestCloud, email: &str) -> String {
    let items = items(cloud, email);
    let [item] = items.as_slice() else {
        panic!("{} letters to {email}: {items:?}", items.len());
    };
    item["state"]["S"].as_str().unwrap_or_default().to_owned()
}

/// Waits until the one letter to an address is in this state.
async fn until(cloud: &TestCloud, email: &str, expected: &str) {
    let waited = tokio::time::timeout(LONG, async {
        while state(cloud, email) != expected {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    if waited.await.is_err() {
        panic!("the letter is {} and not {expected}", state(cloud, email));
    }
}
