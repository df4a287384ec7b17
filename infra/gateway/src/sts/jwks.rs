//! The issuer's public keys, fetched when first needed and again when a token names a key that is not among them.

use crate::strict_json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

/// The text of a JWKS, or why it cannot be had.
pub type JwksFuture<'a> = Pin<Box<dyn Future<Output = Result<String, String>> + Send + 'a>>;

/// Where the issuer publishes its keys.
pub trait JwksSource: Send + Sync {
    /// Fetches the JWKS document.
    fn fetch(&self) -> JwksFuture<'_>;
}

/// An ES256 public key.
#[derive(Debug, Clone)]
pub(crate) struct VerifyingKey {
    /// The uncompressed point.
    point: Vec<u8>,
}

impl VerifyingKey {
    /// Whether the signature over the text is this key's.
    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point)
            .verify(text, signature)
            .is_ok()
    }
}

/// The keys fetched last.
#[derive(Debug, Default)]
pub(crate) struct JwksCache {
    keys: RwLock<Arc<BTreeMap<String, VerifyingKey>>>,
}

/// Why there is no key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The issuer could not be reached or its answer not be read.
    Unreachable(String),
    /// The issuer has no key of that id.
    Unknown,
}

impl JwksCache {
    /// The key with this id. A miss fetches once; a key that is known is not fetched again.
    pub(crate) async fn key(
        &self,
        source: &dyn JwksSource,
        kid: &str,
    ) -> Result<VerifyingKey, NoKey> {
        if let Some(key) = self.cached().get(kid) {
            return Ok(key.clone());
        }
        let document = source.fetch().await.map_err(NoKey::Unreachable)?;
        let keys = Arc::new(parse(&document).map_err(NoKey::Unreachable)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.clone();
        keys.get(kid).cloned().ok_or(NoKey::Unknown)
    }

    fn cached(&self) -> Arc<BTreeMap<String, VerifyingKey>> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn parse(document: &str) -> Result<BTreeMap<String, VerifyingKey>, String> {
    let document = strict_json::parse(document.as_bytes())?;
    let keys = document
        .get("keys")
        .and_then(Value::as_array)
        .ok_or("the JWKS has no keys")?;
    let mut parsed = BTreeMap::new();
    for key in keys {
        let member = |name: &str| key.get(name).and_then(Value::as_str);
        // AWS's STS refuses a document whose keys carry `key_ops`.
        if key.get("key_ops").is_some() {
            return Err("a key of the JWKS has key_ops, which STS does not accept".to_owned());
        }
        let kid = member("kid").ok_or("a key of the JWKS has no kid")?;
        let usable = member("kty") == Some("EC")
            && member("crv") == Some("P-256")
            && member("use").is_none_or(|usage| usage == "sig")
            && member("alg").is_none_or(|alg| alg == "ES256");
        if !usable {
            continue;
        }
        let coordinate = |name: &str| {
            member(name)
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
                .filter(|bytes| bytes.len() == 32)
                .ok_or_else(|| format!("the key {kid} of the JWKS has no proper {name}"))
        };
        let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
        if parsed
            .insert(kid.to_owned(), VerifyingKey { point })
            .is_some()
        {
            return Err(format!("the JWKS has two keys with the id {kid}"));
        }
    }
    Ok(parsed)
}
