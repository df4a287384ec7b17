//! What a function asks S3 itself: the functions that no request reaches.

use super::{FileOf, Files};
use crate::errors::internal;
use crate::ids::{TenantId, UserId};
use crate::keys::{Key, Partition};
use crate::system::System;
use crate::table::Table;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use permissions::Access;
use problem::{Kind, Problem};
use uuid::Uuid;

/// The largest answer that is read: a thousand keys in XML are less than half of it.
const MOST: usize = 1024 * 1024;

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

/// Files, for a function that no request reaches.
pub struct FileStore {
    system: System,
    http: Connector,
}

struct Answer {
    status: u16,
    response: aws_smithy_runtime_api::client::orchestrator::HttpResponse,
}

impl FileStore {
    /// With the tenants' credentials that the function may take on.
    pub fn new(system: System) -> Self {
        let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        Self {
            system,
            http: Connector::builder().tls_provider(ring).build(),
        }
    }

    /// The file and the upload that a key names, as S3's events have it.
    pub fn of_key(&self, key: &str) -> Option<(FileOf, Uuid)> {
        FileOf::of_key(key)
    }

    /// The deleted file whose item has these keys in the change stream.
    pub fn of_deleted(&self, pk: &str, sk: &str) -> Option<FileOf> {
        FileOf::of_deleted(pk, sk)
    }

    /// The key of a file's record.
    pub fn record(&self, file: FileOf) -> Key {
        file.record()
    }

    /// The same while it waits for its purge.
    pub fn deleted(&self, file: FileOf) -> Key {
        file.deleted()
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

    /// What an upload is; nothing if it is not there, or is none of ours.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn head(&self, file: FileOf, upload: Uuid) -> Result<Option<StoredBytes>, Problem> {
        let files = self.files(file.tenant()).await?;
        let query = [("x-amz-checksum-mode", "ENABLED".to_owned())];
        let answer = self.send(&files, "HEAD", &file.key(upload), &query).await?;
        // S3 answers 403 for what is missing, to whoever may not list all of the bucket.
        match answer.status {
            200 => Ok(read(&answer.response)),
            403 | 404 => Ok(None),
            status => Err(failed("HeadObject", status)),
        }
    }

    /// Deletes a file's uploads: those before `keep`, or all.
    ///
    /// # Errors
    /// When S3 does not answer or refuses. What is deleted is deleted; it can be repeated.
    pub async fn delete(&self, file: FileOf, keep: Option<Uuid>) -> Result<(), Problem> {
        let files = self.files(file.tenant()).await?;
        let query = [("list-type", "2".to_owned()), ("prefix", file.prefix())];
        let answer = self.send(&files, "GET", "", &query).await?;
        if answer.status != 200 {
            return Err(failed("ListObjectsV2", answer.status));
        }
        let xml = text(answer.response).await?;
        let is_whole = !xml.contains("<IsTruncated>true</IsTruncated>");
        let keys = xml.split("<Key>").skip(1);
        let keys = keys.filter_map(|rest| rest.split_once("</Key>").map(|(key, _)| key));
        for (_, upload) in keys
            .filter_map(FileOf::of_key)
            .filter(|(of, _)| *of == file)
        {
            if keep.is_none_or(|keep| upload < keep) {
                self.delete_one(&files, file, upload).await?;
            }
        }
        // A thousand at a time: the next attempt finds those that are left.
        match is_whole {
            true => Ok(()),
            false => Err(Kind::Unavailable.into()),
        }
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
        let answer = self.send(files, "DELETE", &file.key(upload), &[]).await?;
        match answer.status {
            200 | 204 | 404 => Ok(()),
            status => Err(failed("DeleteObject", status)),
        }
    }

    async fn files(&self, tenant: TenantId) -> Result<Files, Problem> {
        self.system.files(tenant, Access::Write).await
    }

    async fn send(
        &self,
        files: &Files,
        method: &str,
        key: &str,
        query: &[(&str, String)],
    ) -> Result<Answer, Problem> {
        let signed = files.signed(method, key, query, Vec::new())?;
        let mut request = HttpRequest::new(SdkBody::empty());
        let uri = request.set_uri(signed.url);
        uri.map_err(|error| internal("address", &error))?;
        let set = request.set_method(method);
        set.map_err(|error| internal("method", &error))?;
        let response = self.http.call(request).await.map_err(|_| {
            tracing::error!(operation = method, "S3 gave no answer");
            Problem::new(Kind::Unavailable)
        })?;
        Ok(Answer {
            status: response.status().as_u16(),
            response,
        })
    }
}

/// What the headers say of an upload. One whose checksum S3 has not checked did not come by a URL of ours.
fn read(
    response: &aws_smithy_runtime_api::client::orchestrator::HttpResponse,
) -> Option<StoredBytes> {
    let header = |name: &str| response.headers().get(name);
    let sha256 = BASE64_STANDARD.decode(header("x-amz-checksum-sha256")?);
    Some(StoredBytes {
        size: header("content-length")?.parse().ok()?,
        content_type: header("content-type")?.to_owned(),
        sha256: sha256.ok()?.try_into().ok()?,
        by: header("x-amz-meta-by")?.parse().ok()?,
    })
}

async fn text(
    response: aws_smithy_runtime_api::client::orchestrator::HttpResponse,
) -> Result<String, Problem> {
    let bytes = aws_smithy_types::byte_stream::ByteStream::new(response.into_body());
    let bytes = bytes.collect().await;
    let bytes = bytes
        .map_err(|error| internal("a list", &error))?
        .into_bytes();
    let text = (bytes.len() <= MOST).then(|| String::from_utf8(bytes.into()).ok());
    text.flatten()
        .ok_or_else(|| internal("a list", &"it is too long, or no text"))
}

fn failed(operation: &str, status: u16) -> Problem {
    tracing::error!(operation, status, "a call to S3 failed");
    Kind::Unavailable.into()
}
