//! Passwords are stored as Argon2id hashes in PHC string format.

use crate::common_passwords;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use fields::Password;
use problem::{Kind, Problem};
use tenant_context::errors;

/// Memory in KiB, iterations and lanes: the least that OWASP recommends (Password Storage Cheat Sheet). Raise them and
/// each user's hash follows at their next log-in.
const FIGURES: (u32, u32, u32) = (19 * 1024, 2, 1);
/// MB of memory that a function which hashes asks for: CPU share grows with it, and a hash takes 19 MB of it.
pub const MEMORY_MB: u32 = 1024;
/// The hash of no password, with the figures above: verifying against it costs what verifying against any other does.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2() -> Result<Argon2<'static>, Problem> {
    let (memory, iterations, lanes) = FIGURES;
    let params = Params::new(memory, iterations, lanes, None)
        .map_err(|error| errors::internal("Argon2", &error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, with a fresh salt.
///
/// # Errors
/// `internal` when the random source fails.
pub fn hash(password: &Password) -> Result<String, Problem> {
    let hashed: PasswordHash = argon2()?
        .hash_password(password.expose())
        .map_err(|error| errors::internal("Argon2", &error))?;
    Ok(hashed.to_string())
}

/// Algorithm and figures of a hash, without salt and hash.
fn figures(hash: &PasswordHash) -> Result<String, Problem> {
    let params = Params::try_from(hash).map_err(|error| errors::internal("stored hash", &error))?;
    Ok(format!(
        "{} m={} t={} p={}",
        hash.algorithm,
        params.m_cost(),
        params.t_cost(),
        params.p_cost()
    ))
}

/// What comes of comparing a password with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one.
    Right,
    /// It is the one, and the hash was made with lower figures than today's: store a new one.
    RightButOld,
    /// It is not, or there is no account.
    Wrong,
}

/// Compares a password with the stored hash of an account; without an account the work is the same.
///
/// # Errors
/// `internal` when what is stored is not a hash.
pub fn verify(password: &Password, stored: Option<&str>) -> Result<Verdict, Problem> {
    let parsed = PasswordHash::new(stored.unwrap_or(NOBODY))
        .map_err(|error| errors::internal("stored hash", &error))?;
    let argon2 = argon2()?;
    let is_right = argon2.verify_password(password.expose(), &parsed).is_ok();
    // That the work was done, and none of what came of it: the same line whether or not there is an account.
    tracing::info!(event = "password_checked", hash = %figures(&parsed)?);
    if !is_right || stored.is_none() {
        return Ok(Verdict::Wrong);
    }
    let made_with =
        Params::try_from(&parsed).map_err(|error| errors::internal("stored hash", &error))?;
    let (memory, iterations, lanes) = FIGURES;
    let is_old = made_with.m_cost() < memory
        || made_with.t_cost() < iterations
        || made_with.p_cost() < lanes;
    Ok(if is_old {
        Verdict::RightButOld
    } else {
        Verdict::Right
    })
}

/// Refuses a new password that everybody can guess: a common one, or one that holds the person's address or the tenant's
/// name.
///
/// # Errors
/// `validation-failed` at `pointer`.
pub fn refuse_guessable(
    password: &Password,
    email: &str,
    tenant_name: &str,
    pointer: &str,
) -> Result<(), Problem> {
    let local_part = email.rsplit_once('@').map_or(email, |(local, _)| local);
    let detail = if common_passwords::is_common(password) {
        "is one of the passwords that everybody tries first"
    } else if password.holds(local_part) {
        "holds your e-mail address"
    } else if password.holds(tenant_name) {
        "holds the name of the company"
    } else {
        return Ok(());
    };
    Err(Problem::new(Kind::ValidationFailed).field(pointer, detail))
}

/// Refuses a new password that is shorter than a tenant demands of its members.
///
/// # Errors
/// `validation-failed` at `pointer`.
pub fn refuse_short(password: &Password, least: usize, pointer: &str) -> Result<(), Problem> {
    let length = String::from_utf8_lossy(password.expose()).chars().count();
    if length >= least {
        return Ok(());
    }
    let detail = format!("is shorter than the {least} characters that the tenant demands");
    Err(Problem::new(Kind::ValidationFailed).field(pointer, detail))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn password(text: &str) -> Password {
        text.parse().unwrap()
    }

    #[test]
    fn the_right_password_and_no_other() {
        let stored = hash(&password("four lamps by the river")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(
            verify(&password("four lamps by the river"), Some(&stored)).unwrap(),
            Verdict::Right
        );
        assert_eq!(
            verify(&password("Four lamps by the river"), Some(&stored)).unwrap(),
            Verdict::Wrong
        );
        assert_ne!(
            stored,
            hash(&password("four lamps by the river")).unwrap(),
            "each hash has its own salt"
        );
    }

    #[test]
    fn nobody_has_todays_figures_and_no_password() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&parsed).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), FIGURES);
        assert_eq!(
            verify(&password("anything at all"), None).unwrap(),
            Verdict::Wrong
        );
    }

    #[test]
    fn a_hash_of_lower_figures_is_to_be_replaced() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8 * 1024, 1, 1, None).unwrap(),
        );
        let stored: PasswordHash = weak.hash_password(b"four lamps").unwrap();
        assert_eq!(
            verify(&password("four lamps"), Some(&stored.to_string())).unwrap(),
            Verdict::RightButOld
        );
        assert_eq!(
            verify(&password("five lamps"), Some(&stored.to_string())).unwrap(),
            Verdict::Wrong
        );
    }

    #[test]
    fn what_is_shorter_than_the_tenant_demands_is_refused() {
        let check = |least| refuse_short(&password("größer sein"), least, "/password");
        assert!(check(11).is_ok());
        assert!(check(12).is_err());
    }

    #[test]
    fn what_can_be_guessed_is_refused() {
        let check = |text: &str| {
            refuse_guessable(
                &password(text),
                "ada.byron@example.com",
                "Acme",
                "/password",
            )
        };
        assert!(check("four lamps by the river").is_ok());
        for guessable in ["Ada.Byron1843", "wearelikeacme!", "Password1"] {
            let problem = check(guessable).unwrap_err();
            assert_eq!(
                problem.errors().first().unwrap().pointer,
                "/password",
                "{guessable}"
            );
        }
    }
}
