//! Recovery codes: ten of them, each good once, for somebody whose device is gone.

use crate::base32::{self, CROCKFORD};
use crate::keys::MfaKeys;
use problem::Problem;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tenant_context::{UserId, errors};

/// How many are made.
const CODES: usize = 10;
/// Letters of a code, 5 bits each.
const LETTERS: usize = 16;

/// A recovery code, without the hyphens it is shown with.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A fresh one: 80 bits.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn generate() -> Result<Self, Problem> {
        let mut bytes = [0; LETTERS * 5 / 8];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|error| errors::internal("random source", &error))?;
        Ok(Self(base32::encode(&bytes, CROCKFORD)))
    }

    /// The code in what somebody typed: letter case, hyphens and spaces don't matter, nor letters taken for digits.
    pub fn read(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|c| !matches!(c, '-' | ' '));
        let code: String = letters
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let is_one =
            code.len() == LETTERS && code.bytes().all(|letter| CROCKFORD.contains(&letter));
        is_one.then_some(Self(code))
    }

    /// As it is shown: `abcd-efgh-jkmn-pqrs`.
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        for (position, letter) in self.0.chars().enumerate() {
            if position > 0 && position % 4 == 0 {
                shown.push('-');
            }
            shown.push(letter);
        }
        shown
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// The hashes of the codes that were not used yet. Stored as a set, so that two uses at once take two of them away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hashes(
    #[serde(serialize_with = "serde_dynamo::string_set::serialize")] BTreeSet<String>,
);

impl Hashes {
    /// Whether this is one of them.
    pub fn has(&self, hash: &str) -> bool {
        self.0.contains(hash)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// Ten new codes: as they are shown, and as they are stored.
///
/// # Errors
/// `internal` when the random source fails.
pub fn generate(keys: &MfaKeys, user: UserId) -> Result<(Vec<String>, Hashes), Problem> {
    let (mut shown, mut hashes) = (Vec::new(), BTreeSet::new());
    for _ in 0..CODES {
        let code = RecoveryCode::generate()?;
        hashes.insert(keys.hash(user, &code));
        shown.push(code.shown());
    }
    Ok((shown, Hashes(hashes)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = RecoveryCode::read("01ab-cdef-ghjk-mn0p").unwrap();
        for typed in [
            "01abcdefghjkmn0p",
            "OLAB CDEF GHJK MNOP",
            " oIab-cdef-ghjk-mnop ",
        ] {
            assert!(RecoveryCode::read(typed).unwrap() == code, "{typed}");
        }
        assert_eq!(code.shown(), "01ab-cdef-ghjk-mn0p");
        for wrong in [
            "",
            "01ab-cdef-ghjk-mn0",
            "01ab-cdef-ghjk-mn0pq",
            "u1ab-cdef-ghjk-mn0p",
            "é1ab-cdef-ghjk-mn0",
        ] {
            assert!(RecoveryCode::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn ten_different_ones_and_none_of_them_stored() {
        let keys = MfaKeys::from_secret(&tokens::keys::generate().unwrap().mfa_secret).unwrap();
        let user = UserId::generate();
        let (shown, hashes) = generate(&keys, user).unwrap();
        assert_eq!((shown.len(), hashes.count()), (10, 10));
        for code in &shown {
            assert_eq!(code.len(), 19);
            assert!(!hashes.has(code));
            assert!(hashes.has(&keys.hash(user, &RecoveryCode::read(code).unwrap())));
        }
    }
}
