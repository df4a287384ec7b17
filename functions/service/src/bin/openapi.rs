//! `GET /v1/openapi.json`: this API as an OpenAPI 3.1 document.

use endpoint::prelude::*;
use serde_json::value::RawValue;

/// The document, as `cargo xtask generate` made it from the endpoints' declarations, without white space.
const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

struct OpenApi(&'static RawValue);

#[derive(Serialize)]
#[serde(transparent)]
struct Document(&'static RawValue);

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
        let document = serde_json::from_str(DOCUMENT);
        let document = document.map_err(|error| InitError(format!("openapi.json: {error}")))?;
        Ok(Self(document))
    }

    async fn handle(&self, _: Anonymous, _: Input<Self>) -> Result<Reply<Document>, Problem> {
        Ok(Reply::new(Document(self.0)).cache_seconds(300))
    }
}

fn main() -> ExitCode {
    run::<OpenApi>()
}
