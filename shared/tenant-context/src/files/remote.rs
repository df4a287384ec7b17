//! What a function asks S3 itself: the functions that no request reaches.

use super::call::{Answer, Call};
use super::{FileOf, Files};
use crate::context::ProjectScope;
use crate::errors::internal;
use crate::ids::{TenantId, UserId};
use crate::keys::{Key, Partition, TenantKeys};
use crate::purge::GoneProject;
use crate::system::System;
use crate::table::{Table, Write};
use crate::usage;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use permissions::Access;
use problem::{Kind, Problem};
use std::time::Duration;
use uuid::Uuid;

/// How long S3 may take for what is small. All attempts of one call end within eight seconds. What takes several calls can take
/// several times as long while S3 is silent: whoever makes them looks at the time.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// What S3 knows of an upload; the signature of its URL has bound all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBytes {
    /// How many.
    pub size: u64,
    /// Their media type.
    pub content_type: String,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Who uploaded them.
    pub by: UserId,
}

/// An object in a list.
struct Listing {
    of: FileOf,
    upload: Uuid,
    size: i64,
}

struct Listed {
    objects: Vec<Listing>,
    is_whole: bool,
}

/// Files, for a function that no request reaches.
pub struct FileStore {
    system: System,
}

impl FileStore {
    /// With the tenants' credentials that the function may take on.
    pub fn new(system: System) -> Self {
        Self { system }
    }

    /// The file and the upload that a key names, as S3's events have it.
    pub fn of_key(&self, key: &str) -> Option<(FileOf, Uuid)> {
        FileOf::of_key(key)
    }

    /// The deleted file whose item has these keys in the change stream.
    pub fn of_deleted(&self, pk: &str, sk: &str) -> Option<FileOf> {
        FileOf::of_deleted(pk, sk)
    }

    /// The file whose record has these keys in the change stream.
    pub fn of_record(&self, pk: &str, sk: &str) -> Option<FileOf> {
        FileOf::of_record(pk, sk)
    }

    /// The file of which the item with these keys notes that it waits for its bytes.
    pub fn of_pending(&self, pk: &str, sk: &str) -> Option<FileOf> {
        FileOf::of_pending(pk, sk)
    }

    /// The key of a file's record.
    pub fn record(&self, file: FileOf) -> Key {
        file.record()
    }

    /// The same while it waits for its purge.
    pub fn deleted(&self, file: FileOf) -> Key {
        file.deleted()
    }

    /// The project that a file is in.
    pub fn project(&self, file: FileOf) -> ProjectScope {
        file.project()
    }

    /// The files beside it, for what they are listed by.
    pub fn list(&self, file: FileOf) -> Partition {
        file.list()
    }

    /// The table, with credentials of the file's tenant.
    ///
    /// # Errors
    /// When STS does not answer or refuses.
    pub async fn table(&self, file: FileOf, request: &str) -> Result<Table, Problem> {
        let tenant = self.system.tenant(file.tenant(), Access::Write, request);
        Ok(tenant.await?.into_table())
    }

    /// The same with credentials that may take the record itself away.
    ///
    /// # Errors
    /// When STS does not answer or refuses.
    pub async fn removing_table(&self, file: FileOf, request: &str) -> Result<Table, Problem> {
        let tenant = self.system.tenant(file.tenant(), Access::Admin, request);
        Ok(tenant.await?.into_table())
    }

