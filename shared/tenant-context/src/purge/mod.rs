//! The end of a deleted project: what its partitions hold is deleted when it can no longer be put back.
//!
//! DynamoDB lists no partition keys, so who purges must know them: collections are in a table of code, vectors lie in so many parts,
//! and what is a person's own lies under that person, who was a member once: members who are gone are kept as removed.
//!
//! A large project takes many runs. How far it has come stands in one item, whose change in the table's own stream wakes the
//! next run; so no message has to come again for it, and two runs that meet become one.

mod run;

pub use run::{Purge, Purges};

use crate::context::ProjectScope;
use crate::ids::{ProjectId, TenantId};
use crate::keys::{Key, TenantKeys};
use uuid::Uuid;

/// Whether an item with these keys is a deleted project, as the change stream tells of them.
pub fn is_deleted_project(pk: &str, sk: &str) -> bool {
    GoneProject::of_deleted(pk, sk).is_some()
}

/// Whether an item with these keys says how far a purge has come, as the change stream tells of them.
pub fn is_purge(pk: &str, sk: &str) -> bool {
    GoneProject::of_purge(pk, sk).is_some()
}

/// A deleted project whose time to be put back is over, as far as the change stream says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoneProject {
    tenant: TenantId,
    project: ProjectId,
}

impl GoneProject {
    fn of_deleted(pk: &str, sk: &str) -> Option<Self> {
        let tenant = pk.strip_prefix("TENANT#")?;
        let of = Self::named(tenant, sk.strip_prefix("DELETED_PROJECT#")?)?;
        let key = of.keys().deleted_project(of.project);
        // One spelling only, so that no text is read as another key than it is.
        (key.pk == pk && key.sk == sk).then_some(of)
    }

    fn of_purge(pk: &str, sk: &str) -> Option<Self> {
        let tenant = pk.strip_prefix("TENANT#")?.strip_suffix("#PURGES")?;
        let of = Self::named(tenant, sk.strip_prefix("PROJECT#")?)?;
        let key = of.purge();
        (key.pk == pk && key.sk == sk).then_some(of)
    }

    fn named(tenant: &str, project: &str) -> Option<Self> {
        Some(Self {
            tenant: TenantId::trusted(tenant.parse().ok()?),
            project: project.parse::<Uuid>().ok()?.into(),
        })
    }

    fn keys(self) -> TenantKeys {
        TenantKeys::of(self.tenant)
    }

    /// The key of the item that says how far its purge has come.
    fn purge(self) -> Key {
        self.keys().purge(self.project)
    }

    fn scope(self) -> ProjectScope {
        ProjectScope::trusted(self.keys(), self.project)
    }

    /// Whose it was.
    pub fn tenant(self) -> TenantId {
        self.tenant
    }

    /// The project.
    pub fn id(self) -> ProjectId {
        self.project
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn any() -> GoneProject {
        GoneProject {
            tenant: TenantId::generate(),
            project: ProjectId::generate(),
        }
    }

    #[test]
    fn a_project_is_found_by_what_is_left_of_it() {
        let of = any();
        let deleted = of.keys().deleted_project(of.project);
        let purge = of.purge();
        assert_eq!(GoneProject::of_deleted(&deleted.pk, &deleted.sk), Some(of));
        assert_eq!(GoneProject::of_purge(&purge.pk, &purge.sk), Some(of));
        assert!(!is_purge(&deleted.pk, &deleted.sk));
        assert!(!is_deleted_project(&purge.pk, &purge.sk));
    }

    #[test]
    fn nothing_else_names_a_project_that_is_gone() {
        let of = any();
        let there = of.keys().project(of.project);
        let (deleted, purge) = (of.keys().deleted_project(of.project), of.purge());
        assert!(!is_deleted_project(&there.pk, &there.sk));
        assert!(!is_purge(&there.pk, &there.sk));
        let loud = |sk: &str| sk.replace(&of.project.uuid().to_string(), "0198C5F0");
        for sk in ["", "PROJECT#", "PROJECT#1", &loud(&purge.sk)] {
            assert!(!is_purge(&purge.pk, sk), "{sk}");
        }
        for sk in ["DELETED_PROJECT#", &loud(&deleted.sk), "deleted_project#1"] {
            assert!(!is_deleted_project(&deleted.pk, sk), "{sk}");
        }
        let unhyphenated = purge.sk.replace('-', "");
        assert!(!is_purge(&purge.pk, &unhyphenated));
    }

    #[test]
    fn what_a_purge_notes_of_itself_lies_outside_its_project() {
        let of = any();
        let records = of.scope().all_records();
        assert!(!of.purge().pk.starts_with(&records.pk));
    }
}
