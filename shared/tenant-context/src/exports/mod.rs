//! Files that are made of records, in S3, for who has asked for them.
//!
//! A key is `<tenant>/exports/<export>/<attempt>`, made here and nowhere else: no function takes one as text. Each attempt at
//! an object has a key of its own, so that nothing is ever overwritten. They are in a bucket of their own, whose rule ends
//! them after a week.

mod store;

pub use store::{Completed, ExportStore, Part};

use crate::context::TenantContext;
use crate::errors;
use crate::files::{Files, Place, SignedUrl, URL_LIFE};
use crate::ids::{ExportId, TenantId, UserId};
use crate::keys::{EXPORT, EXPORTS, Key, TenantKeys};
use problem::Problem;

/// The environment variable that names the bucket.
const BUCKET: &str = "EXPORTS_BUCKET";

/// Whether an item with these keys is an export, as the change stream tells of them.
pub fn is_export(pk: &str, sk: &str) -> bool {
    ExportOf::of(pk, sk).is_some()
}

/// An export, with who has asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportOf {
    tenant: TenantId,
    user: UserId,
    export: ExportId,
}

impl ExportOf {
    /// The export whose item has these keys; they come from our own stream.
    pub(crate) fn of(pk: &str, sk: &str) -> Option<Self> {
        let (tenant, user) = pk.strip_prefix("TENANT#")?.split_once(EXPORTS)?;
        let of = Self {
            tenant: TenantId::trusted(tenant.parse().ok()?),
            user: user.parse::<uuid::Uuid>().ok()?.into(),
            export: sk.strip_prefix(EXPORT)?.parse::<uuid::Uuid>().ok()?.into(),
        };
        let key = of.key();
        // One spelling only, so that no text is read as another key than it is.
        (key.pk == pk && key.sk == sk).then_some(of)
    }

    /// Who has asked for it.
    pub fn user(self) -> UserId {
        self.user
    }

    fn key(self) -> Key {
        TenantKeys::of(self.tenant).export(self.user, self.export)
    }

    fn object(self, attempt: u32) -> String {
        object(self.tenant, self.export, attempt)
    }
}

fn object(tenant: TenantId, export: ExportId, attempt: u32) -> String {
    format!("{}/exports/{}/{attempt}", tenant.uuid(), export.uuid())
}

/// One tenant's exports, under that tenant's credentials.
pub struct Exports {
    tenant: TenantId,
    files: Files,
}

impl Exports {
    /// A URL by which an export can be fetched with `GET`, to be saved under a name.
    ///
    /// # Errors
    /// `internal` when it can't be signed.
    pub fn download_url(
        &self,
        export: ExportId,
        attempt: u32,
        name: &str,
    ) -> Result<SignedUrl, Problem> {
        let key = object(self.tenant, export, attempt);
        self.files.download_of(&key, name)
    }
}

impl TenantContext {
    /// This tenant's exports, with credentials at the access level of this request that outlive a URL.
    ///
    /// # Errors
    /// As [`TenantContext::table`].
    pub async fn exports(&self) -> Result<Exports, Problem> {
        let (aws, lent) = self.lent(URL_LIFE).await?;
        let place = Place::read(aws, BUCKET).map_err(|error| errors::internal(BUCKET, &error))?;
        let tenant = self.keys().id();
        Ok(Exports {
            tenant,
            files: Files::at(place, tenant, lent),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any() -> ExportOf {
        ExportOf {
            tenant: TenantId::generate(),
            user: UserId::generate(),
            export: ExportId::generate(),
        }
    }

    #[test]
    fn an_export_is_found_by_the_keys_of_its_item() {
        let of = any();
        let key = of.key();
        assert_eq!(ExportOf::of(&key.pk, &key.sk), Some(of));
        assert!(
            of.object(3)
                .starts_with(&format!("{}/exports/", of.tenant.uuid()))
        );
    }

    #[test]
    fn nothing_else_is_an_export() {
        let key = any().key();
        let user = any().user.uuid();
        for (pk, sk) in [
            (key.pk.to_uppercase(), key.sk.clone()),
            (format!("{}#1", key.pk), key.sk.clone()),
            (key.pk.replace("EXPORTS", "OUTBOX"), key.sk.clone()),
            (key.pk.clone(), format!("RECORD#{user}")),
            (key.pk.clone(), "EXPORT#1".to_owned()),
            (format!("USER#{user}#EXPORTS#{user}"), key.sk.clone()),
        ] {
            assert!(!is_export(&pk, &sk), "{pk} {sk}");
        }
    }
}
