//! Schedules: by hand at once, and what is wrong with one is said.

use crate::support::{TestCloud, start_changed};
use serde_json::Value;

#[tokio::test]
async fn a_scheduled_function_runs_when_asked() {
    let cloud = TestCloud::start();
    let run = cloud.cloud.run_scheduled("Nightly").await.unwrap();
    assert_eq!(run.unwrap().function_error, None);
    assert!(cloud.cloud.run_scheduled("Worker").await.is_none());
    let url = |function: &str| format!("{}/_local/run?function={function}", cloud.cloud.aws_url());
    let post = |function: &str| reqwest::Client::new().post(url(function));
    let answer = post("Nightly").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["function_error"], Value::Null);
    let events = cloud.events_up_to("Nightly", 2).await;
    assert_eq!(events[0]["detail-type"], "Scheduled Event");
    assert_eq!(events[0]["source"], "aws.scheduler");

    let unknown = post("Worker").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert!(unknown.text().await.unwrap().contains("Nightly"));
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let foreign = post("Nightly").header(header, value).send().await.unwrap();
        assert_eq!(foreign.status(), 403, "{header}");
    }
    let own = post("Nightly").header("sec-fetch-site", "same-origin");
    assert_eq!(own.send().await.unwrap().status(), 200);
    let page = reqwest::get(format!("{}/_local/", cloud.cloud.aws_url()));
    let page: Value = page.await.unwrap().json().await.unwrap();
    assert_eq!(page["scheduled"], serde_json::json!(["Nightly"]));
}

#[test]
fn a_wrong_schedule_is_refused() {
    let Err(error) = start_changed("cron(0 3 * * ? *)", "rate(1 minutes)") else {
        panic!("it started")
    };
    let text = error.to_string();
    assert!(
        text.contains("Nightly: event Night: rate(1 minutes)"),
        "{text}"
    );
}
