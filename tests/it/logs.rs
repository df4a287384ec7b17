//! What the functions write: ids to find a request by, figures, and nothing about people.

use serde_json::{Value, json};
use tests::{Kind, PASSWORD, Role, TestCloud, TestTenant};

/// The lines of a request, once the function's output has been read.
async fn lines_of(cloud: &'static TestCloud, request_id: &str) -> Vec<Value> {
    for _ in 0..100 {
        let lines = cloud.log_of(request_id);
        if !lines.is_empty() {
            let parse = |line: &String| {
                serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))
            };
            return lines.iter().map(parse).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("nothing was written of {request_id}");
}

#[tokio::test]
async fn each_request_leaves_one_line_of_figures() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let viewer = tenant.member(Role::Viewer).await;
    let path = tenant.records("contacts");
    let read = cloud.get(&path).as_(&viewer).await.assert_status(200);
    let refused = cloud
        .post(&path)
        .as_(&viewer)
        .json(json!({"name": "x"}))
        .await;
    refused.assert_problem(Kind::PermissionDenied);
    for (answer, status, refusals) in [(read, 200, 0), (refused, 403, 1)] {
        let lines = lines_of(cloud, answer.request_id()).await;
        let figures: Vec<&Value> = lines
            .iter()
            .filter(|line| line.get("_aws").is_some())
            .collect();
        assert_eq!(figures.len(), 1, "{lines:?}");
        let figures = figures[0];
        assert_eq!(figures["tenant_id"], json!(tenant.id));
        assert_eq!(figures["project_id"], json!(tenant.project_id));
        assert_eq!(
            (&figures["status"], &figures["RefusedAccess"]),
            (&json!(status), &json!(refusals))
        );
        assert!(
            figures["Latency"]
                .as_f64()
                .is_some_and(|latency| latency > 0.0)
        );
        let metrics = &figures["_aws"]["CloudWatchMetrics"][0];
        for metric in metrics["Metrics"].as_array().unwrap() {
            assert!(
                figures[metric["Name"].as_str().unwrap()].is_number(),
                "{metric}"
            );
        }
        for dimension in metrics["Dimensions"][0].as_array().unwrap() {
            assert!(
                figures[dimension.as_str().unwrap()].is_string(),
                "{dimension}"
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_is_a_security_event() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let viewer = tenant.member(Role::Viewer).await;
    let refused = cloud
        .post("/v1/projects")
        .as_(&viewer)
        .json(json!({"name": "x"}))
        .await;
    let lines = lines_of(cloud, refused.request_id()).await;
    let event = lines
        .iter()
        .find(|line| line["event"] == "permission_denied");
    let event = event.unwrap_or_else(|| panic!("{lines:?}"));
    assert_eq!(
        (&event["permission"], &event["role"]),
        (&json!("projects:create"), &json!("viewer"))
    );
    assert_eq!(event["span"]["request_id"], json!(refused.request_id()));
    assert_eq!(event["span"]["tenant_id"], json!(tenant.id));
}

#[tokio::test]
async fn nothing_about_people_is_written() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let viewer = tenant.member(Role::Viewer).await;
    let secret = format!("Zebulon {}", tests::unique());
    let contact = json!({"name": secret, "email": "zebulon@customer.example", "notes": secret});
    let mut requests = Vec::new();
    requests.push(
        cloud
            .post(tenant.records("contacts"))
            .as_(&tenant.owner)
            .json(&contact)
            .await,
    );
    requests.push(
        cloud
            .post(tenant.records("contacts"))
            .as_(&viewer)
            .json(&contact)
            .await,
    );
    requests.push(
        cloud
            .post(tenant.records("contacts"))
            .as_(&tenant.owner)
            .json(json!({"name": secret, "odd": secret}))
            .await,
    );
    requests.push(
        cloud
            .get(format!(
                "/v1/projects/{}/contacts/{}",
                tenant.project_id,
                secret.replace(' ', "%20")
            ))
            .as_(&viewer)
            .await,
    );
    requests.push(
        cloud
            .post("/v1/auth/login")
            .json(json!({"email": viewer.email, "password": PASSWORD}))
            .await,
    );
    requests.push(
        cloud
            .post("/v1/auth/login")
            .json(json!({"email": viewer.email, "password": "wrong-password-1"}))
            .await,
    );
    requests.push(
        cloud
            .post("/v1/invitations")
            .as_(&tenant.owner)
            .json(json!({"email": "zebulon@customer.example", "role": "viewer"}))
            .await,
    );
    for answer in &requests {
        lines_of(cloud, answer.request_id()).await;
    }
    let tokens = [
        &viewer.access_token,
        &viewer.refresh_token,
        &tenant.owner.access_token,
    ];
    for line in cloud.local().function_logs() {
        for private in [
            "Zebulon",
            "zebulon",
            PASSWORD,
            "wrong-password-1",
            &viewer.email,
        ] {
            assert!(!line.line.contains(private), "{private}: {}", line.line);
        }
        assert!(
            !tokens
                .iter()
                .any(|token| line.line.contains(token.as_str())),
            "a token: {}",
            line.line
        );
        // Any token at all: three parts of base64url, of which the first two hold JSON objects.
        assert!(!line.line.contains(".eyJ"), "a token: {}", line.line);
    }
}
