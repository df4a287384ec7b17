//! Examples, made from the declarations: a new collection has one from its first day.

use crate::collection::Collection;
use crate::field::Field;
use serde_json::{Map, Value, json};

/// The id in examples of fields that must name a record.
const RECORD: &str = "rec_0198c5f0-0000-7000-8000-000000000001";

impl Collection {
    /// The body of a new record with every field that can be written and names no other record. A field that must name
    /// one names a record that need not exist.
    pub fn example(&self) -> Value {
        let written = self.fields.iter().filter(|field| !field.is_computed());
        let shown = written.filter(|field| field.is_required || field.references.is_none());
        let fields = shown.map(|field| (field.name.to_owned(), field.example()));
        Value::Object(fields.collect())
    }
}

impl Field {
    /// A value that fits.
    pub fn example(&self) -> Value {
        if self.references.is_some() {
            return json!(RECORD);
        }
        of(&self.schema())
    }
}

/// A value that fits a schema such as fields have.
fn of(schema: &Value) -> Value {
    let text = |name: &str| schema.get(name).and_then(Value::as_str).unwrap_or_default();
    let first = |name: &str| schema.get(name).and_then(|list| list.get(0)).cloned();
    if let Some(given) = first("enum").or_else(|| first("examples")) {
        return given;
    }
    match (text("type"), text("format")) {
        ("array", _) => json!([schema.get("items").map_or(Value::Null, of)]),
        ("object", _) => {
            let fields = schema.get("properties").and_then(Value::as_object);
            // What names another record is left out.
            let fields = fields.into_iter().flatten();
            let fields = fields.filter(|(_, field)| field.get("x-references").is_none());
            Value::Object(
                fields
                    .map(|(name, field)| (name.clone(), of(field)))
                    .collect::<Map<_, _>>(),
            )
        }
        ("boolean", _) => json!(true),
        ("integer" | "number", _) => schema.get("minimum").cloned().unwrap_or(json!(0)),
        (_, "idn-email") => json!("ada@customer.example"),
        (_, "date") => json!("2026-01-31"),
        (_, "date-time") => json!("2026-01-31T09:30:00.000Z"),
        (_, "uri") => json!("https://customer.example"),
        _ if text("pattern") == "^[A-Z]{3}$" => json!("EUR"),
        _ => {
            let most = schema.get("maxLength").and_then(Value::as_u64);
            let most = most.and_then(|most| usize::try_from(most).ok());
            json!(
                "Example"
                    .chars()
                    .take(most.unwrap_or(usize::MAX))
                    .collect::<String>()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use crate::collections::ALL;
    use crate::validate::validate;

    #[test]
    fn every_example_is_a_valid_record() {
        for collection in ALL {
            let example = collection.example().as_object().unwrap().clone();
            let wrong = validate(collection, example, false).err();
            let wrong = wrong.map(|problem| format!("{:?}", problem.errors()));
            assert_eq!(wrong, None, "{}", collection.name);
        }
    }
}
