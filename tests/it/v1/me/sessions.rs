//! `/v1/me/sessions`

use serde_json::json;
use std::collections::BTreeSet;
use tests::{Kind, Person, TestCloud, TestTenant};
use uuid::Uuid;

async fn ids(person: &Person) -> BTreeSet<String> {
    let answer = TestCloud::shared()
        .get("/v1/me/sessions")
        .as_(person)
        .await
        .assert_status(200);
    answer
        .items()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn lists_where_one_is_signed_in() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let body = json!({"email": tenant.owner.email, "password": tenant.owner.password});
    let login = cloud
        .post("/v1/auth/login")
        .header("user-agent", "Tablet/1.0")
        .json(body)
        .await
        .assert_status(200);
    let tablet = Person::signed_in(&login, &tenant.owner.email);
    let answer = cloud
        .get("/v1/me/sessions")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(answer.items().len(), 2, "{answer}");
    let item = |id: &str| {
        answer
            .items()
            .iter()
            .find(|item| item["id"] == json!(id))
            .unwrap()
    };
    assert_eq!(item(&tablet.session_id)["device"], "Tablet/1.0");
    assert_eq!(item(&tablet.session_id)["current"], false);
    assert_eq!(item(&tenant.owner.session_id)["current"], true);
    let network = item(&tablet.session_id)["ip_prefix"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        network.starts_with("127.0.") && network.ends_with(".0/24"),
        "{network}"
    );
    assert_eq!(item(&tablet.session_id)["tenant_id"], json!(tenant.id));
    let text = answer.to_string();
    assert!(!text.contains("hash"), "{text}");

    let mut seen = BTreeSet::new();
    let mut path = "/v1/me/sessions?limit=1".to_owned();
    loop {
        let page = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
        seen.extend(
            page.items()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        match page.json["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/me/sessions?limit=1&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ids(&tenant.owner).await);
}

#[tokio::test]
async fn a_revoked_session_ends_at_once() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let other = tenant.log_in(&tenant.owner).await;
    cloud.get("/v1/me").as_(&other).await.assert_status(200);
    let path = format!("/v1/me/sessions/{}", other.session_id);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    cloud
        .get("/v1/me")
        .as_(&other)
        .await
        .assert_problem(Kind::SessionRevoked);
    assert_eq!(
        ids(&tenant.owner).await,
        BTreeSet::from([tenant.owner.session_id.clone()])
    );
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn foreign_and_missing_sessions_are_alike() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let revoke = async |id: &str| {
        cloud
            .delete(format!("/v1/me/sessions/{id}"))
            .as_(&acme.owner)
            .await
    };
    let foreign = revoke(&globex.owner.session_id).await;
    foreign.assert_problem(Kind::NotFound);
    for other in [
        format!("ses_{}", Uuid::now_v7()),
        "x".to_owned(),
        "ses_".to_owned(),
        globex.owner.session_id.to_uppercase(),
    ] {
        assert_eq!(
            revoke(&other).await.without_request_id(),
            foreign.without_request_id(),
            "{other}"
        );
    }
    cloud
        .get("/v1/me")
        .as_(&globex.owner)
        .await
        .assert_status(200);
}

#[tokio::test]
async fn all_others_can_be_revoked() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let others = [
        tenant.log_in(&tenant.owner).await,
        tenant.log_in(&tenant.owner).await,
    ];
    cloud
        .delete("/v1/me/sessions")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    cloud
        .get("/v1/me")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    for other in &others {
        cloud
            .get("/v1/me")
            .as_(other)
            .await
            .assert_problem(Kind::SessionRevoked);
        let body = json!({"refresh_token": other.refresh_token});
        cloud
            .post("/v1/auth/refresh")
            .json(body)
            .await
            .assert_problem(Kind::InvalidRefreshToken);
    }
    assert_eq!(
        ids(&tenant.owner).await,
        BTreeSet::from([tenant.owner.session_id.clone()])
    );
}
