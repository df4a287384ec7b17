//! A link's secret is in the message and nowhere else; a queue and a log name nobody.

use super::{address, befall, invite, items, until};
use gateway::FaultError;
use serde_json::{Value, json};
use std::time::Duration;
use tests::{TestCloud, TestTenant};

#[tokio::test]
async fn a_links_secret_is_in_the_message_alone() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    invite(&tenant, &email).await;
    until(cloud, &email, "delivered").await;
    let letter = cloud.letter(&email, "#token=").await;
    let (_, token) = letter.text.split_once("#token=").unwrap();
    let token = token.split_whitespace().next().unwrap();
    // The end of the token is the secret, in the letters of base64url.
    let secret = &token[token.len() - 40..];
    let mut places = cloud.dump("TenantTable");
    places.extend(cloud.dump("DirectoryTable"));
    assert!(places.len() > 5);
    for item in places {
        assert!(!item.to_string().contains(secret), "{item}");
    }
    let lines = cloud.local().function_logs();
    assert!(lines.iter().any(|line| line.line.contains("EmailsSend")));
    for line in lines {
        assert!(
            !line.line.contains(secret) && !line.line.contains(&email),
            "{}",
            line.line
        );
    }
    // What the queue was told is the keys of the item, which name ids alone.
    let item = &items(cloud, &email)[0];
    let keys = format!("{}{}", item["pk"], item["sk"]);
    assert!(!keys.contains('@'), "{keys}");
}

#[tokio::test]
async fn the_queue_holds_keys_alone() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    // So that it waits in the queue for a while.
    befall(cloud, &email, 2, FaultError::ThroughputExceeded);
    invite(&tenant, &email).await;
    let queue = cloud.gateway().queue("EmailQueue").unwrap();
    let body = loop {
        let mut bodies = queue.bodies().into_iter();
        let ours = bodies.find(|body| body.contains(tenant.uuid()));
        match ours {
            Some(body) => break body,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let item = &items(cloud, &email)[0];
    let expected = json!({"table": "TenantTable", "pk": item["pk"]["S"], "sk": item["sk"]["S"]});
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body, expected);
    until(cloud, &email, "delivered").await;
}
