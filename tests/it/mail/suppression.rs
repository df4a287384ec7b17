//! Addresses that bounce or complain get no more mail; what only passes is tried again.

use super::{invite, items, simulated, until};
use std::time::Duration;
use tests::{TestCloud, TestTenant};

#[tokio::test]
async fn an_address_that_bounced_gets_no_more_mail() {
    after(&simulated("bounce"), "bounce").await;
}

#[tokio::test]
async fn an_address_that_complained_gets_no_more_mail() {
    after(&simulated("complaint"), "complaint").await;
}

async fn after(email: &str, reason: &str) {
    let cloud = TestCloud::shared();
    let first = TestTenant::create(cloud, "acme").await;
    invite(&first, email).await;
    until(cloud, email, "bounced").await;
    assert_eq!(cloud.letters(email).len(), 1);
    let suppressed = cloud.dump("DirectoryTable").into_iter();
    let suppressed: Vec<_> = suppressed
        .filter(|item| item["sk"]["S"] == "SUPPRESSED" && item["reason"]["S"] == reason)
        .collect();
    assert!(!suppressed.is_empty());
    // By a hash alone, and whoever writes.
    assert!(
        suppressed
            .iter()
            .all(|item| !item.to_string().contains('@'))
    );
    let second = TestTenant::create(cloud, "globex").await;
    invite(&second, &email.to_uppercase()).await;
    let later = email.to_uppercase();
    until_state(cloud, &later, "suppressed").await;
    assert!(cloud.letters(&later).is_empty());
}

/// As [`until`], for an address that is stored as it was written.
async fn until_state(cloud: &TestCloud, email: &str, expected: &str) {
    for _ in 0..400 {
        let items = items(cloud, email);
        if items.iter().any(|item| item["state"]["S"] == expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the letter to {email} is {:?}", items(cloud, email));
}
