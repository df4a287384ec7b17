//! What a client sends, against the collection's fields. Everything that is wrong is said at once.

use crate::collection::{Collection, EMBEDDING};
use crate::field::{Field, Wrong};
use crate::kind::escaped;
use crate::merge;
use embeddings::Embedding;
use problem::{Kind, Problem};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tenant_context::UserId;

/// The valid content of a create or an update.
#[derive(Clone)]
pub(crate) struct Valid {
    /// Fields to set, in their stored form.
    pub(crate) set: Map<String, Value>,
    /// Secrets to set, as they came. They are stored sealed, and so are in no other list.
    pub(crate) secret: BTreeMap<&'static str, String>,
    /// Objects of which a part changes, each with its merge patch. What becomes of them follows from the record:
    /// [`Valid::onto`].
    pub(crate) merge: BTreeMap<String, Map<String, Value>>,
    /// Fields to remove.
    pub(crate) remove: Vec<&'static str>,
    /// The new owner, if one is named.
    pub(crate) owner: Option<UserId>,
    /// What becomes of the embedding, which is stored apart.
    pub(crate) embedding: Option<Given>,
}

/// An embedding that is given, or taken away.
#[derive(Clone)]
pub(crate) enum Given {
    Embedding(Embedding),
    Nothing,
}

impl Valid {
    /// Whether the field of this name is set, merged or removed.
    pub(crate) fn touches(&self, name: &str) -> bool {
        self.set.contains_key(name) || self.merge.contains_key(name) || self.remove.contains(&name)
    }
}

/// Checks the fields of a new record (`is_patch` false), or a merge patch of one (RFC 7396).
pub(crate) fn validate(
    collection: &Collection,
    content: Map<String, Value>,
    is_patch: bool,
) -> Result<Valid, Problem> {
    let mut wrong = Wrong::new();
    let valid = examine(collection, content, is_patch, &mut wrong);
    if wrong.is_empty() {
        return Ok(valid);
    }
    Err(refused(wrong))
}

/// All that is wrong.
pub(crate) fn refused(wrong: Wrong) -> Problem {
    let problem = Problem::new(Kind::ValidationFailed);
    wrong
        .into_iter()
        .fold(problem, |problem, (pointer, detail)| {
            problem.field(pointer, detail)
        })
}

fn examine(
    collection: &Collection,
    content: Map<String, Value>,
    is_patch: bool,
    wrong: &mut Wrong,
) -> Valid {
    let mut valid = Valid {
        set: Map::new(),
        secret: BTreeMap::new(),
        merge: BTreeMap::new(),
        remove: Vec::new(),
        owner: None,
        embedding: None,
    };
    let mut seen = Vec::new();
    for (name, value) in content {
        let pointer = format!("/{}", escaped(&name));
        if name == "owner_id" {
            match serde_json::from_value(value) {
                Ok(owner) => valid.owner = Some(owner),
                Err(error) => wrong.push((pointer, error.to_string())),
            }
            continue;
        }
        if name == EMBEDDING && collection.takes_embedding() {
            if let Err(detail) = embed(&mut valid, value) {
                wrong.push((pointer, detail));
            }
            continue;
        }
        let Some(field) = collection.field(&name) else {
            wrong.push((pointer, format!("is not a field of {}", collection.name)));
            continue;
        };
        seen.push(field.name);
        if field.is_computed() {
            wrong.push((pointer, "can't be written".to_owned()));
        } else if let (true, Some(members), Value::Object(given)) =
            (is_patch, field.members(), &value)
        {
            let patch = merge::examine(members, given, &pointer, wrong);
            valid.merge.insert(name, patch);
        } else if !value.is_null() {
            match field.check(&value, &pointer, wrong) {
                Some(Value::String(secret)) if field.is_secret() => {
                    valid.secret.insert(field.name, secret);
                }
                Some(stored) => _ = valid.set.insert(name, stored),
                None => {}
            }
        } else if field.is_required {
            wrong.push((pointer, "is required and can't be removed".to_owned()));
        } else {
            valid.remove.push(field.name);
        }
    }
    let absent = collection
        .fields
        .iter()
        .filter(|field| !is_patch && field.is_required && !seen.contains(&field.name));
    let is_inbound = valid.set.get("direction").is_some_and(|to| to == "inbound");
    for field in absent {
        let default = match is_inbound {
            true => field.default_of_inbound(),
            false => field.default(),
        };
        match default {
            Some(value) => _ = valid.set.insert(field.name.to_owned(), value),
            None => wrong.push((format!("/{}", field.name), "is required".to_owned())),
        }
    }
    if let Some((stage, reference)) = collection.staged().filter(|_| !is_patch)
        && !valid.set.contains_key(reference)
        && let Err(detail) = stage_of_none(stage, &valid.set)
    {
        wrong.push((format!("/{}", stage.name), detail));
    }
    compute(collection, &mut valid, wrong);
    valid
}

