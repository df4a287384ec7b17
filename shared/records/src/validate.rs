//! What a client sends, against the collection's fields. Everything that is wrong is said at once.

use crate::collection::Collection;
use problem::{Kind, Problem};
use serde_json::{Map, Value};
use tenant_context::UserId;

/// The valid content of a create or an update.
pub(crate) struct Valid {
    /// Fields to set, in their stored form.
    pub(crate) set: Map<String, Value>,
    /// Fields to remove.
    pub(crate) remove: Vec<&'static str>,
    /// The new owner, if one is named.
    pub(crate) owner: Option<UserId>,
}

/// Checks the fields of a new record (`is_patch` false), or a merge patch of one (RFC 7396).
pub(crate) fn validate(
    collection: &Collection,
    content: Map<String, Value>,
    is_patch: bool,
) -> Result<Valid, Problem> {
    let mut valid = Valid {
        set: Map::new(),
        remove: Vec::new(),
        owner: None,
    };
    let mut wrong: Vec<(String, String)> = Vec::new();
    for (name, value) in content {
        if name == "owner_id" {
            match serde_json::from_value(value) {
                Ok(owner) => valid.owner = Some(owner),
                Err(error) => wrong.push((name, error.to_string())),
            }
            continue;
        }
        match collection.field(&name) {
            None => wrong.push((name, format!("is not a field of {}", collection.name))),
            Some(field) if value.is_null() && field.is_required => {
                wrong.push((name, "is required and can't be removed".to_owned()));
            }
            Some(field) if value.is_null() => valid.remove.push(field.name),
            Some(field) => match field.check(&value) {
                Ok(stored) => _ = valid.set.insert(name, stored),
                Err(detail) => wrong.push((name, detail)),
            },
        }
    }
    if !is_patch {
        for field in collection.fields.iter().filter(|field| field.is_required) {
            let is_named = valid.set.contains_key(field.name)
                || wrong.iter().any(|(name, _)| name == field.name);
            if !is_named {
                wrong.push((field.name.to_owned(), "is required".to_owned()));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(valid);
    }
    Err(wrong.into_iter().fold(
        Problem::new(Kind::ValidationFailed),
        |problem, (name, detail)| {
            problem.field(
                format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                detail,
            )
        },
    ))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use crate::collections::ALL;
    use serde_json::json;

    fn check(
        collection: &str,
        content: Value,
        is_patch: bool,
    ) -> Result<Valid, Vec<(String, String)>> {
        let collection = ALL.iter().find(|known| known.name == collection).unwrap();
        validate(collection, content.as_object().unwrap().clone(), is_patch).map_err(|p| {
            p.errors()
                .iter()
                .map(|e| (e.pointer.clone(), e.detail.clone()))
                .collect()
        })
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let wrong = check(
            "contacts",
            json!({"email": "x", "stage": "king", "shoe/size": 44, "phone": 7}),
            false,
        );
        let pointers: Vec<String> = wrong
            .err()
            .unwrap()
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect();
        assert_eq!(
            pointers,
            ["/email", "/stage", "/shoe~1size", "/phone", "/name"]
        );
    }

    #[test]
    fn a_patch_may_remove_what_is_optional() {
        let valid = check("contacts", json!({"email": null, "name": " Ada "}), true)
            .ok()
            .unwrap();
        assert_eq!(valid.remove, ["email"]);
        assert_eq!(valid.set["name"], "Ada");
        assert!(check("contacts", json!({"name": null}), true).is_err());
    }
}
