//! `DELETE /v1/members/{user_id}`

use super::{is_in, patch, remove};
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn who_is_removed_is_out_at_once_and_is_told() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let person = globex.join(&acme.owner, Role::Manager).await;
    globex.set("TENANT", "seats", json!({"N": "2"})).await;
    remove(&globex.owner, &person).await.assert_status(204);
    assert!(!is_in(&person).await);
    let home = acme.log_in(&acme.owner).await;
    let tenants = cloud.get("/v1/me/tenants").as_(&home).await;
    assert_eq!(tenants.assert_status(200).items().len(), 1);
    let letter = cloud.letter(&person.email, &globex.name).await;
    assert!(!letter.subject.is_empty());
    remove(&globex.owner, &person)
        .await
        .assert_problem(Kind::NotFound);
    // The seat is free, and they can be invited again.
    let again = globex.join(&home, Role::Viewer).await;
    assert!(is_in(&again).await);
}

#[tokio::test]
async fn who_is_deactivated_can_be_removed_and_holds_no_seat() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let person = tenant.member(Role::Viewer).await;
    patch(&tenant.owner, &person, json!({"status": "deactivated"}))
        .await
        .assert_status(200);
    remove(&tenant.owner, &person).await.assert_status(204);
    // Whose seat was free already frees no second one: there is the owner's, and one more.
    tenant.set("TENANT", "seats", json!({"N": "2"})).await;
    tenant.member(Role::Viewer).await;
    let body = json!({"email": "late@acme.example", "role": "viewer", "send_email": false});
    let request = tenant.cloud().post("/v1/invitations").as_(&tenant.owner);
    request.json(body).await.assert_problem(Kind::SeatLimit);
}

#[tokio::test]
async fn nobody_removes_who_is_at_or_above_them_and_the_last_owner_stays() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (admin, other) = (
        tenant.member(Role::Admin).await,
        tenant.member(Role::Admin).await,
    );
    for above in [&tenant.owner, &other, &admin] {
        remove(&admin, above)
            .await
            .assert_problem(Kind::PermissionDenied);
    }
    remove(&tenant.owner, &tenant.owner)
        .await
        .assert_problem(Kind::LastOwner);
    let second = tenant.member(Role::Owner).await;
    remove(&second, &tenant.owner).await.assert_status(204);
    assert!(!is_in(&tenant.owner).await);
    remove(&second, &second)
        .await
        .assert_problem(Kind::LastOwner);
}
