//! Streams: every change once and in order, however its function behaves.

use crate::support::{TestCloud, members, options};
use local::Options;
use serde_json::{Value, json};

const SK: &str = "/dynamodb/Keys/sk/S";

#[tokio::test]
async fn changes_arrive_in_lambdas_shape() {
    let cloud = TestCloud::start();
    cloud.put("A", "1", &json!({})).await;
    cloud.put("A", "1", &json!({"again": 1})).await;
    cloud.delete("A", "1").await;
    cloud.cloud.settled().await.unwrap();
    let events = cloud.events("AllItems");
    let records: Vec<&Value> = events
        .iter()
        .flat_map(|event| event["Records"].as_array().unwrap())
        .collect();
    let names: Vec<&Value> = records.iter().map(|record| &record["eventName"]).collect();
    assert_eq!(names, ["INSERT", "MODIFY", "REMOVE"]);
    let modified = records[1];
    assert_eq!(modified["eventSource"], "aws:dynamodb");
    assert_eq!(modified["awsRegion"], "us-east-1");
    assert_eq!(
        modified["eventSourceARN"],
        "arn:aws:dynamodb:us-east-1:000000000000:table/Items/stream/1970-01-01T00:00:00.000"
    );
    let change = &modified["dynamodb"];
    assert_eq!(change["Keys"], json!({"pk": {"S": "A"}, "sk": {"S": "1"}}));
    assert_eq!(change["OldImage"]["do"]["S"], "{}");
    assert_eq!(change["NewImage"]["do"]["S"], r#"{"again":1}"#);
    assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert!(
        change["ApproximateCreationDateTime"].is_number(),
        "{change}"
    );
    assert!(change["SequenceNumber"].as_str().unwrap().len() >= 21);
    assert!(records[2]["dynamodb"].get("NewImage").is_none());
}

#[tokio::test]
async fn nothing_is_lost_and_order_holds_while_the_function_is_slow() {
    let cloud = TestCloud::start();
    for number in 0..40 {
        cloud
            .put("A", &format!("{number:02}"), &json!({"sleep": 5}))
            .await;
    }
    cloud.cloud.settled().await.unwrap();
    let events = cloud.events("AllItems");
    let expected: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
    assert_eq!(members(&events, SK), expected);
    let batches = events
        .iter()
        .map(|event| event["Records"].as_array().unwrap().len());
    let batches: Vec<usize> = batches.collect();
    assert!(
        batches.iter().all(|size| *size <= 10) && batches.len() < 40,
        "{batches:?}"
    );
}

#[tokio::test]
async fn a_failure_is_tried_again_from_where_it_was_and_then_goes_on() {
    let cloud = TestCloud::start();
    // Held up by the first, the others come as one batch.
    cloud.put("A", "0", &json!({"sleep": 300})).await;
    cloud.put("A", "1", &json!({})).await;
    cloud.put("A", "2", &json!({"fail_times": 2})).await;
    cloud.put("A", "3", &json!({})).await;
    cloud.cloud.settled().await.unwrap();
    let events = cloud.events("AllItems");
    assert_eq!(
        members(&events, SK),
        ["0", "1", "2", "3", "2", "3", "2", "3"]
    );
    assert!(
        cloud
            .cloud
            .gateway()
            .queue("DeadLetters")
            .unwrap()
            .bodies()
            .is_empty()
    );
}

#[tokio::test]
async fn what_fails_too_often_is_given_up_and_reported() {
    let cloud = TestCloud::start();
    cloud.put("A", "1", &json!({"error_times": 100})).await;
    cloud.cloud.settled().await.unwrap();
    cloud.put("A", "2", &json!({})).await;
    cloud.cloud.settled().await.unwrap();
    // Once, and three times again.
    assert_eq!(
        members(&cloud.events("AllItems"), SK),
        ["1", "1", "1", "1", "2"]
    );
    let reports = cloud.cloud.gateway().queue("DeadLetters").unwrap().bodies();
    assert_eq!(reports.len(), 1);
    let report: Value = serde_json::from_str(&reports[0]).unwrap();
    assert_eq!(
        report["requestContext"]["condition"],
        "RetryAttemptsExhausted"
    );
    assert_eq!(report["DDBStreamBatchInfo"]["batchSize"], 1);
}

#[tokio::test]
async fn a_filter_lets_through_what_it_names_and_a_batch_is_halved() {
    let cloud = TestCloud::start();
    cloud.put("T#OUTBOX", "0", &json!({"sleep": 300})).await;
    for (pk, sk, asked) in [
        ("T#OUTBOX", "1", json!({})),
        ("T#OTHER", "x", json!({})),
        ("T#OUTBOX", "2", json!({})),
        ("T#OUTBOX", "3", json!({"error_times": 100})),
        ("T#OUTBOX", "4", json!({})),
    ] {
        cloud.put(pk, sk, &asked).await;
    }
    cloud.put("T#OUTBOX", "1", &json!({"changed": true})).await;
    cloud.cloud.settled().await.unwrap();
    let events = cloud.events("NewLetters");
    let seen = members(&events, SK);
    assert!(!seen.contains(&"x".to_owned()), "{seen:?}");
    // Only the one that fails is given up; it takes its neighbours with it no further than a half.
    let last: Vec<Value> = events.last().into_iter().cloned().collect();
    assert_eq!(members(&last, SK).last().unwrap(), "4", "{seen:?}");
    let alone = events
        .iter()
        .filter(|event| members(std::slice::from_ref(event), SK) == ["3"]);
    assert_eq!(alone.count(), 2, "once, and once again: {seen:?}");
    assert!(
        events
            .iter()
            .all(|event| members(std::slice::from_ref(event), "/eventName")
                .iter()
                .all(|name| name == "INSERT")),
        "the change of 1 is no insert"
    );
}

#[tokio::test]
async fn a_crash_loses_nothing() {
    let cloud = TestCloud::start();
    cloud.put("A", "1", &json!({"sleep": 10_000})).await;
    cloud.events_up_to("AllItems", 1).await;
    assert_eq!(cloud.cloud.kill("AllItems"), 1);
    let events = cloud.events_up_to("AllItems", 2).await;
    assert_eq!(members(&events, SK), ["1", "1"]);
}

#[tokio::test]
async fn a_stream_is_read_on_from_where_it_was_when_the_cloud_starts_again() {
    let folder = std::env::temp_dir().join(format!("events-{}", uuid::Uuid::new_v4()));
    let kept = || Options {
        data_dir: Some(folder.clone()),
        ..options()
    };
    let cloud = TestCloud::with(kept());
    cloud.put("A", "1", &json!({})).await;
    cloud.cloud.settled().await.unwrap();
    cloud.put("A", "2", &json!({"sleep": 60_000})).await;
    cloud.events_up_to("AllItems", 2).await;
    cloud.cloud.stop();
    let cloud = TestCloud::with(kept());
    let events = cloud.events_up_to("AllItems", 1).await;
    assert_eq!(members(&events, SK), ["2"], "1 was done, 2 was not");
    drop(cloud);
    std::fs::remove_dir_all(folder).unwrap();
}
