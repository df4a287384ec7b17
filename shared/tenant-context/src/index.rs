//! Lists of records by something else than their keys.
//!
//! Each index is sparse: only records have its attribute, and a deleted record has none. An entry holds what a list shows,
//! so a list is one Query, and nothing that it reads is thrown away. What an index is read for comes from a [`Partition`],
//! as a key does, so an entry and a query can only name the caller's own tenant.
//!
//! | index | partition | in the order of |
//! |---|---|---|
//! | `by_owner` | `<list>#<user>` | creation |
//! | `by_status` | `<list>#<status>` | creation |
//! | `by_reference1` … `4` | `<list>#<record>` | creation |
//! | `by_inbox`, `by_unread` | `<project>#<user>` | creation, whatever the collection |
//! | `by_name` | the table's | the name in small letters, `label` |
//! | `by_change` | the table's | the last change, `changed` |
//!
//! A write pays for each KB begun, and these keys stand in the record as well as in its entry, so they are short: `<list>`
//! is `TENANT#<t>#<project>#<COLLECTION>`, and every UUID but the tenant's, which IAM reads, is 22 letters of base64url.
//!
//! An index follows its table by a moment: what was written just now may not be in it yet. The list without a filter reads
//! the table itself, strongly consistent.

use crate::context::ProjectScope;
use crate::ids::{RecordId, UserId};
use crate::keys::Partition;
use crate::table::{Page, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use problem::Problem;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// The longest label, in bytes: a sort key holds 1,024.
const LONGEST_LABEL: usize = 900;

/// The indexes of the fields that name other records, in the order of a collection's table.
const REFERENCES: [&str; 4] = [
    "by_reference1",
    "by_reference2",
    "by_reference3",
    "by_reference4",
];

/// What the key of an index is set to. It can be stored and not be made of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IndexEntry(String);

/// Some of the records of a partition, in some order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordList {
    records: Partition,
    index: Option<&'static str>,
    hash: (&'static str, String),
    range: &'static str,
    within: Within,
    /// Whether it goes across the collections of a project, of which `records` is then the common beginning.
    is_across: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Within {
    Everything,
    Prefix(String),
    Between(String, String),
}

impl Partition {
    /// All records, in the order of their creation.
    pub fn everything(&self) -> RecordList {
        RecordList {
            records: self.clone(),
            index: None,
            hash: ("pk", self.pk.clone()),
            range: "sk",
            within: Within::Prefix(self.prefix.to_owned()),
            is_across: false,
        }
    }

    fn index(&self, index: &'static str, part: &str) -> RecordList {
        RecordList {
            records: self.clone(),
            index: Some(index),
            hash: (index, format!("{}#{part}", self.short())),
            range: "sk",
            within: Within::Everything,
            is_across: false,
        }
    }

    /// The partition key as index keys begin.
    fn short(&self) -> String {
        let parts = self.pk.split_once("#PROJECT#");
        let parts = parts.and_then(|(tenant, rest)| Some((tenant, rest.split_at_checked(36)?)));
        match parts.and_then(|(tenant, (id, part))| Some((tenant, id.parse().ok()?, part))) {
            Some((tenant, project, part)) => format!("{tenant}#{}{part}", short(project)),
            None => self.pk.clone(),
        }
    }

    /// The records of one owner.
    pub fn owned_by(&self, owner: UserId) -> RecordList {
        self.index("by_owner", &short(owner.uuid()))
    }

    /// The records in one status, a word that the collection's table allows.
    pub fn in_status(&self, status: &str) -> RecordList {
        self.index("by_status", status)
    }

    /// The records that name another one, in the field that is the `position`th of those that name records.
    pub fn naming(&self, position: usize, record: RecordId) -> Option<RecordList> {
        let index = REFERENCES.get(position)?;
        Some(self.index(index, &short(record.uuid())))
    }

    /// The records whose name begins so, whatever the case of its letters, in the order of their names.
    pub fn named(&self, beginning: &str) -> RecordList {
        RecordList {
            index: Some("by_name"),
            range: "label",
            within: Within::Prefix(folded(beginning)),
            ..self.everything()
        }
    }

    /// All records, in the order of their last change.
    pub fn by_change(&self) -> RecordList {
        RecordList {
            index: Some("by_change"),
            range: "changed",
            within: Within::Everything,
            ..self.everything()
        }
    }

    /// Where a record with this name stands among the names.
    pub fn label(name: &str) -> IndexEntry {
        IndexEntry(folded(name))
    }

    /// The attribute by which the `position`th field that names records is indexed.
    pub fn reference_attribute(position: usize) -> Option<&'static str> {
        REFERENCES.get(position).copied()
    }
}

impl ProjectScope {
    /// Everything that came to a user in this project, across its collections; or only what they have not read.
    pub fn inbox(&self, user: UserId, is_unread: bool) -> RecordList {
        let index = if is_unread { "by_unread" } else { "by_inbox" };
        RecordList {
            is_across: true,
            ..self.all_records().index(index, &short(user.uuid()))
        }
    }
}

/// A UUID in 22 letters.
fn short(id: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes())
}

