//! A user and the tenants they belong to, read in one call: what a log-in needs.

use crate::items::{Membership, User};
use crate::keys::UserKeys;
use crate::table::Table;
use problem::Problem;

/// What a user's partition says of them, sessions aside.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The user, if there is one.
    pub user: Option<User>,
    /// The tenants they belong to.
    pub memberships: Vec<Membership>,
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
            } else {
                person.memberships.push(item.read()?);
            }
        }
        Ok(person)
    }
}
