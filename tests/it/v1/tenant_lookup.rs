//! `GET /v1/tenant-lookup`

use serde_json::json;
use tests::{Kind, TestCloud, TestTenant};

/// The template's default for `BaseDomain`.
const BASE_DOMAIN: &str = "localhost";

#[tokio::test]
async fn shows_the_face_of_a_tenant_and_nothing_else() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    for host in [
        format!("{}.{BASE_DOMAIN}", tenant.slug),
        format!("{}.{BASE_DOMAIN}:3000", tenant.slug),
        format!("{}.{BASE_DOMAIN}", tenant.slug.to_uppercase()),
    ] {
        let answer = cloud
            .get(format!("/v1/tenant-lookup?host={host}"))
            .await
            .assert_status(200);
        assert_eq!(
            answer.json,
            json!({"slug": tenant.slug, "name": tenant.name, "branding": {}}),
            "{host}"
        );
        assert_eq!(answer.header("cache-control"), "public, max-age=60");
    }
}

#[tokio::test]
async fn every_other_host_is_not_found() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let slug = &tenant.slug;
    for host in [
        format!("nobody-{slug}.{BASE_DOMAIN}"),
        format!("{slug}.evil.example"),
        format!("{slug}{BASE_DOMAIN}"),
        format!("x.{slug}.{BASE_DOMAIN}"),
        slug.clone(),
        BASE_DOMAIN.to_owned(),
        String::new(),
        format!("{slug}%23.{BASE_DOMAIN}"),
    ] {
        cloud
            .get(format!("/v1/tenant-lookup?host={host}"))
            .await
            .assert_problem(Kind::NotFound);
    }
    cloud
        .get("/v1/tenant-lookup")
        .await
        .assert_problem(Kind::InvalidQuery);
}
