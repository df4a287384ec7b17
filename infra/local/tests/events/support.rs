//! A cloud around the probe, and clients of its tables and queues.

use local::{Binaries, Cloud, Options, StartError};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(crate) struct TestCloud {
    pub(crate) cloud: Cloud,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events")
}

pub(crate) fn options() -> Options {
    let test = std::env::current_exe().unwrap();
    let examples = test.parent().unwrap().parent().unwrap().join("examples");
    Options {
        template: Some(folder().join("template.yaml")),
        binaries: Binaries::Folder(examples),
        ..Options::default()
    }
}

/// Starts with the test's template, one text in it replaced by another.
pub(crate) fn start_changed(from: &str, to: &str) -> Result<Cloud, StartError> {
    let text = std::fs::read_to_string(folder().join("template.yaml")).unwrap();
    assert!(text.contains(from), "the template has no {from:?}");
    let file = std::env::temp_dir().join(format!("events-{}.yaml", uuid::Uuid::new_v4()));
    std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
    let started = Cloud::start(Options {
        template: Some(file.clone()),
        ..options()
    });
    std::fs::remove_file(file).unwrap();
    started
}

impl TestCloud {
    pub(crate) fn start() -> Self {
        Self::with(options())
    }

    pub(crate) fn with(options: Options) -> Self {
        Self {
            cloud: Cloud::start(options).unwrap(),
        }
    }

    pub(crate) fn config(&self, role: &str) -> aws_config::SdkConfig {
        let given = self.cloud.gateway().role_credentials(role, "test").unwrap();
        let credentials = aws_credential_types::Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            None,
            "test",
        );
        aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("us-east-1"))
            .endpoint_url(self.cloud.aws_url())
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
            )
            .build()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "these tests have tables of their own, without tenants"
    )]
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config("WriterRole"))
    }

    pub(crate) fn sqs(&self, role: &str) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config(role))
    }

    pub(crate) fn queue_url(&self, queue: &str) -> String {
        format!("{}/000000000000/{queue}", self.cloud.aws_url())
    }

    /// Writes an item whose consumer is asked for something.
    pub(crate) async fn put(&self, pk: &str, sk: &str, asked: &Value) {
        use aws_sdk_dynamodb::types::AttributeValue::S;
        self.dynamodb()
            .put_item()
            .table_name("Items")
            .item("pk", S(pk.to_owned()))
            .item("sk", S(sk.to_owned()))
            .item("do", S(asked.to_string()))
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn delete(&self, pk: &str, sk: &str) {
        use aws_sdk_dynamodb::types::AttributeValue::S;
        self.dynamodb()
            .delete_item()
            .table_name("Items")
            .key("pk", S(pk.to_owned()))
            .key("sk", S(sk.to_owned()))
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn send(&self, queue: &str, body: &Value) {
        self.sqs("WriterRole")
            .send_message()
            .queue_url(self.queue_url(queue))
            .message_body(body.to_string())
            .send()
            .await
            .unwrap();
    }

    /// The events a function was called with, in order.
    pub(crate) fn events(&self, function: &str) -> Vec<Value> {
        let lines = self.cloud.function_logs().into_iter();
        lines
            .filter(|line| line.function == function)
            .filter_map(|line| serde_json::from_str(line.line.strip_prefix("event: ")?).ok())
            .collect()
    }

    /// Waits until a function was called with so many events.
    pub(crate) async fn events_up_to(&self, function: &str, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let events = self.events(function);
            if events.len() >= count {
                return events;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{function} had {} events, not {count}",
                events.len()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A member of every record of every event, in order.
pub(crate) fn members(events: &[Value], pointer: &str) -> Vec<String> {
    let records = events
        .iter()
        .flat_map(|event| event["Records"].as_array().unwrap());
    records
        .map(|record| {
            record
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}
