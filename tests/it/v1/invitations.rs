//! `/v1/invitations`

use serde_json::{Value, json};
use tests::{Answer, Kind, PASSWORD, Person, Role, TestCloud, TestTenant, unique};
use uuid::Uuid;

async fn invite(by: &Person, body: Value) -> Answer {
    TestCloud::shared()
        .post("/v1/invitations")
        .as_(by)
        .json(body)
        .await
}

async fn accept_as_new(token: &str) -> Answer {
    let body = json!({"token": token, "name": "Nora New", "password": PASSWORD});
    TestCloud::shared()
        .post("/v1/invitations/accept")
        .json(body)
        .await
}

fn address() -> String {
    format!("nora-{}@customer.example", unique())
}

fn token_in(link: &str) -> &str {
    link.rsplit_once("token=")
        .unwrap()
        .1
        .split(|c: char| c.is_whitespace() || "\"<&".contains(c))
        .next()
        .unwrap()
}

#[tokio::test]
async fn a_link_lets_somebody_new_in() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    let body = json!({"email": email, "role": "sales_rep", "project_ids": [tenant.project_id], "send_email": false});
    let invited = invite(&tenant.owner, body).await.assert_status(201);
    assert_eq!(
        (&invited.json["email"], &invited.json["role"]),
        (&json!(email), &json!("sales_rep"))
    );
    assert!(invited.id().starts_with("inv_"));
    assert_eq!(
        invited.header("location"),
        format!("/v1/invitations/{}", invited.id())
    );
    let link = invited.text("/invitation_link");
    assert!(link.starts_with(cloud.api_url()), "{link}");
    let answer = accept_as_new(token_in(&link)).await.assert_status(201);
    let person = Person::signed_in(&answer, &email);
    assert_eq!(person.tenant_id, tenant.id);
    let me = cloud.get("/v1/me").as_(&person).await.assert_status(200);
    assert_eq!(
        (&me.json["role"], &me.json["projects"]),
        (&json!("sales_rep"), &json!([tenant.project_id]))
    );
    tenant.log_in(&person).await;
}

#[tokio::test]
async fn an_invitation_is_sent_by_mail_unless_told_otherwise() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = address();
    let invited = invite(&tenant.owner, json!({"email": email, "role": "viewer"}))
        .await
        .assert_status(201);
    assert!(invited.json.get("invitation_link").is_none(), "{invited}");
    let mail = cloud
        .gateway()
        .mail()
        .into_iter()
        .filter(|message| message.to.contains(&email));
    let messages: Vec<_> = mail.collect();
    assert_eq!(messages.len(), 1);
    let text = messages[0].text.as_deref().unwrap();
    assert!(text.contains(&tenant.name), "{text}");
    accept_as_new(token_in(text)).await.assert_status(201);
}

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
    // The session of before goes on in its own tenant.
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
async fn nobody_gives_a_role_at_or_above_their_own_but_owners() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let people = [
        (Role::Owner, tenant.owner.clone()),
        (Role::Admin, tenant.member(Role::Admin).await),
        (Role::Manager, tenant.member(Role::Manager).await),
    ];
    for (role, person) in &people {
        for given in Role::ALL {
            let body = json!({"email": address(), "role": given, "send_email": false});
            let answer = invite(person, body).await;
            if role.may_grant(*given) {
                answer.assert_status(201);
            } else {
                answer
                    .assert_problem(Kind::PermissionDenied)
                    .assert_fields(&["/role"]);
            }
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let cloud = TestCloud::shared();
    let (tenant, other) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let with = |projects: Value| json!({"email": address(), "role": "viewer", "project_ids": projects, "send_email": false});
    let missing = format!("prj_{}", Uuid::now_v7());
    let answer = invite(&tenant.owner, with(json!([tenant.project_id, missing]))).await;
    answer
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/project_ids/1"]);
    let foreign = invite(
        &tenant.owner,
        with(json!([tenant.project_id, other.project_id])),
    )
    .await;
    assert_eq!(foreign.without_request_id(), answer.without_request_id());
    for (body, field) in [
        (json!({"email": "x", "role": "viewer"}), "/email"),
        (json!({"email": address(), "role": "emperor"}), "/role"),
        (with(json!(["x"])), "/project_ids/0"),
        (
            json!({"email": address(), "role": "viewer", "send_email": "no"}),
            "/send_email",
        ),
        (
            json!({"email": address(), "role": "viewer", "tenant_id": other.id}),
            "/tenant_id",
        ),
    ] {
        invite(&tenant.owner, body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[field]);
    }
}

#[tokio::test]
async fn seats_are_counted_when_invited_and_when_accepted() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    tenant.set("TENANT", "seats", json!({"N": "2"})).await;
    let (first, second) = (
        tenant.invitation(Role::Viewer, &address()).await,
        tenant.invitation(Role::Viewer, &address()).await,
    );
    accept_as_new(&first).await.assert_status(201);
    accept_as_new(&second).await.assert_problem(Kind::SeatLimit);
    let body = json!({"email": address(), "role": "viewer", "send_email": false});
    invite(&tenant.owner, body)
        .await
        .assert_problem(Kind::SeatLimit);
    // The invitation is not used up: it is good again when there is a seat.
    tenant.set("TENANT", "seats", json!({"N": "3"})).await;
    accept_as_new(&second).await.assert_status(201);
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
