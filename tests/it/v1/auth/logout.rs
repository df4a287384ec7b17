//! `POST /v1/auth/logout`

use tests::{Kind, TestCloud, TestTenant};

#[tokio::test]
async fn ends_this_session_and_no_other() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let other = tenant.log_in(&tenant.owner).await;
    let answer = cloud
        .post("/v1/auth/logout")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    assert!(answer.bytes.is_empty());
    cloud
        .get("/v1/me")
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::SessionRevoked);
    cloud
        .post("/v1/auth/logout")
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::SessionRevoked);
    cloud.get("/v1/me").as_(&other).await.assert_status(200);
}
