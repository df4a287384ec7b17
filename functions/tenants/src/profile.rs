//! A tenant's profile: what it is called, how it stands, and what it notes of itself.

use endpoint::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tenant_context::items::{StoredTenantId, TenantStatus};
use tenant_context::{Table, TenantId};

/// Bytes of the metadata, as JSON.
const METADATA_BYTES: usize = 4096;
/// How deep objects and lists may stand in each other.
const METADATA_DEPTH: usize = 5;
/// What numbers of DynamoDB's can be, apart from 0 and the sign; those of JSON go further.
const NUMBERS: std::ops::Range<f64> = 1e-130..1e126;
/// Characters of a name in the metadata.
const NAME_CHARACTERS: usize = 64;
/// What `serde_json` begins the names of its own with: it reads an object whose first name is one as something else, or not at all.
const RESERVED: &str = "$serde_json::private::";

/// A tenant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Profile {
    /// Its id.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// Its short name: the first part of its host name.
    pub slug: String,
    /// Where it stands in its life.
    pub status: TenantStatus,
    /// The plan's name.
    pub plan: String,
    /// When the trial ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_ends_at: Option<String>,
    /// When it signed up.
    pub created_at: String,
    /// When it will be deleted, if its owner has asked for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after: Option<String>,
    /// What it notes of itself.
    pub metadata: Map<String, Value>,
}

impl Profile {
    /// As it is stored.
    pub fn of(stored: Stored, metadata: Metadata) -> Self {
        Self {
            id: stored.id.0,
            name: stored.name,
            slug: stored.slug,
            status: stored.status,
            plan: stored.plan,
            trial_ends_at: stored.trial_ends_at,
            created_at: stored.created_at,
            delete_after: stored.delete_after,
            metadata: metadata.metadata,
        }
    }
}

/// What the profile needs of the tenant's item.
#[derive(Debug, Clone, Deserialize)]
pub struct Stored {
    /// Its id.
    pub id: StoredTenantId,
    /// What it is called.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// Where it stands in its life.
    pub status: TenantStatus,
    /// Where it stood when its owner ended it.
    #[serde(default)]
    pub status_before: Option<TenantStatus>,
    /// When it will be deleted.
    #[serde(default)]
    pub delete_after: Option<String>,
    plan: String,
    #[serde(default)]
    trial_ends_at: Option<String>,
    created_at: String,
}

/// The metadata, `METADATA`. An item of its own: the tenant's is read on every request and must stay small.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Metadata {
    /// What the tenant notes of itself.
    pub metadata: Map<String, Value>,
    /// Counts the changes.
    pub version: u64,
}

/// Reads both items at the same time.
///
/// # Errors
/// When a call fails.
pub async fn read(caller: &TenantContext, table: &Table) -> Result<(Stored, Metadata), Problem> {
    let (tenant, metadata) = (caller.keys().tenant(), caller.keys().metadata());
    let (stored, metadata) = futures::try_join!(
        table.get::<Stored>(&tenant),
        table.get::<Metadata>(&metadata)
    )?;
    Ok((stored.ok_or(Kind::NotFound)?, metadata.unwrap_or_default()))
}

/// A merge patch of the metadata, with every name that was sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "BTreeMap<String, Plain>")]
pub struct MetadataPatch(Map<String, Value>);

/// JSON as it is written. A `Value` would take an object of a [`RESERVED`] name for something else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Plain {
    Object(BTreeMap<String, Plain>),
    Array(Vec<Plain>),
    Other(Value),
}

impl From<Plain> for Value {
    fn from(plain: Plain) -> Self {
        match plain {
            Plain::Object(fields) => Self::Object(MetadataPatch::from(fields).0),
            Plain::Array(values) => values.into_iter().map(Self::from).collect(),
            Plain::Other(value) => value,
        }
    }
}

impl From<BTreeMap<String, Plain>> for MetadataPatch {
    fn from(fields: BTreeMap<String, Plain>) -> Self {
        let fields = fields.into_iter();
        Self(fields.map(|(name, value)| (name, value.into())).collect())
    }
}

/// The metadata after a merge patch (RFC 7396).
///
/// # Errors
/// `validation-failed` when it is too large or too deep then, or a name or number in it can't be kept.
pub fn merged(
    mut metadata: Map<String, Value>,
    patch: MetadataPatch,
) -> Result<Map<String, Value>, Problem> {
    fields::merge(&mut metadata, patch.0);
    let wrong = |pointer: &str, detail: String| {
        Err(Problem::new(Kind::ValidationFailed).field(pointer, detail))
    };
    if depth_of_map(&metadata) > METADATA_DEPTH {
        return wrong(
            "/metadata",
            format!("is nested deeper than {METADATA_DEPTH} levels"),
        );
    }
    if let Some(pointer) = odd_name(&metadata) {
        return wrong(
            &format!("/metadata{pointer}"),
            format!(
                "is not a name of 1 to {NAME_CHARACTERS} characters, or begins with {RESERVED}"
            ),
        );
    }
    if !metadata.values().all(has_fit_numbers) {
        let detail =
            "has a number that can't be kept: its size must be 0 or from 1e-130 to below 1e126";
        return wrong("/metadata", detail.to_owned());
    }
    let bytes = serde_json::to_vec(&metadata).map_or(usize::MAX, |text| text.len());
    if bytes > METADATA_BYTES {
        return wrong(
            "/metadata",
            format!("has {bytes} bytes then; at most {METADATA_BYTES} are kept"),
        );
    }
    Ok(metadata)
}

