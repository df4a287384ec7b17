//! Vectors as the change stream names them: by the keys of their items.

use super::TableVectors;
use crate::context::ProjectScope;
use crate::ids::{ProjectId, RecordId, TenantId};
use crate::keys::{RECORD, TenantKeys};
use uuid::Uuid;

/// All vectors of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorsOf {
    tenant: TenantId,
    project: ProjectId,
}

impl VectorsOf {
    /// Those of which the item with these keys tells: how many there are, and how far their index has come.
    pub fn of_keys(pk: &str, sk: &str) -> Option<Self> {
        let of = Self::in_partition(pk)?;
        let key = of.scope().vectors();
        // One spelling only, so that no text is read as another key than it is.
        (key.pk == pk && key.sk == sk).then_some(of)
    }

    fn in_partition(pk: &str) -> Option<Self> {
        let (tenant, rest) = pk.strip_prefix("TENANT#")?.split_once("#PROJECT#")?;
        let (project, _) = rest.split_once('#')?;
        Some(Self {
            tenant: TenantId::trusted(tenant.parse().ok()?),
            project: project.parse::<Uuid>().ok()?.into(),
        })
    }

    pub(super) fn tenant(self) -> TenantId {
        self.tenant
    }

    pub(super) fn scope(self) -> ProjectScope {
        ProjectScope::trusted(TenantKeys::of(self.tenant), self.project)
    }
}

/// The vector of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorOf {
    of: VectorsOf,
    chunk: RecordId,
}

impl VectorOf {
    /// The vector whose item has these keys.
    pub fn of_keys(pk: &str, sk: &str) -> Option<Self> {
        let of = VectorsOf::in_partition(pk)?;
        let chunk = sk.strip_prefix(RECORD)?.parse::<Uuid>().ok()?.into();
        let key = TableVectors::key(&of.scope(), chunk);
        // One spelling only, here too.
        (key.pk == pk && key.sk == sk).then_some(Self { of, chunk })
    }

    /// The project's vectors, of which it is one.
    pub fn project(self) -> VectorsOf {
        self.of
    }

    /// Whose it is.
    pub fn chunk(self) -> RecordId {
        self.chunk
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::super::shard;
    use super::*;

    fn project() -> VectorsOf {
        VectorsOf {
            tenant: TenantId::generate(),
            project: ProjectId::generate(),
        }
    }

    #[test]
    fn a_vector_is_found_by_its_item_and_nothing_else_is_one() {
        let of = VectorOf {
            of: project(),
            chunk: RecordId::generate(),
        };
        let scope = of.project().scope();
        let key = TableVectors::key(&scope, of.chunk);
        assert_eq!(VectorOf::of_keys(&key.pk, &key.sk), Some(of));
        let exact = key.sk.replace("RECORD#", "EXACT#");
        assert_eq!(VectorOf::of_keys(&key.pk, &exact), None);
        let chunk = scope.records("CHUNKS").record(of.chunk);
        assert_eq!(VectorOf::of_keys(&chunk.pk, &chunk.sk), None);
        let other = format!("{}1", key.pk.strip_suffix(char::is_numeric).unwrap());
        let another = (shard(of.chunk) != 1).then(|| VectorOf::of_keys(&other, &key.sk));
        assert_eq!(another.flatten(), None);
    }

    #[test]
    fn all_of_a_project_are_found_by_what_is_said_of_them() {
        let of = project();
        let key = of.scope().vectors();
        assert_eq!(VectorsOf::of_keys(&key.pk, &key.sk), Some(of));
        let of_one = TableVectors::key(&of.scope(), RecordId::generate());
        assert_eq!(VectorsOf::of_keys(&of_one.pk, &of_one.sk), None);
        assert_eq!(VectorsOf::of_keys(&of_one.pk, &key.sk), None);
        assert_eq!(VectorsOf::of_keys(&key.pk.to_lowercase(), &key.sk), None);
    }
}
