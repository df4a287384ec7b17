//! `PATCH /v1/me`

use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

async fn update(person: &Person, body: Value) -> Answer {
    TestCloud::shared()
        .patch("/v1/me")
        .as_(person)
        .json(body)
        .await
}

#[tokio::test]
async fn the_name_changes_in_every_tenant_at_once() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let person = acme.member(Role::Viewer).await;
    globex.join(&person, Role::Manager).await;
    let answer = update(&person, json!({"name": "  Grace Hopper "}))
        .await
        .assert_status(200);
    assert_eq!(answer.json["name"], "Grace Hopper");
    for tenant in [&acme, &globex] {
        let members = cloud
            .get("/v1/members")
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        assert!(members.to_string().contains("Grace Hopper"), "{members}");
        // Names of others, and of the tenants, are as they were.
        let me = cloud.get("/v1/me").as_(&tenant.owner).await;
        assert_eq!(me.json["user"]["name"], "Olivia Owner");
        assert_eq!(me.json["tenant"]["name"], json!(tenant.name));
    }
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_takes_away() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let owner = &tenant.owner;
    let set = json!({"locale": "pt-BR", "time_zone": "America/Sao_Paulo"});
    let answer = update(owner, set).await.assert_status(200);
    assert_eq!(answer.json["locale"], "pt-BR");
    let answer = update(owner, json!({"locale": null}))
        .await
        .assert_status(200);
    assert_eq!(answer.json["locale"], Value::Null);
    let me = cloud.get("/v1/me").as_(owner).await.assert_status(200);
    assert_eq!(me.json["user"], answer.json);
    assert_eq!(me.json["user"]["time_zone"], "America/Sao_Paulo");
    assert_eq!(me.json["user"]["name"], "Olivia Owner");
    assert!(!answer.to_string().contains("hash"), "{answer}");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    for (field, value) in [
        ("name", json!("")),
        ("name", Value::Null),
        ("locale", json!("english")),
        ("time_zone", json!("../etc/passwd")),
        ("email", json!("x@y.example")),
        ("password_hash", json!("x")),
    ] {
        update(&tenant.owner, json!({field: value}))
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[&format!("/{field}")]);
    }
}
