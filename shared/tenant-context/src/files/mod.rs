//! The bytes of files, in S3.
//!
//! A key is `<tenant>/<project>/<file>/<upload>`, made here and nowhere else: no function takes one as text. Each upload has
//! an id of its own, so that a URL that was given away can never change bytes which a file already has. URLs are signed
//! with the credentials of one tenant; IAM compares the key's beginning with their tag when a URL is used.

mod remote;
mod sign;

pub use remote::{FileStore, ProjectFiles, StoredBytes};
pub use sign::{SignedUrl, Upload};

use crate::aws::{Aws, variable};
use crate::context::{ProjectScope, TenantContext};
use crate::credentials::Lent;
use crate::errors;
use crate::ids::{ProjectId, RecordId, TenantId};
use crate::keys::{Key, Partition, TenantKeys};
use aws_sdk_dynamodb::config::Credentials;
use problem::Problem;
use std::time::{Duration, SystemTime};
use uuid::Uuid;

/// How long a URL is good, unless the credentials that sign it end earlier.
pub const URL_LIFE: Duration = Duration::from_secs(15 * 60);
/// The collection whose records have bytes, as it stands in partition keys.
const PART: &str = "FILES";

/// Whether an item with these keys is a deleted file, as the change stream tells of them.
pub fn is_deleted_file(pk: &str, sk: &str) -> bool {
    FileOf::of_deleted(pk, sk).is_some()
}

/// Whether an item with these keys is a deleted project, as the change stream tells of them.
pub fn is_deleted_project(pk: &str, sk: &str) -> bool {
    ProjectFiles::of_deleted(pk, sk).is_some()
}

/// A file's record, whose bytes are wanted. It comes from a context, or, for functions that no request reaches, from a
/// [`FileStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileOf {
    tenant: TenantId,
    project: ProjectId,
    file: RecordId,
}

impl FileOf {
    /// What the keys of all its uploads begin with.
    fn prefix(self) -> String {
        let (tenant, project) = (self.tenant.uuid(), self.project.uuid());
        format!("{tenant}/{project}/{}/", self.file.uuid())
    }

    fn key(self, upload: Uuid) -> String {
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
        let (tenant, rest) = pk.strip_prefix("TENANT#")?.split_once("#PROJECT#")?;
        let (project, _) = rest.split_once('#')?;
        let of = Self {
            tenant: TenantId::trusted(tenant.parse().ok()?),
            project: project.parse::<Uuid>().ok()?.into(),
            file: sk.strip_prefix("RECORD#")?.parse::<Uuid>().ok()?.into(),
        };
        let key = of.deleted();
        (key.pk == pk && key.sk == sk).then_some(of)
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
}

/// The bytes of one tenant's files, under that tenant's credentials.
pub struct Files {
    tenant: TenantId,
    credentials: Credentials,
    expires_at: SystemTime,
    place: Place,
}

impl Files {
    pub(crate) fn new(aws: &Aws, tenant: TenantId, lent: Lent) -> Result<Self, Problem> {
        let place = Place::read(aws, "FILES_BUCKET");
        let place = place.map_err(|error| errors::internal("files", &error))?;
        Ok(Self::at(place, tenant, lent))
    }

    pub(crate) fn at(place: Place, tenant: TenantId, lent: Lent) -> Self {
        Self {
            tenant,
            credentials: lent.credentials,
            expires_at: lent.expires_at,
            place,
        }
    }

    /// A file of a project that the caller may see.
    pub fn of(&self, project: &ProjectScope, file: RecordId) -> FileOf {
        FileOf {
            tenant: self.tenant,
            project: project.id(),
            file,
        }
    }
}

impl TenantContext {
    /// The bytes of this tenant's files, with credentials at the access level of this request that outlive a URL.
    ///
    /// # Errors
    /// As [`TenantContext::table`].
    pub async fn files(&self) -> Result<Files, Problem> {
        let (aws, lent) = self.lent(URL_LIFE).await?;
        Files::new(aws, self.keys().id(), lent)
    }
}

/// Where a bucket is.
pub(crate) struct Place {
    /// The address without the slash before a key.
    url: String,
    region: String,
}

impl Place {
    /// The bucket that an environment variable names.
    pub(crate) fn read(aws: &Aws, bucket: &str) -> Result<Self, crate::aws::InitError> {
        let bucket = variable(bucket)?;
        let region = match aws.sdk().region() {
            Some(region) => region.to_string(),
            None => variable("AWS_REGION")?,
        };
        // With an endpoint of its own, a bucket is named by the path.
        let url = match std::env::var("AWS_ENDPOINT_URL_S3") {
            Ok(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            Err(_) => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        Ok(Self { url, region })
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
    fn a_file_is_found_by_its_object_and_by_its_deleted_record() {
        let (of, upload) = (any(), Uuid::now_v7());
        assert_eq!(FileOf::of_key(&of.key(upload)), Some((of, upload)));
        let key = of.deleted();
        assert_eq!(FileOf::of_deleted(&key.pk, &key.sk), Some(of));
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
        assert_eq!(FileOf::of_deleted(&live.pk, &live.sk), None);
        let other = deleted.pk.replace("#FILES#", "#DEALS#");
        assert_eq!(FileOf::of_deleted(&other, &deleted.sk), None);
        assert_eq!(FileOf::of_deleted(&deleted.pk, "RECORD#1"), None);
    }
}
