//! Whom to tell of a change of their second factors.

use mail::outbox::{self, Letter, Notice};
use problem::{Kind, Problem};
use serde::Deserialize;
use tenant_context::{TenantContext, Write, keys::UserKeys};

/// Name and address of a person.
#[derive(Clone, Deserialize)]
pub struct Addressee {
    /// What they are called.
    pub name: String,
    /// Where their letters go.
    pub email: String,
}

impl Addressee {
    /// The caller, read with their own credentials.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn of(caller: &TenantContext) -> Result<Self, Problem> {
        let (table, key) = (caller.own_table().await?, caller.own_keys().user());
        let found = table.get_some(&key, &["name", "email"]).await?;
        found.ok_or_else(|| Kind::NotFound.into())
    }

    /// The write that sends them a letter about their account.
    ///
    /// # Errors
    /// `internal` when the letter can't be stored.
    pub fn letter(&self, keys: UserKeys, notice: Notice) -> Result<Write, Problem> {
        let letter = Letter::new(&self.email, &self.name, notice);
        outbox::write(keys.outbox(letter.id), &letter)
    }
}
