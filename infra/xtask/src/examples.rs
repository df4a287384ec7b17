//! Examples of bodies and answers, made from their schemas: what a schema says by itself (its own examples, a choice, the
//! form of an id), and for plain texts what a field of that name usually holds.

use serde_json::{Map, Number, Value, json};

/// How deep a schema may refer to itself.
const DEEPEST: usize = 6;
/// An id that says it is one.
const UUID: &str = "01937c5e-8a4b-7d21-9f3c-6b1e0d2a4c58";
const TIME: &str = "2026-03-14T09:26:53.589Z";

/// What fields hold that are plain texts, by name.
const TEXTS: &[(&str, &str)] = &[
    ("accent_color", "#e8590c"),
    ("access_token", "eyJhbGciOiJFUzI1NiJ9.…"),
    ("address", "1 Harbour Street, Lisbon"),
    ("allowed_email_domains", "acme.example"),
    ("card_last4", "4242"),
    (
        "checksum",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    ("city", "Lisbon"),
    ("code", "492039"),
    ("collection", "contacts"),
    ("colour", "blue"),
    ("content_type", "application/pdf"),
    ("country", "PT"),
    ("csv", "email,role\nada@example.com,viewer\n"),
    ("currency", "EUR"),
    ("custom_css", ".button { border-radius: 4px }"),
    ("default_currency", "EUR"),
    ("department", "Engineering"),
    ("detail", "The email is not an e-mail address."),
    ("device", "Firefox on Linux"),
    ("domain", "portal.acme.example"),
    ("email", "ada@example.com"),
    ("email_footer", "Acme Ltd, Lisbon"),
    ("family", "opus"),
    ("field", "stage"),
    ("from_name", "Acme"),
    ("html", "<p>Hello Ada</p>"),
    ("html_body", "<p>Hello Ada</p>"),
    ("id", "evt_1PqX3aBcD"),
    ("industry", "Software"),
    (
        "invitation_link",
        "https://app.example.com/invitations/accept#token=…",
    ),
    ("inviter_name", "Olivia Owner"),
    ("ip_address", "203.0.113.9"),
    ("ip_prefix", "203.0.113.0/24"),
    ("job_title", "Head of Engineering"),
    ("language", "en"),
    ("line1", "1 Harbour Street"),
    ("locale", "en-GB"),
    (
        "location",
        "/v1/projects/prj_01937c5e-8a4b-7d21-9f3c-6b1e0d2a4c58/contacts",
    ),
    ("logo_url", "https://acme.example/logo.svg"),
    ("mfa_token", "aGVsbG8…"),
    ("month", "2026-03"),
    ("day", "2026-03-14"),
    ("name", "Acme"),
    ("next_cursor", "v1.8hZ…"),
    ("number", "2026-0042"),
    (
        "otpauth_uri",
        "otpauth://totp/Tenantry:ada@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Tenantry",
    ),
    ("owner_name", "Olivia Owner"),
    ("password", "correct horse battery staple"),
    ("owner_password", "correct horse battery staple"),
    ("current_password", "correct horse battery staple"),
    ("new_password", "nine tall ships at sunrise"),
    ("permissions", "contacts:read"),
    ("plan", "team"),
    ("postal_code", "1100-148"),
    ("primary_color", "#0a7f5a"),
    ("recovery_code", "k7fj-93md"),
    ("recovery_codes", "k7fj-93md"),
    ("refresh_token", "rt_4mZ…"),
    ("role", "viewer"),
    ("role_name", "Viewer"),
    ("secret", "JBSWY3DPEHPK3PXP"),
    ("sender_name", "Acme"),
    (
        "sha256",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    ("slug", "acme"),
    ("speaker", "Ada Lovelace"),
    ("status", "active"),
    ("subject", "Your quote"),
    ("tags", "key-account"),
    ("tax_number", "PT123456789"),
    ("tenant", "acme"),
    ("tenant_name", "Acme"),
    ("tenant_slug", "acme"),
    ("text", "Hello Ada"),
    ("text_body", "Hello Ada"),
    ("time_zone", "Europe/Lisbon"),
    ("title", "Head of Engineering"),
    ("token", "inv.4mZ…"),
    ("token_type", "Bearer"),
    ("unit", "piece"),
    ("website", "https://acme.example"),
];

const JSON: &str = "application/json";

/// Adds an example to each body and each answer of the operations.
pub(crate) fn add(paths: &mut Map<String, Value>, components: &Map<String, Value>) {
    let operations = paths
        .values_mut()
        .filter_map(Value::as_object_mut)
        .flatten();
    for (_, operation) in operations {
        if let Some(body) = operation.pointer_mut("/requestBody/content") {
            show(body, |schema| of_body(schema, components));
        }
        let answers = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (status, answer) in answers.into_iter().flatten() {
            if status.starts_with('2')
                && let Some(content) = answer.get_mut("content")
            {
                show(content, |schema| of(schema, components));
            }
        }
    }
}

fn show(content: &mut Value, example: impl FnOnce(&Value) -> Value) {
    let Some(media) = content.get_mut(JSON).and_then(Value::as_object_mut) else {
        return;
    };
    if let Some(example) = media.get("schema").map(example) {
        media.insert("example".to_owned(), example);
    }
}

/// What a schema describes, where `components` are those that it may refer to.
fn of(schema: &Value, components: &Map<String, Value>) -> Value {
    Maker { components }.value("", schema, 0)
}

/// The body of a request: what is needed, and of the rest what is not usually left out.
fn of_body(schema: &Value, components: &Map<String, Value>) -> Value {
    let maker = Maker { components };
    let schema = maker.resolved(schema);
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return maker.value("", schema, 0);
    };
    let needed: Vec<&str> = (schema.get("required").and_then(Value::as_array).into_iter())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let is_shown = |name: &str, schema: &Value| needed.contains(&name) || !takes_null(schema);
    let mut shown: Vec<(&String, &Value)> = (properties.iter())
        .filter(|(name, schema)| is_shown(name, schema))
        .collect();
    if shown.is_empty() {
        shown = properties.iter().take(2).collect();
    }
    let fields = shown.into_iter();
    fields
        .map(|(name, schema)| (name.clone(), maker.value(name, schema, 0)))
        .collect::<Map<_, _>>()
        .into()
}

fn takes_null(schema: &Value) -> bool {
    let has_null = |key: &str| {
        let choices = schema.get(key).and_then(Value::as_array);
        choices.is_some_and(|choices| {
            (choices.iter()).any(|choice| *choice == json!({"type": "null"}) || choice == "null")
        })
    };
    has_null("type") || has_null("anyOf")
}

struct Maker<'a> {
    components: &'a Map<String, Value>,
}

