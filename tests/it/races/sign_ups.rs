//! A hundred sign-ups with one slug.

use super::{at_once, bring_about, calls, counts, everything, new_items, tally};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{Kind, PASSWORD, Person, unique};

#[tokio::test]
async fn of_a_hundred_sign_ups_with_one_slug_one_wins() {
    let (cloud, _turn) = apart::cloud().await;
    let slug = format!("wanted-{}", unique());
    cloud.settled().await;
    let before = everything(cloud);
    bring_about(
        cloud,
        "TransactWriteItems",
        &[
            (FaultError::TransactionConflict, 5),
            (FaultError::ThroughputExceeded, 1),
            (FaultError::LostReply, 1),
        ],
    );
    let answers = at_once((0..100).map(|number| {
        cloud.post("/v1/tenants").json(json!({
            "name": "Wanted", "slug": slug, "owner_name": "Olivia Owner",
            "owner_email": format!("owner{number}@{slug}.example"), "owner_password": PASSWORD,
        }))
    }))
    .await;
    assert_eq!(
        tally(&answers),
        counts(&[("201 success", 1), ("409 already-taken", 99)])
    );
    assert_eq!(calls(cloud, "TransactWriteItems"), 100 + 7);
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        lost.assert_problem(Kind::AlreadyTaken)
            .assert_fields(&["/slug"]);
    }
    // One tenant with its owner, trial and first project, and one user with a session, the link to prove the address and
    // two letters: nothing of the ninety-nine.
    let made = counts(&[
        ("TENANT/TENANT", 1),
        ("TENANT/MEMBER", 1),
        ("TENANT/PROJECT", 1),
        ("TENANT/SUBSCRIPTION", 1),
        ("DUE/TENANT", 1),
        ("SLUG/SLUG", 1),
        ("EMAIL/EMAIL", 1),
        ("USER/USER", 1),
        ("USER/TENANT", 1),
        ("USER/SESSION", 1),
        ("USER/TOKEN", 1),
        ("USER/LETTER", 2),
    ]);
    assert_eq!(new_items(&before, cloud), made);
    let winner = answers
        .iter()
        .position(|answer| answer.status == 201)
        .unwrap();
    let owner = Person::signed_in(&answers[winner], &format!("owner{winner}@{slug}.example"));
    let me = cloud.get("/v1/me").as_(&owner).await.assert_status(200);
    assert_eq!(
        (me.text("/tenant/slug"), me.text("/user/email")),
        (slug, owner.email)
    );
}

#[tokio::test]
async fn of_twenty_sign_ups_with_one_address_one_wins() {
    let (cloud, _turn) = apart::cloud().await;
    let name = unique();
    let before = everything(cloud);
    bring_about(
        cloud,
        "TransactWriteItems",
        &[(FaultError::TransactionConflict, 5)],
    );
    let answers = at_once((0..20).map(|number| {
        cloud.post("/v1/tenants").json(json!({
            "name": "Twice", "slug": format!("twice-{name}-{number}"), "owner_name": "Olivia Owner",
            "owner_email": format!("Owner@{name}.example"), "owner_password": PASSWORD,
        }))
    }))
    .await;
    assert_eq!(
        tally(&answers),
        counts(&[("201 success", 1), ("409 already-taken", 19)])
    );
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        lost.assert_problem(Kind::AlreadyTaken)
            .assert_fields(&["/owner_email"]);
    }
    let new = new_items(&before, cloud);
    assert_eq!(
        (
            new["SLUG/SLUG"],
            new["TENANT/TENANT"],
            new["EMAIL/EMAIL"],
            new["USER/USER"]
        ),
        (1, 1, 1, 1),
        "{new:?}"
    );
}
