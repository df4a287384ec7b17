//! `DELETE /v1/tenant`, and thinking again.

use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn a_tenant_that_its_owner_ends_is_closed_at_once() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (second, viewer) = (
        tenant.member(Role::Owner).await,
        tenant.member(Role::Viewer).await,
    );
    cloud
        .delete("/v1/tenant")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    for person in [&tenant.owner, &second, &viewer] {
        for path in ["/v1/projects", "/v1/members", "/v1/tenant/settings"] {
            cloud
                .get(path)
                .as_(person)
                .await
                .assert_problem(Kind::TenantCancelled);
        }
    }
    let profile = cloud
        .get("/v1/tenant")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(profile.json["status"], "cancelled");
    let end: i64 = {
        let text = profile.text("/delete_after");
        let end: jiff::Timestamp = text.parse().unwrap();
        end.as_second() - i64::try_from(tests::now()).unwrap()
    };
    assert!((29 * 86_400..=30 * 86_400).contains(&end), "{end}");
    // Every owner is told, and nobody else.
    for owner in [&tenant.owner, &second] {
        cloud.letter(&owner.email, "delet").await;
    }
    let told = cloud.letters(&viewer.email);
    assert!(
        told.iter().all(|letter| !letter.text.contains("delet")),
        "{told:?}"
    );
    // Asked again, it is still what was asked for.
    cloud
        .delete("/v1/tenant")
        .as_(&second)
        .await
        .assert_status(204);
}

#[tokio::test]
async fn an_owner_may_think_again() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let admin = tenant.member(Role::Admin).await;
    let before = cloud
        .get("/v1/tenant")
        .as_(&admin)
        .await
        .assert_status(200)
        .json;
    cloud
        .delete("/v1/tenant")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    let patch = async |person, body| cloud.patch("/v1/tenant").as_(person).json(body).await;
    let again = || json!({"cancelled": false});
    patch(&tenant.owner, json!({"name": "New"}))
        .await
        .assert_problem(Kind::TenantCancelled);
    patch(&admin, again())
        .await
        .assert_problem(Kind::PermissionDenied);
    let revived = patch(&tenant.owner, again()).await.assert_status(200);
    assert_eq!(revived.json, before);
    cloud
        .get("/v1/projects")
        .as_(&admin)
        .await
        .assert_status(200);
    // A second time it changes nothing.
    let same = patch(&tenant.owner, again()).await.assert_status(200);
    assert_eq!(same.json, before);
}

#[tokio::test]
async fn a_tenant_goes_back_to_where_it_was() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.set_status("suspended").await;
    cloud
        .delete("/v1/tenant")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    let revived = cloud
        .patch("/v1/tenant")
        .as_(&tenant.owner)
        .json(json!({"cancelled": false}))
        .await
        .assert_status(200);
    assert_eq!(revived.json["status"], "suspended");
}

#[tokio::test]
async fn only_an_owner_who_has_just_proved_who_they_are_ends_a_tenant() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let admin = tenant.member(Role::Admin).await;
    cloud
        .delete("/v1/tenant")
        .as_(&admin)
        .await
        .assert_problem(Kind::PermissionDenied);
    let session = tenant.log_in(&tenant.owner).await;
    let id = session.session_id.strip_prefix("ses_").unwrap();
    let long_ago = (tests::now() - 601).to_string();
    cloud
        .set_of_person(
            "AuthStepUpRole",
            &session,
            &format!("SESSION#{id}"),
            "stepped_up_at",
            json!({"N": long_ago}),
        )
        .await;
    cloud
        .delete("/v1/tenant")
        .as_(&session)
        .await
        .assert_problem(Kind::StepUpRequired);
    cloud
        .post("/v1/auth/step-up")
        .as_(&session)
        .json(json!({"password": tests::PASSWORD}))
        .await
        .assert_status(204);
    cloud
        .delete("/v1/tenant")
        .as_(&session)
        .await
        .assert_status(204);
}
