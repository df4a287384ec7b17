//! A small real Lambda function that the tests drive: it does what its event asks for.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Mutex, time::Duration};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    if std::env::var_os("PROBE_CRASH_AT_START").is_some() {
        eprintln!("probe: crashing at start");
        std::process::exit(3);
    }
    if std::env::var_os("PROBE_EXTENSION").is_some() {
        stop_in_order().await?;
    }
    println!("probe: started");
    #[expect(
        clippy::disallowed_methods,
        reason = "a plain function without a tenant: the local cloud's own tests run it"
    )]
    lambda_runtime::run(service_fn(answer)).await
}

/// What lambda_runtime does for a graceful shutdown: only a process with an extension is sent SIGTERM.
async fn stop_in_order() -> Result<(), Error> {
    let url = format!(
        "{}/2020-01-01/extension/register",
        std::env::var("AWS_LAMBDA_RUNTIME_API")?
    );
    let registered = reqwest::Client::new()
        .post(url)
        .header("lambda-extension-name", "probe")
        .json(&json!({"events": []}));
    registered.send().await?.error_for_status()?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        terminate.recv().await;
        println!("probe: stopping in order");
        std::process::exit(0);
    });
    Ok(())
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (payload, context) = event.into_parts();
    if let Some(records) = payload.get("Records").and_then(Value::as_array) {
        return work_on(&payload, records).await;
    }
    if payload.get("source").is_some() {
        println!("event: {payload}");
        return Ok(Value::Null);
    }
    // Behind an API the instruction is in the query; invoked directly it is the event itself.
    let instruction = payload
        .pointer("/queryStringParameters/do")
        .or_else(|| payload.get("do"));
    let amount = payload
        .pointer("/queryStringParameters/amount")
        .or_else(|| payload.get("amount"));
    let amount = amount
        .and_then(|amount| amount.as_u64().or_else(|| amount.as_str()?.parse().ok()))
        .unwrap_or(0);
    match instruction.and_then(Value::as_str).unwrap_or_default() {
        "crash" => std::process::exit(4),
        "fail" => Err("asked to fail".into()),
        "panic" => Err(panics().into()),
        "sleep" => {
            tokio::time::sleep(Duration::from_millis(amount)).await;
            Ok(json!({"pid": std::process::id()}))
        }
        "print" => {
            println!(
                "probe: {}",
                payload
                    .get("text")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            );
            Ok(Value::Null)
        }
        "large" => Ok(json!({"text": "x".repeat(usize::try_from(amount)?)})),
        "environment" => {
            let variables: serde_json::Map<String, Value> = std::env::vars()
                .map(|(name, value)| (name, value.into()))
                .collect();
            Ok(variables.into())
        }
        "authorize" => Ok(json!({"isAuthorized": amount == 1, "context": {"who": "probe"}})),
        _ if payload.get("type").is_some() => Ok(authorize(&payload)),
        "status" => Ok(
            json!({"statusCode": amount, "headers": {"x-probe": "yes"}, "cookies": ["a=1"], "body": "text"}),
        ),
        _ => Ok(
            json!({"pid": std::process::id(), "event": payload, "request_id": context.request_id, "arn": context.invoked_function_arn}),
        ),
    }
}

/// As the consumer of an event source. The whole event is written to the log; what becomes of a record stands in the record itself.
async fn work_on(event: &Value, records: &[Value]) -> Result<Value, Error> {
    println!("event: {event}");
    let mut failures = Vec::new();
    for record in records {
        let id = record
            .get("messageId")
            .or_else(|| record.pointer("/dynamodb/SequenceNumber"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let asked = instructions(record);
        let number = |name: &str| asked.get(name).and_then(Value::as_u64).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(number("sleep"))).await;
        let received = record
            .pointer("/attributes/ApproximateReceiveCount")
            .and_then(|count| count.as_str()?.parse().ok());
        let seen = match received {
            Some(received) => received,
            None => seen_before(id)?,
        };
        if seen <= number("crash_times") {
            std::process::exit(4);
        }
        if seen <= number("error_times") {
            return Err(format!("asked to fail at {id}").into());
        }
        if seen <= number("fail_times") {
            failures.push(json!({"itemIdentifier": id}));
            if asked.get("stop").is_some() {
                break;
            }
        }
    }
    Ok(json!({"batchItemFailures": failures}))
}

/// How often this process was given the record, now included.
fn seen_before(id: &str) -> Result<u64, Error> {
    static SEEN: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());
    let mut seen = SEEN.lock().map_err(|_| "a lock is broken")?;
    let count = seen.entry(id.to_owned()).or_insert(0);
    *count += 1;
    Ok(*count)
}

/// The body of a message, or the attribute `do` of an item: JSON as text.
fn instructions(record: &Value) -> Value {
    let text = record
        .get("body")
        .or_else(|| record.pointer("/dynamodb/NewImage/do/S"))
        .or_else(|| record.pointer("/Sns/Message"))
        .and_then(Value::as_str);
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// As an authorizer: the token itself says what to answer.
fn authorize(event: &Value) -> Value {
    match event.pointer("/identitySource/0").and_then(Value::as_str) {
        Some("good") => {
            json!({"isAuthorized": true, "context": {"who": "probe", "route": event.get("routeKey")}})
        }
        Some("broken") => json!({"isAuthorized": "perhaps"}),
        _ => json!({"isAuthorized": false}),
    }
}

#[expect(clippy::panic, reason = "the tests need a function that panics")]
fn panics() -> &'static str {
    panic!("asked to panic")
}
