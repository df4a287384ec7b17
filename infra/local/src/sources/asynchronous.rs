//! Calls that nobody waits for: Lambda tries a failed one twice more and then gives it to the function's dead letters.

use super::{Surroundings, Target};
use crate::lambda::{InvokeError, Invoked};
use axum::body::Bytes;
use gateway::Gateway;
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::sleep;

/// AWS waits a minute, and then two.
const PAUSE: Duration = Duration::from_millis(500);

/// What a function's own properties say of such calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsynchronousSettings {
    retries: u64,
    /// The ARN of the queue for events that failed, by themselves (`DeadLetterQueue`).
    dead_letters: Option<String>,
    /// The ARN of the queue that is told of them (`EventInvokeConfig`).
    on_failure: Option<String>,
}

impl AsynchronousSettings {
    pub(crate) fn read(properties: &Value) -> Result<Self, String> {
        let text = |pointer: &str| {
            let text = properties.pointer(pointer).and_then(Value::as_str);
            text.map(str::to_owned)
        };
        let retries = match properties.pointer("/EventInvokeConfig/MaximumRetryAttempts") {
            None => 2,
            Some(value) => crate::api::number(value)
                .filter(|retries| *retries <= 2)
                .ok_or("EventInvokeConfig.MaximumRetryAttempts must be 0 to 2")?,
        };
        for kind in [
            "/DeadLetterQueue/Type",
            "/EventInvokeConfig/DestinationConfig/OnFailure/Type",
        ] {
            if text(kind).is_some_and(|kind| kind != "SQS") {
                return Err("only a queue can take failed events here".to_owned());
            }
        }
        Ok(Self {
            retries,
            dead_letters: text("/DeadLetterQueue/TargetArn"),
            on_failure: text("/EventInvokeConfig/DestinationConfig/OnFailure/Destination"),
        })
    }

    /// Says which queue is missing, or what the role lacks.
    pub(super) fn check(&self, target: &Target, gateway: &Gateway) -> Result<(), String> {
        let queues = self.dead_letters.iter().chain(&self.on_failure);
        for queue in queues {
            if gateway.queue(queue).is_none() {
                return Err(format!("{queue} is no queue of this template"));
            }
            super::permissions::allowed(target, gateway, "sqs:SendMessage", queue)?;
        }
        Ok(())
    }
}

/// Calls one function.
pub(super) struct Asynchronous {
    target: Target,
    surroundings: Surroundings,
    under_way: AtomicUsize,
}

impl Asynchronous {
    pub(super) fn new(target: Target, surroundings: Surroundings) -> Self {
        Self {
            target,
            surroundings,
            under_way: AtomicUsize::new(0),
        }
    }

    pub(super) fn function(&self) -> &str {
        &self.target.name
    }

    /// Whether a call is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) > 0
    }

    /// Calls until it succeeds or has failed too often.
    pub(super) async fn call(&self, payload: Bytes) {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        self.try_often(payload).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    async fn try_often(&self, payload: Bytes) {
        let name = &self.target.name;
        let mut pause = PAUSE;
        let mut tries = 0;
        loop {
            let invoked = match self.call_once(payload.clone()).await {
                Ok(invoked) => invoked,
                Err(InvokeError::Stopped) => return,
                Err(error) => Invoked::unhandled(error.to_string().into()),
            };
            if invoked.function_error.is_none() {
                return;
            }
            tries += 1;
            let reason = String::from_utf8_lossy(&invoked.payload);
            tracing::warn!("{name} failed ({tries}): {reason}");
            if tries > self.target.asynchronous.retries {
                tracing::error!("{name}: an event is given up");
                self.give_up(&payload, &invoked, tries);
                return;
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    /// Calls once, for whoever waits for the result.
    pub(super) async fn call_once(&self, payload: Bytes) -> Result<Invoked, InvokeError> {
        self.surroundings
            .lambda
            .invoke(&self.target.name, payload)
            .await
    }

    fn give_up(&self, payload: &Bytes, invoked: &Invoked, tries: u64) {
        let settings = &self.target.asynchronous;
        let queue = |arn: &Option<String>| {
            let arn = arn.as_deref()?;
            self.surroundings.gateway.queue(arn)
        };
        if let Some(queue) = queue(&settings.dead_letters) {
            queue.send(String::from_utf8_lossy(payload).into_owned());
        }
        if let Some(queue) = queue(&settings.on_failure) {
            let json = |bytes: &Bytes| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
            let report = json!({
                "version": "1.0",
                "timestamp": jiff::Timestamp::now().to_string(),
                "requestContext": {"requestId": uuid::Uuid::new_v4(), "functionArn": format!("{}:$LATEST", self.target.arn), "condition": "RetriesExhausted", "approximateInvokeCount": tries},
                "requestPayload": json(payload),
                "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": invoked.function_error},
                "responsePayload": json(&invoked.payload),
            });
            queue.send(report.to_string());
        }
    }
}
