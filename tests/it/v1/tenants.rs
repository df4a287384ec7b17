//! `POST /v1/tenants`

use serde_json::{Value, json};
use tests::{Answer, Kind, PASSWORD, Person, TestCloud, TestTenant, unique};

fn body() -> Value {
    let slug = format!("founded-{}", unique());
    json!({
        "name": "Founded Ltd", "slug": slug, "owner_email": format!("Olivia@{slug}.example"),
        "owner_name": "Olivia", "owner_password": PASSWORD,
    })
}

async fn sign_up(body: &Value) -> Answer {
    TestCloud::shared().post("/v1/tenants").json(body).await
}

#[tokio::test]
async fn makes_tenant_owner_first_project_and_session() {
    let cloud = TestCloud::shared();
    let body = body();
    let answer = sign_up(&body).await.assert_status(201);
    assert_eq!(answer.header("location"), "/v1/tenant");
    let owner = Person::signed_in(&answer, body["owner_email"].as_str().unwrap());

    let me = cloud.get("/v1/me").as_(&owner).await.assert_status(200);
    assert_eq!(me.json["tenant"]["id"], json!(owner.tenant_id));
    assert_eq!(me.json["tenant"]["slug"], body["slug"]);
    assert_eq!(me.json["tenant"]["status"], "trial");
    assert_eq!(me.json["role"], "owner");
    assert_eq!(me.json["user"]["email"], body["owner_email"]);
    let projects = cloud
        .get("/v1/projects")
        .as_(&owner)
        .await
        .assert_status(200);
    assert_eq!(projects.items().len(), 1);
    assert_eq!(me.json["projects"], json!([projects.items()[0]["id"]]));
}

#[tokio::test]
async fn the_password_is_stored_hashed_and_shown_nowhere() {
    let cloud = TestCloud::shared();
    let answer = sign_up(&body()).await.assert_status(201);
    let (user, id) = (answer.text("/user_id"), answer.request_id().to_owned());
    let items = cloud.dump("DirectoryTable");
    let user = items
        .iter()
        .find(|item| item["id"]["S"] == json!(user))
        .unwrap();
    assert!(
        user["password_hash"]["S"]
            .as_str()
            .unwrap()
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    let refresh_token = answer.text("/refresh_token");
    for item in items {
        let text = item.to_string();
        assert!(
            !text.contains(PASSWORD) && !text.contains(&refresh_token),
            "{text}"
        );
    }
    for line in cloud.log_of(&id) {
        assert!(
            !line.contains(PASSWORD) && !line.contains("Olivia") && !line.contains(&refresh_token),
            "{line}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(201))),
        ("name", json!("bell\u{7}")),
        ("slug", json!("Acme")),
        ("slug", json!("ab")),
        ("slug", json!("www")),
        ("slug", json!("xn--acme")),
        ("slug", json!("a#b")),
        ("owner_email", json!("olivia")),
        ("owner_email", json!("o@localhost")),
        ("owner_name", json!(" ")),
        ("owner_password", json!("1234567")),
        ("owner_password", json!("x".repeat(129))),
        ("owner_password", json!("xx-founded ltd-xx")),
        ("owner_password", json!("my-olivia-2026")),
        ("plan", json!("enterprise")),
        ("status", json!("active")),
    ] {
        let mut body = body();
        body[field] = value;
        let answer = sign_up(&body).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[&format!("/{field}")]);
    }
}

#[tokio::test]
async fn slug_and_address_are_unique_and_a_refused_sign_up_leaves_nothing() {
    let taken = body();
    sign_up(&taken).await.assert_status(201);
    let mut same_slug = body();
    same_slug["slug"] = taken["slug"].clone();
    sign_up(&same_slug)
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/slug"]);
    let mut same_address = body();
    same_address["owner_email"] = json!(taken["owner_email"].as_str().unwrap().to_uppercase());
    sign_up(&same_address)
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/owner_email"]);
    sign_up(&taken)
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/slug", "/owner_email"]);

    // What the refused ones asked for besides is still free.
    let mut later = body();
    later["slug"] = same_address["slug"].clone();
    later["owner_email"] = same_slug["owner_email"].clone();
    sign_up(&later).await.assert_status(201);
}

#[tokio::test]
async fn two_tenants_see_nothing_of_each_other() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let contact = acme.contact().await;
    cloud
        .get(acme.record("contacts", &contact))
        .as_(&globex.owner)
        .await
        .assert_problem(Kind::NotFound);
    let own = cloud
        .get(globex.records("contacts"))
        .as_(&globex.owner)
        .await
        .assert_status(200);
    assert!(own.items().is_empty(), "{own}");
}
