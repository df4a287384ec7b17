//! Which file it is that a key names: of an object in S3, or of an item in the table.

use crate::context::ProjectScope;
use crate::ids::{ProjectId, RecordId, TenantId};
use crate::keys::{Key, Partition, TenantKeys};
use uuid::Uuid;

/// The collection whose records have bytes, as it stands in partition keys.
const PART: &str = "FILES";

/// Whether an item with these keys is a deleted file, as the change stream tells of them.
pub fn is_deleted_file(pk: &str, sk: &str) -> bool {
    FileOf::of_deleted(pk, sk).is_some()
}

/// Whether an item with these keys is a file's record, as the change stream tells of them.
pub fn is_file(pk: &str, sk: &str) -> bool {
    FileOf::of_record(pk, sk).is_some()
}

/// Whether an item with these keys notes that a file waits for its bytes, as the change stream tells of them.
pub fn is_pending_file(pk: &str, sk: &str) -> bool {
    FileOf::of_pending(pk, sk).is_some()
}

/// Where it is noted which files of a project wait for their bytes.
pub(crate) fn waiting_in(project: &ProjectScope) -> Partition {
    project.records(PART).pending()
}

/// A file's record, whose bytes are wanted. It comes from a context, or, for functions that no request reaches, from a
/// [`FileStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileOf {
    pub(super) tenant: TenantId,
    pub(super) project: ProjectId,
    pub(super) file: RecordId,
}

impl FileOf {
    /// What the keys of all its uploads begin with.
    pub(super) fn prefix(self) -> String {
        let (tenant, project) = (self.tenant.uuid(), self.project.uuid());
        format!("{tenant}/{project}/{}/", self.file.uuid())
    }

    pub(super) fn key(self, upload: Uuid) -> String {
        format!("{}{upload}", self.prefix())
    }

    /// The file and the upload that a key names.
    pub(crate) fn of_key(key: &str) -> Option<(Self, Uuid)> {
        let mut parts = key.split('/').map(|part| part.parse::<Uuid>().ok());
        let (Some(tenant), Some(project), Some(file), Some(upload), None) = (
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next(),
        ) else {
            return None;
        };
        let of = Self {
            tenant: TenantId::trusted(tenant),
            project: project.into(),
            file: file.into(),
        };
        // One spelling only, so that no text is read as another key than it is.
        (of.key(upload) == key).then_some((of, upload))
    }

    /// The deleted file whose item has these keys.
    pub(crate) fn of_deleted(pk: &str, sk: &str) -> Option<Self> {
        Self::named(pk, sk, Self::deleted)
    }

    /// The file whose record has these keys.
    pub(crate) fn of_record(pk: &str, sk: &str) -> Option<Self> {
        Self::named(pk, sk, Self::record)
    }

    /// The file of which the item with these keys notes that it waits for its bytes.
    pub(crate) fn of_pending(pk: &str, sk: &str) -> Option<Self> {
        Self::named(pk, sk, Self::pending)
    }

    /// The file that these keys name, if `key` makes the same of it: one spelling only.
    fn named(pk: &str, sk: &str, key: impl Fn(Self) -> Key) -> Option<Self> {
        let (tenant, rest) = pk.strip_prefix("TENANT#")?.split_once("#PROJECT#")?;
        let (project, _) = rest.split_once('#')?;
        let of = Self {
            tenant: TenantId::trusted(tenant.parse().ok()?),
            project: project.parse::<Uuid>().ok()?.into(),
            file: sk.strip_prefix("RECORD#")?.parse::<Uuid>().ok()?.into(),
        };
        let key = key(of);
        (key.pk == pk && key.sk == sk).then_some(of)
    }

    /// The file's own id.
    pub fn id(self) -> RecordId {
        self.file
    }

    /// The tenant.
    pub(crate) fn tenant(self) -> TenantId {
        self.tenant
    }

    /// The files of its project.
    pub(crate) fn list(self) -> Partition {
        TenantKeys::of(self.tenant).records(self.project, PART)
    }

    /// The record's key.
    pub(crate) fn record(self) -> Key {
        self.list().record(self.file)
    }

    /// Its key while it waits for its purge.
    pub(crate) fn deleted(self) -> Key {
        self.list().deleted().record(self.file)
    }

    /// The key of what notes that it waits for its bytes.
    pub fn pending(self) -> Key {
        self.list().pending().record(self.file)
    }

    /// Its project.
    pub(crate) fn project(self) -> ProjectScope {
        ProjectScope::trusted(TenantKeys::of(self.tenant), self.project)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn any() -> FileOf {
        FileOf {
            tenant: TenantId::generate(),
            project: ProjectId::generate(),
            file: RecordId::generate(),
        }
    }

    #[test]
    fn a_file_is_found_by_its_object_and_by_its_items() {
        let (of, upload) = (any(), Uuid::now_v7());
        assert_eq!(FileOf::of_key(&of.key(upload)), Some((of, upload)));
        let finders = [FileOf::of_record, FileOf::of_deleted, FileOf::of_pending];
        let keys = [of.record(), of.deleted(), of.pending()];
        for (own, finder) in finders.iter().enumerate() {
            for (other, key) in keys.iter().enumerate() {
                let found = finder(&key.pk, &key.sk);
                assert_eq!(found, (own == other).then_some(of), "{}", key.pk);
            }
        }
    }

    #[test]
    fn nothing_else_names_a_file() {
        let (of, upload) = (any(), Uuid::now_v7());
        let key = of.key(upload);
        for wrong in [
            key.to_uppercase(),
            format!("{key}/"),
            format!("/{key}"),
            format!("{key}/{upload}"),
            of.prefix(),
            of.tenant.uuid().to_string(),
            String::new(),
        ] {
            assert_eq!(FileOf::of_key(&wrong), None, "{wrong}");
        }
        let (live, deleted) = (of.record(), of.deleted());
        assert!(!is_file(&live.pk.replace("#FILES", "#DEALS"), &live.sk));
        let other = deleted.pk.replace("#FILES#", "#DEALS#");
        assert!(!is_deleted_file(&other, &deleted.sk));
        assert!(!is_deleted_file(&deleted.pk, "RECORD#1"));
        assert!(!is_pending_file(&of.pending().pk, "RECORD#1"));
    }
}
