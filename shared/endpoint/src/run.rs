//! The life of a function process: init once, then one request after the other.

use crate::caller::sealed::Verifiable;
use crate::event::{Answer, Event, RequestInfo};
use crate::{Caller, Endpoint, Input, describe, idempotency, input, log, output, process};
use problem::Problem;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use tenant_context::{Aws, InitError};
use tracing::Instrument as _;

/// Runs an endpoint as a Lambda function, or describes it when called with `--describe`.
pub fn run<E: Endpoint>() -> ExitCode {
    process::run(describe::describe::<E>, serve::<E>())
}

struct Function<E> {
    aws: Arc<Aws>,
    endpoint: E,
    name: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where endpoints start"
)]
async fn serve<E: Endpoint>() -> Result<(), lambda_runtime::Error> {
    let aws = Aws::connect(&E::DECLARATION.route_key()).await?;
    let endpoint = E::init(&aws).await?;
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").map_err(|_| {
        InitError("this is a Lambda function: start it with `cargo local`, or ask it to `--describe` itself".to_owned())
    })?;
    let function = Function {
        aws,
        endpoint,
        name,
    };
    let function = &function;
    process::invocations(|event: Event, _| async { Ok(function.answer(Arc::new(event)).await) })
        .await
}

impl<E: Endpoint> Function<E> {
    /// Every failure becomes a problem: an `Err` to the runtime would be a bare 500 for the client.
    async fn answer(&self, event: Arc<Event>) -> Answer {
        let started = Instant::now();
        let request_id = event.request_context.request_id.clone();
        let project_id = event
            .path_parameters
            .as_ref()
            .and_then(|path| path.get("project_id"))
            .cloned();
        // A foreign text is not an id: it must not get into the log.
        let project_id = project_id.filter(|id| id.parse::<tenant_context::ProjectId>().is_ok());
        let mut tenant_id = None;
        let span = tracing::info_span!(
            "request",
            request_id,
            tenant_id = tracing::field::Empty,
            project_id
        );
        let result = self
            .handle(&event, &mut tenant_id, &span)
            .instrument(span.clone())
            .await;
        let (answer, problem) = match result {
            Ok(answer) => (answer, None),
            Err(problem) => (output::failure(&problem, &request_id), Some(problem)),
        };
        log::measure(&log::Measured {
            function: &self.name,
            request_id: &request_id,
            tenant_id: tenant_id.as_deref(),
            project_id: project_id.as_deref(),
            status: answer.status_code,
            problem: problem.as_ref(),
            took: started.elapsed(),
        });
        answer
    }

    async fn handle(
        &self,
        event: &Arc<Event>,
        tenant_id: &mut Option<String>,
        span: &tracing::Span,
    ) -> Result<Answer, Problem> {
        let declared = E::DECLARATION;
        let mut caller = E::Caller::identify(&self.aws, &Verifiable(event), &declared)?;
        // Before the permission is looked at: a refusal must say whose it is.
        *tenant_id = caller.tenant_id();
        span.record("tenant_id", tenant_id.as_deref());
        let grant = caller.authorise(&declared, &Verifiable(event))?;
        let input = Input {
            path: input::path(event)?,
            query: input::query(event)?,
            body: input::body(event, &declared)?,
            grant,
            request: RequestInfo::of(event, &declared)?,
        };
        let (status, request_id) = (declared.success, &event.request_context.request_id);
        let Some(key) = idempotency::key(event, &declared)? else {
            let reply = self.endpoint.handle(caller, input).await?;
            return output::success(&reply, status, request_id);
        };
        // In boxes: what only few requests need makes the futures of all no larger, nor their types deeper.
        let repetition = Box::pin(caller.repeatable(key, &Verifiable(event))).await?;
        if let Some(first) = Box::pin(repetition.recall()).await? {
            return idempotency::replay(&first, status, request_id);
        }
        let handled = Box::pin(self.endpoint.handle(caller, input)).await;
        Box::pin(idempotency::settle(
            &repetition,
            handled,
            status,
            request_id,
        ))
        .await
    }
}
