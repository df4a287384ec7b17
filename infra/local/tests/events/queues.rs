//! Queues: a message is given to the function until it is done, and no more than so often.

use crate::support::{TestCloud, members, options};
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::MessageAttributeValue;
use gateway::{Fault, FaultError};
use jiff::SignedDuration;
use local::Options;
use serde_json::json;

#[tokio::test]
async fn a_message_arrives_in_lambdas_shape_and_is_gone() {
    let cloud = TestCloud::start();
    let attribute = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("letter")
        .build()
        .unwrap();
    let sent = cloud
        .sqs("WriterRole")
        .send_message()
        .queue_url(cloud.queue_url("Work"))
        .message_body(r#"{"a":1}"#)
        .message_attributes("kind", attribute)
        .send()
        .await
        .unwrap();
    cloud.cloud.settled().await.unwrap();
    let event = cloud.events("Worker").remove(0);
    let record = &event["Records"][0];
    assert_eq!(record["messageId"], sent.message_id().unwrap());
    assert_eq!(record["md5OfBody"], sent.md5_of_message_body().unwrap());
    assert_eq!(record["body"], r#"{"a":1}"#);
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(
        record["eventSourceARN"],
        "arn:aws:sqs:us-east-1:000000000000:Work"
    );
    assert_eq!(
        record["messageAttributes"]["kind"],
        json!({"dataType": "String", "stringValue": "letter"})
    );
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert!(record["receiptHandle"].is_string());
    assert!(
        cloud
            .cloud
            .gateway()
            .queue("Work")
            .unwrap()
            .bodies()
            .is_empty()
    );
}

#[tokio::test]
async fn only_what_failed_comes_again_and_then_goes_to_the_dead_letters() {
    let cloud = TestCloud::start();
    cloud.send("Work", &json!({"n": 1})).await;
    cloud.send("Work", &json!({"n": 2, "fail_times": 9})).await;
    cloud.send("Work", &json!({"n": 3, "fail_times": 1})).await;
    cloud.cloud.settled().await.unwrap();
    let work = cloud.cloud.gateway().queue("Work").unwrap();
    assert_eq!(work.bodies().len(), 2, "{:?}", work.bodies());
    let before = cloud.events("Worker").len();
    // Its visibility time-out.
    cloud
        .cloud
        .gateway()
        .advance_clock(SignedDuration::from_secs(6));
    cloud.cloud.settled().await.unwrap();
    let again = members(&cloud.events("Worker")[before..], "/body");
    assert_eq!(again.len(), 2, "{again:?}");
    cloud
        .cloud
        .gateway()
        .advance_clock(SignedDuration::from_secs(6));
    cloud.cloud.settled().await.unwrap();
    assert!(work.bodies().is_empty(), "{:?}", work.bodies());
    let dead = cloud.cloud.gateway().queue("DeadLetters").unwrap().bodies();
    assert_eq!(dead, [json!({"n": 2, "fail_times": 9}).to_string()]);
}

#[tokio::test]
async fn a_crash_leaves_the_message_to_its_time_out() {
    let cloud = TestCloud::start();
    cloud.send("Work", &json!({"sleep": 10_000})).await;
    cloud.events_up_to("Worker", 1).await;
    assert_eq!(cloud.cloud.kill("Worker"), 1);
    cloud.cloud.settled().await.unwrap();
    assert_eq!(cloud.events("Worker").len(), 1);
    cloud
        .cloud
        .gateway()
        .advance_clock(SignedDuration::from_secs(6));
    cloud.events_up_to("Worker", 2).await;
    cloud.cloud.kill("Worker");
}

#[tokio::test]
async fn a_group_keeps_its_order_past_a_failure_and_others_go_on() {
    let cloud = TestCloud::start();
    let send = async |group: &str, body: serde_json::Value| {
        cloud
            .sqs("WriterRole")
            .send_message()
            .queue_url(cloud.queue_url("Ordered"))
            .message_group_id(group)
            .message_body(body.to_string())
            .send()
            .await
            .unwrap()
    };
    send("a", json!({"n": "a1", "fail_times": 1})).await;
    send("a", json!({"n": "a2"})).await;
    let first = send("b", json!({"n": "b1"})).await;
    let again = send("b", json!({"n": "b1"})).await;
    assert_eq!(first.message_id(), again.message_id());
    cloud.cloud.settled().await.unwrap();
    cloud
        .cloud
        .gateway()
        .advance_clock(SignedDuration::from_secs(30));
    cloud.cloud.settled().await.unwrap();
    let seen: Vec<String> = members(&cloud.events("OrderedWorker"), "/body")
        .iter()
        .map(|body| body.split('"').nth(3).unwrap().to_owned())
        .collect();
    let of_a: Vec<&String> = seen.iter().filter(|name| name.starts_with('a')).collect();
    assert_eq!(of_a, ["a1", "a1", "a2"], "{seen:?}");
    assert_eq!(seen.iter().filter(|name| *name == "b1").count(), 1);
}

#[tokio::test]
async fn messages_outlive_the_cloud_in_a_data_folder() {
    let folder = std::env::temp_dir().join(format!("events-{}", uuid::Uuid::new_v4()));
    let kept = || Options {
        data_dir: Some(folder.clone()),
        ..options()
    };
    let cloud = TestCloud::with(kept());
    cloud.send("Work", &json!({"n": 1})).await;
    cloud.send("Work", &json!({"n": 2, "fail_times": 1})).await;
    cloud.cloud.settled().await.unwrap();
    cloud.cloud.stop();
    let cloud = TestCloud::with(kept());
    let work = cloud.cloud.gateway().queue("Work").unwrap();
    assert_eq!(
        work.bodies(),
        [json!({"n": 2, "fail_times": 1}).to_string()]
    );
    cloud
        .cloud
        .gateway()
        .advance_clock(SignedDuration::from_secs(6));
    cloud.cloud.settled().await.unwrap();
    let event = cloud.events("Worker").remove(0);
    assert_eq!(
        event["Records"][0]["attributes"]["ApproximateReceiveCount"],
        "2"
    );
    assert!(work.bodies().is_empty());
    drop(cloud);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_template_gives_functions_a_url_that_leads_here() {
    let cloud = TestCloud::start();
    let asked = json!({"do": "environment"});
    let seen = cloud.cloud.invoke("Worker", &asked).await.unwrap();
    let seen: serde_json::Value = serde_json::from_slice(&seen.payload).unwrap();
    assert_eq!(seen["QUEUE_URL"], cloud.queue_url("Work"));
}

#[tokio::test]
async fn a_role_does_only_what_it_is_allowed() {
    let cloud = TestCloud::start();
    let url = cloud.queue_url("Work");
    let send = |role| {
        let client = cloud.sqs(role);
        client
            .send_message()
            .queue_url(&url)
            .message_body("x")
            .send()
    };
    let refused = send("ReaderRole").await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));
    let decisions = cloud.cloud.gateway().decisions();
    let refusal = decisions.last().unwrap();
    assert_eq!(refusal.actions, ["sqs:SendMessage"]);
    let fault = |error| Fault {
        operation: "SendMessage".to_owned(),
        table: Some("Work".to_owned()),
        route: None,
        after: 0,
        times: 1,
        error,
    };
    let gateway = cloud.cloud.gateway();
    gateway.inject(fault(FaultError::InternalServerError));
    assert_eq!(
        send("WriterRole").await.unwrap_err().code(),
        Some("InternalError")
    );
    cloud.cloud.settled().await.unwrap();
    assert!(cloud.events("Worker").is_empty(), "nothing was sent");
    gateway.inject(fault(FaultError::LostReply));
    assert!(send("WriterRole").await.is_err());
    cloud.events_up_to("Worker", 1).await;
    gateway.inject(fault(FaultError::NoReply));
    let limit = std::time::Duration::from_millis(300);
    let unanswered = tokio::time::timeout(limit, send("WriterRole")).await;
    assert!(unanswered.is_err(), "an answer came");
    cloud.events_up_to("Worker", 2).await;
}