/// A name as it is looked up: in small letters, and no longer than a key may be.
fn folded(name: &str) -> String {
    let mut folded = name.to_lowercase();
    while folded.len() > LONGEST_LABEL {
        folded.pop();
    }
    folded
}

impl RecordList {
    /// The value with which a record stands in this list.
    pub fn entry(&self) -> IndexEntry {
        IndexEntry(self.hash.1.clone())
    }

    /// Only what was created from one moment (included) to another (not included), in milliseconds since 1970: where the
    /// order is that of creation, since an id begins with its time.
    #[must_use]
    pub fn created(mut self, from: Option<u64>, until: Option<u64>) -> Self {
        if self.range == "sk" && (from.is_some() || until.is_some()) {
            let prefix = self.records.prefix;
            let first = Uuid::from_u128(u128::from(from.unwrap_or(0)) << 80);
            // A time has 48 bits; behind the last one there is nothing.
            let last = until.filter(|until| until >> 48 == 0);
            let last = last.map_or(u128::MAX, |last| (u128::from(last) << 80).saturating_sub(1));
            let last = Uuid::from_u128(last);
            self.within = Within::Between(format!("{prefix}{first}"), format!("{prefix}{last}"));
        }
        self
    }

    /// The records' own partition, to which cursors are bound.
    pub fn records(&self) -> &Partition {
        &self.records
    }

    /// Where the list goes on after what this key names: the record's id, and what it is ordered by.
    fn position(&self, key: &HashMap<String, String>) -> Option<String> {
        let text = |name| key.get(name);
        let id = text("sk")?.strip_prefix(self.records.prefix)?;
        if self.is_across {
            return Some(format!("{id} {}", self.part(text("pk")?)?));
        }
        match self.range {
            "sk" => Some(id.to_owned()),
            range => Some(format!("{id} {}", text(range)?)),
        }
    }

    /// Which collection's this partition is, of those that the list goes across.
    fn part<'a>(&self, pk: &'a str) -> Option<&'a str> {
        pk.strip_prefix(&self.records.pk)?.strip_prefix('#')
    }

    fn start(&self, after: &str) -> HashMap<String, AttributeValue> {
        let (id, order) = after.split_once(' ').unwrap_or((after, ""));
        let sort_key = format!("{}{id}", self.records.prefix);
        let partition = match self.is_across {
            true => format!("{}#{order}", self.records.pk),
            false => self.records.pk.clone(),
        };
        let mut start = HashMap::from([
            ("pk".to_owned(), AttributeValue::S(partition)),
            ("sk".to_owned(), AttributeValue::S(sort_key)),
            (
                self.hash.0.to_owned(),
                AttributeValue::S(self.hash.1.clone()),
            ),
        ]);
        if self.range != "sk" {
            start.insert(self.range.to_owned(), AttributeValue::S(order.to_owned()));
        }
        start
    }
}

/// An item, with the partition it lies in.
#[derive(Deserialize)]
struct Located<T> {
    pk: String,
    #[serde(flatten)]
    item: T,
}

