//! Writes that happen together or not at all, each with what its refusal means.

use endpoint::prelude::*;
use mail::outbox::{self, Letter};
use tenant_context::keys::TenantKeys;
use tenant_context::{Key, Table};

/// One transaction in the making.
#[derive(Default)]
pub struct Together {
    writes: Vec<Write>,
    meanings: Vec<Problem>,
}

impl Together {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a write. `refused` is the answer when its condition does not hold.
    pub fn add(&mut self, write: Write, refused: impl Into<Problem>) {
        self.writes.push(write);
        self.meanings.push(refused.into());
    }

    /// Adds a letter in the tenant's name.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    pub fn letter(&mut self, keys: TenantKeys, letter: &Letter) -> Result<(), Problem> {
        self.add(
            outbox::write(keys.outbox(letter.id), letter)?,
            Kind::Conflict,
        );
        Ok(())
    }

    /// The caller must still be what they were when the request was let in: of two people who take each other's role
    /// away at the same moment, one does.
    pub fn caller_stays(&mut self, caller: &TenantContext, keys: TenantKeys) {
        let unchanged = vec![
            Condition::equals("status", "active"),
            Condition::equals("role", caller.role().to_string()),
        ];
        let member = keys.member(caller.user_id());
        self.add(Write::check(member, unchanged), own_role_changed());
    }

    /// Does it.
    ///
    /// # Errors
    /// What the first refused write means; whatever else went wrong.
    pub async fn commit(self, table: &Table) -> Result<(), Problem> {
        let Self { writes, meanings } = self;
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| {
                let first = refused.first().map(|(position, _)| *position);
                first
                    .and_then(|position| meanings.into_iter().nth(position))
                    .unwrap_or_else(changed_meanwhile)
            })
        })
    }
}

/// Something was changed between reading and writing.
pub fn changed_meanwhile() -> Problem {
    Problem::new(Kind::Conflict).detail("It has just been changed: read it again, then try again.")
}

/// The caller is no longer what they were when the request was let in.
pub fn own_role_changed() -> Problem {
    Problem::new(Kind::PermissionDenied).detail("Your own role has just changed.")
}

/// A write that removes an item for which a condition holds.
pub fn delete_when(key: Key, condition: Condition) -> Write {
    Write::Delete(key, vec![condition])
}
