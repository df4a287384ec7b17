//! Keys that event functions find in a change stream, or make of an address.

use crate::ids::{TenantId, UserId};
use crate::keys::{Key, LETTER, OUTBOX, TableName, TenantKeys, UserKeys};
use uuid::Uuid;

/// Where a letter to be sent stands: what the change stream says of it, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outbox {
    /// In a tenant's name.
    Tenant(TenantId, Uuid),
    /// About a user's own account.
    User(UserId, Uuid),
}

impl Outbox {
    /// Whether an item with this partition key is a letter to be sent.
    pub fn has(pk: &str) -> bool {
        pk.ends_with(OUTBOX)
    }

    /// The letter that these keys name; they come from our own stream.
    pub fn of(pk: &str, sk: &str) -> Option<Self> {
        let (owner, id) = pk.strip_suffix(OUTBOX)?.split_once('#')?;
        let (owner, letter) = (owner_kind(owner)?, sk.strip_prefix(LETTER)?.parse().ok()?);
        let outbox = owner(id.parse().ok()?, letter);
        // One spelling only, so that no text is read as another key than it is.
        (outbox.key().pk == pk && outbox.key().sk == sk).then_some(outbox)
    }

    /// Its key.
    pub(crate) fn key(self) -> Key {
        match self {
            Outbox::Tenant(tenant, letter) => TenantKeys::of(tenant).outbox(letter),
            Outbox::User(user, letter) => UserKeys::of(user).outbox(letter),
        }
    }
}

fn owner_kind(word: &str) -> Option<fn(Uuid, Uuid) -> Outbox> {
    match word {
        "TENANT" => Some(|id, letter| Outbox::Tenant(TenantId::trusted(id), letter)),
        "USER" => Some(|id, letter| Outbox::User(id.into(), letter)),
        _ => None,
    }
}

/// An address that gets no more mail, by the SHA-256 of its normalised form in hexadecimal.
pub(crate) fn suppressed(hash: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("SUPPRESSED#{hash}"),
        sk: "SUPPRESSED".to_owned(),
    }
}
