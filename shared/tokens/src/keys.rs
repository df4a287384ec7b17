//! Key material: what the secrets hold, and how it is made.

use crate::signing::KeyError;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything a deployment needs, made in one go: the secrets, and the public halves as JWKS documents (RFC 7517).
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyMaterial {
    /// An [`IssuerSecret`] as JSON, a part of [`Self::authorizer_secret`]. Its parts are apart here, so that material that was kept
    /// from before there was a context key is completed by one, and its other keys stay.
    pub issuer_secret: String,
    /// A [`ContextSecret`] as JSON, the other part.
    pub context_secret: String,
    /// Value of the secret `AccessKeySecret`: an [`AccessSecret`] as JSON.
    pub access_secret: String,
    /// Value of the secret `LinkKeySecret`: a [`LinkSecret`] as JSON.
    pub link_secret: String,
    /// Value of the secret `MfaKeySecret`: an [`MfaSecret`] as JSON.
    pub mfa_secret: String,
    /// Value of the secret `FieldKeySecret`: a [`FieldSecret`] as JSON.
    pub field_secret: String,
    /// Value of the secret `BillingWebhookSecret`: a [`BillingSecret`] as JSON.
    pub billing_secret: String,
    /// Value of the template parameter `IssuerPublicKeys`; also what the issuer publishes.
    pub issuer_public_keys: String,
    /// Value of the template parameter `ContextPublicKeys`; never published by the issuer.
    pub context_public_keys: String,
    /// Value of the template parameter `AccessPublicKeys`; never published by the issuer.
    pub access_public_keys: String,
}

impl KeyMaterial {
    /// Value of the secret `IssuerKeySecret`: an [`AuthorizerSecret`] as JSON.
    ///
    /// # Errors
    /// When a part of it is not what it should be.
    pub fn authorizer_secret(&self) -> Result<String, KeyError> {
        let failed = |_| KeyError("the secret can't be read");
        text(&AuthorizerSecret {
            issuer: serde_json::from_str(&self.issuer_secret).map_err(failed)?,
            context: serde_json::from_str(&self.context_secret).map_err(failed)?,
        })
    }
}

/// What the authorizer signs with.
#[derive(Serialize, Deserialize)]
pub struct AuthorizerSecret {
    /// Tenant and user tokens.
    pub issuer: IssuerSecret,
    /// Context tokens.
    pub context: ContextSecret,
}

/// What the authorizer signs tenant and user tokens with.
#[derive(Serialize, Deserialize)]
pub struct IssuerSecret {
    /// Key id in the JWKS.
    pub kid: String,
    /// PKCS#8 in base64.
    pub private_key: String,
    /// 32 bytes in base64, from which each tenant's cursor key is derived.
    pub cursor_secret: String,
}

/// What the authorizer signs context tokens with.
#[derive(Serialize, Deserialize)]
pub struct ContextSecret {
    /// Key id in the JWKS.
    pub kid: String,
    /// PKCS#8 in base64.
    pub private_key: String,
}

/// What identity functions sign access tokens with.
#[derive(Serialize, Deserialize)]
pub struct AccessSecret {
    /// Key id in the JWKS.
    pub kid: String,
    /// PKCS#8 in base64.
    pub private_key: String,
    /// 32 bytes in base64, from which a refresh token's successor is derived.
    pub refresh_secret: String,
}

/// What the links in e-mails are made from.
#[derive(Serialize, Deserialize)]
pub struct LinkSecret {
    /// 32 bytes in base64, from which the secret of each link is derived.
    pub link_key: String,
}

/// What second factors are sealed with.
#[derive(Serialize, Deserialize)]
pub struct MfaSecret {
    /// 32 bytes in base64, with which the secrets of authenticator apps are encrypted.
    pub mfa_key: String,
}

/// What the secrets in records are sealed with. What one of the keys has sealed says by which: a new one comes beside the old
/// ones, and takes over when it is named as the current one.
#[derive(Serialize, Deserialize)]
pub struct FieldSecret {
    /// The id of the key that seals.
    pub current: String,
    /// 32 bytes in base64 for each id.
    pub keys: BTreeMap<String, String>,
}

/// What the billing provider signs its events with.
#[derive(Serialize, Deserialize)]
pub struct BillingSecret {
    /// One, or two while one takes the other's place.
    pub signing_secrets: Vec<String>,
}

