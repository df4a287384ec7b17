//! The types that a field can have: what they let through, and their JSON Schemas.

use crate::field::{Choice, Field, Statuses, Wrong, object_schema};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Typed {
        check: fn(&Value) -> Result<Value, String>,
        schema: fn(&mut SchemaGenerator) -> Schema,
    },
    Line(usize),
    Lines(usize),
    /// What is stored sealed.
    Secret(usize),
    Choice(Choice),
    /// A word of the client's own, with examples.
    Key(Choice),
    Status(Statuses),
    Flag,
    Whole {
        least: i64,
        most: i64,
    },
    Decimal {
        least: i32,
        most: i32,
        places: u8,
    },
    List {
        item: &'static Field,
        most: usize,
    },
    Object(&'static [Field]),
}

/// The kind of a refined type.
pub(crate) const fn typed<T: DeserializeOwned + Serialize + JsonSchema>() -> Kind {
    Kind::Typed {
        check: check::<T>,
        schema: T::json_schema,
    }
}

fn check<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}

impl Kind {
    /// The value in its stored form, or else what is wrong is added to `wrong`.
    pub(crate) fn check(self, value: &Value, pointer: &str, wrong: &mut Wrong) -> Option<Value> {
        let checked = match self {
            Kind::List { item, most } => return list(item, most, value, pointer, wrong),
            Kind::Object(fields) => return object(fields, value, pointer, wrong),
            Kind::Typed { check, .. } => check(value),
            Kind::Line(most) => text(value, |text| fields::line(text, most)),
            Kind::Lines(most) => text(value, |text| fields::lines(text, most)),
            Kind::Secret(most) => secret(value, most),
            Kind::Choice(words) => word(value, words.iter().copied()),
            Kind::Status(statuses) => word(value, statuses.iter().map(|(word, _)| *word)),
            Kind::Key(_) => match value.as_str() {
                Some(text) if is_key(text) => Ok(value.clone()),
                _ => Err(format!(
                    "is not a word of small letters, digits and _ of {LONGEST_KEY} at most"
                )),
            },
            Kind::Flag if value.is_boolean() => Ok(value.clone()),
            Kind::Flag => Err("is neither true nor false".to_owned()),
            Kind::Whole { least, most } => match value.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(value.clone()),
                _ => Err(format!("is not a whole number from {least} to {most}")),
            },
            Kind::Decimal {
                least,
                most,
                places,
            } => decimal(value, least, most, places),
        };
        match checked {
            Ok(value) => Some(value),
            Err(detail) => {
                wrong.push((pointer.to_owned(), detail));
                None
            }
        }
    }

    /// The JSON Schema.
    pub(crate) fn schema(self) -> Value {
        match self {
            Kind::Typed { schema, .. } => Value::from(schema(&mut SchemaGenerator::default())),
            Kind::Line(most) => json!({"type": "string", "minLength": 1, "maxLength": most}),
            Kind::Lines(most) => json!({"type": "string", "maxLength": most}),
            Kind::Secret(most) => {
                json!({"type": "string", "minLength": 1, "maxLength": most, "writeOnly": true})
            }
            Kind::Choice(words) => json!({"type": "string", "enum": words}),
            Kind::Status(statuses) => {
                let words: Vec<&str> = statuses.iter().map(|(word, _)| *word).collect();
                json!({"type": "string", "enum": words})
            }
            Kind::Key(words) => {
                let pattern = format!("^[a-z][a-z0-9_]{{0,{}}}$", LONGEST_KEY - 1);
                json!({"type": "string", "pattern": pattern, "examples": words})
            }
            Kind::Flag => json!({"type": "boolean"}),
            Kind::Whole { least, most } => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
            Kind::Decimal {
                least,
                most,
                places,
            } => {
                json!({"type": "number", "minimum": least, "maximum": most, "x-decimal-places": places})
            }
            Kind::List { item, most } => {
                json!({"type": "array", "maxItems": most, "items": item.schema()})
            }
            Kind::Object(fields) => object_schema(fields).into(),
        }
    }
}

/// How long a key may be.
const LONGEST_KEY: usize = 50;

/// Whether a text can be a key: it becomes a part of index keys and of the names of counts.
pub(crate) fn is_key(text: &str) -> bool {
    let is_of_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.len() <= LONGEST_KEY
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(is_of_key)
}

fn text(
    value: &Value,
    check: impl FnOnce(&str) -> Result<String, String>,
) -> Result<Value, String> {
    let text = value.as_str().ok_or_else(|| "is not a text".to_owned())?;
    check(text).map(Value::String)
}

/// What is wrong with a secret is said without a letter of it.
fn secret(value: &Value, most: usize) -> Result<Value, String> {
    let is_fit = |text: &str| {
        let length = text.chars().count();
        (1..=most).contains(&length) && text.chars().all(|c| c.is_ascii_graphic())
    };
    match value.as_str().filter(|text| is_fit(text)) {
        Some(text) => Ok(text.into()),
        None => Err(format!(
            "is not a text of 1 to {most} printable characters of ASCII without spaces"
        )),
    }
}

fn word(
    value: &Value,
    mut words: impl Iterator<Item = &'static str> + Clone,
) -> Result<Value, String> {
    match value.as_str() {
        Some(given) if words.clone().any(|word| word == given) => Ok(value.clone()),
        _ => {
            let first = words.next().unwrap_or_default().to_owned();
            let all = words.fold(first, |all, word| format!("{all}, {word}"));
            Err(format!("is none of {all}"))
        }
    }
}

