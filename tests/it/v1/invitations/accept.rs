//! `POST /v1/invitations/accept`

use super::{accept_as_new, address, invite, resend, token_in};
use serde_json::json;
use tests::{Answer, Kind, PASSWORD, Person, Role, TestCloud, TestTenant};

#[tokio::test]
async fn somebody_signed_in_accepts_for_their_own_address_only() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let email = globex.owner.email.to_uppercase();
    let token = acme.invitation(Role::Viewer, &email).await;
    let accept = |person: &Person| {
        cloud
            .post("/v1/invitations/accept")
            .as_(person)
            .json(json!({"token": token}))
    };
    accept(&acme.owner)
        .await
        .assert_problem(Kind::PermissionDenied);
    // Whoever merely holds the link can't take the account over.
    accept_as_new(&token).await.assert_problem(Kind::Conflict);
    let joined = Person::signed_in(&accept(&globex.owner).await.assert_status(201), &email);
    assert_eq!(
        (&joined.tenant_id, &joined.user_id),
        (&acme.id, &globex.owner.user_id)
    );
    cloud
        .get(acme.records("contacts"))
        .as_(&joined)
        .await
        .assert_status(200);
    // An access token says which tenant it is for: the one of before is good for the rest of its minutes.
    let me = cloud
        .get("/v1/me")
        .as_(&globex.owner)
        .await
        .assert_status(200);
    assert_eq!(me.json["tenant"]["id"], json!(globex.id));
    accept(&globex.owner)
        .await
        .assert_problem(Kind::InvitationInvalid);
    let again = acme.invitation(Role::Viewer, &email).await;
    let again = cloud
        .post("/v1/invitations/accept")
        .as_(&globex.owner)
        .json(json!({"token": again}))
        .await;
    again.assert_problem(Kind::Conflict);
}

#[tokio::test]
async fn who_is_signed_in_goes_on_in_that_session() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let before = globex.log_in(&globex.owner).await;
    let token = acme.invitation(Role::Viewer, &before.email).await;
    let joined = accept_as(&before, &token).await.assert_status(201);
    let joined = Person::signed_in(&joined, &before.email);
    assert_eq!(
        (&joined.session_id, &joined.tenant_id),
        (&before.session_id, &acme.id)
    );
    let refresh = |person: &Person| {
        cloud
            .post("/v1/auth/refresh")
            .json(json!({"refresh_token": person.refresh_token}))
    };
    refresh(&before)
        .await
        .assert_problem(Kind::InvalidRefreshToken);
    let renewed = refresh(&joined).await.assert_status(200);
    assert_eq!(renewed.text("/tenant_id"), acme.id);
    let renewed = Person::signed_in(&renewed, &before.email);

    // Signing out with the token that was shown ends all that came of it.
    cloud
        .post("/v1/auth/logout")
        .as_(&before)
        .await
        .assert_status(204);
    for person in [&before, &joined, &renewed] {
        cloud
            .get("/v1/me")
            .as_(person)
            .await
            .assert_problem(Kind::SessionRevoked);
        refresh(person)
            .await
            .assert_problem(Kind::InvalidRefreshToken);
    }
}

/// An invitation by this person.
async fn invitation_by(person: &Person, email: &str) -> String {
    let body = json!({"email": email, "role": "viewer", "send_email": false});
    let invited = invite(person, body).await.assert_status(201);
    token_in(&invited.text("/invitation_link")).to_owned()
}

async fn accept_as(person: &Person, token: &str) -> Answer {
    TestCloud::shared()
        .post("/v1/invitations/accept")
        .as_(person)
        .json(json!({"token": token}))
        .await
}

#[tokio::test]
async fn an_invitation_ends_with_its_inviter() {
    let cloud = TestCloud::shared();
    let (tenant, other) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let inviter = tenant.member(Role::Manager).await;
    let token = invitation_by(&inviter, &address()).await;
    let for_owner = invitation_by(&inviter, &other.owner.email).await;
    // Whoever may no longer invite has no invitation that is good.
    for role in ["viewer", "sales_rep"] {
        tenant
            .set_member(&inviter, "role", json!({"S": role}))
            .await;
        accept_as_new(&token)
            .await
            .assert_problem(Kind::InvitationInvalid);
    }
    tenant
        .set_member(&inviter, "role", json!({"S": "manager"}))
        .await;
    cloud
        .post("/v1/members/leave")
        .as_(&inviter)
        .await
        .assert_status(204);
    accept_as_new(&token)
        .await
        .assert_problem(Kind::InvitationInvalid);
    accept_as(&other.owner, &for_owner)
        .await
        .assert_problem(Kind::InvitationInvalid);
    // Nothing of it was written: who accepted in vain goes on where they were.
    let session = json!({"refresh_token": other.owner.refresh_token});
    let renewed = cloud.post("/v1/auth/refresh").json(session).await;
    assert_eq!(renewed.assert_status(200).text("/tenant_id"), other.id);
}

