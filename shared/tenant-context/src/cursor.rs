//! List cursors: sealed, so that a client can neither read nor make one, and bound to where they came from.
//!
//! A cursor holds a sort key and an expiry. Tenant (through the key), user, route, partition and filter are bound as
//! associated data: a cursor of another list does not open. It carries no partition key: that is rebuilt from the
//! context.

use crate::keys::Partition;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use problem::{Kind, Problem};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Seconds a cursor stays good.
pub const LIFETIME_SECONDS: u64 = 24 * 3600;

/// Opens and seals the cursors of one caller on one route.
pub struct Cursors {
    key: LessSafeKey,
    binding: String,
}

/// The tenant's cursor key can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor key is not 32 bytes in base64url, or the random source failed")]
pub struct CursorKeyError;

impl Cursors {
    /// `key` is 32 bytes in base64url.
    pub(crate) fn new(key: &str, user: Uuid, route: &str) -> Result<Self, CursorKeyError> {
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(key)
            .map_err(|_| CursorKeyError)?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| CursorKeyError)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            binding: format!("{user}\n{route}"),
        })
    }

    fn aad(&self, partition: &Partition, filter: &str) -> Aad<Vec<u8>> {
        Aad::from(
            format!(
                "{}\n{}\n{}\n{filter}",
                self.binding, partition.pk, partition.prefix
            )
            .into_bytes(),
        )
    }

    /// A cursor that goes on after `sort_key` in this partition under this filter.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn seal(
        &self,
        partition: &Partition,
        filter: &str,
        sort_key: &str,
    ) -> Result<String, Problem> {
        let failed = || crate::errors::internal("cursor", &CursorKeyError);
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| failed())?;
        let mut sealed = (now() + LIFETIME_SECONDS).to_be_bytes().to_vec();
        sealed.extend_from_slice(sort_key.as_bytes());
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                self.aad(partition, filter),
                &mut sealed,
            )
            .map_err(|_| failed())?;
        let mut cursor = nonce.to_vec();
        cursor.append(&mut sealed);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(cursor))
    }

    /// The sort key in a cursor that this caller got for this list.
    ///
    /// # Errors
    /// `invalid-cursor` for any other text.
    pub fn open(
        &self,
        partition: &Partition,
        filter: &str,
        cursor: &str,
    ) -> Result<String, Problem> {
        self.try_open(partition, filter, cursor)
            .ok_or_else(|| Problem::new(Kind::InvalidCursor))
    }

    fn try_open(&self, partition: &Partition, filter: &str, cursor: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let opened = self
            .key
            .open_in_place(nonce, self.aad(partition, filter), &mut sealed)
            .ok()?;
        let (expiry, sort_key) = opened.split_first_chunk::<8>()?;
        if u64::from_be_bytes(*expiry) < now() {
            return None;
        }
        String::from_utf8(sort_key.to_vec()).ok()
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| since.as_secs())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::ids::{ProjectId, TenantId};
    use crate::keys::TenantKeys;

    fn key(byte: u8) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([byte; 32])
    }

    #[test]
    fn a_cursor_opens_only_where_it_was_made() {
        let (user, project) = (Uuid::new_v4(), ProjectId::generate());
        let tenant = TenantKeys::of(TenantId::generate());
        let list = tenant.records(project, "CONTACTS");
        let cursors = Cursors::new(&key(1), user, "GET /v1/x").unwrap();
        let cursor = cursors.seal(&list, "", "RECORD#7").unwrap();
        assert_eq!(cursors.open(&list, "", &cursor).unwrap(), "RECORD#7");

        let other_tenant = Cursors::new(&key(2), user, "GET /v1/x").unwrap();
        let other_user = Cursors::new(&key(1), Uuid::new_v4(), "GET /v1/x").unwrap();
        let other_route = Cursors::new(&key(1), user, "GET /v1/y").unwrap();
        for elsewhere in [&other_tenant, &other_user, &other_route] {
            assert_eq!(
                elsewhere.open(&list, "", &cursor).unwrap_err().kind(),
                Kind::InvalidCursor
            );
        }
        let foreign_list = TenantKeys::of(TenantId::generate()).records(project, "CONTACTS");
        for (partition, filter) in [
            (&tenant.records(ProjectId::generate(), "CONTACTS"), ""),
            (&tenant.records(project, "DEALS"), ""),
            (&foreign_list, ""),
            (&list, "owner"),
        ] {
            assert!(cursors.open(partition, filter, &cursor).is_err());
        }
        for garbage in ["", "A", "AAAA", "\u{e9}", &cursor[1..]] {
            assert!(cursors.open(&list, "", garbage).is_err(), "{garbage}");
        }
    }
}
