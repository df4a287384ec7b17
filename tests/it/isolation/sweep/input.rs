//! Input that is not valid: the right problem, for every route that takes it.

use super::variants::{Variant, sweep};
use super::world::World;
use serde_json::{Value, json};
use tests::{Answer, Kind, TestCloud};

#[tokio::test]
async fn a_body_that_does_not_fit_is_refused_for_its_own_reason() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    // In a session of their own: a case that were let through by mistake might end it.
    let owner = &world.acme.tenant.log_in(&world.acme.tenant.owner).await;
    let with_body = Variant::all().into_iter().filter(Variant::takes_body);
    sweep("bodies", with_body.collect(), async |variant| {
        let mut sample = variant.sample(&world.acme, owner);
        let valid = sample.body.take().unwrap_or_else(|| json!({}));
        let (mut count, mut wrong) = (0, Vec::new());
        // What the billing provider sends is its own; it may add to it at any time.
        let is_ours = variant.route.route_key != "POST /v1/billing/webhook";
        let cases = cases(&valid).into_iter();
        for (case, content_type, body, kind) in
            cases.filter(|(case, ..)| is_ours || *case != "an unknown field")
        {
            let mut request = variant.request(cloud, &sample).body(content_type, body);
            if !variant.route.is_public() {
                request = request.as_(owner);
            }
            let answer = request.await;
            count += 1;
            wrong.extend(variant.check(case, &answer, kind));
            if case == "an unknown field" && !answer.pointers().contains(&"/swept".to_owned()) {
                wrong.push(format!("{}, {case}: not named: {answer}", variant.name()));
            }
        }
        (count, wrong)
    })
    .await;
}

fn cases(valid: &Value) -> Vec<(&'static str, &'static str, Vec<u8>, Kind)> {
    const JSON: &str = "application/json";
    let text = valid.to_string().into_bytes();
    let mut with_field = valid.clone();
    with_field["swept"] = json!(1);
    let mut wrong_types = valid.clone();
    wrong_types
        .as_object_mut()
        .unwrap()
        .values_mut()
        .for_each(|value| *value = json!([{"a": 1}]));
    let mut cases = vec![
        (
            "an unknown field",
            JSON,
            with_field.to_string().into_bytes(),
            Kind::ValidationFailed,
        ),
        ("a text", JSON, b"\"x\"".to_vec(), Kind::ValidationFailed),
        ("a number", JSON, b"7".to_vec(), Kind::ValidationFailed),
        ("null", JSON, b"null".to_vec(), Kind::ValidationFailed),
        ("a list", JSON, b"[1]".to_vec(), Kind::ValidationFailed),
        (
            "an empty list",
            JSON,
            b"[]".to_vec(),
            Kind::ValidationFailed,
        ),
        ("no JSON", JSON, b"{\"a\": ".to_vec(), Kind::MalformedBody),
        (
            "no JSON either",
            JSON,
            b"name=x".to_vec(),
            Kind::MalformedBody,
        ),
        (
            "two documents",
            JSON,
            [&text, &b" {}"[..]].concat(),
            Kind::MalformedBody,
        ),
        (
            "invalid UTF-8",
            JSON,
            b"{\"a\": \"\xff\xfe\"}".to_vec(),
            Kind::MalformedBody,
        ),
        (
            "half a surrogate pair",
            JSON,
            br#"{"a": "\ud800"}"#.to_vec(),
            Kind::MalformedBody,
        ),
        (
            "nested too deep",
            JSON,
            "[".repeat(20_000).into_bytes(),
            Kind::MalformedBody,
        ),
        (
            "too large",
            JSON,
            format!("{{\"a\": \"{}\"}}", "x".repeat(300_000)).into_bytes(),
            Kind::BodyTooLarge,
        ),
        (
            "another media type",
            "text/plain",
            text.clone(),
            Kind::UnsupportedMediaType,
        ),
        (
            "a form",
            "application/x-www-form-urlencoded",
            text,
            Kind::UnsupportedMediaType,
        ),
    ];
    if valid.as_object().is_some_and(|valid| !valid.is_empty()) {
        cases.push((
            "wrong types",
            JSON,
            wrong_types.to_string().into_bytes(),
            Kind::ValidationFailed,
        ));
    }
    cases
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_refused() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let owner = &world.acme.tenant.owner;
    sweep("queries", Variant::all(), async |variant| {
        let cases = [
            "swept=1",
            "swept",
            "swept=1&swept=2",
            "%FF=1",
            "=",
            "limit=1&limit=2",
            "cursor=a&cursor=b",
        ];
        let mut wrong = Vec::new();
        for query in cases {
            let mut sample = variant.sample(&world.acme, owner);
            sample.query = match sample.query.as_str() {
                "" => query.to_owned(),
                valid => format!("{valid}&{query}"),
            };
            let answer = if variant.route.is_public() {
                variant.request(cloud, &sample).await
            } else {
                variant.request(cloud, &sample).as_(owner).await
            };
            wrong.extend(variant.check(query, &answer, Kind::InvalidQuery));
            if !answer
                .pointers()
                .iter()
                .all(|pointer| pointer.starts_with('?'))
            {
                wrong.push(format!("{}, {query}: {answer}", variant.name()));
            }
        }
        (cases.len(), wrong)
    })
    .await;
}

#[tokio::test]
async fn a_body_where_none_is_taken_changes_nothing() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    // Who may read everything.
    let owner = &world.acme.tenant.owner;
    let readers = Variant::closed()
        .into_iter()
        .filter(|variant| variant.route.method() == "GET");
    sweep("bodies of GET", readers.collect(), async |variant| {
        let sample = variant.sample(&world.acme, owner);
        let plain = variant.request(cloud, &sample).as_(owner).await;
        let tenant = json!({"tenant_id": world.globex.tenant.id}).to_string();
        let with_body = variant
            .request(cloud, &sample)
            .as_(owner)
            .body("application/json", tenant)
            .await;
        // Other tests sign the owner in and out meanwhile.
        let is_still = variant.route.route_key != "GET /v1/me/sessions";
        let is_right = plain.status == 200
            && (!is_still
                || plain.json["items"].as_array().map(Vec::len)
                    == with_body.json["items"].as_array().map(Vec::len));
        let mut wrong = if is_right {
            Vec::new()
        } else {
            vec![format!("{}: {plain} / {with_body}", variant.name())]
        };
        if with_body.status != 200 {
            wrong.push(format!("{}: {with_body}", variant.name()));
        }
        (2, wrong)
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_for_the_gateway_is_refused_there() {
    let cloud = TestCloud::shared();
    let answer: Answer = cloud
        .post("/v1/tenants")
        .body("application/json", vec![b' '; 11 * 1024 * 1024])
        .await;
    answer.assert_gateway(413, "Request Entity Too Large");
}

#[tokio::test]
async fn headers_that_name_a_tenant_decide_nothing() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let owner = &world.acme.tenant.owner;
    let scoped = Variant::closed()
        .into_iter()
        .filter(|variant| variant.route.project_scoped);
    sweep("headers", scoped.collect(), async |variant| {
        let sample = variant.sample(&world.globex, owner);
        let mut request = variant.request(cloud, &sample).as_(owner);
        for name in [
            "x-tenant-id",
            "x-unguarded-tenant",
            "x-tenantry-route",
            "x-forwarded-host",
            "x-user-id",
        ] {
            request = request.header(name, &world.globex.tenant.id);
        }
        (1, variant.check("headers", &request.await, Kind::NotFound))
    })
    .await;
}
