//! The index keys a write sets.
//!
//! IAM looks at the key of the table alone: a write to one's own partition may put any value into an index's key attribute, and so an
//! entry into another tenant's part of the index. These are the values to check.

use super::key_condition::text_value;
use super::tables::Table;
use super::tokens::Placeholders;
use super::update_expression::{self, Written};
use serde_json::{Map, Value};

/// A value that becomes a key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexKey {
    pub(crate) index: String,
    pub(crate) attribute: String,
    /// Whether it is the index's partition key, which decides who may read the entry.
    pub(crate) is_partition: bool,
    /// The text, unless the request does not show it.
    pub(crate) value: Option<String>,
}

/// The index keys that putting an item sets.
pub(crate) fn set_by_item(table: &Table, item: &Map<String, Value>) -> Vec<IndexKey> {
    collect(table, |attribute| item.get(attribute).map(text))
}

/// The index keys that an update sets, in either of its forms.
pub(crate) fn set_by_update(
    table: &Table,
    members: &Map<String, Value>,
) -> Result<Vec<IndexKey>, String> {
    // An update makes the item if there is none, and then its sort key may be an index's partition key.
    let keys = members
        .get("Key")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let mut written: Vec<(String, Option<String>)> = keys
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    if let Some(expression) = members.get("UpdateExpression").and_then(Value::as_str) {
        for assignment in
            update_expression::parse(expression, Placeholders::of(members))?.assignments
        {
            match assignment.written {
                Written::Removed => {}
                Written::Value(value) => {
                    written.push((assignment.attribute.to_owned(), text(value)))
                }
                Written::Unknown => written.push((assignment.attribute.to_owned(), None)),
            }
        }
    }
    for (attribute, update) in members
        .get("AttributeUpdates")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match update
            .get("Action")
            .and_then(Value::as_str)
            .unwrap_or("PUT")
        {
            "DELETE" if update.get("Value").is_none() => {}
            "PUT" => written.push((attribute.clone(), update.get("Value").and_then(text))),
            _ => written.push((attribute.clone(), None)),
        }
    }
    Ok(written
        .iter()
        .flat_map(|(name, value)| {
            collect(table, |attribute| {
                (attribute == name).then(|| value.clone())
            })
        })
        .collect())
}

fn collect(table: &Table, value_of: impl Fn(&str) -> Option<Option<String>>) -> Vec<IndexKey> {
    let mut found = Vec::new();
    for (index, keys) in &table.indexes {
        let key_attributes = std::iter::once((&keys.partition, true))
            .chain(keys.sort.iter().map(|sort| (sort, false)));
        for (attribute, is_partition) in key_attributes {
            // The table's own partition key is what IAM checks.
            if *attribute == table.keys.partition {
                continue;
            }
            if let Some(value) = value_of(attribute) {
                found.push(IndexKey {
                    index: index.clone(),
                    attribute: attribute.clone(),
                    is_partition,
                    value,
                });
            }
        }
    }
    found
}

fn text(value: &Value) -> Option<String> {
    text_value(value).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::super::tables::KeySchema;
    use super::*;
    use serde_json::json;

    fn table() -> Table {
        let keys = |partition: &str, sort: Option<&str>| KeySchema {
            partition: partition.to_owned(),
            sort: sort.map(str::to_owned),
        };
        let indexes = [
            ("gsi1", keys("gsi1pk", Some("gsi1sk"))),
            ("inverted", keys("sk", Some("pk"))),
        ];
        Table {
            name: "T".to_owned(),
            arn: "arn".to_owned(),
            keys: keys("pk", Some("sk")),
            indexes: indexes
                .into_iter()
                .map(|(name, keys)| (name.to_owned(), keys))
                .collect(),
            ttl_attribute: None,
            create: Value::Null,
        }
    }

    fn brief(keys: Vec<IndexKey>) -> Vec<(String, Option<String>)> {
        keys.into_iter()
            .map(|key| (key.attribute, key.value))
            .collect()
    }

    #[test]
    fn finds_index_keys_in_items() {
        let item = json!({"pk": {"S": "a"}, "sk": {"S": "b"}, "gsi1pk": {"S": "c"}, "gsi1sk": {"N": "1"}, "other": {"S": "d"}});
        let found = brief(set_by_item(&table(), item.as_object().unwrap()));
        assert_eq!(
            found,
            [
                ("gsi1pk".to_owned(), Some("c".to_owned())),
                ("gsi1sk".to_owned(), None),
                ("sk".to_owned(), Some("b".to_owned()))
            ]
        );
    }

    #[test]
    fn finds_index_keys_in_updates() {
        let update =
            |members: Value| brief(set_by_update(&table(), members.as_object().unwrap()).unwrap());
        let values = json!({":v": {"S": "x"}, ":n": {"N": "1"}});
        let expression = |text: &str| {
            update(
                json!({"UpdateExpression": text, "ExpressionAttributeNames": {"#g": "gsi1pk"}, "ExpressionAttributeValues": values}),
            )
        };
        let is = |value: Option<&str>| vec![("gsi1pk".to_owned(), value.map(str::to_owned))];
        assert_eq!(expression("SET #g = :v"), is(Some("x")));
        assert_eq!(
            expression("SET other = :v, gsi1pk = if_not_exists(gsi1pk, :v)"),
            is(Some("x"))
        );
        assert_eq!(expression("SET gsi1pk = other"), is(None));
        assert_eq!(
            expression("SET gsi1pk = if_not_exists(other, :v)"),
            is(None)
        );
        assert_eq!(expression("ADD gsi1pk :n"), is(None));
        assert_eq!(expression("REMOVE gsi1pk"), []);
        assert_eq!(
            update(json!({"AttributeUpdates": {"gsi1pk": {"Action": "PUT", "Value": {"S": "y"}}}})),
            is(Some("y"))
        );
        assert_eq!(
            update(json!({"AttributeUpdates": {"gsi1pk": {"Value": {"S": "y"}}}})),
            is(Some("y"))
        );
        assert_eq!(
            update(json!({"AttributeUpdates": {"gsi1pk": {"Action": "DELETE"}}})),
            []
        );
        assert_eq!(
            update(json!({"AttributeUpdates": {"gsi1pk": {"Action": "ADD", "Value": {"N": "1"}}}})),
            is(None)
        );
        assert_eq!(
            update(json!({"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}})),
            [("sk".to_owned(), Some("b".to_owned()))]
        );
    }
}
