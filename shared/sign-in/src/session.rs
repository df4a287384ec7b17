//! The life of a session.

use crate::refresh_token::RefreshToken;
use problem::Problem;
use std::net::IpAddr;
use tenant_context::items::{Session, StoredTenantId};
use tenant_context::{Condition, Update};

/// Seconds within which a repeated refresh gets the same answer: the first answer may have been lost on its way.
const RETRY_WINDOW: i64 = 10;
/// Seconds for which a revoked session is kept.
const KEPT_AFTER_END: i64 = 24 * 3600;
/// Characters of the client's name for itself that are kept.
const DEVICE_CHARACTERS: usize = 120;

/// For how long a session goes on after each refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length(u32);

impl Length {
    /// A day.
    pub const USUAL: Self = Self(24 * 3600);
    /// 30 days, for `remember_me`.
    pub const REMEMBERED: Self = Self(30 * 24 * 3600);

    /// What the client asked for.
    pub fn asked(remember_me: bool) -> Self {
        if remember_me {
            Self::REMEMBERED
        } else {
            Self::USUAL
        }
    }

    /// That of a stored session.
    pub fn of(session: &Session) -> Self {
        Self(u32::try_from(session.length_seconds).unwrap_or(Self::USUAL.0))
    }

    /// In seconds.
    pub fn seconds(self) -> i64 {
        self.0.into()
    }

    pub(crate) fn to_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    pub(crate) fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(bytes))
    }
}

/// The change that makes `next` the session's token in the place of `used`, which must be the present one.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn rotation(used: &RefreshToken, next: &RefreshToken, now: i64) -> Result<Update, Problem> {
    let ends = next.renewed_until(now);
    Ok(Update::new()
        .set("refresh_hash", next.hash())?
        .set("previous_hash", used.hash())?
        .set("rotated_at", now)?
        .set("last_seen_at", endpoint::now())?
        .set("expires_at", ends)?
        .set("ttl", ends)?
        .when(Condition::equals("refresh_hash", used.hash()))
        .when(Condition::HasNot("revoked_at"))
        .when(Condition::greater_than("expires_at", now)))
}

/// The change that moves a session to another tenant, with another token.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn switch(tenant: StoredTenantId, next: &RefreshToken, now: i64) -> Result<Update, Problem> {
    Ok(Update::new()
        .set("tenant_id", tenant)?
        .set("refresh_hash", next.hash())?
        .copy("previous_hash", "refresh_hash")
        .set("rotated_at", now)?
        .set("last_seen_at", endpoint::now())?
        .when(Condition::Exists)
        .when(Condition::HasNot("revoked_at"))
        .when(Condition::greater_than("expires_at", now)))
}

/// The change that ends a session which has not ended yet.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn revocation(now: i64) -> Result<Update, Problem> {
    Ok(Update::new()
        .set("revoked_at", endpoint::now())?
        .set("ttl", now.saturating_add(KEPT_AFTER_END))?
        .when(Condition::Exists)
        .when(Condition::HasNot("revoked_at"))
        .when(Condition::greater_than("expires_at", now)))
}

/// Whether a session has neither ended nor been revoked.
pub fn is_live(session: &Session, now: i64) -> bool {
    session.revoked_at.is_none() && session.expires_at > now
}

/// What to do with a refresh token of ours that is not the session's present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// It was used a moment ago, and its successor is still the present one: the same answer again.
    Repeat,
    /// It opens nothing.
    Refuse,
    /// It was used before, so that somebody else holds it too: the session ends.
    Reused,
}

/// Judges a token whose rotation was refused, by the session as it stands.
pub fn judge_stale(
    session: Option<&Session>,
    used: &RefreshToken,
    next: &RefreshToken,
    now: i64,
) -> Stale {
    let Some(session) = session.filter(|session| is_live(session, now)) else {
        return Stale::Refuse;
    };
    let is_recent = now.saturating_sub(session.rotated_at) <= RETRY_WINDOW;
    let is_previous = session.previous_hash.as_ref() == Some(&used.hash());
    match (
        is_previous && is_recent,
        session.refresh_hash == next.hash(),
    ) {
        (true, true) => Stale::Repeat,
        // The session was moved to another tenant a moment ago, while this refresh was on its way.
        (true, false) => Stale::Refuse,
        (false, _) => Stale::Reused,
    }
}

