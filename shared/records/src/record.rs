//! A record as it is stored and as it is answered.

use crate::collection::Collection;
use crate::collections;
use crate::entries::Entries;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use tenant_context::keys::RECORD;
use tenant_context::{ProjectId, RecordId, UserId, Uuid};

/// The stored item. A write pays for each KB, of each index entry too, so nothing stands in it twice: the id is in the sort
/// key, the time of creation in the id, and the time of the last change is the key by which changes are listed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredRecord {
    #[serde(rename = "sk", deserialize_with = "id_in_key", skip_serializing)]
    pub(crate) id: RecordId,
    pub(crate) owner_id: UserId,
    pub(crate) created_by: UserId,
    #[serde(rename = "changed")]
    pub(crate) updated_at: String,
    pub(crate) updated_by: UserId,
    pub(crate) version: u64,
    /// A map of its own, so that no field can take the name of an attribute that keys, indexes or conditions use.
    pub(crate) fields: Map<String, Value>,
    /// The secrets, sealed: apart from the fields, so that what shows those does not show these. In no index. There is
    /// such a map, if only an empty one, wherever the collection has secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed: Option<BTreeMap<String, String>>,
    /// When it was created, where its id does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created: Option<String>,
    /// How many records name this one and can't be without it. Not shown, and in no index.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) held_by: i64,
    /// How many fields name it that are cleared when it is deleted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) named_by: i64,
    /// Where it stands in the indexes. Written, and never read back: it follows from the rest.
    #[serde(flatten, skip_deserializing)]
    pub(crate) entries: Entries,
}

fn id_in_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RecordId, D::Error> {
    let key = Cow::<str>::deserialize(deserializer)?;
    let id = key.strip_prefix(RECORD).and_then(|id| id.parse().ok());
    id.map(|id: Uuid| id.into())
        .ok_or_else(|| D::Error::custom("is not the sort key of a record"))
}

/// When an id was made: a list by time of creation goes by the ids, and says the same as the records.
pub(crate) fn made_at(id: RecordId) -> String {
    let made = id.uuid().get_timestamp().map(|made| made.to_unix());
    let made = made.and_then(|(seconds, nanos)| {
        let nanos = i32::try_from(nanos).ok()?;
        Timestamp::new(i64::try_from(seconds).ok()?, nanos).ok()
    });
    format!("{:.3}", made.unwrap_or_default())
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// A deleted record, until TTL purges it. It has no attribute by which an index would take it in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeletedRecord {
    #[serde(rename = "sk", deserialize_with = "id_in_key", skip_serializing)]
    id: RecordId,
    owner_id: UserId,
    created_by: UserId,
    updated_at: String,
    updated_by: UserId,
    pub(crate) version: u64,
    fields: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    pub(crate) deleted_at: String,
    /// Nobody where the product itself deletes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_by: Option<UserId>,
    pub(crate) ttl: i64,
}

impl DeletedRecord {
    pub(crate) fn of(
        record: StoredRecord,
        deleted_by: Option<UserId>,
        deleted_at: String,
        ttl: i64,
    ) -> Self {
        Self {
            id: record.id,
            owner_id: record.owner_id,
            created_by: record.created_by,
            updated_at: record.updated_at,
            updated_by: record.updated_by,
            version: record.version,
            fields: record.fields,
            sealed: record.sealed,
            created: record.created,
            deleted_at,
            deleted_by,
            ttl,
        }
    }

    /// The record as it was. Nobody names it.
    pub(crate) fn record(self) -> StoredRecord {
        StoredRecord {
            id: self.id,
            owner_id: self.owner_id,
            created_by: self.created_by,
            updated_at: self.updated_at,
            updated_by: self.updated_by,
            version: self.version,
            fields: self.fields,
            sealed: self.sealed,
            created: self.created,
            held_by: 0,
            named_by: 0,
            entries: Entries::default(),
        }
    }
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
    /// Its fields are in the collection's order, and the members of objects in that of their names: a map of DynamoDB's has none, and
    /// what has not changed is to be answered and exported byte for byte as before.
    pub(crate) fn of(
        mut stored: StoredRecord,
        collection: &Collection,
        project_id: ProjectId,
    ) -> Self {
        let mut fields = Map::with_capacity(stored.fields.len());
        for field in collection.fields {
            if let Some((name, mut value)) = stored.fields.swap_remove_entry(field.name) {
                value.sort_all_objects();
                fields.insert(name, value);
            }
        }
        fields.extend(stored.fields);
        Self {
            id: stored.id,
            project_id,
            owner_id: stored.owner_id,
            created_at: stored.created.unwrap_or_else(|| made_at(stored.id)),
            created_by: stored.created_by,
            updated_at: stored.updated_at,
            updated_by: stored.updated_by,
            version: stored.version,
            fields,
        }
    }
}

/// Reads an object whose fields are each named once: of two, either could be the one that was meant.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    struct Fields;

    impl<'de> Visitor<'de> for Fields {
        type Value = Map<String, Value>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut fields = Map::new();
            while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                if fields.contains_key(&name) {
                    return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
                }
                fields.insert(name, value);
            }
            Ok(fields)
        }
    }

    deserializer.deserialize_map(Fields)
}

macro_rules! content {
    ($(#[$doc:meta])* $name:ident, $schema:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(transparent)]
        pub struct $name(
            #[serde(deserialize_with = "each_once")] pub(crate) Map<String, Value>,
        );

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let schemas: Vec<Value> =
                    collections::ALL.iter().map(|collection| $schema(collection)).collect();
                json_schema!({"anyOf": schemas})
            }
        }
    };
}

content!(
    /// The fields of a new record; null is as if left out.
    NewFields,
    Collection::schema_of_new
);
content!(
    /// A merge patch of a record (RFC 7396): what is left out stays, null removes.
    PatchFields,
    |collection: &Collection| collection.schema(true)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_once() {
        assert!(serde_json::from_str::<NewFields>(r#"{"name": "x", "email": "y"}"#).is_ok());
        let twice = serde_json::from_str::<NewFields>(r#"{"name": "x", "name": "y"}"#);
        assert!(twice.is_err_and(|error| error.to_string().contains("duplicate field `name`")));
    }
}
