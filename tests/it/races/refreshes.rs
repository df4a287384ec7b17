//! Twenty refreshes with one token: a client with several tabs, or a reply that was lost.

use super::{at_once, bring_about, calls, counts, tally};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use std::collections::BTreeSet;
use tests::{Answer, Kind, Request, TestCloud, TestTenant};

fn refresh<'a>(cloud: &'a TestCloud, token: &str) -> Request<'a> {
    cloud
        .post("/v1/auth/refresh")
        .json(json!({"refresh_token": token}))
}

#[tokio::test]
async fn twenty_refreshes_with_one_token_get_one_answer() {
    let (cloud, _turn) = apart::cloud().await;
    let owner = TestTenant::create(cloud, "refresh").await.owner;
    // The letters of the sign-up are updates too.
    cloud.local().settled().await.unwrap();
    bring_about(
        cloud,
        "UpdateItem",
        &[
            (FaultError::ThroughputExceeded, 1),
            (FaultError::LostReply, 1),
        ],
    );
    let answers = at_once((0..20).map(|_| refresh(cloud, &owner.refresh_token))).await;
    assert_eq!(tally(&answers), counts(&[("200 success", 20)]));
    assert_eq!(calls(cloud, "UpdateItem"), 20 + 2);
    let of = |pointer: &str| {
        answers
            .iter()
            .map(|answer| answer.text(pointer))
            .collect::<BTreeSet<_>>()
    };
    for pointer in ["/refresh_token", "/session_id", "/user_id", "/tenant_id"] {
        assert_eq!(of(pointer).len(), 1, "{pointer}");
    }
    assert!(!of("/refresh_token").contains(&owner.refresh_token));
    for answer in &answers {
        cloud
            .get("/v1/me")
            .token(&answer.text("/access_token"))
            .await
            .assert_status(200);
    }

    // The session went one step on, not twenty: its next token is good, and so is the one after.
    let second = refresh(cloud, &answers[0].text("/refresh_token"))
        .await
        .assert_status(200);
    let third = refresh(cloud, &second.text("/refresh_token"))
        .await
        .assert_status(200);
    ended_by(cloud, &owner.refresh_token, &third).await;
}

/// The re-use of an old token ends the session: one of the two who hold it is a thief.
async fn ended_by(cloud: &TestCloud, old: &str, latest: &Answer) {
    refresh(cloud, old)
        .await
        .assert_problem(Kind::InvalidRefreshToken);
    refresh(cloud, &latest.text("/refresh_token"))
        .await
        .assert_problem(Kind::InvalidRefreshToken);
    cloud
        .get("/v1/me")
        .token(&latest.text("/access_token"))
        .await
        .assert_problem(Kind::SessionRevoked);
}

#[tokio::test]
async fn after_the_grace_time_the_token_just_used_ends_the_session() {
    let (cloud, _turn) = apart::cloud().await;
    let owner = TestTenant::create(cloud, "grace").await.owner;
    let next = refresh(cloud, &owner.refresh_token)
        .await
        .assert_status(200);
    refresh(cloud, &owner.refresh_token)
        .await
        .assert_status(200);
    // Eleven seconds later, as the item sees it.
    let then = tests::now() - 11;
    let credentials = cloud
        .gateway()
        .role_credentials("AuthRefreshRole", "test")
        .unwrap();
    let bare = |id: &str| id.split_once('_').unwrap().1.to_owned();
    let change = json!({
        "TableName": "DirectoryTable",
        "Key": {"pk": {"S": format!("USER#{}", bare(&owner.user_id))}, "sk": {"S": format!("SESSION#{}", bare(&owner.session_id))}},
        "UpdateExpression": "SET rotated_at = :then", "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":then": {"N": then.to_string()}},
    });
    cloud
        .dynamodb(&credentials, "UpdateItem", change)
        .await
        .ok();
    ended_by(cloud, &owner.refresh_token, &next).await;
}

/// Two of a kind at once, the token used and its successor: whoever comes first, the session is either alive or ended for both.
#[tokio::test]
async fn a_session_that_is_ended_while_it_is_refreshed_is_ended() {
    let (cloud, _turn) = apart::cloud().await;
    for _ in 0..5 {
        let tenant = TestTenant::create(cloud, "ended").await;
        let owner = &tenant.owner;
        let mut requests: Vec<Request<'_>> = (0..5)
            .map(|_| refresh(cloud, &owner.refresh_token))
            .collect();
        requests.insert(2, cloud.post("/v1/auth/logout").as_(owner).json(json!({})));
        let answers = at_once(requests).await;
        assert_eq!(answers[2].status, 204, "{}", answers[2]);
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            cloud
                .get("/v1/me")
                .token(&answer.text("/access_token"))
                .await
                .assert_problem(Kind::SessionRevoked);
            refresh(cloud, &answer.text("/refresh_token"))
                .await
                .assert_problem(Kind::InvalidRefreshToken);
        }
    }
}
