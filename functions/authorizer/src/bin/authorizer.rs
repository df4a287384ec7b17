//! The authorizer of the HTTP API: turns a bearer token into a context token and the tokens to trade at STS.
//!
//! It is the only function that decides whose data a request may reach. Its answer is signed, so that an endpoint need
//! not believe whoever invokes it. It reads session, member and tenant on every request, so that a revocation counts
//! from the next one.

use authorizer::{Answer, AuthorizerEvent, Routes, Verdict, Verifier};
use endpoint::{log, process};
use std::process::ExitCode;
use tenant_context::Aws;

fn main() -> ExitCode {
    process::run(
        |name| serde_json::json!({"binary": name, "kind": "authorizer"}),
        serve(),
    )
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
    process::invocations(|event: AuthorizerEvent, _| async move {
        let verdict = verifier.judge(aws, routes, &event).await;
        if matches!(verdict, Verdict::TurnAway) {
            log::count_refusal("Authorizer", event.request_id());
        }
        Ok(Answer::from(verdict))
    })
    .await
}
