//! The letters' items: read, taken, and moved on, each by one conditional update.

use crate::suppression::{self, Suppression};
use mail::branding::Branding;
use mail::outbox::{Letter, State};
use permissions::Access;
use problem::Problem;
use serde::Deserialize;
use tenant_context::items::StoredTenantId;
use tenant_context::outbox::Outbox;
use tenant_context::system::System;
use tenant_context::{Condition, Key, Table, Update, Uuid, Write, WriteError, usage};

/// What a letter's item says.
#[derive(Debug, Clone, Deserialize)]
pub struct Stored {
    /// Where it stands.
    pub state: State,
    /// The letter.
    pub letter: Letter,
    /// The attempt that has it in hand, if one has.
    #[serde(default)]
    pub attempt: Option<Uuid>,
    /// Until when that attempt may be at work, in seconds since 1970.
    #[serde(default)]
    pub lease_until: i64,
}

/// What becomes of a letter that an attempt has in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// SES has taken it, under this id.
    Sent(String),
    /// SES has not taken it: it waits for its next turn.
    Back,
    /// SES will never take it, for this reason.
    Failed(String),
}

/// Where letters are kept.
pub trait Letters: Send + Sync {
    /// The item, unless it is gone.
    fn find(&self, outbox: Outbox) -> impl Future<Output = Result<Option<Stored>, Problem>> + Send;

    /// Whether the address gets no more mail.
    fn is_suppressed(&self, address: &str) -> impl Future<Output = Result<bool, Problem>> + Send;

    /// How a tenant's letters look.
    fn branding(
        &self,
        tenant: StoredTenantId,
    ) -> impl Future<Output = Result<Branding, Problem>> + Send;

    /// Takes the letter as it was found, for `attempt` and until the lease ends. False when it has moved on since.
    fn take(
        &self,
        outbox: Outbox,
        found: &Stored,
        attempt: Uuid,
        lease_until: i64,
    ) -> impl Future<Output = Result<bool, Problem>> + Send;

    /// Leaves the letter as it was found unsent for good, in this state. It does not matter if it has moved on since.
    fn leave(
        &self,
        outbox: Outbox,
        found: &Stored,
        state: State,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Moves the letter on that `attempt` has in hand. It does not matter if it has moved on since.
    fn finish(
        &self,
        outbox: Outbox,
        attempt: Uuid,
        to: Move,
    ) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// In the tables.
pub struct Stock {
    system: System,
}

impl Stock {
    /// With this function's access.
    pub fn new(system: System) -> Self {
        Self { system }
    }

    /// The item with whatever credentials reach it. `request` tells one attempt's changes from another's.
    async fn with<T>(
        &self,
        outbox: Outbox,
        request: &str,
        work: impl AsyncFnOnce(&Table, Key) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let key = self.system.letter(outbox);
        match outbox {
            Outbox::Tenant(tenant, _) => {
                let context = self.system.tenant(tenant, Access::Write, request).await?;
                work(context.table(), key).await
            }
            Outbox::User(..) => work(&self.system.own_table(request), key).await,
        }
    }

    /// Whether the update was made: not if a condition did not hold.
    pub(crate) async fn change(
        &self,
        outbox: Outbox,
        request: &str,
        update: Update,
    ) -> Result<bool, Problem> {
        self.with(outbox, request, async |table, key| {
            match table.update::<serde::de::IgnoredAny>(&key, update).await {
                Ok(_) => Ok(true),
                Err(WriteError::Refused(_)) => Ok(false),
                Err(WriteError::Failed(problem)) => Err(problem),
            }
        })
        .await
    }
}

impl Stock {
    /// [`Stock::change`] for a letter that SES has taken: a tenant's is counted with the very change, and so once.
    pub(crate) async fn change_to_sent(
        &self,
        outbox: Outbox,
        request: &str,
        update: Update,
    ) -> Result<bool, Problem> {
        let Outbox::Tenant(tenant, _) = outbox else {
            return self.change(outbox, request, update).await;
        };
        let context = self.system.tenant(tenant, Access::Write, request).await?;
        let writes = vec![
            Write::update(self.system.letter(outbox), update),
            usage::email_sent(context.keys(), crate::now())?,
        ];
        match context.table().transact(writes).await {
            Ok(()) => Ok(true),
            Err(WriteError::Refused(_)) => Ok(false),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }
}

/// The change that holds only while the item is as it was found.
fn unless_moved(found: &Stored, update: Update) -> Update {
    let state = match found.state {
        State::Sending => "sending",
        _ => "queued",
    };
    let update = update.when(Condition::equals("state", state));
    match found.attempt {
        Some(attempt) => update.when(Condition::equals("attempt", attempt.to_string())),
        None => update.when(Condition::HasNot("attempt")),
    }
}

impl Letters for Stock {
    async fn find(&self, outbox: Outbox) -> Result<Option<Stored>, Problem> {
        self.with(outbox, "", async |table, key| table.get(&key).await)
            .await
    }

    async fn is_suppressed(&self, address: &str) -> Result<bool, Problem> {
        let key = self.system.suppressed(&suppression::hash(address));
        let found: Option<Suppression> = self.system.own_table("").get(&key).await?;
        // DynamoDB removes what has ended in its own time.
        Ok(found.is_some_and(|found| found.ttl > crate::now()))
    }

    async fn branding(&self, tenant: StoredTenantId) -> Result<Branding, Problem> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let context = self.system.tenant(tenant.0, Access::Write, "").await?;
        let (table, keys) = (context.table(), context.keys());
        let named: Option<Named> = table.get_some(&keys.tenant(), &["name"]).await?;
        let branding = keys.branding();
        // Whatever stands there can't stop a letter.
        let branding = table.get_some(&branding, Branding::ATTRIBUTES).await;
        let mut branding: Branding = branding.ok().flatten().unwrap_or_default();
        branding.name = named.map(|named| named.name).unwrap_or_default();
        Ok(branding)
    }

    async fn take(
        &self,
        outbox: Outbox,
        found: &Stored,
        attempt: Uuid,
        lease_until: i64,
    ) -> Result<bool, Problem> {
        let update = Update::new()
            .set("state", State::Sending)?
            .set("attempt", attempt)?
            .set("lease_until", lease_until)?;
        self.change(outbox, &attempt.to_string(), unless_moved(found, update))
            .await
    }

    async fn leave(&self, outbox: Outbox, found: &Stored, state: State) -> Result<(), Problem> {
        let update = Update::new().set("state", state)?;
        let request = Uuid::new_v4().to_string();
        self.change(outbox, &request, unless_moved(found, update))
            .await
            .map(|_| ())
    }

    async fn finish(&self, outbox: Outbox, attempt: Uuid, to: Move) -> Result<(), Problem> {
        let is_sent = matches!(to, Move::Sent(_));
        let update = match to {
            Move::Sent(id) => Update::new()
                .set("state", State::Sent)?
                .set("message_id", id)?,
            Move::Back => Update::new().set("state", State::Queued)?,
            Move::Failed(reason) => Update::new()
                .set("state", State::Failed)?
                .set("failure", reason)?,
        };
        let update = update
            .when(Condition::equals("state", "sending"))
            .when(Condition::equals("attempt", attempt.to_string()));
        let request = attempt.to_string();
        let moved = match is_sent {
            true => self.change_to_sent(outbox, &request, update).await,
            false => self.change(outbox, &request, update).await,
        };
        moved.map(|_| ())
    }
}
