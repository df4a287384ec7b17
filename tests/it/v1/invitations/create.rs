//! `POST /v1/invitations`

use super::{accept_as_new, address, counts, expire, invite, revoke, token_in};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

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
    // The token is in the fragment, which no browser sends to a server.
    let (address, fragment) = link.split_once('#').unwrap();
    assert!(
        address.starts_with(cloud.api_url()) && address.ends_with("/invitations/accept"),
        "{link}"
    );
    assert!(fragment.starts_with("token="), "{link}");
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
    let letter = cloud.letter(&email, "token=").await;
    let text = letter.text.as_str();
    assert!(text.contains(&tenant.name), "{text}");
    assert_eq!(cloud.letters(&email).len(), 1);
    accept_as_new(token_in(text)).await.assert_status(201);
}

#[tokio::test]
async fn nobody_gives_a_role_at_or_above_their_own_but_owners() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    tenant.set("TENANT", "seats", json!({"N": "50"})).await;
    let people = [
        (Role::Owner, tenant.owner.clone()),
        (Role::Admin, tenant.member(Role::Admin).await),
        (Role::Manager, tenant.member(Role::Manager).await),
    ];
    for (role, person) in &people {
        for given in Role::ALL {
            let body = json!({"email": address(), "role": given, "send_email": false});
            let answer = invite(person, body).await;
            if permissions::Standing::fixed(*role).may_manage(&permissions::Standing::fixed(*given))
            {
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
async fn an_address_has_one_pending_invitation() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let email = address();
    let body = |email: &str| json!({"email": email, "role": "viewer", "send_email": false});
    let first = invite(&tenant.owner, body(&email)).await.assert_status(201);
    let second = invite(&tenant.owner, body(&email.to_uppercase())).await;
    second.assert_problem(Kind::Conflict);
    // It says what to do.
    let hint = format!("/v1/invitations/{}/resend", first.id());
    assert!(second.text("/detail").contains(&hint), "{second}");
    assert_eq!(counts(&tenant), (1, 2));
    accept_as_new(token_in(&first.text("/invitation_link")))
        .await
        .assert_status(201);
    // What is over stands in nobody's way.
    let third = invite(&tenant.owner, body(&email)).await.assert_status(201);
    expire(&tenant, &third.id()).await;
    let fourth = invite(&tenant.owner, body(&email)).await.assert_status(201);
    assert_eq!(counts(&tenant), (2, 3));
    accept_as_new(token_in(&third.text("/invitation_link")))
        .await
        .assert_problem(Kind::InvitationInvalid);
    revoke(&tenant.owner, &fourth.id()).await.assert_status(204);
    invite(&tenant.owner, body(&email)).await.assert_status(201);
}

#[tokio::test]
async fn a_role_that_sees_only_its_own_projects_gets_the_open_ones() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (second, hidden, old) = (
        tenant.project().await,
        tenant.project().await,
        tenant.project().await,
    );
    cloud
        .patch(format!("/v1/projects/{hidden}"))
        .as_(&tenant.owner)
        .json(json!({"visibility": "private"}))
        .await
        .assert_status(200);
    cloud
        .post(format!("/v1/projects/{old}/archive"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    let projects = async |mut body: Value| {
        body["email"] = json!(address());
        body["send_email"] = json!(false);
        let answer = invite(&tenant.owner, body).await.assert_status(201);
        let ids = answer.json["project_ids"].as_array().unwrap().clone();
        ids.into_iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect::<BTreeSet<String>>()
    };
    let open = BTreeSet::from([tenant.project_id.clone(), second.clone()]);
    assert_eq!(projects(json!({"role": "sales_rep"})).await, open);
    let none = BTreeSet::new();
    let empty = json!({"role": "sales_rep", "project_ids": []});
    assert_eq!(projects(empty).await, none);
    // Who reads all projects needs to be in none.
    assert_eq!(projects(json!({"role": "viewer"})).await, none);
    let role = tenant
        .custom_role(&["projects:read:own", "records:read"])
        .await;
    assert_eq!(projects(json!({"role": role})).await, open);
}

#[tokio::test]
async fn only_addresses_that_the_settings_allow_are_invited() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    cloud
        .put("/v1/tenant/settings")
        .as_(&tenant.owner)
        .json(json!({"allowed_email_domains": ["allowed.example"]}))
        .await
        .assert_status(200);
    let body = |email: &str| json!({"email": email, "role": "viewer", "send_email": false});
    for wrong in [
        "a@other.example",
        "a@allowed.example.other.example",
        "a@sub.allowed.example",
    ] {
        invite(&tenant.owner, body(wrong))
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/email"]);
    }
    invite(&tenant.owner, body("A@Allowed.Example"))
        .await
        .assert_status(201);
}
