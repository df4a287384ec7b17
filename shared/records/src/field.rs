//! A field of a collection: its name, its type, and what else is known of it.

use fields::Name;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tenant_context::RecordId;

/// The legal values of a field that is a choice.
pub type Choice = &'static [&'static str];

/// One field. Built in a constant by its kind, then described further.
#[derive(Clone, Copy)]
pub struct Field {
    /// As it stands in JSON.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub description: &'static str,
    /// Whether a record must have it.
    pub is_required: bool,
    /// The collection whose records it names.
    pub references: Option<&'static str>,
    /// Whether it holds data about a person, which erasure must find.
    pub is_personal: bool,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Typed {
        check: fn(&Value) -> Result<Value, String>,
        schema: fn(&mut SchemaGenerator) -> Schema,
    },
    Choice(Choice),
    Whole {
        least: i64,
        most: i64,
    },
}

impl Field {
    const fn new(name: &'static str, description: &'static str, kind: Kind) -> Self {
        Self {
            name,
            description,
            is_required: false,
            references: None,
            is_personal: false,
            kind,
        }
    }

    /// A field of a refined type.
    pub const fn of<T: DeserializeOwned + Serialize + JsonSchema>(
        name: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new(
            name,
            description,
            Kind::Typed {
                check: check::<T>,
                schema: T::json_schema,
            },
        )
    }

    /// The name by which people know the record.
    pub const fn name(description: &'static str) -> Self {
        Self::of::<Name>("name", description).required()
    }

    /// One of a few words.
    pub const fn choice(name: &'static str, words: Choice, description: &'static str) -> Self {
        Self::new(name, description, Kind::Choice(words))
    }

    /// A whole number in a range, both ends included.
    pub const fn whole(
        name: &'static str,
        least: i64,
        most: i64,
        description: &'static str,
    ) -> Self {
        Self::new(name, description, Kind::Whole { least, most })
    }

    /// The id of a record in another collection of the same project. It must be there when the field is written.
    pub const fn reference(
        name: &'static str,
        collection: &'static str,
        description: &'static str,
    ) -> Self {
        let mut field = Self::of::<RecordId>(name, description);
        field.references = Some(collection);
        field
    }

    /// A record must have this field.
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The field holds data about a person.
    pub const fn personal(mut self) -> Self {
        self.is_personal = true;
        self
    }

    /// The value in its stored form.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn check(&self, value: &Value) -> Result<Value, String> {
        match self.kind {
            Kind::Typed { check, .. } => check(value),
            Kind::Choice(words) => match value.as_str() {
                Some(word) if words.contains(&word) => Ok(value.clone()),
                _ => Err(format!("is not one of {}", words.join(", "))),
            },
            Kind::Whole { least, most } => match value.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(value.clone()),
                _ => Err(format!("is not a whole number from {least} to {most}")),
            },
        }
    }

    /// The JSON Schema, with the description.
    pub fn schema(&self) -> Value {
        let mut schema = match self.kind {
            Kind::Typed { schema, .. } => Value::from(schema(&mut SchemaGenerator::default())),
            Kind::Choice(words) => json!({"type": "string", "enum": words}),
            Kind::Whole { least, most } => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), self.description.into());
        }
        schema
    }
}

fn check<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}
