//! A user with their tenants and sessions, read in one call: what a log-in needs.

use crate::items::{Membership, Session, User};
use crate::keys::{MEMBERSHIP, SESSION, UserKeys};
use crate::table::Table;
use problem::Problem;

/// What a user's partition says of them.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The user, if there is one.
    pub user: Option<User>,
    /// The tenants they belong to.
    pub memberships: Vec<Membership>,
    /// Their sessions, those that have ended included; few, since a log-in takes the surplus away.
    pub sessions: Vec<Session>,
}

impl Person {
    /// Reads them with one Query, strongly consistent: 1 read unit for each 4 KB, found or not.
    ///
    /// # Errors
    /// When the call fails, or what is stored does not fit.
    pub async fn read(table: &Table, keys: UserKeys) -> Result<Self, Problem> {
        let (from, to) = keys.person();
        let mut person = Self::default();
        for item in table.range(&from, &to).await? {
            if item.is_at(&to) {
                person.user = Some(item.read()?);
            } else if item.is_under(MEMBERSHIP) {
                person.memberships.push(item.read()?);
            } else if item.is_under(SESSION) {
                person.sessions.push(item.read()?);
            }
        }
        Ok(person)
    }
}