fn decimal(value: &Value, least: i32, most: i32, places: u8) -> Result<Value, String> {
    let refused = || format!("is not a number from {least} to {most} with {places} decimal places");
    let number = value.as_f64().ok_or_else(refused)?;
    let scale = 10_f64.powi(i32::from(places));
    // The number itself with so many places; the last bit may differ by how its text was read. What
    // is nearly 0 is not 0: the table has a least number, and JSON has none.
    let short = (number * scale).round() / scale;
    let is_short = (short - number).abs() <= number.abs() * f64::EPSILON;
    if number < f64::from(least) || number > f64::from(most) || !is_short {
        return Err(refused());
    }
    // A number has one form, the one in which it comes back from the table: 5 and not 5.0.
    let whole = format!("{short:.0}");
    match whole.parse::<i64>() {
        Ok(whole) if short.fract() == 0.0 => Ok(json!(whole)),
        _ => Ok(json!(short)),
    }
}

fn list(
    item: &Field,
    most: usize,
    value: &Value,
    pointer: &str,
    wrong: &mut Wrong,
) -> Option<Value> {
    let Some(items) = value.as_array().filter(|items| items.len() <= most) else {
        wrong.push((
            pointer.to_owned(),
            format!("is not a list of {most} at most"),
        ));
        return None;
    };
    let checked = items
        .iter()
        .enumerate()
        .map(|(position, value)| item.check(value, &format!("{pointer}/{position}"), wrong));
    // Each is looked at, so that everything wrong is said at once.
    let checked: Vec<Option<Value>> = checked.collect();
    checked
        .into_iter()
        .collect::<Option<Vec<Value>>>()
        .map(Value::Array)
}

fn object(fields: &[Field], value: &Value, pointer: &str, wrong: &mut Wrong) -> Option<Value> {
    let Some(given) = value.as_object() else {
        wrong.push((pointer.to_owned(), "is not an object".to_owned()));
        return None;
    };
    let before = wrong.len();
    let mut checked = Map::new();
    for (name, value) in given {
        let pointer = format!("{pointer}/{}", escaped(name));
        match fields.iter().find(|field| field.name == name) {
            None => wrong.push((pointer, "is not a field here".to_owned())),
            Some(field) => {
                if let Some(value) = field.check(value, &pointer, wrong) {
                    checked.insert(name.clone(), value);
                }
            }
        }
    }
    let missing = fields
        .iter()
        .filter(|field| field.is_required && !given.contains_key(field.name));
    wrong.extend(missing.map(|field| {
        (
            format!("{pointer}/{}", field.name),
            "is required".to_owned(),
        )
    }));
    (wrong.len() == before).then_some(Value::Object(checked))
}

/// A name as it stands in a JSON pointer (RFC 6901).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    const SHARE: Field = Field::decimal("share", -1, 1, 3, "A share.");
    const ROW: Field = Field::object(
        "row",
        &[
            Field::text("name", 3, "A name.").required(),
            Field::flag("is_new", "Whether it is new."),
        ],
        "A row.",
    );
    const ROWS: Field = Field::list("rows", &ROW, 2, "Some rows.");

    fn check(field: &Field, value: Value) -> Result<Value, Vec<String>> {
        let mut wrong = Wrong::new();
        let checked = field.check(&value, "/at", &mut wrong);
        checked.ok_or_else(|| wrong.into_iter().map(|(pointer, _)| pointer).collect())
    }

    #[test]
    fn a_decimal_has_one_form_and_few_places() {
        assert_eq!(check(&SHARE, json!(1.0)), Ok(json!(1)));
        assert_eq!(check(&SHARE, json!(-0.125)), Ok(json!(-0.125)));
        for wrong in [
            json!(1.001),
            json!(0.1234),
            json!(0.500_000_000_1),
            json!(-2.5e-234),
            json!(f64::MIN_POSITIVE),
            json!("0.5"),
            json!(null),
        ] {
            assert!(check(&SHARE, wrong.clone()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_is_kept_as_it_was_written(scaled in -10_000_000_000_000..=10_000_000_000_000_i64) {
            let field = Field::decimal("wide", -1_000_000_000, 1_000_000_000, 4, "A number.");
            let sign = if scaled < 0 { "-" } else { "" };
            let (whole, rest) = (scaled.abs() / 10_000, scaled.abs() % 10_000);
            let text = format!("{sign}{whole}.{rest:04}");
            let kept = check(&field, serde_json::from_str(&text).unwrap());
            prop_assert_eq!(kept.unwrap().as_f64(), text.parse().ok());
        }

        #[test]
        fn what_the_table_can_not_hold_is_no_decimal(exponent in -308..-4_i32, digits in 1.0..9.99_f64) {
            let number = json!(digits * 10_f64.powi(exponent));
            prop_assert!(check(&SHARE, number).is_err());
        }
    }

    #[test]
    fn everything_wrong_in_a_list_is_named_by_its_place() {
        let rows = json!([{"name": " a "}, {"name": "b", "is_new": true}]);
        let kept = json!([{"name": "a"}, {"name": "b", "is_new": true}]);
        assert_eq!(check(&ROWS, rows), Ok(kept));
        let wrong = json!([{"name": "long", "a/b": 1}, {"is_new": "yes"}]);
        let pointers = ["/at/0/name", "/at/0/a~1b", "/at/1/is_new", "/at/1/name"];
        assert_eq!(
            check(&ROWS, wrong),
            Err(pointers.map(str::to_owned).to_vec())
        );
        assert_eq!(check(&ROWS, json!([1])), Err(vec!["/at/0".to_owned()]));
        for wrong in [
            json!({}),
            json!([{"name": "a"}, {"name": "b"}, {"name": "c"}]),
        ] {
            assert_eq!(check(&ROWS, wrong), Err(vec!["/at".to_owned()]));
        }
    }
}
