//! Letters to be sent. A request never talks to the mail service: it adds a letter to its own transaction, and what
//! happened and the letter about it are stored together or not at all.
//!
//! ```text
//! outbox item ──stream──> stream-fanout ──queue──> emails-send ──> SES ──events──> emails-feedback
//! ```
//!
//! **Never two letters about one event.** The letter's id is decided by the event, and an item is only ever made, never
//! replaced. Where the event is a request, its transaction happens once, so the letter takes a fresh id
//! ([`Letter::new`]). Where the same event may be handled twice (a message of a queue, a schedule, a webhook), the id
//! follows from what the event is ([`Letter::about`]), and the second time the item is there already: the transaction's
//! write of the letter is refused, which tells the caller that all of it has been done.
//!
//! An item holds neither a rendered message nor a link's secret: both are made when the message is sent.

pub use crate::notice::Notice;

use problem::Problem;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use tenant_context::items::StoredTenantId;
use tenant_context::{Key, Uuid, Write, errors};

/// How long an item is kept after it was made, whatever became of its letter.
const KEPT_DAYS: i64 = 30;

/// Something to be told to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Decided by the event; see the module.
    pub id: Uuid,
    /// The address.
    pub to: String,
    /// What the receiver is called; empty where that is not known.
    #[serde(default)]
    pub recipient_name: String,
    /// What it says.
    pub notice: Notice,
    /// Whose branding it wears; the product's own if nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<StoredTenantId>,
    /// When the event was.
    pub created_at: String,
}

impl Letter {
    /// A letter about an event that happens once: a request's own transaction. It wears the product's own branding.
    pub fn new(to: &str, recipient_name: &str, notice: Notice) -> Self {
        Self::with_id(Uuid::now_v7(), to, recipient_name, notice)
    }

    /// A letter about an event that may be handled more than once. `event` says which of them it is: the same parts
    /// make the same id, so the letter is written once (`about(&["trial-ended", &tenant, &owner, &ended_at], …)`).
    pub fn about(event: &[&str], to: &str, recipient_name: &str, notice: Notice) -> Self {
        Self::with_id(id_of(event), to, recipient_name, notice)
    }

    fn with_id(id: Uuid, to: &str, recipient_name: &str, notice: Notice) -> Self {
        Self {
            id,
            to: to.to_owned(),
            recipient_name: recipient_name.to_owned(),
            notice,
            tenant_id: None,
            created_at: endpoint::now(),
        }
    }

    /// The same in a tenant's name, with its branding.
    #[must_use]
    pub fn of_tenant(mut self, tenant: StoredTenantId) -> Self {
        self.tenant_id = Some(tenant);
        self
    }
}

impl std::fmt::Debug for Letter {
    /// Without address and name: they have no place in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A UUID that follows from the parts (version 8, RFC 9562: here from SHA-256).
fn id_of(event: &[&str]) -> Uuid {
    let mut digest = Context::new(&SHA256);
    for part in event {
        // The length goes first, so that ["ab", "c"] is not ["a", "bc"].
        digest.update(&part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(digest.finish().as_ref())
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// An address as it may be shown to whoever reads another mailbox: `a…@example.com`.
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

/// Where a letter stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for its turn.
    Queued,
    /// One attempt has it in hand.
    Sending,
    /// The mail service has taken it.
    Sent,
    /// It has reached the receiver's mail server.
    Delivered,
    /// It came back, or the receiver called it spam.
    Bounced,
    /// It will not be sent: the address has bounced or complained before.
    Suppressed,
    /// It will not be sent: the mail service refuses it for good.
    Failed,
}

/// The item. Everything the letter says stands in one attribute, so that a role which may write letters names few:
/// `pk, sk, change, id, state, letter, ttl` (see [`ATTRIBUTES`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboxItem {
    /// The letter's id.
    pub id: Uuid,
    /// Where it stands.
    pub state: State,
    /// The letter.
    pub letter: Letter,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
}

/// The attributes that [`write`] stores: what a role with `dynamodb:Attributes` lists.
pub const ATTRIBUTES: &[&str] = &["pk", "sk", "change", "id", "state", "letter", "ttl"];

/// The write that sends a letter, for the transaction of the event that it is about. `key` is
/// `caller.keys().outbox(letter.id)`, or `user_keys.outbox(letter.id)` for what concerns a person's own account.
///
/// # Errors
/// `internal` when the letter can't be stored.
pub fn write(key: Key, letter: &Letter) -> Result<Write, Problem> {
    let kept = jiff::SignedDuration::from_hours(24 * KEPT_DAYS);
    let ttl = jiff::Timestamp::now()
        .checked_add(kept)
        .map_err(|error| errors::internal("ttl", &error))?;
    let item = OutboxItem {
        id: letter.id,
        state: State::Queued,
        letter: letter.clone(),
        ttl: ttl.as_second(),
    };
    Write::create(key, &item)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
