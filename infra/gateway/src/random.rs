//! Random identifiers and secrets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the system's random source failed")]
pub struct RandomFailed;

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], RandomFailed> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| RandomFailed)?;
    Ok(bytes)
}

/// Random bytes in base64.
pub(crate) fn base64<const N: usize>() -> Result<String, RandomFailed> {
    Ok(STANDARD.encode(bytes::<N>()?))
}

/// Random upper-case text in the alphabet AWS uses for its key ids.
pub(crate) fn base32<const N: usize>() -> Result<String, RandomFailed> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Ok(bytes::<N>()?
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|byte| char::from(*byte))
        .collect())
}
