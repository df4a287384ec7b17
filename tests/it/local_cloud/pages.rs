//! The pages under `/_local/`, as a browser and as a program see them.

use crate::apart;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud, TestTenant, unique};

async fn page(cloud: &TestCloud, path: &str, accept: &str) -> Response {
    let request = Client::new()
        .get(format!("{}/_local/{path}", cloud.aws_url()))
        .header("accept", accept);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer
}

async fn html(cloud: &TestCloud, path: &str) -> String {
    let answer = page(cloud, path, "text/html").await;
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html"),
        "{path}"
    );
    answer.text().await.unwrap()
}

async fn json_of(cloud: &TestCloud, path: &str) -> Value {
    page(cloud, path, "application/json")
        .await
        .json()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_message_is_in_the_mailbox() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "mail").await;
    let email = format!("Guest@{}.example", unique());
    let body = json!({"email": email, "role": "viewer"});
    let invited = cloud
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(body)
        .await
        .assert_status(201);
    assert!(
        invited.json.get("invitation_link").is_none(),
        "a link that was sent is not shown: {invited}"
    );
    // It goes by the table's stream and a queue.
    cloud.settled().await;
    let messages = json_of(cloud, &format!("mail?to={email}")).await;
    let messages = messages.as_array().unwrap();
    assert_eq!(messages.len(), 1, "{messages:?}");
    let text = messages[0]["text"].as_str().unwrap();
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/invitations/accept#token="))
        .unwrap();
    assert!(text.contains(&tenant.name), "{text}");
    assert!(
        html(cloud, &format!("mail?to={email}"))
            .await
            .contains("/invitations/accept#token=")
    );
    let (_, token) = link.split_once("token=").unwrap();
    let accept = json!({"token": token, "name": "Guest", "password": tests::PASSWORD});
    cloud
        .post("/v1/invitations/accept")
        .json(accept)
        .await
        .assert_status(201);
}

#[tokio::test]
async fn a_decision_is_shown_with_the_statement_that_made_it() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let contact = globex.contact().await;
    cloud
        .get(globex.record("contacts", &contact))
        .as_(&acme.owner)
        .await
        .assert_problem(Kind::NotFound);
    let key = json!({"pk": {"S": format!("TENANT#{}", globex.uuid())}, "sk": {"S": "TENANT"}});
    let body = json!({"TableName": "TenantTable", "Key": key});
    assert!(
        cloud
            .dynamodb(&acme.credentials(tests::Access::Admin), "GetItem", body)
            .await
            .is_refused()
    );

    let refused = json_of(cloud, &format!("iam?decision=denied&tenant_id={}", acme.id)).await;
    let refused = refused.as_array().unwrap();
    assert_eq!(refused.len(), 1, "{refused:?}");
    let decision = &refused[0];
    assert_eq!(decision["actions"], json!(["dynamodb:GetItem"]));
    assert_eq!(
        decision["leading_keys"],
        json!([format!("TENANT#{}", globex.uuid())])
    );
    assert_eq!(decision["principal"]["tags"]["TenantId"], acme.uuid());
    let reason = decision["reason"].as_str().unwrap();
    assert!(
        reason.contains("TenantRead") && reason.contains("dynamodb:LeadingKeys"),
        "{reason}"
    );
    let allowed = json_of(
        cloud,
        &format!("iam?decision=allowed&tenant_id={}", acme.id),
    )
    .await;
    let allowed = allowed.as_array().unwrap();
    assert!(
        !allowed.is_empty()
            && allowed.iter().all(|decision| decision["statement"]
                .as_str()
                .is_some_and(|by| by.contains('/'))),
        "{allowed:?}"
    );
    let shown = html(cloud, &format!("iam?decision=denied&tenant_id={}", acme.id)).await;
    assert!(
        shown.contains("TenantRead") && shown.contains(globex.uuid()),
        "{shown}"
    );
}

#[tokio::test]
async fn each_route_has_its_sums() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "sums").await;
    let contact = tenant.contact().await;
    let path = tenant.record("contacts", &contact);
    cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    let of = |sums: &Value| {
        let routes = sums.as_array().unwrap();
        let route = "GET /v1/projects/{project_id}/{collection}/{record_id}";
        routes
            .iter()
            .find(|sum| sum["route"] == route)
            .unwrap_or_else(|| panic!("{sums}"))
            .clone()
    };
    let before = of(&json_of(cloud, "capacity").await);
    for _ in 0..3 {
        cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    }
    let after = of(&json_of(cloud, "capacity").await);
    let grown = |pointer: &str| {
        after.pointer(pointer).unwrap().as_f64().unwrap()
            - before.pointer(pointer).unwrap().as_f64().unwrap()
    };
    assert_eq!(
        (
            grown("/dynamodb_calls"),
            grown("/sts_calls"),
            grown("/capacity/read"),
            grown("/capacity/write")
        ),
        (3.0, 0.0, 3.0, 0.0)
    );
    assert!(
        html(cloud, "capacity")
            .await
            .contains("/v1/projects/{project_id}/{collection}/{record_id}")
    );
}

#[tokio::test]
async fn the_overview_leads_to_every_page() {
    let cloud = TestCloud::shared();
    let shown = html(cloud, "").await;
    for path in [
        "/_local/iam",
        "/_local/capacity",
        "/_local/mail",
        "/_local/credentials",
    ] {
        assert!(shown.contains(path), "{path} is not in: {shown}");
    }
    assert_eq!(json_of(cloud, "").await["api"], cloud.api_url());
    let tenant = TestTenant::create(cloud, "escaped").await;
    let member = tenant.member(Role::Viewer).await;
    cloud.get("/v1/me").as_(&member).await.assert_status(200);
    assert!(
        !html(cloud, "iam").await.contains(&member.access_token),
        "a token is on a page"
    );
}
