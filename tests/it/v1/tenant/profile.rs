//! `GET` and `PATCH /v1/tenant`

use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant, unique};

async fn patch(tenant: &TestTenant, by: &Person, body: Value) -> Answer {
    tenant.cloud().patch("/v1/tenant").as_(by).json(body).await
}

async fn read(tenant: &TestTenant, by: &Person) -> Answer {
    let answer = tenant.cloud().get("/v1/tenant").as_(by).await;
    answer.assert_status(200)
}

#[tokio::test]
async fn everybody_in_it_reads_the_profile() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    for role in [Role::Admin, Role::Manager, Role::SalesRep, Role::Viewer] {
        let person = tenant.member(role).await;
        let profile = read(&tenant, &person).await;
        for (name, value) in [
            ("id", &tenant.id),
            ("name", &tenant.name),
            ("slug", &tenant.slug),
        ] {
            assert_eq!(profile.text(&format!("/{name}")), *value);
        }
        assert_eq!(profile.json["metadata"], json!({}));
        if role < Role::Admin {
            patch(&tenant, &person, json!({"name": "Mine"}))
                .await
                .assert_problem(Kind::PermissionDenied);
        }
    }
}

#[tokio::test]
async fn metadata_is_merged() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let admin = tenant.member(Role::Admin).await;
    let steps = [
        (
            json!({"crm": {"id": 7, "tags": ["a"]}, "note": "x"}),
            json!({"crm": {"id": 7, "tags": ["a"]}, "note": "x"}),
        ),
        (
            json!({"crm": {"id": null, "tags": []}}),
            json!({"note": "x", "crm": {"tags": []}}),
        ),
        (Value::Null, json!({})),
    ];
    for (change, expected) in steps {
        let changed = patch(&tenant, &admin, json!({"metadata": change}))
            .await
            .assert_status(200);
        assert_eq!(changed.json["metadata"], expected);
        assert_eq!(read(&tenant, &admin).await.json, changed.json);
    }
    let too_small = json!({"a": {"b": 1e-200}});
    for wrong in [
        json!({"a": "x".repeat(5000)}),
        json!(7),
        json!(["a"]),
        too_small,
    ] {
        patch(&tenant, &admin, json!({"metadata": wrong}))
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/metadata"]);
    }
    // It could not be read again.
    let reserved = json!({"b": null, "$serde_json::private::RawValue": 1});
    patch(&tenant, &admin, json!({"metadata": {"a": reserved}}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/metadata/a/$serde_json::private::RawValue"]);
    read(&tenant, &admin).await;
    // What is there and what comes may be too much together.
    let half = |name: &str| json!({"metadata": {name: "x".repeat(2500)}});
    patch(&tenant, &admin, half("one")).await.assert_status(200);
    patch(&tenant, &admin, half("two"))
        .await
        .assert_problem(Kind::ValidationFailed);
    for (body, pointer) in [
        (json!({"name": null}), "/name"),
        (json!({"slug": "No Slug"}), "/slug"),
        (json!({"slug": "www"}), "/slug"),
        (json!({"cancelled": true}), "/cancelled"),
        (json!({"status": "active"}), "/status"),
    ] {
        patch(&tenant, &admin, body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

/// Name and slug are copied to where log-in, look-up and one's list of tenants find them: nowhere the old ones stay.
#[tokio::test]
async fn a_new_name_and_slug_are_everywhere_at_once() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let viewer = tenant.member(Role::Viewer).await;
    let slug = format!("renamed-{}", unique());
    let body = json!({"name": "Acme & Sons", "slug": slug});
    let changed = patch(&tenant, &tenant.owner, body).await.assert_status(200);
    assert_eq!(changed.text("/slug"), slug);
    assert_eq!(read(&tenant, &viewer).await.json, changed.json);
    for person in [&tenant.owner, &viewer] {
        let list = cloud
            .get("/v1/me/tenants")
            .as_(person)
            .await
            .assert_status(200);
        assert_eq!(list.text("/items/0/slug"), slug);
        assert_eq!(list.text("/items/0/name"), "Acme & Sons");
        let log_in = async |tenant: &str| {
            let body =
                json!({"email": person.email, "password": person.password, "tenant": tenant});
            cloud.post("/v1/auth/login").json(body).await
        };
        log_in(&slug).await.assert_status(200);
        log_in(&tenant.slug)
            .await
            .assert_problem(Kind::InvalidCredentials);
    }
    let face = async |slug: &str| {
        cloud
            .get(format!("/v1/tenant-lookup?host={slug}.localhost"))
            .await
    };
    assert_eq!(
        face(&slug).await.assert_status(200).text("/name"),
        "Acme & Sons"
    );
    face(&tenant.slug).await.assert_problem(Kind::NotFound);
    // The old slug is anybody's now.
    let other = TestTenant::create(cloud, "globex").await;
    patch(&other, &other.owner, json!({"slug": tenant.slug}))
        .await
        .assert_status(200);
    assert_eq!(
        face(&tenant.slug).await.assert_status(200).text("/name"),
        other.name
    );
}

#[tokio::test]
async fn a_slug_that_is_taken_stays_where_it_is() {
    let cloud = TestCloud::shared();
    let (tenant, other) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let before = read(&tenant, &tenant.owner).await.json;
    let body = json!({"name": "New", "slug": other.slug, "metadata": {"a": 1}});
    patch(&tenant, &tenant.owner, body)
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/slug"]);
    assert_eq!(read(&tenant, &tenant.owner).await.json, before);
    // Its own slug is no change.
    patch(&tenant, &tenant.owner, json!({"slug": tenant.slug}))
        .await
        .assert_status(200);
}

#[tokio::test]
async fn a_suspended_tenant_is_read_and_not_changed() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    tenant.set_status("suspended").await;
    let profile = read(&tenant, &tenant.owner).await;
    assert_eq!(profile.json["status"], "suspended");
    for body in [json!({"name": "New"}), json!({"metadata": {"a": 1}})] {
        patch(&tenant, &tenant.owner, body)
            .await
            .assert_problem(Kind::TenantSuspended);
    }
    // It was not its owner who ended it.
    let same = patch(&tenant, &tenant.owner, json!({"cancelled": false})).await;
    assert_eq!(same.assert_status(200).json["status"], "suspended");
}
