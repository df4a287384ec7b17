//! Random secrets that a client holds and we store as a hash: 256 bits need no salt and no slow hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use problem::Problem;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use tenant_context::errors;

/// 256 bits from the system's random source.
pub type Secret = [u8; 32];

/// A fresh secret.
///
/// # Errors
/// `internal` when the random source fails.
pub fn generate() -> Result<Secret, Problem> {
    let mut secret = Secret::default();
    SystemRandom::new()
        .fill(&mut secret)
        .map_err(|error| errors::internal("random source", &error))?;
    Ok(secret)
}

/// How a secret is stored: SHA-256 in base64url.
pub fn hash(secret: &Secret) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, secret))
}
