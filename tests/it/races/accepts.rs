//! Fifty people for one seat.

use super::{at_once, bring_about, calls, counts, everything, new_items, tally};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{Kind, PASSWORD, Role, TestTenant, unique};

#[tokio::test]
async fn of_fifty_who_accept_for_one_seat_one_joins() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "seats").await;
    tenant.set("TENANT", "seats", json!({"N": "51"})).await;
    let mut tokens = Vec::new();
    for number in 0..50 {
        tokens.push(
            tenant
                .invitation(
                    Role::Viewer,
                    &format!("guest{number}@{}.example", tenant.slug),
                )
                .await,
        );
    }
    tenant.set("TENANT", "seats", json!({"N": "2"})).await;
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
    let answers = at_once(tokens.iter().map(|token| {
        cloud
            .post("/v1/invitations/accept")
            .json(json!({"token": token, "name": "Guest", "password": PASSWORD}))
    }))
    .await;
    assert_eq!(
        tally(&answers),
        counts(&[("201 success", 1), ("402 seat-limit", 49)])
    );
    assert_eq!(calls(cloud, "TransactWriteItems"), 50 + 7);
    let joined = counts(&[
        ("TENANT/MEMBER", 1),
        ("EMAIL/EMAIL", 1),
        ("USER/USER", 1),
        ("USER/TENANT", 1),
        ("USER/SESSION", 1),
    ]);
    assert_eq!(new_items(&before, cloud), joined);
    let after = everything(cloud);
    let core = |sort_key: &str| format!("TenantTable TENANT#{} {sort_key}", tenant.uuid());
    let profile = &after[&core("TENANT")];
    assert_eq!(
        (&profile["members"]["N"], &profile["seats"]["N"]),
        (&json!("2"), &json!("2"))
    );
    let invitations = after
        .iter()
        .filter(|(key, _)| key.starts_with(&core("INVITATION#")));
    let used = invitations.filter(|(_, invitation)| invitation["status"]["S"] == "accepted");
    assert_eq!(used.count(), 1);

    // A seat that is bought is there for the next, whose invitation is still good.
    tenant.set("TENANT", "seats", json!({"N": "3"})).await;
    let loser = answers
        .iter()
        .position(|answer| answer.status == 402)
        .unwrap();
    let body = json!({"token": tokens[loser], "name": "Guest", "password": PASSWORD});
    cloud
        .post("/v1/invitations/accept")
        .json(body)
        .await
        .assert_status(201);
}

#[tokio::test]
async fn an_invitation_is_used_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "once").await;
    let token = tenant
        .invitation(Role::Viewer, &format!("guest@{}.example", unique()))
        .await;
    let before = everything(cloud);
    bring_about(
        cloud,
        "TransactWriteItems",
        &[(FaultError::TransactionConflict, 5)],
    );
    let answers = at_once((0..10).map(|_| {
        cloud
            .post("/v1/invitations/accept")
            .json(json!({"token": token, "name": "Guest", "password": PASSWORD}))
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1, "{:?}", tally(&answers));
    // Who comes after the first finds the invitation used, or the address taken by the one who used it.
    for answer in lost {
        assert!(
            answer.check_problem(Kind::InvitationInvalid).is_ok()
                || answer.check_problem(Kind::Conflict).is_ok(),
            "{answer}"
        );
    }
    let joined = counts(&[
        ("TENANT/MEMBER", 1),
        ("EMAIL/EMAIL", 1),
        ("USER/USER", 1),
        ("USER/TENANT", 1),
        ("USER/SESSION", 1),
    ]);
    assert_eq!(new_items(&before, cloud), joined);
}
