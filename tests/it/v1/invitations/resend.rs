//! `POST /v1/invitations/{invitation_id}/resend`

use super::{accept_as_new, expire, resend, revoke, token_in};
use crate::apart;
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn the_new_link_is_good_and_the_old_one_dies() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let invited = tenant.invite(Role::Viewer).await;
    expire(&tenant, &invited.id).await;
    let again = resend(&tenant.owner, &invited.id).await.assert_status(200);
    assert_eq!(again.json["status"], "pending");
    let link = again.text("/invitation_link");
    accept_as_new(&invited.token)
        .await
        .assert_problem(Kind::InvitationInvalid);
    accept_as_new(token_in(&link)).await.assert_status(201);
    resend(&tenant.owner, &invited.id)
        .await
        .assert_problem(Kind::Conflict);
}

#[tokio::test]
async fn an_address_is_written_to_once_a_minute() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let invited = tenant.invite(Role::Viewer).await;
    let again = cloud
        .post(format!("/v1/invitations/{}/resend", invited.id))
        .as_(&tenant.owner)
        .json(json!({}))
        .await
        .assert_status(200);
    assert!(again.json.get("invitation_link").is_none(), "{again}");
    let letter = cloud.letter(&invited.email, "token=").await;
    let refused = resend(&tenant.owner, &invited.id).await;
    refused.assert_problem(Kind::TooManyRequests);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((50..=60).contains(&wait), "{refused}");
    let key = format!("INVITATION#{}", invited.id.strip_prefix("inv_").unwrap());
    let earlier = json!({"N": (tests::now() - 61).to_string()});
    tenant.set(&key, "resent_at", earlier).await;
    resend(&tenant.owner, &invited.id).await.assert_status(200);
    // That was the third link.
    accept_as_new(token_in(&letter.text))
        .await
        .assert_problem(Kind::InvitationInvalid);
}

#[tokio::test]
async fn it_stands_on_the_word_of_who_sends_it() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let manager = tenant.member(Role::Manager).await;
    let (viewer, admin) = (
        tenant.invite(Role::Viewer).await,
        tenant.invite(Role::Admin).await,
    );
    resend(&manager, &admin.id)
        .await
        .assert_problem(Kind::PermissionDenied);
    let again = resend(&manager, &viewer.id).await.assert_status(200);
    assert_eq!(again.json["invited_by"], json!(manager.user_id));
    tenant.remove(&manager).await;
    accept_as_new(token_in(&again.text("/invitation_link")))
        .await
        .assert_problem(Kind::InvitationInvalid);
    revoke(&tenant.owner, &viewer.id).await.assert_status(204);
    resend(&tenant.owner, &viewer.id)
        .await
        .assert_problem(Kind::Conflict);
}

#[tokio::test]
async fn it_does_not_tell_whether_the_address_has_an_account() {
    let (cloud, _turn) = apart::cloud().await;
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let nobody = format!("nobody@{}.example", globex.slug);
    let mut seen = Vec::new();
    for email in [&globex.owner.email, &nobody] {
        let body = json!({"email": email, "role": "viewer", "send_email": false});
        let invitations = cloud.post("/v1/invitations").as_(&acme.owner);
        let id = invitations.json(body).await.assert_status(201).id();
        let resend = || {
            let path = format!("/v1/invitations/{id}/resend");
            let request = cloud.post(path).as_(&acme.owner);
            request.json(json!({"send_email": false}))
        };
        // The process is warm.
        resend().await.assert_status(200);
        let key = format!("INVITATION#{}", id.strip_prefix("inv_").unwrap());
        let earlier = json!({"N": (tests::now() - 61).to_string()});
        acme.set(&key, "resent_at", earlier).await;
        cloud.gateway().clear_decisions();
        let answer = resend().await.assert_status(200);
        let names: Vec<String> = answer.json.as_object().unwrap().keys().cloned().collect();
        let decisions = cloud.gateway().decisions().into_iter();
        let calls: Vec<String> = decisions
            .filter(|call| call.caller.route.is_some() && call.service == "dynamodb")
            .map(|call| {
                let tenants = call
                    .leading_keys
                    .iter()
                    .all(|key| key.starts_with("TENANT#"));
                assert!(
                    tenants || call.operation == "BatchGetItem",
                    "the directory was asked"
                );
                format!("{} {:?}", call.operation, call.capacity)
            })
            .collect();
        assert!(!calls.is_empty());
        seen.push((names, calls));
    }
    assert_eq!(seen[0], seen[1]);
}
