//! Signing and verifying, with key ids, so that keys can be rotated.

use crate::{LEEWAY_SECONDS, provider};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A private key with its id.
///
/// It signs by itself: `jsonwebtoken` would read the key anew for each token, and reading it derives and compares the public
/// half, which costs as much as the signature.
pub struct SigningKey {
    /// As it stands in each token.
    header: String,
    pair: Pair,
}

enum Pair {
    Es256(EcdsaKeyPair, SystemRandom),
    EdDsa(Ed25519KeyPair),
}

impl Pair {
    fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        Ok(match self {
            Self::Es256(pair, random) => {
                let signature = pair.sign(random, message);
                let signature = signature.map_err(|_| KeyError("the private key did not sign"))?;
                BASE64_URL_SAFE_NO_PAD.encode(signature)
            }
            Self::EdDsa(pair) => BASE64_URL_SAFE_NO_PAD.encode(pair.sign(message)),
        })
    }
}

impl SigningKey {
    /// The P-256 key `kid`, from base64 of its PKCS#8 form. It signs ES256 (RFC 7518, 3.4).
    ///
    /// # Errors
    /// When the text is not base64, or no P-256 key.
    pub fn es256(kid: &str, private_key: &str) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let der = der(private_key)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random)
            .map_err(|_| KeyError("the private key can't sign ES256"))?;
        Self::new(Algorithm::ES256, kid, Pair::Es256(pair, random))
    }

    /// The Ed25519 key `kid`, from base64 of its PKCS#8 form. It signs EdDSA (RFC 8037, 3.1).
    ///
    /// # Errors
    /// When the text is not base64, or no Ed25519 key.
    pub fn eddsa(kid: &str, private_key: &str) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(&der(private_key)?)
            .map_err(|_| KeyError("the private key can't sign EdDSA"))?;
        Self::new(Algorithm::EdDSA, kid, Pair::EdDsa(pair))
    }

    fn new(algorithm: Algorithm, kid: &str, pair: Pair) -> Result<Self, KeyError> {
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        let header = serde_json::to_vec(&header)
            .map_err(|_| KeyError("the key id can't stand in a header"))?;
        Ok(Self {
            header: BASE64_URL_SAFE_NO_PAD.encode(header),
            pair,
        })
    }

    /// Signs the claims: a JWS in its compact form (RFC 7515, 7.1).
    ///
    /// # Errors
    /// When the claims can't be written, or the system gives no random numbers.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let claims = serde_json::to_vec(claims).map_err(|_| KeyError("claims can't be written"))?;
        let mut token = self.header.clone();
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.pair.sign(token.as_bytes())?;
        token.push('.');
        token.push_str(&signature);
        Ok(token)
    }
}

fn der(private_key: &str) -> Result<Vec<u8>, KeyError> {
    let der = BASE64_STANDARD.decode(private_key);
    der.map_err(|_| KeyError("the private key is not base64"))
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

/// Public keys, by key id. With which algorithm one is used, it says itself; a token has no say in it.
pub struct VerifyingKeys(HashMap<String, (Algorithm, DecodingKey)>);

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    #[serde(flatten)]
    key: PublicKey,
}

#[derive(Deserialize)]
#[serde(tag = "crv")]
enum PublicKey {
    #[serde(rename = "P-256")]
    P256 {
        x: String,
        y: String,
    },
    Ed25519 {
        x: String,
    },
}

impl VerifyingKeys {
    /// The P-256 and Ed25519 keys of a JWKS document (RFC 7517).
    ///
    /// # Errors
    /// When the document is not one, a key is of another kind, or not in base64url.
    pub fn from_jwks(document: &str) -> Result<Self, KeyError> {
        provider::install();
        let jwks: Jwks = serde_json::from_str(document)
            .map_err(|_| KeyError("the JWKS document can't be read"))?;
        let keys = jwks.keys.into_iter().map(|jwk| {
            let (algorithm, key) = match &jwk.key {
                PublicKey::P256 { x, y } => {
                    (Algorithm::ES256, DecodingKey::from_ec_components(x, y))
                }
                PublicKey::Ed25519 { x } => (Algorithm::EdDSA, DecodingKey::from_ed_components(x)),
            };
            let key = key.map_err(|_| KeyError("a JWK is not in base64url"))?;
            Ok((jwk.kid, (algorithm, key)))
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
        let (algorithm, key) = header
            .kid
            .as_deref()
            .and_then(|kid| self.0.get(kid))
            .ok_or(VerifyError::Invalid)?;
        let mut validation = Validation::new(*algorithm);
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
