//! `POST /v1/invitations`

use super::{accept_as_new, address, invite, token_in};
use serde_json::{Value, json};
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
