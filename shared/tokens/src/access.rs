//! The access token: what a user's client sends as `Authorization: Bearer`.

use crate::signing::{SigningKey, VerifyError, VerifyingKeys};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The audience of access tokens.
pub const AUDIENCE: &str = "tenantry-api";
/// Seconds an access token lives.
pub const LIFETIME_SECONDS: u64 = 600;

/// The claims. They say who asks; what that person may do is read anew on every request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Always [`AUDIENCE`].
    pub aud: String,
    /// The user.
    pub sub: Uuid,
    /// The session, found in the user's partition of the directory.
    pub sid: Uuid,
    /// The tenant that the session works in.
    pub tid: Uuid,
    /// Issued at, in seconds since 1970.
    pub iat: u64,
    /// Expires at, in seconds since 1970.
    pub exp: u64,
}

impl Claims {
    /// Claims of a token issued at `now` (seconds since 1970).
    pub fn new(user: Uuid, session: Uuid, tenant: Uuid, now: u64) -> Self {
        Self {
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            tid: tenant,
            iat: now,
            exp: now + LIFETIME_SECONDS,
        }
    }

    /// The claims of `token`, if it is an access token of ours that has not expired.
    ///
    /// # Errors
    /// [`VerifyError`] otherwise.
    pub fn verify(keys: &VerifyingKeys, token: &str) -> Result<Self, VerifyError> {
        keys.verify(token, AUDIENCE)
    }

    /// The signed token.
    ///
    /// # Errors
    /// When the key can't sign.
    pub fn sign(&self, key: &SigningKey) -> Result<String, crate::signing::KeyError> {
        key.sign(self)
    }
}
