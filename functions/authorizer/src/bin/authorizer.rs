//! The authorizer of the HTTP API: turns a bearer token into a context token and the tokens to trade at STS.
//!
//! It is the only function that decides whose data a request may reach. Its answer is signed, so that an endpoint need
//! not believe whoever invokes it. It reads session, member and tenant on every request, so that a revocation counts
//! from the next one.

use authorizer::{Answer, AuthorizerEvent, Routes, Verdict, Verifier};
use endpoint::log;
use lambda_runtime::{LambdaEvent, service_fn};
use std::process::ExitCode;
use tenant_context::Aws;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--describe") {
        println!(
            "{}",
            serde_json::json!({"binary": "authorizer", "kind": "authorizer"})
        );
        return ExitCode::SUCCESS;
    }
    log::start();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return stop(&error),
    };
    match runtime.block_on(serve()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => stop(&*error),
    }
}

fn stop(error: &dyn std::fmt::Display) -> ExitCode {
    tracing::error!(%error, "the authorizer can't run");
    ExitCode::FAILURE
}

#[expect(
    clippy::disallowed_methods,
    reason = "the authorizer makes the context token that endpoints verify"
)]
async fn serve() -> Result<(), lambda_runtime::Error> {
    let aws = Aws::connect("authorizer").await?;
    let verifier = Verifier::from_environment(&aws).await?;
    let routes = Routes::of_this_build()?;
    let (aws, verifier, routes) = (&aws, &verifier, &routes);
    lambda_runtime::run(service_fn(
        |event: LambdaEvent<AuthorizerEvent>| async move {
            let verdict = verifier.judge(aws, routes, &event.payload).await;
            if matches!(verdict, Verdict::TurnAway) {
                log::count_refusal("Authorizer", event.payload.request_id());
            }
            Ok::<_, lambda_runtime::Error>(Answer::from(verdict))
        },
    ))
    .await
}
