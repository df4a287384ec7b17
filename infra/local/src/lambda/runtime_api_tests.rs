#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::*;
use crate::lambda::slot::Phase;
use reqwest::Client;
use tokio::sync::oneshot;

fn work() -> (Work, oneshot::Receiver<Answer>) {
    let (answer, answered) = oneshot::channel();
    let work = Work {
        request_id: "r1".to_owned(),
        deadline_ms: 1,
        function_arn: "arn".to_owned(),
        trace_id: "trace".to_owned(),
        payload: "{}".into(),
        answer,
    };
    (work, answered)
}

#[tokio::test]
async fn work_is_handed_over_once_and_answered_by_its_id() {
    let api = RuntimeApi::start().await.unwrap();
    let (slot, sender, phase) = Slot::new("F");
    let base = format!("{}/2018-06-01/runtime", api.register("e1", Arc::new(slot)));
    let (work, answered) = work();
    sender.send(work).await.unwrap();
    let next = Client::new()
        .get(format!("{base}/invocation/next"))
        .send()
        .await
        .unwrap();
    assert_eq!(next.headers()["lambda-runtime-aws-request-id"], "r1");
    assert_eq!(next.headers()["lambda-runtime-deadline-ms"], "1");
    assert_eq!(*phase.borrow(), Phase::Busy);
    assert_eq!(next.text().await.unwrap(), "{}");

    let post = |path: &str, body: &'static str| {
        Client::new()
            .post(format!("{base}/{path}"))
            .body(body)
            .send()
    };
    assert_eq!(
        post("invocation/other/response", "1")
            .await
            .unwrap()
            .status(),
        400
    );
    assert_eq!(
        post("invocation/r1/response", "2").await.unwrap().status(),
        202
    );
    assert_eq!(
        post("invocation/r1/response", "3").await.unwrap().status(),
        400
    );
    match answered.await.unwrap() {
        Answer::Response(payload) => assert_eq!(payload, "2"),
        Answer::Error(_) => panic!("an error"),
    }
}

#[tokio::test]
async fn a_process_is_known_by_its_path_alone() {
    let api = RuntimeApi::start().await.unwrap();
    let (slot, _sender, _phase) = Slot::new("F");
    let base = api.register("e1", Arc::new(slot));
    let other = base.replace("e1", "e2");
    let path = "2018-06-01/runtime/invocation/next";
    assert_eq!(
        Client::new()
            .get(format!("{other}/{path}"))
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
    api.forget("e1");
    assert_eq!(
        Client::new()
            .get(format!("{base}/{path}"))
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
}

#[tokio::test]
async fn a_failed_start_is_noted() {
    let api = RuntimeApi::start().await.unwrap();
    let (slot, _sender, phase) = Slot::new("F");
    let base = api.register("e1", Arc::new(slot));
    let url = format!("{base}/2018-06-01/runtime/init/error");
    assert_eq!(
        Client::new()
            .post(url)
            .body("{}")
            .send()
            .await
            .unwrap()
            .status(),
        202
    );
    assert_eq!(*phase.borrow(), Phase::InitFailed("{}".into()));
}

#[tokio::test]
async fn an_extension_is_registered_by_name() {
    let api = RuntimeApi::start().await.unwrap();
    let (slot, _sender, _phase) = Slot::new("F");
    let slot = Arc::new(slot);
    let url = format!(
        "{}/2020-01-01/extension/register",
        api.register("e1", Arc::clone(&slot))
    );
    assert_eq!(Client::new().post(&url).send().await.unwrap().status(), 400);
    assert!(!slot.has_extension());
    let registered = Client::new()
        .post(&url)
        .header("lambda-extension-name", "x")
        .send()
        .await
        .unwrap();
    assert!(
        registered
            .headers()
            .contains_key("lambda-extension-identifier")
    );
    assert!(slot.has_extension());
}
