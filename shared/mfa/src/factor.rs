//! The item of a person's second factors, and the changes to it. Each change is conditional on what it was decided by.

use crate::keys::MfaKeys;
use crate::recovery::{Hashes, RecoveryCode};
use crate::totp::TotpSecret;
use problem::{Kind, Problem};
use serde::{Deserialize, Serialize};
use tenant_context::{Condition, Update, UserId};

/// Seconds within which a new authenticator app has to show its first code.
pub const PENDING_SECONDS: i64 = 3600;

/// A person's second factors, `MFA` in the partition `MFA#<user>`.
#[derive(Clone, Serialize, Deserialize)]
pub struct SecondFactor {
    /// What the authenticator app shares with us, sealed (see [`MfaKeys::seal`]).
    pub totp_secret: String,
    /// Since when the app is asked for, in seconds since 1970. Absent until its first code was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_at: Option<i64>,
    /// The time step of the last code that was taken.
    #[serde(default)]
    pub totp_step: i64,
    /// The recovery codes that were not used yet.
    #[serde(default)]
    pub recovery_hashes: Hashes,
    /// When an app that showed no code yet is forgotten, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<i64>,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondFactor(…)")
    }
}

/// What somebody offers as their second factor.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// What the authenticator app shows.
    Code(&'a str),
    /// A recovery code.
    RecoveryCode(&'a str),
}

impl<'a> Proof<'a> {
    /// The one of the two fields that was given.
    ///
    /// # Errors
    /// `validation-failed` unless it is exactly one.
    pub fn one_of(code: Option<&'a str>, recovery_code: Option<&'a str>) -> Result<Self, Problem> {
        match (code, recovery_code) {
            (Some(code), None) => Ok(Self::Code(code)),
            (None, Some(code)) => Ok(Self::RecoveryCode(code)),
            (None, None) => Err(Problem::new(Kind::ValidationFailed)
                .field("/code", "is required, unless recovery_code is given")),
            (Some(_), Some(_)) => Err(Problem::new(Kind::ValidationFailed)
                .field("/recovery_code", "can't be given together with code")),
        }
    }
}

/// The change that stores a new app's secret, in the place of one that showed no code yet.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn start(
    keys: &MfaKeys,
    user: UserId,
    secret: &TotpSecret,
    now: i64,
) -> Result<Update, Problem> {
    Ok(Update::new()
        .set("totp_secret", keys.seal(user, secret)?)?
        .set("totp_step", 0)?
        .set("ttl", now.saturating_add(PENDING_SECONDS))?
        .when(Condition::HasNot("totp_at")))
}

impl SecondFactor {
    /// Whether a second factor is asked for.
    pub fn is_on(&self) -> bool {
        self.totp_at.is_some()
    }

    /// Whether the app waits for its first code.
    pub fn is_pending(&self, now: i64) -> bool {
        !self.is_on() && self.ttl.is_some_and(|ttl| ttl > now)
    }

    /// The change that turns the app on with its first code.
    ///
    /// # Errors
    /// `invalid-mfa-code` for a wrong one.
    pub fn confirm(
        &self,
        keys: &MfaKeys,
        user: UserId,
        code: &str,
        recovery: &Hashes,
        now: i64,
    ) -> Result<Update, Problem> {
        let step = self.step_of(keys, user, code, now)?;
        Ok(Update::new()
            .set("totp_at", now)?
            .set("totp_step", step)?
            .set("recovery_hashes", recovery)?
            .remove("ttl")
            .when(Condition::HasNot("totp_at"))
            .when(Condition::greater_than("ttl", now))
            .when(Condition::equals("totp_secret", self.totp_secret.as_str())))
    }

