//! `GET /v1/collections`: the collections and their JSON Schemas.

use endpoint::prelude::*;
use records::collections;
use serde_json::Value;

struct CollectionsList;

/// A collection.
#[derive(Serialize, JsonSchema)]
struct Described {
    /// As it stands in paths.
    name: &'static str,
    /// What a record of it is.
    description: &'static str,
    /// The JSON Schema (2020-12) of a new record.
    schema: Value,
    /// The fields that name records of other collections.
    references: Vec<Reference>,
}

/// A field that names a record of another collection.
#[derive(Serialize, JsonSchema)]
struct Reference {
    /// The field.
    field: &'static str,
    /// The collection.
    collection: &'static str,
}

impl Endpoint for CollectionsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/collections",
        "Lists the collections with their JSON Schemas.",
    )
    .session(Access::Read)
    .needs(&[]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = List<Described>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        _: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<List<Described>>, Problem> {
        let items = collections::ALL.iter().map(|collection| Described {
            name: collection.name,
            description: collection.summary,
            schema: collection.schema(false),
            references: collection
                .fields
                .iter()
                .filter_map(|field| {
                    Some(Reference {
                        field: field.name,
                        collection: field.references?,
                    })
                })
                .collect(),
        });
        Ok(Reply::new(List {
            items: items.collect(),
            next_cursor: None,
        }))
    }
}

fn main() -> ExitCode {
    run::<CollectionsList>()
}
