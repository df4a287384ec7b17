//! Beginning a session: which tenant it works in, and what is written for it.

use crate::session::is_live;
use fields::Host;
use problem::Problem;
use std::cmp::Reverse;
use tenant_context::identity::Identity;
use tenant_context::items::{Session, User};
use tenant_context::person::Person;
use tenant_context::{Condition, TenantId, Update, Write};

/// How many sessions a person has at most: a new one takes the place of that which was used longest ago. So their
/// number, and with it the work of ending them all, has a bound.
pub const MOST_SESSIONS: usize = 50;
/// How many surplus sessions a log-in takes away at most; there are that many only after many log-ins at one moment.
const MOST_REMOVED: usize = 40;

/// The tenant to work in: the one asked for, if the person belongs to it; else the last one, or the latest they joined.
/// Who belongs to none any more signs in all the same: they can do nothing but accept an invitation.
///
/// `host` is what the host name says: where it names a tenant by its slug, that is the one asked for, and asking for
/// another one there finds none.
pub fn tenant_for(person: &Person, asked: Option<&str>, host: &Host) -> Option<TenantId> {
    let mut memberships = person.memberships.iter();
    let named = match host {
        Host::Slug(slug) => Some(slug.as_str()),
        Host::Product | Host::Domain(_) => None,
    };
    if asked.is_some() || named.is_some() {
        let found = memberships.find(|membership| {
            let is_asked = asked.is_none_or(|asked| {
                membership.slug == asked || membership.tenant_id.0.to_string() == asked
            });
            is_asked && named.is_none_or(|slug| membership.slug == slug)
        });
        return found.map(|membership| membership.tenant_id.0);
    }
    let last = person.user.as_ref()?.last_tenant_id;
    if memberships.any(|membership| membership.tenant_id == last) {
        return Some(last.0);
    }
    let latest = person
        .memberships
        .iter()
        .max_by(|a, b| a.joined_at.cmp(&b.joined_at));
    Some(latest.map_or(last.0, |membership| membership.tenant_id.0))
}

/// What is written when `session` begins for `user`, whose `sessions` are these: the session, the user's own item, and
/// the surplus sessions away. It happens only while the password is the one that was checked. `new_hash` takes its place.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn writes(
    identity: &Identity,
    user: &User,
    sessions: Vec<Session>,
    session: &Session,
    new_hash: Option<String>,
) -> Result<Vec<Write>, Problem> {
    let keys = identity.user_keys(user.id);
    let begun = Update::new()
        .set("last_tenant_id", session.tenant_id)?
        .add("sessions_begun", 1)
        .when(Condition::equals(
            "password_hash",
            user.password_hash.as_str(),
        ));
    let begun = match new_hash {
        Some(hash) => begun.set("password_hash", hash)?,
        None => begun,
    };
    let mut writes = vec![
        Write::create(keys.session(session.id), session)?,
        Write::update(keys.user(), begun),
    ];
    let surplus = surplus(sessions, session.rotated_at).into_iter();
    writes.extend(surplus.map(|old| Write::Delete(keys.session(old.id), Vec::new())));
    Ok(writes)
}

/// The sessions that make room for one more: first those that have ended, then those used longest ago.
fn surplus(mut sessions: Vec<Session>, now: i64) -> Vec<Session> {
    // Of those used in the same second the earlier one goes: ids are ordered by the time of their making.
    sessions.sort_by_key(|session| {
        Reverse((is_live(session, now), session.rotated_at, session.id.uuid()))
    });
    let kept = sessions.len().min(MOST_SESSIONS - 1);
    let mut surplus = sessions.split_off(kept);
    surplus.truncate(MOST_REMOVED);
    surplus
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use tenant_context::SessionId;

    fn session(rotated_at: i64, revoked: bool) -> Session {
        let mut session: Session = serde_json::from_value(serde_json::json!({
            "id": SessionId::generate(), "tenant_id": "ten_00000000-0000-0000-0000-000000000001", "refresh_hash": "",
            "rotated_at": rotated_at, "length_seconds": 1, "device": "", "ip_prefix": "", "created_at": "",
            "last_seen_at": "", "expires_at": 10_000, "ttl": 10_000,
        }))
        .unwrap();
        session.revoked_at = revoked.then(String::new);
        session
    }

    #[test]
    fn the_session_used_longest_ago_makes_room() {
        let mut sessions: Vec<Session> = (1..=50).map(|at| session(100 + at, false)).collect();
        sessions.rotate_left(17);
        let removed = surplus(sessions.clone(), 1000);
        let times: Vec<i64> = removed.iter().map(|session| session.rotated_at).collect();
        assert_eq!(times, [101]);
        sessions.pop();
        assert!(surplus(sessions.clone(), 1000).is_empty());
        sessions.push(session(900, true));
        let removed = surplus(sessions, 1000);
        assert!(removed.iter().all(|session| session.revoked_at.is_some()) && removed.len() == 1);
    }
}