    /// What an upload is; nothing if it is not there, or is none of ours.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn head(&self, file: FileOf, upload: Uuid) -> Result<Option<StoredBytes>, Problem> {
        let files = self.files(file.tenant()).await?;
        let mut call = Call::new("HEAD", file.key(upload), Vec::new(), Vec::new());
        call.query
            .push(("x-amz-checksum-mode", "ENABLED".to_owned()));
        let answer = self.send(&files, &call).await?;
        // S3 answers 403 for what is missing, to whoever may not list all of the bucket.
        match answer.status {
            200 => Ok(read(&answer)),
            403 | 404 => Ok(None),
            _ => Err(answer.failed("HeadObject")),
        }
    }

    /// Deletes a file's uploads: those before `keep`, or all.
    ///
    /// # Errors
    /// When S3 does not answer or refuses. What is deleted is deleted; it can be repeated.
    pub async fn delete(&self, file: FileOf, keep: Option<Uuid>) -> Result<(), Problem> {
        let files = self.files(file.tenant()).await?;
        let listed = self.listed(&files, file.prefix()).await?;
        for object in listed.objects.iter().filter(|object| object.of == file) {
            if keep.is_none_or(|keep| object.upload < keep) {
                self.delete_one(&files, file, object.upload).await?;
            }
        }
        // A thousand at a time: the next attempt finds those that are left.
        match listed.is_whole {
            true => Ok(()),
            false => Err(Kind::Unavailable.into()),
        }
    }

    /// Whether there is an upload of a file, one without a byte too.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn has_uploads(&self, file: FileOf) -> Result<bool, Problem> {
        let files = self.files(file.tenant()).await?;
        let listed = self.listed(&files, file.prefix()).await?;
        Ok(!listed.objects.is_empty())
    }

    /// How many bytes a file's uploads have together.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn size(&self, file: FileOf) -> Result<i64, Problem> {
        let files = self.files(file.tenant()).await?;
        let listed = self.listed(&files, file.prefix()).await?;
        Ok(listed.objects.iter().map(|object| object.size).sum())
    }

    /// Some of the files of a project that have bytes; none when all are gone.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn some_of(&self, project: GoneProject) -> Result<Vec<FileOf>, Problem> {
        let files = self.files(project.tenant()).await?;
        let prefix = format!("{}/{}/", project.tenant().uuid(), project.id().uuid());
        let listed = self.listed(&files, prefix).await?;
        let mut found: Vec<FileOf> = listed.objects.iter().map(|object| object.of).collect();
        // Keys come in their order, and so do those of one file.
        found.dedup();
        Ok(found)
    }

    /// The write that counts bytes which a file has gained, or lost.
    pub fn stored(&self, file: FileOf, by: i64) -> Write {
        usage::bytes_stored(TenantKeys::of(file.tenant()), by)
    }

    /// The writes that count a file's bytes no more: refused when they have been made.
    ///
    /// # Errors
    /// `internal` when they can't be made.
    pub fn purged(&self, file: FileOf, bytes: i64) -> Result<Vec<Write>, Problem> {
        let keys = TenantKeys::of(file.tenant());
        let writes = usage::bytes_purged(keys, file.file, bytes);
        writes.map_err(|error| internal("usage", &error))
    }

    /// The first thousand objects whose keys begin so.
    async fn listed(&self, files: &Files, prefix: String) -> Result<Listed, Problem> {
        let mut call = Call::new("GET", String::new(), Vec::new(), Vec::new());
        call.query.push(("list-type", "2".to_owned()));
        call.query.push(("prefix", prefix));
        let answer = self.send(files, &call).await?;
        answer.expect("ListObjectsV2", 200)?;
        let xml = answer.text;
        let entries = xml.split("<Contents>").skip(1);
        let objects = entries.filter_map(|entry| {
            let (of, upload) = FileOf::of_key(element(entry, "Key")?)?;
            let size = element(entry, "Size")?.parse().ok()?;
            Some(Listing { of, upload, size })
        });
        Ok(Listed {
            objects: objects.collect(),
            is_whole: !xml.contains("<IsTruncated>true</IsTruncated>"),
        })
    }

    /// Deletes one upload.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn delete_upload(&self, file: FileOf, upload: Uuid) -> Result<(), Problem> {
        let files = self.files(file.tenant()).await?;
        self.delete_one(&files, file, upload).await
    }

    async fn delete_one(&self, files: &Files, file: FileOf, upload: Uuid) -> Result<(), Problem> {
        let call = Call::new("DELETE", file.key(upload), Vec::new(), Vec::new());
        let answer = self.send(files, &call).await?;
        match answer.status {
            200 | 204 | 404 => Ok(()),
            _ => Err(answer.failed("DeleteObject")),
        }
    }

    async fn files(&self, tenant: TenantId) -> Result<Files, Problem> {
        self.system.files(tenant, Access::Write).await
    }

    async fn send(&self, files: &Files, call: &Call) -> Result<Answer, Problem> {
        call.send(self.system.http(), files, PATIENCE).await
    }
}

/// What the headers say of an upload. One whose checksum S3 has not checked did not come by a URL of ours.
fn read(answer: &Answer) -> Option<StoredBytes> {
    let header = |name: &str| answer.header(name);
    let sha256 = BASE64_STANDARD.decode(header("x-amz-checksum-sha256")?);
    Some(StoredBytes {
        size: header("content-length")?.parse().ok()?,
        content_type: header("content-type")?.to_owned(),
        sha256: sha256.ok()?.try_into().ok()?,
        by: header("x-amz-meta-by")?.parse().ok()?,
    })
}

/// The text of an element that holds nothing else, in what follows.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}
