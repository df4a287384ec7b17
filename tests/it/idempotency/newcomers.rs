//! A sign-up under a key, of somebody whom nobody knows yet.

use super::{KEY, REPLAYED, assert_replays};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Kind, PASSWORD, Person, Request, Route, TestCloud, unique};

const ROUTE: &str = "POST /v1/tenants";

fn company() -> Value {
    let slug = format!("repeated-{}", unique());
    json!({
        "name": "Repeated", "slug": slug, "owner_name": "Olivia Owner",
        "owner_email": format!("olivia@{slug}.example"), "owner_password": PASSWORD,
    })
}

/// Nobody guesses it.
fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn sign_up(cloud: &'static TestCloud, body: &Value, key: &str) -> Request<'static> {
    cloud.post("/v1/tenants").header(KEY, key).json(body)
}

/// The keys of everything there is, but for letters, which come and go by themselves.
fn everything(cloud: &TestCloud) -> BTreeSet<String> {
    let tables = ["TenantTable", "DirectoryTable"].into_iter();
    let items = tables.flat_map(|table| cloud.dump(table));
    let keys = items.map(|item| format!("{} {}", item["pk"]["S"], item["sk"]["S"]));
    keys.filter(|key| !key.contains("#OUTBOX")).collect()
}

/// The owner can work in the tenant that the answer names.
async fn works(cloud: &'static TestCloud, answer: &Answer, body: &Value) -> Person {
    let owner = Person::signed_in(answer, body["owner_email"].as_str().unwrap());
    let tenant = cloud.get("/v1/tenant").as_(&owner).await.assert_status(200);
    assert_eq!(tenant.json["slug"], body["slug"]);
    owner
}

#[tokio::test]
async fn it_is_the_only_public_route_that_takes_one() {
    let routes = Route::all().into_iter();
    let public = routes.filter(|route| route.idempotent && route.is_public());
    let public: Vec<String> = public.map(|route| route.route_key).collect();
    assert_eq!(public, [ROUTE]);
}

#[tokio::test]
async fn who_signs_up_again_gets_the_same_answer_and_no_second_tenant() {
    let cloud = TestCloud::own();
    let (body, key) = (company(), key());
    let before = everything(cloud);
    let first = sign_up(cloud, &body, &key).await.assert_status(201);
    assert!(!first.headers.contains_key(REPLAYED));
    let after = everything(cloud);
    let kept: Vec<&String> = after.difference(&before).collect();
    let kept = kept.iter().filter(|key| key.contains("IDEMPOTENCY"));
    assert_eq!(kept.count(), 1);
    let again = sign_up(cloud, &body, &key).await;
    assert_replays(&first, &again);
    assert_eq!(everything(cloud), after);
    works(cloud, &again, &body).await;
    // Another request under this key, be it but for the password.
    for (name, other) in [
        ("owner_password", json!("another green lamp")),
        ("name", json!("Another")),
        ("slug", json!(format!("other-{}", unique()))),
    ] {
        let mut another = body.clone();
        another[name] = other;
        let another = sign_up(cloud, &another, &key).await;
        another.assert_problem(Kind::IdempotencyKeyReused);
    }
    // Under another key it is another sign-up, and comes too late.
    let late = sign_up(cloud, &body, &self::key()).await;
    late.assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/slug", "/owner_email"]);
    assert_eq!(everything(cloud), after);
}

#[tokio::test]
async fn many_at_once_under_one_key_found_one_tenant() {
    let cloud = TestCloud::own();
    let (body, key) = (company(), key());
    let answers = join_all((0..20).map(|_| sign_up(cloud, &body, &key).into_future())).await;
    for answer in &answers {
        answer.clone().assert_status(201);
        assert_eq!(answer.bytes, answers[0].bytes, "{answer}");
    }
    let is_first = |answer: &&Answer| !answer.headers.contains_key(REPLAYED);
    assert_eq!(answers.iter().filter(is_first).count(), 1);
    let owner = works(cloud, &answers[0], &body).await;
    let tenants = cloud.get("/v1/me/tenants").as_(&owner).await;
    assert_eq!(tenants.assert_status(200).items().len(), 1);
}

#[tokio::test]
async fn nobody_reads_key_or_answer_in_the_table() {
    let cloud = TestCloud::own();
    let (body, key) = (company(), key());
    let answer = sign_up(cloud, &body, &key).await.assert_status(201);
    let items = cloud.dump("DirectoryTable").into_iter();
    let is_kept = |item: &Value| item["sk"]["S"] == "IDEMPOTENCY";
    let kept: Vec<Value> = items.filter(is_kept).collect();
    assert_eq!(kept.len(), 1);
    super::routes::assert_sealed(&kept[0], &answer, &key);
}

#[tokio::test]
async fn a_key_that_could_be_guessed_is_refused() {
    let cloud = TestCloud::shared();
    let document = cloud.get("/v1/openapi.json").await.json;
    let parameters = document["paths"]["/v1/tenants"]["post"]["parameters"].clone();
    let header = parameters.as_array().unwrap().iter();
    let mut header = header.filter(|parameter| parameter["name"] == "Idempotency-Key");
    assert_eq!(header.next().unwrap()["schema"]["minLength"], 32);
    let key = unique().repeat(32);
    let short = sign_up(cloud, &company(), &key[..31]).await;
    short
        .assert_problem(Kind::InvalidHeader)
        .assert_fields(&["Idempotency-Key"]);
    let long = sign_up(cloud, &company(), &key[..32]).await;
    long.assert_status(201);
}