/// Takes the embedding, and says in a field how many numbers it has.
fn embed(valid: &mut Valid, given: Value) -> Result<(), String> {
    if given.is_null() {
        valid.remove.push("dimension");
        valid.embedding = Some(Given::Nothing);
        return Ok(());
    }
    let read = serde_json::from_value::<Embedding>(given);
    let embedding = read.map_err(|error| error.to_string())?;
    let dimension = Value::from(embedding.dimension());
    valid.set.insert("dimension".to_owned(), dimension);
    valid.embedding = Some(Given::Embedding(embedding));
    Ok(())
}

/// The stage of a record that names nothing which has stages is one of the field's own words.
pub(crate) fn stage_of_none(stage: &Field, fields: &Map<String, Value>) -> Result<(), String> {
    let at = fields.get(stage.name).and_then(Value::as_str);
    let words = stage.words();
    match at {
        Some(at) if !words.contains(&at) => Err(format!("is none of {}", words.join(", "))),
        _ => Ok(()),
    }
}

/// Sets the fields that follow from those that are set, and removes those whose source is removed.
fn compute(collection: &Collection, valid: &mut Valid, wrong: &mut Wrong) {
    for field in collection.fields {
        let Some((from, by)) = field.computation() else {
            continue;
        };
        let source = valid.set.get(from).cloned();
        // What tells of a secret tells that it is there.
        let source = source.or(valid.secret.contains_key(from).then_some(Value::Null));
        match source.as_ref().map(by) {
            Some(Ok(value)) => _ = valid.set.insert(field.name.to_owned(), value),
            // Of several that follow from one, the first says what is wrong with it.
            Some(Err(detail)) => {
                let pointer = format!("/{from}");
                if wrong.iter().all(|(known, _)| *known != pointer) {
                    wrong.push((pointer, detail));
                }
            }
            None if valid.remove.contains(&from) => valid.remove.push(field.name),
            None => {}
        }
    }
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
    fn a_message_that_came_in_waits_to_be_read() {
        let message = |direction| {
            let content = json!({
                "direction": direction, "from_number": "72345", "to_number": "+14155550100", "body": "Hi",
            });
            check("sms-messages", content, false).ok().unwrap().set
        };
        assert_eq!(message("inbound")["status"], "received");
        assert_eq!(message("outbound")["status"], "queued");
    }

    #[test]
    fn a_secret_stands_apart_and_what_tells_of_it_follows() {
        let content = json!({"auth_token": "s3cret", "api_secret": null, "provider": "twilio"});
        let valid = check("telephony-settings", content, true).ok().unwrap();
        let set = Value::Object(valid.set);
        assert_eq!(set, json!({"provider": "twilio", "auth_token_set": true}));
        assert_eq!(valid.secret["auth_token"], "s3cret");
        assert_eq!(valid.remove, ["api_secret", "api_secret_set"]);
        for wrong in [
            json!("two words"),
            json!(""),
            json!("\u{e9}"),
            json!(7),
            json!("x".repeat(501)),
        ] {
            let content =
                json!({"provider": "sip", "sip_password": wrong, "sip_password_set": true});
            let wrong = check("telephony-settings", content, false).err().unwrap();
            let pointers: Vec<&str> = wrong.iter().map(|(pointer, _)| pointer.as_str()).collect();
            assert_eq!(pointers, ["/sip_password", "/sip_password_set"]);
            assert!(
                wrong
                    .iter()
                    .all(|(_, detail)| !detail.contains("two words"))
            );
        }
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
