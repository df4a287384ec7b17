//! The whole cloud around a small template: the API's answers, the pages, starting and stopping.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use local::{Binaries, Cloud, Options, StartError};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().parent().unwrap().join("examples")
}

fn options() -> Options {
    Options {
        template: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/template.yaml")),
        binaries: Binaries::Folder(examples()),
        ..Options::default()
    }
}

fn cloud() -> Cloud {
    Cloud::start(options()).unwrap()
}

async fn get(cloud: &Cloud, path: &str, token: Option<&str>) -> Response {
    let mut request = Client::new().get(format!("{}{path}", cloud.api_url()));
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    request.send().await.unwrap()
}

async fn answer(response: Response) -> (u16, String) {
    (response.status().as_u16(), response.text().await.unwrap())
}

fn message(status: u16, text: &str) -> (u16, String) {
    (status, json!({"message": text}).to_string())
}

#[tokio::test]
async fn a_request_reaches_its_function_and_the_result_its_client() {
    let cloud = cloud();
    let url = format!("{}/open/a%20b?x=1&x=2", cloud.api_url());
    let seen: Value = Client::new()
        .post(url)
        .header("x-a", "1")
        .json(&json!({"k": "v"}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let event = &seen["event"];
    assert_eq!(event["routeKey"], "ANY /open/{name}");
    assert_eq!(event["pathParameters"]["name"], "a b");
    assert_eq!(event["queryStringParameters"]["x"], "1,2");
    assert_eq!(event["headers"]["x-a"], "1");
    assert_eq!(event["body"], r#"{"k":"v"}"#);
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert_eq!(event["requestContext"]["domainName"], "127.0.0.1");

    let shaped = get(&cloud, "/open/x?do=status&amount=418", None).await;
    assert_eq!(shaped.status(), 418);
    assert_eq!(shaped.headers()["x-probe"], "yes");
    assert_eq!(shaped.headers()["set-cookie"], "a=1");
    assert!(shaped.headers().contains_key("apigw-requestid"));
    assert_eq!(shaped.text().await.unwrap(), "text");
}

#[tokio::test]
async fn the_authorizer_stands_before_its_routes_only() {
    let cloud = cloud();
    assert_eq!(
        answer(get(&cloud, "/closed", None).await).await,
        message(401, "Unauthorized")
    );
    assert_eq!(
        answer(get(&cloud, "/closed", Some("bad")).await).await,
        message(403, "Forbidden")
    );
    assert_eq!(
        answer(get(&cloud, "/closed", Some("broken")).await).await,
        message(500, "Internal Server Error")
    );
    let (status, body) = answer(get(&cloud, "/closed", Some("good")).await).await;
    assert_eq!(status, 200);
    let event: Value = serde_json::from_str::<Value>(&body).unwrap()["event"].take();
    assert_eq!(
        event["requestContext"]["authorizer"]["lambda"],
        json!({"who": "probe", "route": "GET /closed"})
    );
    let open: Value = get(&cloud, "/open/x", Some("bad"))
        .await
        .json()
        .await
        .unwrap();
    assert!(open["event"]["requestContext"].get("authorizer").is_none());
}

#[tokio::test]
async fn failures_have_api_gateways_answers() {
    let cloud = cloud();
    assert_eq!(
        answer(get(&cloud, "/nowhere", None).await).await,
        message(404, "Not Found")
    );
    assert_eq!(
        answer(get(&cloud, "/open/x?do=fail", None).await).await,
        message(500, "Internal Server Error")
    );
    assert_eq!(
        answer(get(&cloud, "/open/x?do=crash", None).await).await,
        message(500, "Internal Server Error")
    );
    assert_eq!(
        answer(get(&cloud, "/open/x?do=large&amount=7000000", None).await).await,
        message(500, "Internal Server Error")
    );
    assert_eq!(
        answer(get(&cloud, "/slow?do=sleep&amount=20000", None).await).await,
        message(500, "Internal Server Error")
    );
    let closed_post = Client::new()
        .post(format!("{}/closed", cloud.api_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(closed_post.status(), 404);
}

#[tokio::test]
async fn bodies_and_headers_have_their_limits() {
    let cloud = cloud();
    let url = format!("{}/open/x", cloud.api_url());
    for size in [6_400_000, 12_000_000] {
        let sent = Client::new()
            .post(&url)
            .header("content-type", "text/plain")
            .body("x".repeat(size))
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer(sent).await,
            message(413, "Request Entity Too Large"),
            "{size}"
        );
    }
    let sent = Client::new()
        .get(&url)
        .header("x-long", "x".repeat(10_300))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let sent = Client::new()
        .get(&url)
        .header("x-long", "x".repeat(9_900))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
}

#[tokio::test]
async fn preflights_are_answered_for_the_console_alone() {
    let cloud = cloud();
    let preflight = |origin: &str| {
        let request = Client::new().request(
            reqwest::Method::OPTIONS,
            format!("{}/closed", cloud.api_url()),
        );
        request
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .send()
    };
    // The cloud sets the parameter ConsoleUrl to the API's own address.
    let allowed = preflight(cloud.api_url()).await.unwrap();
    assert_eq!(allowed.status(), 204);
    assert_eq!(
        allowed.headers()["access-control-allow-origin"],
        cloud.api_url()
    );
    assert_eq!(
        allowed.headers()["access-control-allow-methods"],
        "GET,POST"
    );
    let refused = preflight("https://evil.example").await.unwrap();
    assert!(
        !refused
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn functions_can_be_invoked_directly_and_their_output_read() {
    let cloud = cloud();
    let seen = cloud
        .invoke("Probe", &json!({"do": "environment"}))
        .await
        .unwrap();
    let seen: Value = serde_json::from_slice(&seen.payload).unwrap();
    assert_eq!(seen["AWS_ENDPOINT_URL"], cloud.aws_url());
    assert_eq!(seen["CONSOLE_URL"], cloud.api_url());
    assert_eq!(seen["TENANTRY_LOCAL"], "1");
    assert!(
        seen["AWS_SESSION_TOKEN"]
            .as_str()
            .is_some_and(|token| !token.is_empty())
    );
    let failed = cloud.invoke("Probe", &json!({"do": "fail"})).await.unwrap();
    assert_eq!(failed.function_error.as_deref(), Some("Unhandled"));
    assert!(cloud.invoke("Nobody", &json!({})).await.is_err());
    assert!(
        cloud
            .function_logs()
            .iter()
            .any(|line| line.function == "Probe" && line.line == "probe: started")
    );
}

#[tokio::test]
async fn pages_answer_in_html_or_json_and_to_loopback_names_only() {
    let cloud = cloud();
    for page in ["", "iam", "capacity", "mail"] {
        let url = format!("{}/_local/{page}", cloud.aws_url());
        let html = Client::new()
            .get(&url)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        assert_eq!(html.status(), 200, "{page}");
        assert!(
            html.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html"),
            "{page}"
        );
        let json = Client::new().get(&url).send().await.unwrap();
        assert!(
            json.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("application/json"),
            "{page}"
        );
        let rebound = Client::new()
            .get(&url)
            .header("host", "evil.example")
            .send()
            .await
            .unwrap();
        assert_eq!(rebound.status(), 403, "{page}");
    }
    for query in [
        "",
        "?tenant_id=x&access=read",
        "?tenant_id=0190a1b2-0000-7000-8000-000000000001&access=root",
    ] {
        let url = format!("{}/_local/credentials{query}", cloud.aws_url());
        assert_eq!(
            Client::new().get(&url).send().await.unwrap().status(),
            400,
            "{query}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let missing = PathBuf::from("/nowhere");
    let broken = std::env::temp_dir().join(format!("local-broken-{port}.yaml"));
    std::fs::write(&broken, "Resources:\n  F: !Nonsense x\n").unwrap();
    let cases = [
        (
            Options {
                api_port: port,
                ..options()
            },
            format!("port {port} is in use; choose another one with --api-port"),
        ),
        (
            Options {
                aws_port: port,
                ..options()
            },
            "--aws-port".to_owned(),
        ),
        (
            Options {
                template: Some(missing.join("t.yaml")),
                ..options()
            },
            "/nowhere/t.yaml".to_owned(),
        ),
        (
            Options {
                template: Some(broken.clone()),
                ..options()
            },
            broken.display().to_string(),
        ),
        (
            Options {
                binaries: Binaries::Folder(missing),
                ..options()
            },
            "/nowhere has no binary for probe".to_owned(),
        ),
    ];
    for (options, expected) in cases {
        let error: StartError = match Cloud::start(options) {
            Ok(_) => panic!("started: {expected}"),
            Err(error) => error,
        };
        let text = error.to_string();
        assert!(text.contains(&expected) && !text.contains('\n'), "{text}");
    }
    std::fs::remove_file(broken).unwrap();
}

#[tokio::test]
async fn stopping_ends_processes_and_frees_the_ports() {
    let cloud = cloud();
    let pid = cloud.invoke("Probe", &json!({})).await.unwrap();
    let pid = serde_json::from_slice::<Value>(&pid.payload).unwrap()["pid"].clone();
    let address = cloud.api_url().strip_prefix("http://").unwrap().to_owned();
    cloud.stop();
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert!(std::net::TcpStream::connect(address).is_err());
}
