//! What DynamoDB counts of a record where a list reads it.

use super::filled::label;
use serde_json::Value;
use std::collections::BTreeMap;

/// What every index holds of a record, beside its own key.
const SHOWN: [&str; 8] = [
    "pk",
    "sk",
    "owner_id",
    "created_by",
    "changed",
    "updated_by",
    "version",
    "fields",
];

/// The attributes of records with the bytes that they count, by the label: whoever has the same one is of the same size.
pub(super) struct Sizes(BTreeMap<String, BTreeMap<String, usize>>);

impl Sizes {
    pub(super) fn of(table: &[Value], records: &BTreeMap<String, Value>) -> Self {
        let sizes = table.iter().filter_map(|item| {
            let id = item["sk"]["S"].as_str()?.strip_prefix("RECORD#")?;
            let record = records.get(&format!("rec_{id}"))?;
            let attributes = item.as_object()?.iter();
            let attributes =
                attributes.map(|(name, value)| (name.clone(), name.len() + size(value)));
            Some((label(record).to_owned(), attributes.collect()))
        });
        let sizes: BTreeMap<_, _> = sizes.collect();
        assert_eq!(sizes.len(), records.len(), "each has a label of its own");
        Self(sizes)
    }

    /// What is read of a record: all of it from the table, and its entry from an index.
    pub(super) fn read(&self, label: &str, index: &str) -> usize {
        let key = if index == "by_name" { "label" } else { index };
        let attributes = self.0[label].iter();
        let is_read = |name: &str| index.is_empty() || name == key || SHOWN.contains(&name);
        let read = attributes.filter(|(name, _)| is_read(name));
        read.map(|(_, bytes)| bytes).sum()
    }
}

/// The read units of a query that returns so many bytes: 1 for each 4 KB of the table, which is read consistently, and
/// half of one for those of an index. A query that finds nothing costs as much as a little.
pub(super) fn units(bytes: usize, index: &str) -> f64 {
    let whole = f64::from(u32::try_from(bytes.max(1).div_ceil(4096)).unwrap());
    if index.is_empty() { whole } else { whole / 2.0 }
}

/// The size of a value in DynamoDB's JSON.
fn size(value: &Value) -> usize {
    let (kind, content) = value
        .as_object()
        .and_then(|typed| typed.iter().next())
        .unwrap();
    match (kind.as_str(), content) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        ("M", Value::Object(members)) => {
            let members = members.iter();
            3 + members
                .map(|(name, value)| name.len() + 1 + size(value))
                .sum::<usize>()
        }
        ("L", Value::Array(items)) => 3 + items.iter().map(|item| 1 + size(item)).sum::<usize>(),
        _ => panic!("the size of {value}"),
    }
}
