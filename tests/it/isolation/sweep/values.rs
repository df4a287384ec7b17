//! Values that a part of some input could have: of every kind, and near those that it usually has.

use serde_json::{Value, json};

/// The usual value with one part of it, or all of it, made into something else, and the JSON pointer to that part. References in
/// the schema lead into the document.
pub(crate) fn altered(document: &Value, schema: &Value, usual: &Value) -> Vec<(String, Value)> {
    let schema = resolved(document, schema);
    let whole = anything(schema, usual).into_iter();
    let mut altered: Vec<_> = whole.map(|value| (String::new(), value)).collect();
    altered.extend(altered_parts(document, schema, usual));
    altered
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"].as_str();
    match reference.and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => resolved(document, document.pointer(pointer).unwrap()),
        None => schema,
    }
}

fn altered_parts(document: &Value, schema: &Value, usual: &Value) -> Vec<(String, Value)> {
    let schema = resolved(document, schema);
    let mut parts = Vec::new();
    let branches = ["anyOf", "oneOf", "allOf"].map(|how| schema[how].as_array());
    for branch in branches.into_iter().flatten().flatten() {
        parts.extend(altered_parts(document, branch, usual));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let members = usual.as_object().cloned().unwrap_or_default();
        let with = |name: &str, part: Option<Value>| {
            let mut object = members.clone();
            match part {
                Some(part) => object.insert(name.to_owned(), part),
                None => object.shift_remove(name),
            };
            (format!("/{name}"), Value::Object(object))
        };
        parts.push(with("swept", Some(json!("something unknown"))));
        for (name, schema) in properties {
            parts.push(with(name, None));
            let part = members.get(name).unwrap_or(&Value::Null);
            for (inner, part) in altered(document, schema, part) {
                let (pointer, object) = with(name, Some(part));
                parts.push((pointer + &inner, object));
            }
        }
    }
    if let (Some(items), Some(first)) = (schema.get("items"), usual.get(0)) {
        let first = altered(document, items, first).into_iter();
        parts.extend(first.map(|(inner, item)| (format!("/0{inner}"), json!([item]))));
    }
    parts
}

/// Values of every kind, and those near what is usually there.
fn anything(schema: &Value, usual: &Value) -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(0.5),
        json!(u64::MAX),
        json!(1e300),
        json!(-1e-300),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({"": ""}),
        json!({"swept": {}}),
    ];
    values.extend(TEXTS.iter().map(|text| json!(text)));
    match usual {
        Value::String(text) => values.extend(nearly(text).map(|text| json!(text))),
        Value::Array(items) => {
            let twice = [items.as_slice(), items.as_slice()].concat();
            values.push(json!(twice));
            let most = schema["maxItems"].as_u64().unwrap_or(100);
            let longest = usize::try_from(most).unwrap() + 1;
            values.extend(items.first().map(|item| json!(vec![item; longest])));
        }
        Value::Object(members) => {
            values.push(json!([members]));
            // Its parts without their names.
            values.push(json!(members.values().collect::<Vec<_>>()));
        }
        _ => {}
    }
    for bound in ["minimum", "maximum"] {
        let bound = schema[bound].as_i64();
        let near = |bound: i64| [-1, 0, 1].map(|step| bound.saturating_add(step));
        values.extend(bound.into_iter().flat_map(near).map(|near| json!(near)));
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        let most = usize::try_from(most).unwrap();
        values.extend(about(most).map(|text| json!(text)));
    }
    // A request has no room for more, and is refused for that.
    values.retain(|value| value.to_string().len() < 200_000);
    values
}

/// Texts of this many characters, and a few more.
pub(super) fn about(most: usize) -> impl Iterator<Item = String> {
    let both = move |character: &str| [most, most + 1].map(|length| character.repeat(length));
    // Shorter by the time they are kept.
    let shorter = [
        format!("{} ", "x".repeat(most)),
        "e\u{301}".repeat(most / 2 + 1),
    ];
    ["x", "\u{1f600}"].into_iter().flat_map(both).chain(shorter)
}

/// Texts that are nearly this one.
pub(super) fn nearly(text: &str) -> impl Iterator<Item = String> {
    let shorter: String = text.chars().skip(1).collect();
    [
        text.to_uppercase(),
        text.to_lowercase(),
        format!(" {text}"),
        format!("{text} "),
        format!("{text}\n"),
        format!("{text}\0"),
        format!("{text}\u{301}"),
        format!("{text}{text}"),
        format!("{text},{text}"),
        text.replace('-', "_"),
        shorter,
    ]
    .into_iter()
}

/// Texts that some reader or other takes for something else.
pub(super) const TEXTS: &[&str] = &[
    "",
    " ",
    "x",
    "X",
    "0",
    "-1",
    "1",
    "01",
    "+1",
    "1.0",
    "101",
    "9223372036854775808",
    "true",
    "null",
    "\0",
    "\t",
    "\u{7f}",
    "\u{a0}",
    "\u{ad}",
    "\u{202e}x",
    "\u{feff}x",
    "\u{fffd}",
    "e\u{301}",
    "\u{fb03}",
    "\u{130}",
    "\u{1f468}\u{200d}\u{1f469}",
    "a@b",
    "a@b.c",
    "ä@müller.example",
    "http://",
    "javascript:alert(1)",
    "https://user@swept.example:99999/",
    "2026-02-30",
    "2026-01-31T24:00:00Z",
    "#12345g",
    "../..",
    "%00",
    "{{x}}",
    "{% if %}",
    "<script>",
    "}",
    "$",
    "TENANT#x",
    "ten_00000000-0000-0000-0000-000000000000",
    "prj_01937C5E-8a4b-7d21-9f3c-6b1e0d2a4c58",
];
