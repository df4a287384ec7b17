//! `POST /v1/invitations/{invitation_id}/resend`

use super::{accept_as_new, expire, resend, revoke, token_in};
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
