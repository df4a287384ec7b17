//! SQS through the real SDK, and requests that no SDK would make.

use crate::support::Cloud;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use jiff::SignedDuration;
use std::time::{Duration, Instant};

fn client(cloud: &Cloud) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(&cloud.sdk_config(Some(&cloud.role("QueueRole"))))
}

fn url(cloud: &Cloud, queue: &str) -> String {
    format!("{}/000000000000/{queue}", cloud.url)
}

async fn send(cloud: &Cloud, body: &str) -> String {
    let sent = client(cloud)
        .send_message()
        .queue_url(url(cloud, "Work"))
        .message_body(body)
        .send()
        .await
        .unwrap();
    sent.message_id().unwrap().to_owned()
}

async fn receive(cloud: &Cloud, queue: &str) -> Vec<Message> {
    let received = client(cloud)
        .receive_message()
        .queue_url(url(cloud, queue))
        .max_number_of_messages(10)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All")
        .send()
        .await
        .unwrap();
    received.messages().to_vec()
}

fn code<T: std::fmt::Debug, E: std::fmt::Debug, R: std::fmt::Debug>(
    result: Result<T, aws_sdk_sqs::error::SdkError<E, R>>,
) -> String
where
    aws_sdk_sqs::error::SdkError<E, R>: ProvideErrorMetadata,
{
    let error = result.expect_err("it should be refused");
    error.code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_message_comes_as_it_was_sent() {
    let cloud = Cloud::start().await;
    let text = MessageAttributeValue::builder()
        .data_type("String.kind")
        .string_value("letter");
    let bytes = MessageAttributeValue::builder()
        .data_type("Binary")
        .binary_value(Blob::new([0, 255]));
    let sent = client(&cloud)
        .send_message()
        .queue_url(url(&cloud, "Work"))
        .message_body("grüße")
        .message_attributes("kind", text.build().unwrap())
        .message_attributes("raw", bytes.build().unwrap())
        .send()
        .await
        .unwrap();
    let message = receive(&cloud, "Work").await.remove(0);
    assert_eq!(message.body(), Some("grüße"));
    assert_eq!(message.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(
        message.md5_of_body(),
        Some("fee40dc24d0ad6a90c608052aa4e9e66")
    );
    assert_eq!(
        message.md5_of_message_attributes(),
        Some("50883f631cea6af93b9aa37f2738bdaf")
    );
    let attributes = message.message_attributes().unwrap();
    assert_eq!(attributes["kind"].string_value(), Some("letter"));
    assert_eq!(attributes["raw"].binary_value().unwrap().as_ref(), [0, 255]);
    let system = message.attributes().unwrap();
    assert_eq!(
        system[&MessageSystemAttributeName::ApproximateReceiveCount],
        "1"
    );
    assert!(system[&MessageSystemAttributeName::SenderId].ends_with(":some-function"));
}

#[tokio::test]
async fn what_is_received_too_often_lands_in_the_other_queue() {
    let cloud = Cloud::start().await;
    let id = send(&cloud, "x").await;
    assert_eq!(receive(&cloud, "Work").await.len(), 1);
    assert!(receive(&cloud, "Work").await.is_empty(), "it is hidden");
    cloud.gateway.advance_clock(SignedDuration::from_secs(31));
    assert!(receive(&cloud, "Work").await.is_empty());
    let dead = receive(&cloud, "Dead").await.remove(0);
    assert_eq!(dead.message_id(), Some(id.as_str()));
    assert_eq!(
        dead.attributes().unwrap()[&MessageSystemAttributeName::DeadLetterQueueSourceArn],
        "arn:aws:sqs:us-east-1:000000000000:Work"
    );
}

#[tokio::test]
async fn batches_answer_each_entry() {
    let cloud = Cloud::start().await;
    let (client, url) = (client(&cloud), url(&cloud, "Work"));
    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body(body)
    };
    let sent = client
        .send_message_batch()
        .queue_url(&url)
        .entries(entry("a", "1").build().unwrap())
        .entries(entry("b", "2").build().unwrap())
        .entries(entry("c", "\u{1}").build().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!((sent.successful().len(), sent.failed().len()), (2, 1));
    let failed = &sent.failed()[0];
    assert_eq!(
        (failed.id(), failed.code(), failed.sender_fault()),
        ("c", "InvalidMessageContents", true)
    );

    let received = receive(&cloud, "Work").await;
    let handle = |at: usize| received[at].receipt_handle().unwrap();
    let hide = |id: &str, handle: &str, seconds| {
        ChangeMessageVisibilityBatchRequestEntry::builder()
            .id(id)
            .receipt_handle(handle)
            .visibility_timeout(seconds)
            .build()
            .unwrap()
    };
    let hidden = client
        .change_message_visibility_batch()
        .queue_url(&url)
        .entries(hide("a", handle(0), 100))
        .entries(hide("b", "nonsense", 100))
        .send()
        .await
        .unwrap();
    assert_eq!(hidden.successful()[0].id(), "a");
    assert_eq!(hidden.failed()[0].code(), "ReceiptHandleIsInvalid");
    let delete = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder()
            .id(id)
            .receipt_handle(handle)
            .build()
            .unwrap()
    };
    let deleted = client
        .delete_message_batch()
        .queue_url(&url)
        .entries(delete("a", handle(0)))
        .entries(delete("b", handle(1)))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.successful().len(), 2);
    assert!(cloud.gateway.queue("Work").unwrap().bodies().is_empty());

    let twice = client
        .send_message_batch()
        .queue_url(&url)
        .entries(entry("a", "1").build().unwrap())
        .entries(entry("a", "2").build().unwrap())
        .send()
        .await;
    assert!(code(twice).ends_with("BatchEntryIdsNotDistinct"));
    let empty = client
        .send_message_batch()
        .queue_url(&url)
        .set_entries(Some(Vec::new()))
        .send()
        .await;
    assert!(code(empty).ends_with("EmptyBatchRequest"));
}

