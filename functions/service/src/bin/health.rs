//! `GET /v1/health`: whether the API answers.

use endpoint::prelude::*;

struct Health;

/// The state of the API.
#[derive(Serialize, JsonSchema)]
struct State {
    /// Always `ok`: an API that is not does not answer.
    status: &'static str,
}

impl Endpoint for Health {
    const DECLARATION: Declaration =
        Declaration::get("/v1/health", "Tells whether the API answers.");
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = State;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(&self, _: Anonymous, _: Input<Self>) -> Result<Reply<State>, Problem> {
        Ok(Reply::new(State { status: "ok" }))
    }
}

fn main() -> ExitCode {
    run::<Health>()
}