impl<'a> Maker<'a> {
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let name = (schema.get("$ref").and_then(Value::as_str))
            .and_then(|reference| reference.rsplit('/').next());
        name.and_then(|name| self.components.get(name))
            .unwrap_or(schema)
    }

    fn value(&self, name: &str, schema: &'a Value, depth: usize) -> Value {
        let schema = self.resolved(schema);
        let list = |key: &str| schema.get(key).and_then(Value::as_array);
        if let Some(said) = schema.get("const") {
            return said.clone();
        }
        if let Some(first) = ["examples", "enum"]
            .into_iter()
            .find_map(|key| list(key)?.iter().find(|value| !value.is_null()))
        {
            return first.clone();
        }
        if let Some(choice) = ["anyOf", "oneOf"].into_iter().find_map(|key| {
            let mut choices = list(key)?.iter();
            choices.find(|choice| choice.get("type") != Some(&json!("null")))
        }) {
            return self.value(name, choice, depth);
        }
        let kinds: Vec<&str> = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        match kinds.into_iter().find(|kind| *kind != "null") {
            Some("string") => text(name, schema).into(),
            Some("integer") => number(schema).into(),
            Some("number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(0.5)),
            Some("boolean") => true.into(),
            Some("array") if depth < DEEPEST => match schema.get("items") {
                Some(items) => vec![self.value(name, items, depth + 1)].into(),
                None => json!([]),
            },
            Some("array") => json!([]),
            Some("object") if depth < DEEPEST => self.object(schema, depth),
            _ => json!({}),
        }
    }

    fn object(&self, schema: &'a Value, depth: usize) -> Value {
        let properties = schema.get("properties").and_then(Value::as_object);
        let fields = properties.into_iter().flatten();
        fields
            .map(|(name, schema)| (name.clone(), self.value(name, schema, depth + 1)))
            .collect::<Map<_, _>>()
            .into()
    }
}

