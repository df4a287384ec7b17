//! `PATCH /v1/members/{user_id}`

use super::{is_in, patch, remove};
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn a_new_role_counts_from_the_next_request_and_is_told() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let person = tenant.member(Role::Viewer).await;
    let write = async || {
        let request = cloud.post(tenant.records("contacts")).as_(&person);
        request.json(json!({"name": "Ada"})).await
    };
    write().await.assert_problem(Kind::PermissionDenied);
    let changed = patch(&tenant.owner, &person, json!({"role": "manager"})).await;
    assert_eq!(changed.assert_status(200).json["role"], "manager");
    write().await.assert_status(201);
    let letter = cloud.letter(&person.email, "manager").await;
    assert!(letter.text.contains(&tenant.name), "{}", letter.text);
    patch(&tenant.owner, &person, json!({"role": "viewer"}))
        .await
        .assert_status(200);
    write().await.assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn who_is_deactivated_is_out_at_once_and_frees_a_seat() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let person = tenant.member(Role::Viewer).await;
    tenant.set("TENANT", "seats", json!({"N": "2"})).await;
    let shown = patch(&tenant.owner, &person, json!({"status": "deactivated"})).await;
    assert_eq!(shown.assert_status(200).json["status"], "deactivated");
    assert!(!is_in(&person).await);
    let other = tenant.invite(Role::Viewer).await;
    let back = json!({"status": "active"});
    patch(&tenant.owner, &person, back.clone())
        .await
        .assert_problem(Kind::SeatLimit);
    assert!(!is_in(&person).await);
    super::super::invitations::revoke(&tenant.owner, &other.id)
        .await
        .assert_status(204);
    patch(&tenant.owner, &person, back.clone())
        .await
        .assert_status(200);
    assert!(is_in(&person).await);
    // Nothing to do is no mistake.
    patch(&tenant.owner, &person, back).await.assert_status(200);
    patch(&tenant.owner, &person, json!({}))
        .await
        .assert_status(200);
}

/// The golden table of the role rule is in `shared/permissions`; here it is asked of the endpoint.
#[tokio::test]
async fn nobody_changes_a_role_at_or_above_their_own_or_gives_one() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    tenant.set("TENANT", "seats", json!({"N": "40"})).await;
    let (owner, admin) = (tenant.owner.clone(), tenant.member(Role::Admin).await);
    for before in Role::ALL {
        for after in Role::ALL {
            let person = tenant.member(*before).await;
            let answer = patch(&admin, &person, json!({"role": after})).await;
            // To what they are already, whoever may change them at all may change them.
            let is_allowed = Role::Admin > *before && (Role::Admin > *after || before == after);
            if is_allowed {
                answer.assert_status(200);
            } else {
                answer.assert_problem(Kind::PermissionDenied);
            }
            let by_owner = patch(&owner, &person, json!({"role": after})).await;
            by_owner.assert_status(200);
            remove(&owner, &person).await.assert_status(204);
        }
    }
    for body in [json!({"status": "deactivated"}), json!({"role": "viewer"})] {
        patch(&admin, &owner, body.clone())
            .await
            .assert_problem(Kind::PermissionDenied);
        patch(&admin, &admin, body)
            .await
            .assert_problem(Kind::PermissionDenied);
    }
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let owner = &tenant.owner;
    for body in [json!({"role": "admin"}), json!({"status": "deactivated"})] {
        patch(owner, owner, body)
            .await
            .assert_problem(Kind::LastOwner);
    }
    let second = tenant.member(Role::Owner).await;
    patch(owner, &second, json!({"status": "deactivated"}))
        .await
        .assert_status(200);
    // An owner who may not work is none to leave the tenant to.
    patch(owner, owner, json!({"role": "admin"}))
        .await
        .assert_problem(Kind::LastOwner);
    patch(owner, &second, json!({"status": "active"}))
        .await
        .assert_status(200);
    patch(owner, owner, json!({"role": "admin"}))
        .await
        .assert_status(200);
    patch(&second, &second, json!({"role": "admin"}))
        .await
        .assert_problem(Kind::LastOwner);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let cloud = TestCloud::shared();
    let (tenant, other) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let person = tenant.member(Role::Viewer).await;
    let foreign_role = other.custom_role(&["records:read"]).await;
    patch(&tenant.owner, &person, json!({"role": foreign_role}))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/role"]);
    for (body, field) in [
        (json!({"role": "emperor"}), "/role"),
        (json!({"role": null}), "/role"),
        (json!({"status": "removed"}), "/status"),
        (json!({"name": "Ada"}), "/name"),
    ] {
        patch(&tenant.owner, &person, body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[field]);
    }
    patch(&tenant.owner, &other.owner, json!({"role": "viewer"}))
        .await
        .assert_problem(Kind::NotFound);
}
