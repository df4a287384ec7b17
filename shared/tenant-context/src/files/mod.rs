//! The bytes of files, in S3.
//!
//! A key is `<tenant>/<project>/<file>/<upload>`, made here and nowhere else: no function takes one as text. Each upload has
//! an id of its own, so that a URL that was given away can never change bytes which a file already has. URLs are signed
//! with the credentials of one tenant; IAM compares the key's beginning with their tag when a URL is used.

pub(crate) mod call;
mod file;
mod remote;
mod sign;

pub(crate) use file::waiting_in;
pub use file::{FileOf, is_deleted_file, is_file, is_pending_file};
pub use remote::{FileStore, StoredBytes};
pub use sign::{SignedUrl, Upload};

use crate::aws::{Aws, variable};
use crate::context::{ProjectScope, TenantContext};
use crate::credentials::Lent;
use crate::errors;
use crate::ids::{RecordId, TenantId};
use aws_sdk_dynamodb::config::Credentials;
use problem::Problem;
use std::time::{Duration, SystemTime};

/// How long a URL is good, unless the credentials that sign it end earlier.
pub const URL_LIFE: Duration = Duration::from_secs(15 * 60);

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
