//! Signing and verifying, with key ids, so that keys can be rotated.

use crate::{LEEWAY_SECONDS, provider};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A private key with its id.
pub struct SigningKey {
    header: Header,
    key: EncodingKey,
}

impl SigningKey {
    /// The key `kid`, from base64 of its PKCS#8 form.
    ///
    /// # Errors
    /// When the text is not base64.
    pub fn from_base64_pkcs8(kid: &str, private_key: &str) -> Result<Self, KeyError> {
        provider::install();
        let der = BASE64_STANDARD
            .decode(private_key)
            .map_err(|_| KeyError("the private key is not base64"))?;
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(kid.to_owned());
        Ok(Self {
            header,
            key: EncodingKey::from_ec_der(&der),
        })
    }

    /// Signs the claims.
    ///
    /// # Errors
    /// When the key is not a P-256 key.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        jsonwebtoken::encode(&self.header, claims, &self.key)
            .map_err(|_| KeyError("the private key can't sign ES256"))
    }
}

/// Why key material can't be used. Holds no key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(pub &'static str);

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Signed by us and past its expiry.
    #[error("the token has expired")]
    Expired,
    /// Anything else: not a token, unknown key, bad signature, wrong audience, missing claim.
    #[error("the token is not valid")]
    Invalid,
}

/// Public keys, by key id.
pub struct VerifyingKeys(HashMap<String, DecodingKey>);

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    x: String,
    y: String,
}

impl VerifyingKeys {
    /// The P-256 keys of a JWKS document (RFC 7517).
    ///
    /// # Errors
    /// When the document is not one, or a key is not a point in base64url.
    pub fn from_jwks(document: &str) -> Result<Self, KeyError> {
        provider::install();
        let jwks: Jwks = serde_json::from_str(document)
            .map_err(|_| KeyError("the JWKS document can't be read"))?;
        let keys = jwks.keys.into_iter().map(|key| {
            let decoding = DecodingKey::from_ec_components(&key.x, &key.y)
                .map_err(|_| KeyError("a JWK is not a P-256 key"))?;
            Ok((key.kid, decoding))
        });
        Ok(Self(keys.collect::<Result<_, KeyError>>()?))
    }

    /// Checks signature, audience and expiry, and gives the claims.
    pub(crate) fn verify<C: DeserializeOwned + Clone>(
        &self,
        token: &str,
        audience: &str,
    ) -> Result<C, VerifyError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| VerifyError::Invalid)?;
        let key = header
            .kid
            .as_deref()
            .and_then(|kid| self.0.get(kid))
            .ok_or(VerifyError::Invalid)?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        validation.leeway = LEEWAY_SECONDS;
        match jsonwebtoken::decode::<C>(token, key, &validation) {
            Ok(data) => Ok(data.claims),
            Err(error) if *error.kind() == ErrorKind::ExpiredSignature => Err(VerifyError::Expired),
            Err(_) => Err(VerifyError::Invalid),
        }
    }
}
