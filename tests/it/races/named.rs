//! What must always be true of records that name each other, whatever happened to them at once.

use super::everything;
use records::{Collection, OnDelete, Scope, collections};
use serde_json::Value;
use std::collections::BTreeMap;
use tests::TestTenant;

/// The records that a tenant has in its projects, by their ids.
pub(super) struct Named(BTreeMap<String, (&'static Collection, Value)>);

/// The collection of which this partition of a project holds records that are there.
fn collection(partition: &str) -> Option<&'static Collection> {
    let mut parts = partition.split('#').skip(1);
    let part = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let collection = collections::ALL.iter().find(|known| known.part == part)?;
    let is_there = match collection.scope {
        Scope::Project => rest.is_empty(),
        Scope::Person => rest.len() == 1 && rest != ["DELETED"],
        Scope::Tenant => false,
    };
    is_there.then_some(*collection)
}

impl Named {
    pub(super) fn of(tenant: &TestTenant) -> Self {
        let projects = format!("TenantTable TENANT#{}#PROJECT#", tenant.uuid());
        let items = everything(tenant.cloud()).into_iter();
        let records = items.filter_map(|(key, item)| {
            let (partition, record) = key.strip_prefix(&projects)?.split_once(" RECORD#")?;
            Some((format!("rec_{record}"), (collection(partition)?, item)))
        });
        Self(records.collect())
    }

    /// Who is named is there, and counts those who name it: apart those whose field is cleared with it, and the others.
    #[track_caller]
    pub(super) fn assert_whole(&self) {
        let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for (id, (collection, item)) in &self.0 {
            for (field, target) in collection.references() {
                let Some(named) = item["fields"]["M"][field.name]["S"].as_str() else {
                    continue;
                };
                let there = self.0.get(named).map(|(collection, _)| collection.name);
                let what = format!("{} of {} {id}", field.name, collection.name);
                assert_eq!(there, Some(target), "{what} names {named}");
                let count = match field.on_delete {
                    OnDelete::Refuse => "held_by",
                    OnDelete::Clear => "named_by",
                };
                *counts.entry((named, count)).or_default() += 1;
            }
        }
        assert!(!counts.is_empty(), "nothing names anything");
        for (id, (collection, item)) in &self.0 {
            for name in ["held_by", "named_by"] {
                let count = item[name]["N"].as_str().map(|count| count.parse().unwrap());
                let expected = counts.get(&(id.as_str(), name)).copied();
                let what = format!("{name} of {} {id}", collection.name);
                assert_eq!(count.unwrap_or(0), expected.unwrap_or(0), "{what}");
            }
        }
    }
}
