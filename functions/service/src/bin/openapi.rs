//! `GET /v1/openapi.json`: this API as an OpenAPI 3.1 document.

use endpoint::prelude::*;
use serde_json::value::{RawValue, to_raw_value};

struct OpenApi(Box<RawValue>);

/// The document, as `cargo xtask generate` made it from the endpoints' declarations.
#[derive(Serialize)]
#[serde(transparent)]
struct Document(Box<RawValue>);

impl JsonSchema for Document {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenApiDocument".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "object", "description": "An OpenAPI 3.1 document."})
    }
}

impl Endpoint for OpenApi {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/openapi.json",
        "Gives this API as an OpenAPI 3.1 document.",
    );
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Document;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        let document: serde_json::Value =
            serde_json::from_str(include_str!("../../../../infra/openapi.json"))
                .map_err(|error| InitError(format!("openapi.json: {error}")))?;
        Ok(Self(to_raw_value(&document).map_err(|error| {
            InitError(format!("openapi.json: {error}"))
        })?))
    }

    async fn handle(&self, _: Anonymous, _: Input<Self>) -> Result<Reply<Document>, Problem> {
        Ok(Reply::new(Document(self.0.clone())).cache_seconds(300))
    }
}

fn main() -> ExitCode {
    run::<OpenApi>()
}