fn number(schema: &Value) -> Number {
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    let least = bound("minimum").unwrap_or(1).max(1);
    bound("maximum")
        .map_or(least, |most| least.min(most))
        .into()
}

fn text(name: &str, schema: &Value) -> String {
    let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or("");
    let id = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.split_once("[0-9a-f]{8}-"));
    if let Some((prefix, _)) = id
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        return format!("{prefix}{UUID}");
    }
    // One of several texts, the first of which is a plain word.
    let first = pattern
        .strip_prefix("^(")
        .and_then(|rest| rest.split('|').next());
    if let Some(word) = first
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        return word.to_owned();
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => return TIME.to_owned(),
        Some("date") => return TIME.split('T').next().unwrap_or(TIME).to_owned(),
        Some("idn-email") => return "ada@example.com".to_owned(),
        Some("uri") => return "https://acme.example".to_owned(),
        _ => {}
    }
    let usual = TEXTS.iter().find(|(known, _)| *known == name);
    let text = match usual {
        Some((_, text)) => (*text).to_owned(),
        None if name.ends_with("_at") || name.ends_with("_end") || name.ends_with("_start") => {
            TIME.to_owned()
        }
        None if name.ends_with("_id") => "1PqX3aBcD".to_owned(),
        None => (schema.get("description").and_then(Value::as_str))
            .unwrap_or("…")
            .to_owned(),
    };
    let most = schema.get("maxLength").and_then(Value::as_u64);
    text.chars()
        .take(most.map_or(usize::MAX, |most| {
            usize::try_from(most).unwrap_or(usize::MAX)
        }))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn an_example_is_made_of_what_the_schema_says() {
        let components = json!({
            "Kind": {"type": "string", "enum": ["small", "large"]},
            "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
        });
        let schema = json!({"type": "object", "properties": {
            "id": {"type": "string", "pattern": "^rec_[0-9a-f]{8}-[0-9a-f]{4}$"},
            "role": {"type": "string", "pattern": "^(owner|rol_[0-9a-f]{8}-[0-9a-f]{4})$"},
            "email": {"type": "string"},
            "kind": {"$ref": "#/components/schemas/Kind"},
            "phone": {"type": "string", "examples": ["+14155550100"]},
            "at": {"anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}]},
            "count": {"type": ["integer", "null"], "minimum": 3},
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}},
        }});
        let example = of(&schema, components.as_object().unwrap());
        assert_eq!(
            example,
            json!({
                "id": format!("rec_{UUID}"), "role": "owner", "email": "ada@example.com", "kind": "small", "phone": "+14155550100",
                "at": TIME, "count": 3, "tags": ["key"],
            })
        );
        let endless = json!({"$ref": "#/components/schemas/Node"});
        assert!(of(&endless, components.as_object().unwrap()).is_object());
    }

    #[test]
    fn a_body_holds_what_is_needed() {
        let none = Map::new();
        let schema = json!({"type": "object", "required": ["email"], "properties": {
            "email": {"type": "string"}, "tenant": {"type": ["string", "null"]}, "remember_me": {"type": "boolean"},
        }});
        assert_eq!(
            of_body(&schema, &none),
            json!({"email": "ada@example.com", "remember_me": true})
        );
        let patch = json!({"type": "object", "properties": {
            "name": {"type": ["string", "null"]}, "slug": {"type": ["string", "null"]}, "note": {"type": ["string", "null"]},
        }});
        assert_eq!(
            of_body(&patch, &none),
            json!({"name": "Acme", "slug": "acme"})
        );
    }
}
