//! A field and the record that it names, as a list is asked for by it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use tenant_context::RecordId;

/// A field and the record that it names: `account_id:rec_…`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming(pub String, pub RecordId);

impl<'de> Deserialize<'de> for Naming {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let parts = text.split_once(':');
        let parts = parts.filter(|(field, _)| is_field(field));
        let parts = parts.and_then(|(field, id)| Some((field.to_owned(), id.parse().ok()?)));
        parts
            .map(|(field, id)| Self(field, id))
            .ok_or_else(|| D::Error::custom("is not of the form account_id:rec_<uuid>"))
    }
}

impl Serialize for Naming {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}:{}", self.0, self.1))
    }
}

impl JsonSchema for Naming {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Naming".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z0-9_]+:rec_[0-9a-f-]{36}$",
            "examples": ["account_id:rec_0198c5f0-0000-7000-8000-00000000000a"],
        })
    }
}

fn is_field(name: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_usual)
}