#[tokio::test]
async fn nobody_lets_themselves_in_again() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let person = tenant.member(Role::Admin).await;
    let token = invitation_by(&person, &person.email).await;
    accept_as(&person, &token)
        .await
        .assert_problem(Kind::Conflict);
    cloud
        .post("/v1/members/leave")
        .as_(&person)
        .await
        .assert_status(204);
    accept_as(&person, &token)
        .await
        .assert_problem(Kind::InvitationInvalid);
    // On somebody else's word they come back.
    let pending = cloud
        .get("/v1/invitations?status=pending")
        .as_(&tenant.owner)
        .await;
    let again = resend(&tenant.owner, &pending.text("/items/0/id"))
        .await
        .assert_status(200);
    let link = again.text("/invitation_link");
    accept_as(&person, token_in(&link)).await.assert_status(201);
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_for_its_own_reason() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let token = tenant.invitation(Role::Viewer, &address()).await;
    let accept = |token: &str| {
        cloud
            .post("/v1/invitations/accept")
            .token(token)
            .json(json!({"token": "x"}))
    };
    accept("garbage")
        .await
        .assert_problem(Kind::Unauthenticated);
    let expired = cloud.forge().await.expired_access_token(&tenant.owner);
    accept(&expired).await.assert_problem(Kind::TokenExpired);
    let ended = tenant.log_in(&tenant.owner).await;
    cloud
        .post("/v1/auth/logout")
        .as_(&ended)
        .await
        .assert_status(204);
    let answer = cloud
        .post("/v1/invitations/accept")
        .as_(&ended)
        .json(json!({"token": token}))
        .await;
    answer.assert_problem(Kind::SessionRevoked);
}

#[tokio::test]
async fn an_invitation_is_good_once_and_for_seven_days() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let body = json!({"email": address(), "role": "viewer", "send_email": false});
    let invited = invite(&tenant.owner, body).await.assert_status(201);
    let token = token_in(&invited.text("/invitation_link")).to_owned();
    let sort_key = format!("INVITATION#{}", invited.id().strip_prefix("inv_").unwrap());
    let stored = cloud
        .dump("TenantTable")
        .into_iter()
        .find(|item| item["id"]["S"] == json!(invited.id()))
        .unwrap();
    let expires_at: u64 = stored["expires_at"]["N"].as_str().unwrap().parse().unwrap();
    assert!(expires_at.abs_diff(tests::now() + 7 * 86_400) < 60);
    assert!(!stored.to_string().contains(&token), "the token is stored");

    tenant
        .set(
            &sort_key,
            "expires_at",
            json!({"N": tests::now().to_string()}),
        )
        .await;
    accept_as_new(&token)
        .await
        .assert_problem(Kind::InvitationInvalid);
    tenant
        .set(
            &sort_key,
            "expires_at",
            json!({"N": expires_at.to_string()}),
        )
        .await;
    accept_as_new(&token).await.assert_status(201);
    accept_as_new(&token)
        .await
        .assert_problem(Kind::InvitationInvalid);
    for garbage in ["", "x", &token[1..], &format!("{token}AAAA")] {
        accept_as_new(garbage)
            .await
            .assert_problem(Kind::InvitationInvalid);
    }
}

#[tokio::test]
async fn somebody_new_needs_a_name_and_a_good_password() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let token = tenant.invitation(Role::Viewer, &address()).await;
    for (body, fields) in [
        (json!({}), vec!["/name", "/password"]),
        (json!({"name": "Nora"}), vec!["/password"]),
        (json!({"name": "", "password": PASSWORD}), vec!["/name"]),
        (
            json!({"name": "Nora", "password": "short"}),
            vec!["/password"],
        ),
        (
            json!({"name": "Nora", "password": "xx company acme xx"}),
            vec!["/password"],
        ),
        (
            json!({"name": "Nora", "password": PASSWORD, "role": "owner"}),
            vec!["/role"],
        ),
    ] {
        let mut body = body;
        body["token"] = json!(token);
        let answer = cloud.post("/v1/invitations/accept").json(body).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&fields);
    }
    accept_as_new(&token).await.assert_status(201);
}

#[tokio::test]
async fn a_suspended_tenant_takes_nobody_in() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let token = tenant.invitation(Role::Viewer, &address()).await;
    tenant.set_status("suspended").await;
    accept_as_new(&token)
        .await
        .assert_problem(Kind::TenantSuspended);
    tenant.set_status("active").await;
    accept_as_new(&token).await.assert_status(201);
}