#[tokio::test]
async fn a_receiver_waits_for_the_first_message() {
    let cloud = Cloud::start().await;
    let waiting = client(&cloud)
        .receive_message()
        .queue_url(url(&cloud, "Work"))
        .wait_time_seconds(10)
        .send();
    let begun = Instant::now();
    let (received, ()) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        send(&cloud, "x").await;
    });
    assert_eq!(received.unwrap().messages().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_queue_tells_about_itself() {
    let cloud = Cloud::start().await;
    send(&cloud, "x").await;
    send(&cloud, "y").await;
    let _ = client(&cloud)
        .receive_message()
        .queue_url(url(&cloud, "Work"))
        .send()
        .await
        .unwrap();
    let told = client(&cloud)
        .get_queue_attributes()
        .queue_url(url(&cloud, "Work"))
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let told = told.attributes().unwrap();
    assert_eq!(told[&QueueAttributeName::ApproximateNumberOfMessages], "1");
    assert_eq!(
        told[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible],
        "1"
    );
    assert_eq!(
        told[&QueueAttributeName::QueueArn],
        "arn:aws:sqs:us-east-1:000000000000:Work"
    );
    assert!(told[&QueueAttributeName::RedrivePolicy].contains("maxReceiveCount"));
}

#[tokio::test]
async fn mistakes_are_answered_as_aws_does() {
    let cloud = Cloud::start().await;
    let client = client(&cloud);
    let send = |queue: &str| {
        client
            .send_message()
            .queue_url(url(&cloud, queue))
            .message_body("x")
    };
    // A queue that the role does not know is refused like one that is not there.
    assert_eq!(code(send("Nowhere").send().await), "AccessDenied");
    assert_eq!(
        code(send("Work").delay_seconds(901).send().await),
        "InvalidParameterValue"
    );
    assert_eq!(code(send("Ordered").send().await), "MissingParameter");
    let ordered = send("Ordered").message_group_id("g");
    assert_eq!(code(ordered.clone().send().await), "InvalidParameterValue");
    let sent = ordered.message_deduplication_id("d").send().await.unwrap();
    assert!(sent.sequence_number().is_some());
    let long = client
        .send_message()
        .queue_url(url(&cloud, "Work"))
        .message_body("x".repeat(262_145));
    assert_eq!(code(long.send().await), "InvalidParameterValue");
    let purged = client
        .purge_queue()
        .queue_url(url(&cloud, "Work"))
        .send()
        .await;
    assert!(code(purged).ends_with("UnsupportedOperation"));
    let receiving = client
        .receive_message()
        .queue_url(url(&cloud, "Ordered"))
        .send()
        .await;
    assert_eq!(code(receiving), "AccessDenied");
    let other = client
        .send_message()
        .queue_url("https://sqs.us-east-1.amazonaws.com/111111111111/Work")
        .message_body("x");
    assert_eq!(code(other.send().await), "InvalidAddress");
}

#[tokio::test]
async fn a_client_that_goes_to_the_queues_own_address_is_served() {
    let cloud = Cloud::start().await;
    let config = cloud.sdk_config(Some(&cloud.role("QueueRole")));
    let at_queue = aws_sdk_sqs::config::Builder::from(&config).endpoint_url(url(&cloud, "Work"));
    let sent = aws_sdk_sqs::Client::from_conf(at_queue.build())
        .send_message()
        .queue_url(url(&cloud, "Work"))
        .message_body("x")
        .send()
        .await
        .unwrap();
    assert!(sent.message_id().is_some());
    assert_eq!(receive(&cloud, "Work").await.len(), 1);
}
