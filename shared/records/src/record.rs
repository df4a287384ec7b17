//! A record as it is stored and as it is answered.

use crate::collections;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use tenant_context::{ProjectId, RecordId, UserId};

/// The stored item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredRecord {
    pub(crate) id: RecordId,
    pub(crate) owner_id: UserId,
    pub(crate) created_at: String,
    pub(crate) created_by: UserId,
    pub(crate) updated_at: String,
    pub(crate) updated_by: UserId,
    pub(crate) version: u64,
    /// A map of its own, so that no field can take the name of an attribute that keys, indexes or conditions use.
    pub(crate) fields: Map<String, Value>,
}

/// A deleted record, until TTL purges it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeletedRecord {
    #[serde(flatten)]
    pub(crate) record: StoredRecord,
    pub(crate) deleted_at: String,
    pub(crate) deleted_by: UserId,
    pub(crate) ttl: i64,
}

/// The answer: what every record has, and the collection's fields beside it.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The project it is in.
    pub project_id: ProjectId,
    /// The user who owns it.
    pub owner_id: UserId,
    /// When it was created.
    pub created_at: String,
    /// Who created it.
    pub created_by: UserId,
    /// When it last changed.
    pub updated_at: String,
    /// Who changed it.
    pub updated_by: UserId,
    /// Grows by one with each change; also the `ETag`.
    pub version: u64,
    /// The collection's fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl Record {
    pub(crate) fn of(stored: StoredRecord, project_id: ProjectId) -> Self {
        Self {
            id: stored.id,
            project_id,
            owner_id: stored.owner_id,
            created_at: stored.created_at,
            created_by: stored.created_by,
            updated_at: stored.updated_at,
            updated_by: stored.updated_by,
            version: stored.version,
            fields: stored.fields,
        }
    }
}

impl JsonSchema for Record {
    fn schema_name() -> Cow<'static, str> {
        "Record".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let user = UserId::json_schema(generator);
        let time = json_schema!({"type": "string", "format": "date-time"});
        json_schema!({
            "type": "object",
            "description": "What every record has; the collection's fields stand beside it.",
            "properties": {
                "id": RecordId::json_schema(generator),
                "project_id": ProjectId::json_schema(generator),
                "owner_id": user,
                "created_at": time,
                "created_by": user,
                "updated_at": time,
                "updated_by": user,
                "version": {"type": "integer", "minimum": 1},
            },
            "required": ["id", "project_id", "owner_id", "created_at", "created_by", "updated_at", "updated_by", "version"],
        })
    }
}

macro_rules! content {
    ($(#[$doc:meta])* $name:ident, $is_patch:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub(crate) Map<String, Value>);

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let schemas: Vec<Value> =
                    collections::ALL.iter().map(|collection| collection.schema($is_patch)).collect();
                json_schema!({"anyOf": schemas})
            }
        }
    };
}

content!(
    /// The fields of a new record.
    NewFields,
    false
);
content!(
    /// A merge patch of a record (RFC 7396): what is left out stays, null removes.
    PatchFields,
    true
);
