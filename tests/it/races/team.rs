//! What must always be true of a team, whatever happened to it at once.

use super::everything;
use serde_json::Value;
use std::collections::BTreeMap;
use tests::{TestCloud, TestTenant};

/// The core items of a tenant, by their sort keys.
pub(super) struct Team(BTreeMap<String, Value>);

impl Team {
    pub(super) fn of(tenant: &TestTenant, cloud: &TestCloud) -> Self {
        let core = format!("TenantTable TENANT#{} ", tenant.uuid());
        let items = everything(cloud).into_iter().filter_map(|(key, item)| {
            let sort_key = key.strip_prefix(&core)?.to_owned();
            Some((sort_key, item))
        });
        Self(items.collect())
    }

    fn all(&self, prefix: &str) -> impl Iterator<Item = &Value> {
        let items = self.0.iter();
        let prefix = prefix.to_owned();
        items
            .filter(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, item)| item)
    }

    fn count(&self, prefix: &str, is_meant: impl Fn(&Value) -> bool) -> i64 {
        let count = self.all(prefix).filter(|item| is_meant(item)).count();
        i64::try_from(count).unwrap()
    }

    /// A number of the tenant's own item.
    pub(super) fn number(&self, name: &str) -> i64 {
        number(&self.0["TENANT"], name)
    }

    /// What the tenant and its roles count is what there is; there is an owner, and a seat for everybody.
    #[track_caller]
    pub(super) fn assert_whole(&self) {
        let is = |item: &Value, name: &str, text: &str| item[name]["S"] == text;
        let active = self.count("MEMBER#", |member| is(member, "status", "active"));
        let owners = self.count("MEMBER#", |member| {
            is(member, "status", "active") && is(member, "role", "owner")
        });
        let pending = self.count("INVITATION#", |invitation| {
            is(invitation, "status", "pending")
        });
        let there = || format!("{:#?}", self.0);
        assert_eq!(self.number("members"), active, "members: {}", there());
        assert_eq!(self.number("owners"), owners, "owners: {}", there());
        assert!(owners > 0, "no owner is left");
        assert_eq!(self.count("INVITED#", |_| true), pending);
        let taken = self.number("seats_taken");
        assert_eq!(taken, active + pending, "seats: {}", there());
        assert!(
            self.number("seats_taken") <= self.number("seats"),
            "more than there are seats"
        );
        let carried = self.0["TENANT"]["custom_roles"]["M"].as_object().unwrap();
        assert_eq!(carried.len(), self.all("ROLE#").count());
        assert_eq!(carried.len(), self.all("ROLE_NAME#").count());
        for role in self.all("ROLE#") {
            let id = role["id"]["S"].as_str().unwrap();
            let have = self.count("MEMBER#", |member| {
                is(member, "role", id) && !is(member, "status", "removed")
            });
            let wait = self.count("INVITATION#", |invitation| {
                is(invitation, "role", id) && is(invitation, "status", "pending")
            });
            assert_eq!(number(role, "holders"), have + wait, "{id}");
            let texts: Vec<&str> = role["permissions"]["L"]
                .as_array()
                .unwrap()
                .iter()
                .map(|text| text["S"].as_str().unwrap())
                .collect();
            let set = permissions::PermissionSet::parse(texts, |_| true).unwrap();
            assert_eq!(carried[id]["S"], set.compact(), "{id}");
        }
        let is_custom = |item: &&Value| item["role"]["S"].as_str().unwrap().starts_with("rol_");
        let held = self
            .all("MEMBER#")
            .filter(|member| !is(member, "status", "removed"));
        let waiting = self
            .all("INVITATION#")
            .filter(|invitation| is(invitation, "status", "pending"));
        for item in held.chain(waiting).filter(is_custom) {
            let role = item["role"]["S"].as_str().unwrap();
            assert!(
                carried.contains_key(role),
                "{role} is gone, and somebody has it"
            );
        }
    }

    /// The ids of the invitations that wait.
    pub(super) fn pending(&self) -> Vec<String> {
        let invited = self.all("INVITED#");
        invited
            .map(|item| item["invitation_id"]["S"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The members who have not left, without the owners.
    pub(super) fn others(&self) -> Vec<String> {
        let members = self
            .all("MEMBER#")
            .filter(|member| member["status"]["S"] != "removed" && member["role"]["S"] != "owner");
        members
            .map(|member| member["user_id"]["S"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn number(item: &Value, name: &str) -> i64 {
    item[name]["N"].as_str().unwrap().parse().unwrap()
}
