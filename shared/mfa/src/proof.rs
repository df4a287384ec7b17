//! What a session remembers of proofs.

use problem::Problem;
use tenant_context::{Condition, Update};

/// What was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proved {
    /// That the person knows the password.
    Password,
    /// That the person has the second factor.
    SecondFactor,
    /// That the person has a second factor that they have just set up: it says nothing of who they are.
    Enrolment,
}

/// The change to a session in which somebody has just proved who they are. It must still be going on.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn proved(what: Proved, now: i64) -> Result<Update, Problem> {
    Ok(match what {
        Proved::Password => live(now).set("stepped_up_at", now)?,
        Proved::Enrolment => live(now).set("mfa_at", now)?,
        Proved::SecondFactor => live(now).set("stepped_up_at", now)?.set("mfa_at", now)?,
    })
}

/// The change to a session whose second factor counts no longer.
pub fn forgotten(now: i64) -> Update {
    live(now).remove("mfa_at")
}

fn live(now: i64) -> Update {
    Update::new()
        .when(Condition::Exists)
        .when(Condition::HasNot("revoked_at"))
        .when(Condition::greater_than("expires_at", now))
}