impl Table {
    /// A page of a list of records: one Query, 1 read unit (from an index half of one) for each 4 KB of what is returned.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn records<T: DeserializeOwned>(
        &self,
        list: &RecordList,
        after: Option<&str>,
        limit: u32,
        backwards: bool,
    ) -> Result<Page<T>, Problem> {
        let mut query = self
            .query_of(list.records.table)
            .set_index_name(list.index.map(str::to_owned))
            .expression_attribute_names("#hash", list.hash.0)
            .expression_attribute_values(":hash", AttributeValue::S(list.hash.1.clone()))
            .set_exclusive_start_key(after.map(|after| list.start(after)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .scan_index_forward(!backwards)
            .consistent_read(list.index.is_none());
        let condition = match &list.within {
            Within::Everything => "#hash = :hash",
            Within::Prefix(prefix) => {
                query = query
                    .expression_attribute_names("#range", list.range)
                    .expression_attribute_values(":prefix", AttributeValue::S(prefix.clone()));
                "#hash = :hash AND begins_with(#range, :prefix)"
            }
            Within::Between(first, last) => {
                query = query
                    .expression_attribute_names("#range", list.range)
                    .expression_attribute_values(":first", AttributeValue::S(first.clone()))
                    .expression_attribute_values(":last", AttributeValue::S(last.clone()));
                "#hash = :hash AND #range BETWEEN :first AND :last"
            }
        };
        let found = self.found(query.key_condition_expression(condition));
        let (items, last) = found.await?.parts();
        Ok(Page {
            items: items.collect(),
            next: last.and_then(|key| list.position(&key)),
        })
    }

    /// The same for a list that goes across collections: each item with its collection's part of the partition key.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn records_across<T: DeserializeOwned>(
        &self,
        list: &RecordList,
        after: Option<&str>,
        limit: u32,
        backwards: bool,
    ) -> Result<Page<(String, T)>, Problem> {
        let page: Page<Located<T>> = self.records(list, after, limit, backwards).await?;
        Ok(page.map(|located| {
            let part = list.part(&located.pk).unwrap_or_default();
            (part.to_owned(), located.item)
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::ids::{ProjectId, TenantId};
    use crate::keys::TenantKeys;

    #[test]
    fn an_id_lies_in_the_range_of_its_moment_and_in_no_other() {
        let records =
            TenantKeys::of(TenantId::generate()).records(ProjectId::generate(), "CONTACTS");
        let id = RecordId::generate();
        let (seconds, nanos) = id.uuid().get_timestamp().unwrap().to_unix();
        let moment = seconds * 1000 + u64::from(nanos / 1_000_000);
        let holds = |from, until| {
            let Within::Between(first, last) = records.everything().created(from, until).within
            else {
                return false;
            };
            (first..=last).contains(&records.record(id).sk)
        };
        assert!(holds(Some(moment), Some(moment + 1)));
        assert!(holds(Some(moment), None) && holds(None, Some(moment + 1)));
        assert!(!holds(None, Some(moment)) && !holds(Some(moment + 1), None));
        assert!(holds(None, Some(u64::MAX)));
    }

    #[test]
    fn index_keys_are_short_and_begin_with_the_tenant() {
        let (tenant, project) = (TenantId::generate(), ProjectId::generate());
        let records = TenantKeys::of(tenant).records(project, "CONTACTS");
        let begins = format!("TENANT#{}#", tenant.uuid());
        let owner = UserId::generate();
        let key = records.owned_by(owner).hash.1;
        let rest = key.strip_prefix(&begins).unwrap();
        let (project, owner) = (short(project.uuid()), short(owner.uuid()));
        assert_eq!(rest, format!("{project}#CONTACTS#{owner}"));
        assert_ne!(records.in_status(&owner).hash.0, "by_owner");
        // A partition of the tenant's own has no project to shorten.
        let own = TenantKeys::of(tenant).tenant_records("SETTINGS");
        assert_eq!(own.in_status("x").hash.1, format!("{begins}SETTINGS#x"));
    }

    #[test]
    fn a_list_goes_on_where_it_stopped() {
        let records =
            TenantKeys::of(TenantId::generate()).records(ProjectId::generate(), "CONTACTS");
        for list in [
            records.everything(),
            records.owned_by(UserId::generate()),
            records.named("A b"),
            records.by_change(),
        ] {
            let key = list.start("0190 a b").into_iter();
            let mut key: HashMap<String, String> = key
                .map(|(name, value)| (name, value.as_s().unwrap().clone()))
                .collect();
            assert_eq!(
                list.position(&key),
                Some(
                    if list.range == "sk" {
                        "0190"
                    } else {
                        "0190 a b"
                    }
                    .to_owned()
                )
            );
            key.remove("sk");
            assert_eq!(list.position(&key), None);
        }
    }
}