/// Makes fresh key material.
///
/// # Errors
/// When the system's random source fails.
pub fn generate() -> Result<KeyMaterial, KeyError> {
    let random = SystemRandom::new();
    let issuer = Pair::p256(&random, "iss")?;
    let context = Pair::ed25519(&random, "ctx")?;
    let access = Pair::p256(&random, "acc")?;
    let issuer_secret = IssuerSecret {
        kid: issuer.kid.clone(),
        private_key: issuer.private_key.clone(),
        cursor_secret: random_base64(&random)?,
    };
    let context_secret = ContextSecret {
        kid: context.kid.clone(),
        private_key: context.private_key.clone(),
    };
    let access_secret = AccessSecret {
        kid: access.kid.clone(),
        private_key: access.private_key.clone(),
        refresh_secret: random_base64(&random)?,
    };
    let link_secret = LinkSecret {
        link_key: random_base64(&random)?,
    };
    let mfa_secret = MfaSecret {
        mfa_key: random_base64(&random)?,
    };
    let field_key = "1".to_owned();
    let field_secret = FieldSecret {
        keys: BTreeMap::from([(field_key.clone(), random_base64(&random)?)]),
        current: field_key,
    };
    // The provider makes this one; until it is known here, nobody knows the one that stands in its place.
    let billing_secret = BillingSecret {
        signing_secrets: vec![format!("whsec_{}", random_base64(&random)?)],
    };
    Ok(KeyMaterial {
        billing_secret: text(&billing_secret)?,
        link_secret: text(&link_secret)?,
        mfa_secret: text(&mfa_secret)?,
        field_secret: text(&field_secret)?,
        issuer_secret: text(&issuer_secret)?,
        context_secret: text(&context_secret)?,
        access_secret: text(&access_secret)?,
        issuer_public_keys: issuer.jwks,
        context_public_keys: context.jwks,
        access_public_keys: access.jwks,
    })
}

const FAILED: KeyError = KeyError("a key pair can't be generated");

struct Pair {
    kid: String,
    private_key: String,
    jwks: String,
}

impl Pair {
    fn p256(random: &SystemRandom, prefix: &str) -> Result<Self, KeyError> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, random).map_err(|_| FAILED)?;
        let pair =
            EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), random).map_err(|_| FAILED)?;
        // An uncompressed point (SEC 1, 2.3.3): 0x04, then x and y of 32 bytes each.
        let point = pair.public_key().as_ref();
        let (x, y) = (
            point.get(1..33).ok_or(FAILED)?,
            point.get(33..65).ok_or(FAILED)?,
        );
        Self::new(prefix, pkcs8.as_ref(), point, |kid| {
            json!({
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
                "x": BASE64_URL_SAFE_NO_PAD.encode(x), "y": BASE64_URL_SAFE_NO_PAD.encode(y),
            })
        })
    }

    fn ed25519(random: &SystemRandom, prefix: &str) -> Result<Self, KeyError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(random).map_err(|_| FAILED)?;
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(|_| FAILED)?;
        let public = pair.public_key().as_ref();
        Self::new(prefix, pkcs8.as_ref(), public, |kid| {
            json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid,
                "x": BASE64_URL_SAFE_NO_PAD.encode(public),
            })
        })
    }

    fn new(
        prefix: &str,
        pkcs8: &[u8],
        public: &[u8],
        jwk: impl FnOnce(&str) -> Value,
    ) -> Result<Self, KeyError> {
        let digest = ring::digest::digest(&ring::digest::SHA256, public);
        let digest = digest.as_ref().get(..9).ok_or(FAILED)?;
        let kid = format!("{prefix}-{}", BASE64_URL_SAFE_NO_PAD.encode(digest));
        let jwks = json!({"keys": [jwk(&kid)]});
        Ok(Self {
            kid,
            private_key: BASE64_STANDARD.encode(pkcs8),
            jwks: jwks.to_string(),
        })
    }
}

fn random_base64(random: &SystemRandom) -> Result<String, KeyError> {
    let mut bytes = [0; 32];
    random
        .fill(&mut bytes)
        .map_err(|_| KeyError("the random source failed"))?;
    Ok(BASE64_STANDARD.encode(bytes))
}

fn text(secret: &impl Serialize) -> Result<String, KeyError> {
    serde_json::to_string(secret).map_err(|_| KeyError("the secret can't be written as JSON"))
}