    /// The change that uses a code up, so that it is good once.
    ///
    /// # Errors
    /// `invalid-mfa-code` for one that is wrong or was used.
    pub fn prove(
        &self,
        keys: &MfaKeys,
        user: UserId,
        proof: Proof<'_>,
        now: i64,
    ) -> Result<Update, Problem> {
        let used = match proof {
            Proof::Code(code) => {
                let step = self.step_of(keys, user, code, now)?;
                Update::new()
                    .set("totp_step", step)?
                    .when(Condition::absent_or_at_most(
                        "totp_step",
                        step.saturating_sub(1),
                    ))
            }
            Proof::RecoveryCode(code) => {
                let hash = RecoveryCode::read(code).map(|code| keys.hash(user, &code));
                let hash = hash
                    .filter(|hash| self.recovery_hashes.has(hash))
                    .ok_or_else(refused)?;
                Update::new()
                    .take("recovery_hashes", hash.clone())
                    .when(Condition::has_member("recovery_hashes", hash))
            }
        };
        Ok(used
            .when(Condition::Has("totp_at"))
            .when(Condition::equals("totp_secret", self.totp_secret.as_str())))
    }

    fn step_of(&self, keys: &MfaKeys, user: UserId, code: &str, now: i64) -> Result<i64, Problem> {
        let secret = keys.open(user, &self.totp_secret)?;
        secret
            .step_of(code, now, self.totp_step)
            .ok_or_else(refused)
    }
}

/// The change that puts new recovery codes into the place of the old ones.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn replace_recovery_codes(recovery: &Hashes) -> Result<Update, Problem> {
    Ok(Update::new()
        .set("recovery_hashes", recovery)?
        .when(Condition::Has("totp_at")))
}

fn refused() -> Problem {
    tracing::warn!(
        event = "mfa_code_refused",
        "a second factor was wrong or used before"
    );
    Kind::InvalidMfaCode.into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn item(keys: &MfaKeys, user: UserId) -> SecondFactor {
        SecondFactor {
            totp_secret: keys.seal(user, &TotpSecret::generate().unwrap()).unwrap(),
            totp_at: Some(1),
            totp_step: 0,
            recovery_hashes: Hashes::default(),
            ttl: None,
        }
    }

    #[test]
    fn exactly_one_proof_is_asked_for() {
        assert!(Proof::one_of(Some("1"), None).is_ok());
        assert!(Proof::one_of(None, Some("1")).is_ok());
        for (code, recovery_code, at) in [
            (None, None, "/code"),
            (Some("1"), Some("1"), "/recovery_code"),
        ] {
            let problem = Proof::one_of(code, recovery_code).err().unwrap();
            assert_eq!(problem.errors().first().unwrap().pointer, at);
        }
    }

    #[test]
    fn an_app_waits_for_an_hour() {
        let keys = MfaKeys::from_secret(&tokens::keys::generate().unwrap().mfa_secret).unwrap();
        let on = item(&keys, UserId::generate());
        let waiting = SecondFactor {
            totp_at: None,
            ttl: Some(100),
            ..on.clone()
        };
        assert!(on.is_on() && !on.is_pending(0));
        assert!(!waiting.is_on() && waiting.is_pending(99) && !waiting.is_pending(100));
    }

    #[test]
    fn what_is_wrong_is_refused_and_says_nothing() {
        let keys = MfaKeys::from_secret(&tokens::keys::generate().unwrap().mfa_secret).unwrap();
        let user = UserId::generate();
        let item = item(&keys, user);
        let unknown = RecoveryCode::generate().unwrap().shown();
        for proof in [
            Proof::Code("12345"),
            Proof::Code(&unknown),
            Proof::RecoveryCode(&unknown),
            Proof::RecoveryCode("123456"),
        ] {
            let problem = item.prove(&keys, user, proof, 1_111_111_111).unwrap_err();
            assert_eq!(problem, Problem::new(Kind::InvalidMfaCode));
        }
        // Another user's item can't be used at all.
        let stranger = UserId::generate();
        let problem = item
            .prove(&keys, stranger, Proof::Code("123456"), 0)
            .unwrap_err();
        assert_eq!(problem.kind(), Kind::Internal);
        assert_eq!(format!("{item:?}"), "SecondFactor(…)");
    }
}
