//! Fields that hold secrets. What is stored opens nothing without a key that is kept apart from the tables.
//!
//! Each value is sealed with a data key of its own (AES-256-GCM), and that one with the tenant's, which is derived from a key in
//! Secrets Manager. Both are bound to where the value stands: tenant, project, collection, record and field. So what is moved
//! to another place does not open there. What is sealed names the key, so that keys can be replaced one after the other.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use problem::{Kind, Problem};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::sync::Arc;
use tenant_context::errors::internal;
use tenant_context::{Aws, InitError, ProjectId, RecordId, TenantId, variable};
use tokens::keys::FieldSecret;
use tokio::sync::OnceCell;

/// How the first form begins: `v1.<key>.<wrapped data key>.<sealed value>`.
const FORM: &str = "v1";
/// What the keys are for.
const WRAPPING: &[u8] = b"tenantry secret fields";
/// A data key, in bytes.
const DATA_KEY: usize = 32;

/// The keys of secret fields. They are read when the first secret is stored, and not by a function that stores none.
pub struct FieldKeys {
    aws: Arc<Aws>,
    keys: OnceCell<KeyRing>,
}

impl FieldKeys {
    /// The keys in the secret that the environment names.
    pub fn new(aws: &Arc<Aws>) -> Self {
        Self {
            aws: Arc::clone(aws),
            keys: OnceCell::new(),
        }
    }

    pub(crate) async fn ring(&self) -> Result<&KeyRing, Problem> {
        let wrong = |error: InitError| internal("field keys", &error);
        let read = || async {
            let name = variable("FIELD_KEY_SECRET").map_err(wrong)?;
            let text = self.aws.secret(&name).await.map_err(|error| {
                tracing::error!(%error, "the keys of secret fields can't be read");
                Problem::new(Kind::Unavailable)
            })?;
            KeyRing::from_secret(&text).map_err(wrong)
        };
        self.keys.get_or_try_init(read).await
    }
}

/// Where a secret stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) tenant: TenantId,
    /// None where the record is the whole tenant's.
    pub(crate) project: Option<ProjectId>,
    pub(crate) part: &'static str,
    pub(crate) record: RecordId,
    pub(crate) field: &'a str,
}

impl Place<'_> {
    /// What is sealed is bound to this: no part of it can pass for a piece of another.
    fn binding(&self, key: &str) -> Vec<u8> {
        let project = self.project.map(|project| project.to_string());
        let (tenant, record) = (self.tenant.to_string(), self.record.to_string());
        let project = project.as_deref().unwrap_or_default();
        let parts = [key, &tenant, project, self.part, &record, self.field];
        let mut binding = Vec::new();
        for part in parts {
            binding.extend_from_slice(&part.len().to_be_bytes());
            binding.extend_from_slice(part.as_bytes());
        }
        binding
    }
}

/// The key that seals.
pub(crate) struct KeyRing {
    id: String,
    root: Prk,
}

impl KeyRing {
    fn from_secret(text: &str) -> Result<Self, InitError> {
        let failed =
            |error: &dyn std::fmt::Display| InitError(format!("the field keys' secret: {error}"));
        let secret: FieldSecret = serde_json::from_str(text).map_err(|error| failed(&error))?;
        let is_id = |id: &str| !id.is_empty() && !id.contains('.');
        let key = secret.keys.get(&secret.current);
        let key = key
            .filter(|_| is_id(&secret.current))
            .ok_or_else(|| failed(&"has no current key"))?;
        let bytes = BASE64_STANDARD
            .decode(key)
            .map_err(|error| failed(&error))?;
        if bytes.len() < DATA_KEY {
            return Err(failed(&"a key has less than 32 bytes"));
        }
        Ok(Self {
            root: Salt::new(HKDF_SHA256, &[]).extract(&bytes),
            id: secret.current,
        })
    }

    /// The key with which the data keys of a tenant are wrapped.
    fn wrapping(&self, tenant: TenantId) -> Option<LessSafeKey> {
        let tenant = tenant.uuid().into_bytes();
        let info = [WRAPPING, &tenant];
        let key = self.root.expand(&info, &AES_256_GCM).ok()?;
        Some(LessSafeKey::new(UnboundKey::from(key)))
    }

    /// A secret as it is stored.
    pub(crate) fn seal(&self, place: Place<'_>, secret: &str) -> Result<String, Problem> {
        let sealed = self.sealed(place, secret.as_bytes());
        sealed.ok_or_else(|| internal("secret field", &"it can't be sealed"))
    }

    fn sealed(&self, place: Place<'_>, secret: &[u8]) -> Option<String> {
        let binding = place.binding(&self.id);
        let mut data_key = [0; DATA_KEY];
        SystemRandom::new().fill(&mut data_key).ok()?;
        let value = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &data_key).ok()?);
        let value = sealed_with(&value, &binding, secret)?;
        let wrapped = sealed_with(&self.wrapping(place.tenant)?, &binding, &data_key)?;
        Some(format!("{FORM}.{}.{wrapped}.{value}", self.id))
    }
}

/// Nonce and sealed bytes, in base64url.
fn sealed_with(key: &LessSafeKey, binding: &[u8], bytes: &[u8]) -> Option<String> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    let mut sealed = bytes.to_vec();
    let with = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(with, Aad::from(binding), &mut sealed)
        .ok()?;
    Some(BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