/// The client's own name for itself, on one line and shortened.
pub(crate) fn device(user_agent: &str) -> String {
    user_agent
        .chars()
        .filter(|c| !c.is_control())
        .take(DEVICE_CHARACTERS)
        .collect()
}

/// The network an address is in, to recognise a place by: /24 of IPv4, /48 of IPv6.
pub(crate) fn ip_prefix(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::SignIn;
    use endpoint::RequestInfo;
    use tenant_context::{TenantId, UserId};

    struct Rotated {
        session: Session,
        used: RefreshToken,
        next: RefreshToken,
        now: i64,
    }

    fn rotated() -> Rotated {
        let material = tokens::keys::generate().unwrap();
        let sign_in = SignIn::from_secret(&material.access_secret).unwrap();
        let (user, tenant) = (UserId::generate(), TenantId::generate());
        let (mut session, answer) = sign_in
            .begin(user, tenant, Length::USUAL, &RequestInfo::default())
            .unwrap();
        let used = sign_in.open(&answer.refresh_token).unwrap();
        let next = sign_in.successor(&used);
        session.previous_hash = Some(used.hash());
        session.refresh_hash = next.hash();
        let now = session.rotated_at;
        Rotated {
            session,
            used,
            next,
            now,
        }
    }

    #[test]
    fn a_retry_within_ten_seconds_gets_the_same_answer() {
        let Rotated {
            session,
            used,
            next,
            now,
        } = rotated();
        assert_eq!(
            judge_stale(Some(&session), &used, &next, now + 10),
            Stale::Repeat
        );
        assert_eq!(
            judge_stale(Some(&session), &used, &next, now + 11),
            Stale::Reused
        );
    }

    #[test]
    fn an_older_token_ends_the_session() {
        let Rotated {
            mut session,
            used,
            next,
            now,
        } = rotated();
        session.previous_hash = Some("another generation".to_owned());
        assert_eq!(
            judge_stale(Some(&session), &used, &next, now),
            Stale::Reused
        );
    }

    #[test]
    fn a_session_that_has_ended_is_only_refused() {
        let Rotated {
            session,
            used,
            next,
            now,
        } = rotated();
        assert_eq!(judge_stale(None, &used, &next, now), Stale::Refuse);
        assert_eq!(
            judge_stale(Some(&session), &used, &next, session.expires_at),
            Stale::Refuse
        );
        let revoked = Session {
            revoked_at: Some(String::new()),
            ..session
        };
        assert_eq!(
            judge_stale(Some(&revoked), &used, &next, now + 60),
            Stale::Refuse
        );
    }

    #[test]
    fn a_refresh_that_crosses_a_switch_is_only_refused() {
        let Rotated {
            mut session,
            used,
            next,
            now,
        } = rotated();
        session.refresh_hash = "the switch's own".to_owned();
        assert_eq!(
            judge_stale(Some(&session), &used, &next, now + 1),
            Stale::Refuse
        );
        assert_eq!(
            judge_stale(Some(&session), &used, &next, now + 60),
            Stale::Reused
        );
    }

    #[test]
    fn where_a_session_is() {
        assert_eq!(ip_prefix("203.0.113.7"), "203.0.113.0/24");
        assert_eq!(ip_prefix("2001:db8:12:34::1"), "2001:db8:12::/48");
        assert_eq!(ip_prefix("garbage"), "");
        assert_eq!(device("curl/8\r\nX: y"), "curl/8X: y");
        assert_eq!(device(&"ü".repeat(500)).chars().count(), DEVICE_CHARACTERS);
    }
}