fn depth_of_map(map: &Map<String, Value>) -> usize {
    1 + map.values().map(depth).max().unwrap_or_default()
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) => depth_of_map(map),
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// Where, at any depth, there is a name that can't be kept: DynamoDB takes no empty one.
fn odd_name(map: &Map<String, Value>) -> Option<String> {
    map.iter().find_map(|(name, value)| {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let is_short = (1..=NAME_CHARACTERS).contains(&name.chars().count());
        if !is_short || name.starts_with(RESERVED) {
            return Some(pointer);
        }
        Some(pointer + &odd_name_in(value)?)
    })
}

fn odd_name_in(value: &Value) -> Option<String> {
    match value {
        Value::Object(map) => odd_name(map),
        Value::Array(values) => values
            .iter()
            .enumerate()
            .find_map(|(position, value)| Some(format!("/{position}{}", odd_name_in(value)?))),
        _ => None,
    }
}

fn has_fit_numbers(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().all(has_fit_numbers),
        Value::Array(values) => values.iter().all(has_fit_numbers),
        Value::Number(number) => number
            .as_f64()
            .is_none_or(|number| number == 0.0 || NUMBERS.contains(&number.abs())),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> MetadataPatch {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let refused = |patch: Value| {
            let problem = merged(Map::new(), map(patch)).unwrap_err();
            problem.errors().first().unwrap().pointer.clone()
        };
        assert_eq!(refused(json!({"a": "x".repeat(4096)})), "/metadata");
        assert_eq!(
            refused(json!({"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}})),
            "/metadata"
        );
        assert_eq!(refused(json!({"a": [[[[[1]]]]]})), "/metadata");
        for number in [1.8e-156, -1e126, 1e300] {
            assert_eq!(refused(json!({"a": [{"b": number}]})), "/metadata");
        }
        let kept = json!({"a": [0, -0.5, 1e-130, 9e125, u64::MAX, i64::MIN]});
        assert!(merged(Map::new(), map(kept)).is_ok());
        assert_eq!(refused(json!({"": 1})), "/metadata/");
        assert_eq!(refused(json!({"a": {"": 1}})), "/metadata/a/");
        assert_eq!(
            refused(json!({"a/b": [0, {"c": {"": 1}}]})),
            "/metadata/a~1b/1/c/"
        );
        let name = "x".repeat(65);
        assert_eq!(refused(json!({&name: 1})), format!("/metadata/{name}"));
        assert!(merged(Map::new(), map(json!({"a": {"b": {"c": {"d": 1}}}}))).is_ok());
    }
    /// Some of them take the place of the object in a `Value`, and none could be read again.
    #[test]
    fn a_name_of_the_json_readers_own_is_refused_wherever_it_stands() {
        for (patch, pointer) in [
            (
                r#"{"a": {"b": null, "$serde_json::private::RawValue": 1}}"#,
                "/metadata/a/$serde_json::private::RawValue",
            ),
            (
                r#"{"a": {"$serde_json::private::RawValue": "1"}}"#,
                "/metadata/a/$serde_json::private::RawValue",
            ),
            (
                r#"{"a": [{"$serde_json::private::Number": "1"}]}"#,
                "/metadata/a/0/$serde_json::private::Number",
            ),
            (
                r#"{"$serde_json::private::RawValue": "{}"}"#,
                "/metadata/$serde_json::private::RawValue",
            ),
        ] {
            let problem = merged(Map::new(), serde_json::from_str(patch).unwrap()).unwrap_err();
            assert_eq!(problem.errors().first().unwrap().pointer, pointer);
        }
    }

    #[test]
    fn a_patch_is_read_as_it_is_written() {
        let written =
            json!({"a": {"b": [1, -2, 0.5, "x", true, null, {}, []], "c": u64::MAX}, "d": null});
        let read: MetadataPatch = serde_json::from_str(&written.to_string()).unwrap();
        assert_eq!(Value::Object(read.0), written);
        for wrong in ["1", "[]", "\"x\"", "null"] {
            assert!(serde_json::from_str::<MetadataPatch>(wrong).is_err());
        }
    }
}
