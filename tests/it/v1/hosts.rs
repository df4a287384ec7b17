//! Which tenant a host name means, and what becomes of a request whose token means another one.

use serde_json::json;
use tests::{Kind, Person, Role, TestCloud, TestTenant, unique};

/// The template's default for `BaseDomain`.
const BASE_DOMAIN: &str = "localhost";

fn host_of(tenant: &TestTenant) -> String {
    format!("{}.{BASE_DOMAIN}", tenant.slug)
}

#[tokio::test]
async fn under_another_tenants_name_nothing_is_found() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let contact = acme.contact().await;
    for path in ["/v1/tenant".to_owned(), acme.record("contacts", &contact)] {
        let at = |host: String| cloud.get(&path).as_(&acme.owner).header("host", &host);
        at(host_of(&acme)).await.assert_status(200);
        at(format!("api.{BASE_DOMAIN}")).await.assert_status(200);
        at(host_of(&globex)).await.assert_problem(Kind::NotFound);
        // It makes no difference whether such a tenant is there.
        at(format!("nobody-{}.{BASE_DOMAIN}", unique()))
            .await
            .assert_problem(Kind::NotFound);
    }
    // One's own sessions are nobody's but one's own.
    cloud
        .get("/v1/me/sessions")
        .as_(&acme.owner)
        .header("host", &host_of(&globex))
        .await
        .assert_status(200);
}

#[tokio::test]
async fn a_renamed_tenant_is_found_under_its_new_name_alone() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let slug = format!("new-{}", unique());
    let at = |host: String| {
        cloud
            .get("/v1/tenant")
            .as_(&tenant.owner)
            .header("host", &host)
    };
    cloud
        .patch("/v1/tenant")
        .as_(&tenant.owner)
        .json(json!({"slug": slug}))
        .await
        .assert_status(200);
    at(format!("{slug}.{BASE_DOMAIN}")).await.assert_status(200);
    at(host_of(&tenant)).await.assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn a_proved_domain_is_its_tenants_alone() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let domain = acme.domain().await;
    let at = |person: &Person| cloud.get("/v1/tenant").as_(person).header("host", &domain);
    // Until somebody has proved it, the name says nothing.
    at(&globex.owner).await.assert_status(200);
    cloud
        .post(format!("/v1/tenant/domains/{domain}/verify"))
        .as_(&acme.owner)
        .await
        .assert_status(200);
    at(&acme.owner).await.assert_status(200);
    at(&globex.owner).await.assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn log_in_works_in_the_tenant_whose_name_was_called() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let person = acme.member(Role::Viewer).await;
    let person = globex.join(&person, Role::Viewer).await;
    let log_in = |host: String, tenant: Option<&str>| {
        let body = json!({"email": person.email, "password": person.password, "tenant": tenant});
        let request = cloud.post("/v1/auth/login").json(body);
        request.header("host", &host)
    };
    for tenant in [&acme, &globex] {
        let answer = log_in(host_of(tenant), None).await.assert_status(200);
        assert_eq!(answer.text("/tenant_id"), tenant.id);
        let answer = log_in(host_of(tenant), Some(&tenant.id)).await;
        answer.assert_status(200);
    }
    log_in(host_of(&acme), Some(&globex.slug))
        .await
        .assert_problem(Kind::InvalidCredentials);
    let stranger = TestTenant::create(cloud, "initech").await;
    log_in(host_of(&stranger), None)
        .await
        .assert_problem(Kind::InvalidCredentials);
}
