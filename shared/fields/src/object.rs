//! Objects within a body.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::marker::PhantomData;

/// What is read from a JSON object and from nothing else. Serde would also take a list for the fields in the order of
/// their declaration, which is no promise of ours: `[]` passed for a filter that lets everything through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

impl<T: JsonSchema> JsonSchema for Object<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        #[serde(default)]
        status: Option<String>,
    }

    #[test]
    fn only_an_object_is_one() {
        let read = |text: &str| serde_json::from_str::<Object<Filter>>(text).ok();
        let status = |status: Option<&str>| {
            let status = status.map(str::to_owned);
            Some(Object(Filter { status }))
        };
        assert_eq!(read("{}"), status(None));
        assert_eq!(read(r#"{"status": "open"}"#), status(Some("open")));
        for wrong in ["[]", "[null]", r#"["open"]"#, "null", r#"{"other": 1}"#] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
