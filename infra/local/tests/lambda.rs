//! The Lambda part with a real function binary: results, failures, time-outs, concurrency, idle stop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use local::lambda::{Function, Invoked, Keep, Lambda};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

fn probe() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let binary = profile.join("examples/probe");
    assert!(
        binary.exists(),
        "{} is missing: run `cargo build -p local --examples`",
        binary.display()
    );
    binary
}

fn function(name: &str) -> Function {
    Function {
        name: name.to_owned(),
        binary: probe(),
        environment: BTreeMap::from([("FROM_TEMPLATE".to_owned(), "yes".to_owned())]),
        role: "ProbeRole".to_owned(),
        timeout: Duration::from_secs(5),
        memory_mb: 256,
        concurrency: 4,
    }
}

async fn start(function: Function) -> Arc<Lambda> {
    start_with(function, Duration::from_secs(300)).await
}

async fn start_with(function: Function, idle_stop: Duration) -> Arc<Lambda> {
    let variables =
        Arc::new(|function: &Function, _: &str| vec![("ROLE".to_owned(), function.role.clone())]);
    let keep = Keep {
        idle_stop,
        max_idle: 16,
    };
    Lambda::start(vec![function], variables, keep)
        .await
        .unwrap()
}

async fn call(lambda: &Lambda, event: Value) -> Invoked {
    lambda
        .invoke("Probe", event.to_string().into())
        .await
        .unwrap()
}

fn value(invoked: &Invoked) -> Value {
    serde_json::from_slice(&invoked.payload).unwrap()
}

