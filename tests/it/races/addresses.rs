//! Several people, and somebody who signs up, for one address.

use super::{at_once, bring_about, everything, tally};
use crate::apart;
use crate::v1::auth::mailed_tokens;
use futures::future::join_all;
use gateway::FaultError;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use tests::{Answer, PASSWORD, Person, Role, TestCloud, TestTenant, unique};

/// So many people want the same address.
const PEOPLE: usize = 2;
/// So many addresses are wanted at the same time, each by others: a person may ask for a few changes at once only.
const GROUPS: usize = 10;
const ROUNDS: usize = 5;
/// One for each race.
const FIRST_NETWORK: u8 = 140;

/// All of them, and somebody who signs up, come for one address; who signs up is each time at another place among them.
/// They come from a network of their own: what is counted by network must not decide.
async fn race(cloud: &TestCloud, people: &[Person], place: usize) {
    let network = FIRST_NETWORK + u8::try_from(place).unwrap();
    let post = |path: &str| cloud.request_from(network, Method::POST, path);
    let wanted = format!("wanted-{}@moving.example", unique());
    for person in people {
        let change = post("/v1/me/change-email").as_(person);
        let change = change.json(json!({"email": wanted}));
        change.await.assert_status(202);
    }
    let tokens = mailed_tokens(cloud, &wanted, "verify-email", people.len()).await;
    let mut requests: Vec<_> = tokens
        .iter()
        .map(|token| {
            let verify = post("/v1/auth/verify-email");
            verify.json(json!({"token": token}))
        })
        .collect();
    let sign_up = json!({
        "name": "Moving Ltd", "slug": format!("moving-{}", unique()), "owner_email": wanted,
        "owner_name": "Mo", "owner_password": PASSWORD,
    });
    let sign_up = post("/v1/tenants").json(sign_up);
    requests.insert(place % (people.len() + 1), sign_up);
    let answers = at_once(requests).await;
    let won = answers.iter().filter(|answer| answer.status < 300).count();
    assert_eq!(won, 1, "{:?}", tally(&answers));
    let is_told = |answer: &Answer| answer.status < 300 || answer.status == 409;
    assert!(answers.iter().all(is_told), "{:?}", tally(&answers));
}

#[tokio::test]
async fn of_all_who_want_an_address_one_gets_it() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "moving").await;
    tenant.set("TENANT", "seats", json!({"N": "50"})).await;
    let mut people = Vec::new();
    for _ in 0..PEOPLE * GROUPS {
        people.push(tenant.member(Role::Viewer).await);
    }
    for round in 0..ROUNDS {
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, 3)],
        );
        let races = people.chunks(PEOPLE).enumerate();
        join_all(races.map(|(number, people)| race(cloud, people, round * GROUPS + number))).await;
    }
    // Each address leads to the one who has it, each person to their address, and every copy says the same.
    let all = everything(cloud);
    let text = |item: &serde_json::Value, name: &str| item[name]["S"].as_str().map(str::to_owned);
    let owners: BTreeMap<String, String> = all
        .iter()
        .filter_map(|(key, item)| {
            let address = key.strip_prefix("DirectoryTable EMAIL#")?;
            let address = address.strip_suffix(" EMAIL")?.to_owned();
            Some((address, text(item, "user_id")?))
        })
        .collect();
    for person in &people {
        let user = person.user_id.replace("usr_", "USER#");
        let item = &all[&format!("DirectoryTable {user} USER")];
        let address = text(item, "email").unwrap();
        assert_eq!(owners.get(&address), Some(&person.user_id), "{address}");
        let theirs = owners.values().filter(|owner| **owner == person.user_id);
        assert_eq!(theirs.count(), 1);
        let copy = person.user_id.replace("usr_", "MEMBER#");
        let copy = &all[&format!("TenantTable TENANT#{} {copy}", tenant.uuid())];
        assert_eq!(text(copy, "email"), Some(address));
    }
}
