//! `POST /v1/invitations/preview`

use super::{accept_as_new, expire, revoke};
use crate::apart;
use serde_json::json;
use tests::{Answer, Kind, Role, TestCloud, TestTenant};

async fn preview(cloud: &TestCloud, token: &str) -> Answer {
    cloud
        .post("/v1/invitations/preview")
        .json(json!({"token": token}))
        .await
}

#[tokio::test]
async fn it_says_who_invites_whom_where_to() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let invited = tenant.invite(Role::SalesRep).await;
    let shown = preview(cloud, &invited.token).await.assert_status(200);
    let expected = json!({
        "tenant_name": tenant.name, "tenant_slug": tenant.slug, "inviter_name": "Olivia Owner",
        "email": invited.email, "role": "sales_rep", "role_name": "sales rep", "expires_at": shown.text("/expires_at"),
    });
    assert_eq!(shown.json, expected);
    // It changes nothing: the invitation is still good.
    accept_as_new(&invited.token).await.assert_status(201);
    preview(cloud, &invited.token)
        .await
        .assert_problem(Kind::InvitationInvalid);
}

#[tokio::test]
async fn what_is_not_good_says_nothing() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (revoked, late) = (
        tenant.invite(Role::Viewer).await,
        tenant.invite(Role::Viewer).await,
    );
    revoke(&tenant.owner, &revoked.id).await.assert_status(204);
    expire(&tenant, &late.id).await;
    let good = tenant.invite(Role::Viewer).await.token;
    let mut answers = Vec::new();
    for token in [
        revoked.token.as_str(),
        &late.token,
        "x",
        "",
        &good[1..],
        &format!("{good}AAAA"),
    ] {
        answers.push(preview(cloud, token).await);
    }
    for answer in &answers {
        answer.assert_problem(Kind::InvitationInvalid);
        assert_eq!(answer.without_request_id(), answers[0].without_request_id());
    }
}

/// Neither the bytes nor the calls tell whether the address has an account: nobody looks.
#[tokio::test]
async fn it_does_not_tell_whether_the_address_has_an_account() {
    let (cloud, _turn) = apart::cloud().await;
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let known = acme.invitation(Role::Viewer, &globex.owner.email).await;
    let unknown = acme
        .invitation(Role::Viewer, &format!("nobody@{}.example", globex.slug))
        .await;
    preview(cloud, &known).await.assert_status(200);
    let mut seen = Vec::new();
    for token in [&known, &unknown] {
        cloud.gateway().clear_decisions();
        let answer = preview(cloud, token).await.assert_status(200);
        let names: Vec<String> = answer.json.as_object().unwrap().keys().cloned().collect();
        let calls: Vec<String> = cloud
            .gateway()
            .decisions()
            .iter()
            .filter(|call| call.service == "dynamodb")
            .map(|call| format!("{} {:?}", call.operation, call.capacity))
            .collect();
        seen.push((names, calls));
        let partitions = cloud.gateway().decisions();
        assert!(
            partitions.iter().all(|call| call
                .leading_keys
                .iter()
                .all(|key| key.starts_with("TENANT#"))),
            "the directory was asked"
        );
    }
    assert_eq!(seen[0], seen[1]);
    assert!(!seen[0].1.is_empty());
}
