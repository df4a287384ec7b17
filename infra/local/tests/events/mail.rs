//! What becomes of a message reaches its function by the configuration set's topic.

use crate::support::{TestCloud, start_changed};
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};
use gateway::{Fault, FaultError};
use serde_json::{Value, json};

fn content(text: &str) -> Content {
    Content::builder().data(text).build().unwrap()
}

/// Sends and gives the message's id, or the code of the error.
async fn send(cloud: &TestCloud, to: &str, set: &str) -> Result<String, String> {
    let client = aws_sdk_sesv2::Client::new(&cloud.config("WriterRole"));
    let message = Message::builder()
        .subject(content("Hello"))
        .body(Body::builder().text(content(r#"{"do":1}"#)).build())
        .build();
    let tag = MessageTag::builder().name("letter").value("l-1");
    let sent = client
        .send_email()
        .from_email_address("Tenantry <no-reply@example.com>")
        .destination(Destination::builder().to_addresses(to).build())
        .content(EmailContent::builder().simple(message).build())
        .email_tags(tag.build().unwrap())
        .configuration_set_name(set)
        .send()
        .await;
    match sent {
        Ok(sent) => Ok(sent.message_id().unwrap().to_owned()),
        Err(error) => Err(error.code().unwrap_or("no answer").to_owned()),
    }
}

/// What SES said, out of the envelope of SNS.
fn said(cloud: &TestCloud) -> Vec<Value> {
    let events = cloud.events("Feedback");
    let message = |event: &Value| {
        let record = &event["Records"][0];
        assert_eq!(record["EventSource"], "aws:sns");
        let sns = &record["Sns"];
        assert_eq!(
            sns["TopicArn"],
            "arn:aws:sns:us-east-1:000000000000:MailEvents"
        );
        serde_json::from_str(sns["Message"].as_str().unwrap()).unwrap()
    };
    events.iter().map(message).collect()
}

fn kinds(said: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<&str> = said
        .iter()
        .map(|event| event["eventType"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn a_message_is_sent_and_delivered() {
    let cloud = TestCloud::start();
    let id = send(&cloud, "Ada <ada@acme.test>", "Mail").await.unwrap();
    cloud.cloud.settled().await.unwrap();
    let said = said(&cloud);
    assert_eq!(kinds(&said), ["Delivery", "Send"]);
    for event in &said {
        let mail = &event["mail"];
        assert_eq!(mail["messageId"], id);
        assert_eq!(mail["tags"]["letter"], json!(["l-1"]));
        assert_eq!(mail["tags"]["ses:configuration-set"], json!(["Mail"]));
        assert_eq!(mail["destination"], json!(["ada@acme.test"]));
        assert_eq!(mail["commonHeaders"]["subject"], "Hello");
    }
    let delivered = said.iter().find(|event| event["eventType"] == "Delivery");
    assert_eq!(
        delivered.unwrap()["delivery"]["recipients"],
        json!(["ada@acme.test"])
    );
}

#[tokio::test]
async fn the_mailbox_simulator_bounces_and_complains() {
    let cloud = TestCloud::start();
    let bounce = "bounce+ada@simulator.amazonses.com";
    send(&cloud, bounce, "Mail").await.unwrap();
    cloud.cloud.settled().await.unwrap();
    let first = said(&cloud);
    assert_eq!(kinds(&first), ["Bounce", "Send"]);
    let bounced = first.iter().find(|event| event["eventType"] == "Bounce");
    let bounced = &bounced.unwrap()["bounce"];
    assert_eq!(bounced["bounceType"], "Permanent");
    assert_eq!(bounced["bouncedRecipients"][0]["emailAddress"], bounce);
    send(&cloud, "complaint@simulator.amazonses.com", "Mail")
        .await
        .unwrap();
    cloud.cloud.settled().await.unwrap();
    let second = said(&cloud).split_off(2);
    assert_eq!(kinds(&second), ["Complaint", "Delivery", "Send"]);
}

#[tokio::test]
async fn faults_come_before_the_message_or_after() {
    let cloud = TestCloud::start();
    let fault = |error| Fault {
        operation: "SendEmail".to_owned(),
        table: Some("ada@acme.test".to_owned()),
        route: None,
        after: 0,
        times: 1,
        error,
    };
    let gateway = cloud.cloud.gateway();
    gateway.inject(fault(FaultError::ThroughputExceeded));
    send(&cloud, "bob@acme.test", "Mail").await.unwrap();
    let ada = || send(&cloud, "Ada <ada@acme.test>", "Mail");
    assert_eq!(ada().await, Err("TooManyRequestsException".to_owned()));
    gateway.inject(fault(FaultError::InternalServerError));
    assert_eq!(ada().await, Err("InternalServiceErrorException".to_owned()));
    assert_eq!(gateway.mail().len(), 1, "nothing was sent to her");
    gateway.inject(fault(FaultError::LostReply));
    assert!(ada().await.is_err());
    assert_eq!(gateway.mail().len(), 2);
    gateway.inject(fault(FaultError::NoReply));
    let limit = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(limit, ada()).await.is_err());
    assert_eq!(gateway.mail().len(), 3);
    assert_eq!(
        send(&cloud, "x@acme.test", "Other").await,
        Err("NotFoundException".to_owned())
    );
}

#[tokio::test]
async fn what_a_function_can_not_handle_goes_to_its_dead_letters() {
    let cloud = TestCloud::start();
    let kill = async {
        // Each time it is called, it dies.
        loop {
            cloud.cloud.kill("Feedback");
            tokio::time::sleep(std::time::Duration::from_micros(200)).await;
        }
    };
    send(&cloud, "ada@acme.test", "Mail").await.unwrap();
    tokio::select! {
        () = kill => unreachable!("it never ends"),
        settled = cloud.cloud.settled() => settled.unwrap(),
    }
    let dead = cloud.cloud.gateway().queue("DeadLetters").unwrap().bodies();
    assert_eq!(dead.len(), 2, "{dead:?}");
    assert!(
        dead.iter().all(|event| event.contains("aws:sns")),
        "{dead:?}"
    );
}

#[test]
fn ses_must_be_let_publish() {
    for (from, to, expected) in [
        (
            "Principal: { Service: ses.amazonaws.com }",
            "Principal: { Service: s3.amazonaws.com }",
            "lets ses.amazonaws.com do sns:Publish",
        ),
        (
            "\"aws:SourceAccount\": !Ref \"AWS::AccountId\"",
            "\"aws:SourceAccount\": \"111111111111\"",
            "lets ses.amazonaws.com do sns:Publish",
        ),
        ("[send, delivery, bounce, complaint]", "[sent]", "no event"),
        (
            "ConfigurationSetName: !Ref Mail",
            "ConfigurationSetName: Other",
            "configuration set",
        ),
        (
            "Type: AWS::SNS::Topic\n",
            "Type: AWS::SNS::Topic\n    Properties: { KmsMasterKeyId: alias/aws/sns }\n",
            "alias/aws/sns",
        ),
    ] {
        let Err(error) = start_changed(from, to) else {
            panic!("started with {to:?}")
        };
        let text = error.to_string();
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
}
