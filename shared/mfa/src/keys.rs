//! What is stored of second factors opens nothing without a key that is kept apart from the tables.

use crate::recovery::RecoveryCode;
use crate::totp::TotpSecret;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use problem::Problem;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use tenant_context::{Aws, InitError, UserId, errors, variable};
use tokens::keys::MfaSecret;

/// What the keys are for; each use has its own.
const SEALING: &[&[u8]] = &[b"secrets of authenticator apps"];
const HASHING: &[&[u8]] = &[b"recovery codes"];

/// The keys of second factors.
pub struct MfaKeys {
    sealing: LessSafeKey,
    hashing: hmac::Key,
}

impl MfaKeys {
    /// Reads the secret that the environment names, in Lambda's init phase.
    ///
    /// # Errors
    /// When it is not as the deployment makes it.
    pub async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let text = aws.secret(&variable("MFA_KEY_SECRET")?).await?;
        Self::from_secret(&text)
    }

    pub(crate) fn from_secret(text: &str) -> Result<Self, InitError> {
        let failed =
            |error: &dyn std::fmt::Display| InitError(format!("the MFA key's secret: {error}"));
        let secret: MfaSecret = serde_json::from_str(text).map_err(|error| failed(&error))?;
        let bytes = BASE64_STANDARD
            .decode(&secret.mfa_key)
            .map_err(|error| failed(&error))?;
        if bytes.len() < 32 {
            return Err(failed(&"has less than 32 bytes"));
        }
        let root = Salt::new(HKDF_SHA256, &[]).extract(&bytes);
        let sealing = root.expand(SEALING, &AES_256_GCM).map(UnboundKey::from);
        let hashing = root.expand(HASHING, hmac::HMAC_SHA256).map(hmac::Key::from);
        Ok(Self {
            sealing: LessSafeKey::new(sealing.map_err(|error| failed(&error))?),
            hashing: hashing.map_err(|error| failed(&error))?,
        })
    }

    /// A secret as it is stored: base64url of nonce (12 bytes) and AES-256-GCM of the secret, bound to the user.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn seal(&self, user: UserId, secret: &TotpSecret) -> Result<String, Problem> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|error| errors::internal("random source", &error))?;
        let mut sealed = secret.bytes().to_vec();
        let bound = Aad::from(user.uuid().into_bytes());
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut sealed)
            .map_err(|error| errors::internal("sealing", &error))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// The secret in what is stored of this user.
    ///
    /// # Errors
    /// `internal` for what was not sealed with this key for this user.
    pub fn open(&self, user: UserId, sealed: &str) -> Result<TotpSecret, Problem> {
        self.opened(user, sealed).ok_or_else(|| {
            errors::internal(
                "stored secret",
                &"was not sealed with this key for its user",
            )
        })
    }

    fn opened(&self, user: UserId, sealed: &str) -> Option<TotpSecret> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let mut sealed = sealed.to_vec();
        let bound = Aad::from(user.uuid().into_bytes());
        let secret = self.sealing.open_in_place(nonce, bound, &mut sealed).ok()?;
        TotpSecret::from_bytes(secret)
    }

    /// A recovery code as it is stored: HMAC-SHA-256 of user and code, base64url. It has 80 random bits, so no slow hash
    /// is needed, and without the key there is nothing to try guesses on.
    pub fn hash(&self, user: UserId, code: &RecoveryCode) -> String {
        let mut context = hmac::Context::with_key(&self.hashing);
        context.update(user.uuid().as_bytes());
        context.update(code.as_str().as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(context.sign())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn keys() -> MfaKeys {
        MfaKeys::from_secret(&tokens::keys::generate().unwrap().mfa_secret).unwrap()
    }

    #[test]
    fn a_sealed_secret_opens_for_its_user_and_key_alone() {
        let (keys, user) = (keys(), UserId::generate());
        let secret = TotpSecret::generate().unwrap();
        let sealed = keys.seal(user, &secret).unwrap();
        assert!(keys.open(user, &sealed).unwrap() == secret);
        assert!(keys.opened(UserId::generate(), &sealed).is_none());
        assert!(self::keys().opened(user, &sealed).is_none());
        assert_ne!(keys.seal(user, &secret).unwrap(), sealed, "each time anew");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        assert_eq!(bytes.len(), 12 + 20 + 16);
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            if let Some(byte) = changed.get_mut(position) {
                *byte ^= 1;
            }
            let changed = BASE64_URL_SAFE_NO_PAD.encode(changed);
            assert!(keys.opened(user, &changed).is_none(), "byte {position}");
        }
        for garbage in ["", "AAAA", "\u{e9}"] {
            assert!(keys.opened(user, garbage).is_none());
        }
    }

    #[test]
    fn a_hash_belongs_to_one_user_and_key() {
        let (keys, user) = (keys(), UserId::generate());
        let code = RecoveryCode::generate().unwrap();
        let hash = keys.hash(user, &code);
        assert_eq!(keys.hash(user, &code), hash);
        assert_ne!(keys.hash(UserId::generate(), &code), hash);
        assert_ne!(self::keys().hash(user, &code), hash);
        assert_ne!(keys.hash(user, &RecoveryCode::generate().unwrap()), hash);
    }

    #[test]
    fn a_secret_of_another_form_stops_the_function() {
        for wrong in [
            "",
            "{}",
            r#"{"mfa_key": "AAAA"}"#,
            r#"{"mfa_key": "\u00e9"}"#,
        ] {
            assert!(MfaKeys::from_secret(wrong).is_err(), "{wrong}");
        }
    }
}
