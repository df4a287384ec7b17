//! `/v1/tenant/domains`

use serde_json::{Value, json};
use tests::{Answer, Kind, Role, TestCloud, TestTenant, unique};

async fn name(tenant: &TestTenant, domain: &str) -> Answer {
    let cloud = tenant.cloud();
    cloud
        .post("/v1/tenant/domains")
        .as_(&tenant.owner)
        .json(json!({"domain": domain}))
        .await
}

async fn verify(tenant: &TestTenant, domain: &str) -> Answer {
    let cloud = tenant.cloud();
    cloud
        .post(format!("/v1/tenant/domains/{domain}/verify"))
        .as_(&tenant.owner)
        .await
}

/// Sets the record that a named domain asks for.
fn set_record(tenant: &TestTenant, named: &Answer) {
    let (at, value) = (named.text("/record/name"), named.text("/record/value"));
    let others = vec!["v=spf1 -all".to_owned(), value];
    tenant.cloud().local().dns().set(&at, others);
}

async fn face(cloud: &TestCloud, host: &str) -> Answer {
    cloud.get(format!("/v1/tenant-lookup?host={host}")).await
}

#[tokio::test]
async fn a_domain_is_named_proved_and_given_up() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let domain = format!("portal.{}.example", tenant.slug);
    let named = name(&tenant, &domain).await.assert_status(201);
    assert_eq!(named.json["status"], "pending");
    assert_eq!(named.json["record"]["type"], "TXT");
    assert_eq!(named.text("/record/name"), format!("_tenantry.{domain}"));
    assert!(
        named
            .text("/record/value")
            .starts_with("tenantry-verification=")
    );
    assert_eq!(
        named.header("location"),
        format!("/v1/tenant/domains/{domain}")
    );
    // Until it is proved it leads nowhere.
    verify(&tenant, &domain)
        .await
        .assert_problem(Kind::DomainNotProved);
    face(cloud, &domain).await.assert_problem(Kind::NotFound);
    let at = named.text("/record/name");
    cloud.local().dns().set(&at, vec!["something".to_owned()]);
    verify(&tenant, &domain)
        .await
        .assert_problem(Kind::DomainNotProved);
    set_record(&tenant, &named);
    let proved = verify(&tenant, &domain).await.assert_status(200);
    assert_eq!(proved.json["status"], "proved");
    // And again, whatever DNS says by then.
    cloud.local().dns().set(&at, Vec::new());
    let again = verify(&tenant, &domain).await.assert_status(200);
    assert_eq!(again.json, proved.json);
    let shown = face(cloud, &format!("{}:443", domain.to_uppercase()))
        .await
        .assert_status(200);
    assert_eq!(shown.text("/slug"), tenant.slug);
    let list = cloud
        .get("/v1/tenant/domains")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(list.items(), &vec![proved.json]);

    let delete = async || {
        cloud
            .delete(format!("/v1/tenant/domains/{domain}"))
            .as_(&tenant.owner)
            .await
    };
    delete().await.assert_status(204);
    face(cloud, &domain).await.assert_problem(Kind::NotFound);
    delete().await.assert_problem(Kind::NotFound);
    // Named anew, it has to be proved anew, by another record.
    let anew = name(&tenant, &domain).await.assert_status(201);
    assert_ne!(anew.text("/record/value"), named.text("/record/value"));
    set_record(&tenant, &named);
    verify(&tenant, &domain)
        .await
        .assert_problem(Kind::DomainNotProved);
}

#[tokio::test]
async fn a_domain_is_whose_proof_comes_first() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let domain = format!("{}.example", unique());
    let (by_acme, by_globex) = (
        name(&acme, &domain).await.assert_status(201),
        name(&globex, &domain).await.assert_status(201),
    );
    let values = vec![
        by_acme.text("/record/value"),
        by_globex.text("/record/value"),
    ];
    let at = by_acme.text("/record/name");
    cloud.local().dns().set(&at, values);
    verify(&globex, &domain).await.assert_status(200);
    verify(&acme, &domain)
        .await
        .assert_problem(Kind::AlreadyTaken);
    let shown = face(cloud, &domain).await.assert_status(200);
    assert_eq!(shown.text("/slug"), globex.slug);
    // What one gives up the other may have; what is only named is given up without a trace.
    let delete = async |tenant: &TestTenant| {
        cloud
            .delete(format!("/v1/tenant/domains/{domain}"))
            .as_(&tenant.owner)
            .await
    };
    delete(&globex).await.assert_status(204);
    verify(&acme, &domain).await.assert_status(200);
    let shown = face(cloud, &domain).await.assert_status(200);
    assert_eq!(shown.text("/slug"), acme.slug);
    // Another tenant's domain is not there.
    delete(&globex).await.assert_problem(Kind::NotFound);
    verify(&globex, &domain)
        .await
        .assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn what_can_not_be_a_tenants_domain_is_refused() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    for domain in [
        json!("localhost"),
        json!("x.localhost"),
        json!("Portal.example.com"),
        json!("127.0.0.1"),
        json!("a b.example"),
        json!("münchen.example"),
        // Nobody could ask for the record before it.
        json!("xn--0.example"),
        json!(format!(
            "{0}.{0}.{0}.{1}.com",
            "a".repeat(63),
            "b".repeat(48)
        )),
        json!(""),
        Value::Null,
    ] {
        let cloud = tenant.cloud();
        cloud
            .post("/v1/tenant/domains")
            .as_(&tenant.owner)
            .json(json!({"domain": domain}))
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/domain"]);
    }
    let manager = tenant.member(Role::Manager).await;
    let domain = format!("{}.example", unique());
    let cloud = tenant.cloud();
    cloud
        .post("/v1/tenant/domains")
        .as_(&manager)
        .json(json!({"domain": domain}))
        .await
        .assert_problem(Kind::PermissionDenied);
    name(&tenant, &domain).await.assert_status(201);
    name(&tenant, &domain)
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/domain"]);
    for number in 1..10 {
        name(&tenant, &format!("d{number}.{domain}"))
            .await
            .assert_status(201);
    }
    // What is as long as can be has a place in DNS.
    let other = TestTenant::create(tenant.cloud(), "globex").await;
    let longest = format!("{0}.{0}.{0}.{1}.com", "a".repeat(63), "b".repeat(47));
    name(&other, &longest).await.assert_status(201);
    verify(&other, &longest)
        .await
        .assert_problem(Kind::DomainNotProved);
    name(&tenant, &format!("d10.{domain}"))
        .await
        .assert_problem(Kind::PlanLimit);
}
