//! `/v1/tenant/settings`

use serde_json::{Value, json};
use tests::{Answer, Authenticator, Kind, Role, TestCloud, TestTenant};

async fn put(tenant: &TestTenant, body: Value) -> Answer {
    let cloud = tenant.cloud();
    cloud
        .put("/v1/tenant/settings")
        .as_(&tenant.owner)
        .json(body)
        .await
}

fn defaults(version: u32) -> Value {
    json!({
        "version": version,
        "locale": "en", "time_zone": "UTC", "password_min_length": 8, "mfa_required": false,
        "allowed_email_domains": [], "retention_days": 365,
    })
}

#[tokio::test]
async fn settings_have_defaults_and_one_spelling() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let viewer = tenant.member(Role::Viewer).await;
    let read = async || {
        cloud
            .get("/v1/tenant/settings")
            .as_(&viewer)
            .await
            .assert_status(200)
    };
    let first = read().await;
    assert_eq!(
        (first.json.clone(), first.header("etag")),
        (defaults(0), "\"0\"")
    );
    let body = json!({
        "locale": "DE-ch", "time_zone": "europe/zurich", "session_max_hours": 12, "password_min_length": 12,
        "allowed_email_domains": ["b.example", "a.example"], "retention_days": 90,
    });
    let set = put(&tenant, body).await.assert_status(200);
    let expected = json!({
        "locale": "de-CH", "time_zone": "Europe/Zurich", "session_max_hours": 12, "password_min_length": 12,
        "mfa_required": false, "allowed_email_domains": ["b.example", "a.example"], "retention_days": 90, "version": 1,
    });
    assert_eq!(set.json, expected);
    let now = read().await;
    assert_eq!((now.json.clone(), now.header("etag")), (expected, "\"1\""));
    // What is left out has its default again.
    assert_eq!(
        put(&tenant, json!({})).await.assert_status(200).json,
        defaults(2)
    );
    cloud
        .put("/v1/tenant/settings")
        .as_(&viewer)
        .json(json!({}))
        .await
        .assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let many: Vec<String> = (0..51).map(|number| format!("d{number}.example")).collect();
    for (body, pointer) in [
        (json!({"locale": "not a tag"}), "/locale"),
        (json!({"time_zone": "Mars/Olympus"}), "/time_zone"),
        (json!({"time_zone": "+01:00"}), "/time_zone"),
        (json!({"session_max_hours": 0}), "/session_max_hours"),
        (json!({"session_max_hours": 9000}), "/session_max_hours"),
        (json!({"password_min_length": 7}), "/password_min_length"),
        (json!({"password_min_length": 65}), "/password_min_length"),
        (json!({"retention_days": 1}), "/retention_days"),
        (
            json!({"allowed_email_domains": ["ok.example", "@x"]}),
            "/allowed_email_domains/1",
        ),
        (
            json!({"allowed_email_domains": many}),
            "/allowed_email_domains",
        ),
        (
            json!({"allowed_email_domains": ["a.example", "b.example", "a.example"]}),
            "/allowed_email_domains",
        ),
        (json!({"mfa_required": null}), "/mfa_required"),
        (json!({"colour": "red"}), "/colour"),
    ] {
        put(&tenant, body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn if_match_names_the_version() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let send = async |tag: &str| {
        let cloud = tenant.cloud();
        cloud
            .put("/v1/tenant/settings")
            .as_(&tenant.owner)
            .header("if-match", tag)
            .json(json!({"locale": "fr"}))
            .await
    };
    send("\"1\"").await.assert_problem(Kind::VersionMismatch);
    assert_eq!(
        send("\"0\"").await.assert_status(200).header("etag"),
        "\"1\""
    );
    send("\"0\"").await.assert_problem(Kind::VersionMismatch);
}

#[tokio::test]
async fn a_second_factor_is_required_by_those_who_have_one() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let viewer = tenant.member(Role::Viewer).await;
    // Whoever has none would lock themselves out.
    put(&tenant, json!({"mfa_required": true}))
        .await
        .assert_problem(Kind::MfaEnrolmentRequired);
    cloud
        .get("/v1/projects")
        .as_(&viewer)
        .await
        .assert_status(200);
    Authenticator::enrol(cloud, &tenant.owner).await;
    put(&tenant, json!({"mfa_required": true}))
        .await
        .assert_status(200);
    // From the next request on.
    cloud
        .get("/v1/projects")
        .as_(&viewer)
        .await
        .assert_problem(Kind::MfaEnrolmentRequired);
    cloud
        .get("/v1/projects")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    put(&tenant, json!({})).await.assert_status(200);
    cloud
        .get("/v1/projects")
        .as_(&viewer)
        .await
        .assert_status(200);
}

#[tokio::test]
async fn a_session_ends_when_the_tenant_says() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    put(&tenant, json!({"session_max_hours": 1}))
        .await
        .assert_status(200);
    let profile = tenant
        .cloud()
        .dump("TenantTable")
        .into_iter()
        .find(|item| {
            item["pk"]["S"] == format!("TENANT#{}", tenant.uuid()) && item["sk"]["S"] == "TENANT"
        })
        .unwrap();
    assert_eq!(profile["session_max_seconds"]["N"], "3600");
    // The sessions of today are younger than an hour: as if they had begun before it.
    tenant
        .set("TENANT", "session_max_seconds", json!({"N": "0"}))
        .await;
    let cloud = tenant.cloud();
    cloud
        .get("/v1/projects")
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::SessionRevoked);
}
