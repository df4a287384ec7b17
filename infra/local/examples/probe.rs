//! A small real Lambda function that the tests drive: it does what its event asks for.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use std::time::Duration;

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