/// The process is idle only after it has asked for more: wait for that where the next call depends on it.
async fn until_idle(lambda: &Lambda, processes: usize) {
    let start = Instant::now();
    while lambda.idle_processes("Probe") != processes {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "never {processes} idle processes"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn alive(pid: &Value) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_function_answers_and_its_process_is_used_again() {
    let lambda = start(function("Probe")).await;
    let first = call(&lambda, json!({"a": [1, "ü"]})).await;
    assert_eq!(first.function_error, None);
    let first = value(&first);
    assert_eq!(first["event"], json!({"a": [1, "ü"]}));
    assert_eq!(
        first["arn"],
        "arn:aws:lambda:us-east-1:000000000000:function:Probe"
    );
    until_idle(&lambda, 1).await;
    let second = value(&call(&lambda, json!({})).await);
    assert_eq!(first["pid"], second["pid"]);
    assert_ne!(first["request_id"], second["request_id"]);
    lambda.stop().await;
    assert!(!alive(&first["pid"]), "the process outlived its cloud");
    assert!(lambda.invoke("Probe", "{}".into()).await.is_err());
}

#[tokio::test]
async fn the_environment_is_the_templates_and_nothing_of_ours() {
    let lambda = start(function("Probe")).await;
    let seen = value(&call(&lambda, json!({"do": "environment"})).await);
    assert_eq!(seen["FROM_TEMPLATE"], "yes");
    assert_eq!(seen["ROLE"], "ProbeRole");
    assert_eq!(seen["AWS_LAMBDA_FUNCTION_NAME"], "Probe");
    assert_eq!(seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
    assert!(
        seen.get("HOME").is_none() && seen.get("CARGO_MANIFEST_DIR").is_none(),
        "our own environment leaked"
    );
}

#[tokio::test]
async fn errors_and_panics_are_reported_and_the_process_lives_on() {
    let lambda = start(function("Probe")).await;
    let pid = value(&call(&lambda, json!({})).await)["pid"].clone();
    for (event, text) in [
        (json!({"do": "fail"}), "asked to fail"),
        (json!({"do": "panic"}), "asked to panic"),
    ] {
        until_idle(&lambda, 1).await;
        let failed = call(&lambda, event).await;
        assert_eq!(failed.function_error.as_deref(), Some("Unhandled"));
        assert!(
            value(&failed)["errorMessage"]
                .as_str()
                .unwrap()
                .contains(text)
        );
    }
    until_idle(&lambda, 1).await;
    assert_eq!(value(&call(&lambda, json!({})).await)["pid"], pid);
}

#[tokio::test]
async fn a_crash_is_reported_and_the_next_call_gets_a_new_process() {
    let lambda = start(function("Probe")).await;
    let pid = value(&call(&lambda, json!({})).await)["pid"].clone();
    until_idle(&lambda, 1).await;
    let crashed = call(&lambda, json!({"do": "crash"})).await;
    assert_eq!(crashed.function_error.as_deref(), Some("Unhandled"));
    let error = value(&crashed);
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .contains("exit status: 4"),
        "{error}"
    );
    let next = value(&call(&lambda, json!({})).await);
    assert_ne!(next["pid"], pid);
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_ended() {
    let mut slow = function("Probe");
    slow.timeout = Duration::from_millis(300);
    let lambda = start(slow).await;
    let pid = value(&call(&lambda, json!({})).await)["pid"].clone();
    until_idle(&lambda, 1).await;
    let begun = Instant::now();
    let late = call(&lambda, json!({"do": "sleep", "amount": 60_000})).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(value(&late)["errorType"], "Sandbox.Timedout");
    assert!(
        value(&late)["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("Task timed out after 0.30 seconds")
    );
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!alive(&pid), "the process still runs");
    assert_eq!(call(&lambda, json!({})).await.function_error, None);
}

#[tokio::test]
async fn calls_at_once_use_processes_of_their_own_up_to_the_limit() {
    let mut limited = function("Probe");
    limited.concurrency = 3;
    let lambda = start(limited).await;
    let calls = (0..9).map(|_| call(&lambda, json!({"do": "sleep", "amount": 150})));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.function_error.is_none()));
    let pids: BTreeSet<String> = answers
        .iter()
        .map(|answer| value(answer)["pid"].to_string())
        .collect();
    assert_eq!(pids.len(), 3);
}

#[tokio::test]
async fn a_function_that_crashes_at_start_is_not_started_over_and_over() {
    let mut broken = function("Probe");
    broken
        .environment
        .insert("PROBE_CRASH_AT_START".to_owned(), "1".to_owned());
    let lambda = start(broken).await;
    let first = value(&call(&lambda, json!({})).await);
    assert!(
        first["errorMessage"]
            .as_str()
            .unwrap()
            .contains("exit status: 3"),
        "{first}"
    );
    let second = value(&call(&lambda, json!({})).await);
    assert!(
        second["errorMessage"]
            .as_str()
            .unwrap()
            .contains("crashed at start"),
        "{second}"
    );
    let started = || {
        lambda
            .log()
            .lines()
            .iter()
            .filter(|line| line.line.contains("crashing at start"))
            .count()
    };
    assert_eq!(started(), 1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    call(&lambda, json!({})).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(started(), 2, "after the pause it is tried again");
}

#[tokio::test]
async fn a_missing_binary_is_an_error_of_the_call() {
    let mut missing = function("Probe");
    missing.binary = PathBuf::from("/nowhere/probe");
    let lambda = start(missing).await;
    assert_eq!(
        value(&call(&lambda, json!({})).await)["errorType"],
        "Runtime.InvalidEntrypoint"
    );
}

#[tokio::test]
async fn output_is_kept_in_the_log() {
    let lambda = start(function("Probe")).await;
    call(&lambda, json!({"do": "print", "text": "a secret?"})).await;
    let begun = Instant::now();
    while !lambda
        .log()
        .lines()
        .iter()
        .any(|line| line.line == "probe: a secret?" && line.function == "Probe")
    {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{:?}",
            lambda.log().lines()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_process_with_nothing_to_do_is_stopped() {
    let lambda = start_with(function("Probe"), Duration::from_millis(200)).await;
    let pid = value(&call(&lambda, json!({})).await)["pid"].clone();
    until_idle(&lambda, 1).await;
    until_idle(&lambda, 0).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!alive(&pid));
    assert_eq!(call(&lambda, json!({})).await.function_error, None);
}

#[tokio::test]
async fn of_too_many_idle_processes_the_one_not_used_for_longest_is_stopped() {
    let variables = Arc::new(|_: &Function, _: &str| Vec::new());
    let keep = Keep {
        idle_stop: Duration::from_secs(300),
        max_idle: 2,
    };
    let functions = ["A", "B", "C"].map(function).to_vec();
    let lambda = Lambda::start(functions, variables, keep).await.unwrap();
    let pid_of = async |name: &str| {
        let invoked = lambda.invoke(name, "{}".into()).await.unwrap();
        let pid = value(&invoked)["pid"].clone();
        let begun = Instant::now();
        while lambda.idle_processes(name) != 1 {
            assert!(begun.elapsed() < Duration::from_secs(5), "{name}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        pid
    };
    let (a, b) = (pid_of("A").await, pid_of("B").await);
    // Used again, so B's is now the one not used for longest.
    assert_eq!(pid_of("A").await, a);
    let c = pid_of("C").await;
    assert_eq!(
        ["A", "B", "C"].map(|name| lambda.idle_processes(name)),
        [1, 0, 1]
    );
    let begun = Instant::now();
    while alive(&b) {
        assert!(begun.elapsed() < Duration::from_secs(5), "it still runs");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(alive(&a) && alive(&c));
    assert_ne!(pid_of("B").await, b);
    assert_eq!(lambda.idle_processes("A"), 0);
    lambda.stop().await;
    assert!(!alive(&c), "the process outlived its cloud");
}

#[tokio::test]
async fn events_and_results_have_lambdas_limit() {
    let lambda = start(function("Probe")).await;
    let event = json!({"text": "x".repeat(6_291_456)}).to_string();
    assert!(
        lambda
            .invoke("Probe", event.into())
            .await
            .unwrap_err()
            .to_string()
            .contains("at most 6,291,456")
    );
    let large = call(&lambda, json!({"do": "large", "amount": 6_291_456})).await;
    assert_eq!(value(&large)["errorType"], "Function.ResponseSizeTooLarge");
    let fits = call(&lambda, json!({"do": "large", "amount": 6_291_000})).await;
    assert_eq!(fits.function_error, None);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_a_usable_process() {
    let lambda = start(function("Probe")).await;
    let pid = value(&call(&lambda, json!({})).await)["pid"].clone();
    until_idle(&lambda, 1).await;
    let gone = tokio::time::timeout(
        Duration::from_millis(50),
        call(&lambda, json!({"do": "sleep", "amount": 200})),
    )
    .await;
    assert!(gone.is_err());
    until_idle(&lambda, 1).await;
    assert_eq!(value(&call(&lambda, json!({})).await)["pid"], pid);
}

#[tokio::test]
async fn a_process_with_an_extension_is_told_before_it_is_ended() {
    let mut graceful = function("Probe");
    graceful
        .environment
        .insert("PROBE_EXTENSION".to_owned(), "1".to_owned());
    let lambda = start(graceful).await;
    call(&lambda, json!({})).await;
    until_idle(&lambda, 1).await;
    lambda.stop().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let told = lambda
        .log()
        .lines()
        .iter()
        .any(|line| line.line == "probe: stopping in order");
    assert!(told, "{:?}", lambda.log().lines());
}
