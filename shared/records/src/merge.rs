//! Merge patches that reach into an object of a record (RFC 7396): what they leave out stays, null removes.
//!
//! What is given is looked at first, so that everything wrong is said at once and without a read. Whether the object has
//! what it needs can only be said of what becomes of it. By then what is sealed, computed and named has been dealt with: no member
//! of an object is a secret, a computed field or a reference, and no field is computed from an object (a test of the collections
//! holds that).

use crate::collection::Collection;
use crate::field::{Field, Wrong};
use crate::kind::escaped;
use crate::record::StoredRecord;
use crate::validate::{Valid, refused};
use problem::Problem;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The members of an object that are given, in their stored form, and null for each that is removed. What is wrong is added
/// to `wrong`.
pub(crate) fn examine(
    fields: &[Field],
    given: &Map<String, Value>,
    pointer: &str,
    wrong: &mut Wrong,
) -> Map<String, Value> {
    let mut patch = Map::new();
    for (name, value) in given {
        let pointer = format!("{pointer}/{}", escaped(name));
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            wrong.push((pointer, "is not a field here".to_owned()));
            continue;
        };
        let checked = match (field.members(), value) {
            (_, Value::Null) if field.is_required => {
                wrong.push((pointer, "is required and can't be removed".to_owned()));
                None
            }
            (_, Value::Null) => Some(Value::Null),
            (Some(members), Value::Object(given)) => {
                Some(examine(members, given, &pointer, wrong).into())
            }
            _ => field.check(value, &pointer, wrong),
        };
        patch.extend(checked.map(|value| (name.clone(), value)));
    }
    patch
}

impl Valid {
    /// The same with what becomes of the record's objects of which it changes a part.
    ///
    /// # Errors
    /// `validation-failed` when one lacks something then.
    pub(crate) fn onto(
        &self,
        collection: &Collection,
        before: &StoredRecord,
    ) -> Result<Cow<'_, Self>, Problem> {
        if self.merge.is_empty() {
            return Ok(Cow::Borrowed(self));
        }
        let (mut valid, mut wrong) = (self.clone(), Wrong::new());
        for (name, patch) in std::mem::take(&mut valid.merge) {
            let object = before.fields.get(&name).and_then(Value::as_object);
            let mut object = object.cloned().unwrap_or_default();
            fields::merge(&mut object, patch);
            let field = collection.field(&name);
            let checked = field.and_then(|field| {
                let pointer = format!("/{}", escaped(&name));
                field.check(&object.into(), &pointer, &mut wrong)
            });
            valid.set.extend(checked.map(|object| (name, object)));
        }
        match wrong.is_empty() {
            true => Ok(Cow::Owned(valid)),
            false => Err(refused(wrong)),
        }
    }
}

/// The JSON Schema of a patch: an object's own members may be left out, and those that need not be there be null.
pub(crate) fn schema(field: &Field) -> Value {
    let mut schema = field.schema();
    if let (Some(members), Some(schema)) = (field.members(), schema.as_object_mut()) {
        let members = members
            .iter()
            .map(|field| (field.name.to_owned(), self::schema(field)));
        schema.insert("properties".to_owned(), members.collect());
        schema.insert("required".to_owned(), Value::Array(Vec::new()));
    }
    match field.is_required {
        true => schema,
        false => serde_json::json!({"anyOf": [schema, {"type": "null"}]}),
    }
}
