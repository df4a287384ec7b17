//! An event of the billing provider is dealt with: once, together with all that follows from it.

use crate::effect::{Effect, is_open};
use crate::event::ProviderEvent;
use crate::invitation;
use crate::subscribed::Subscribed;
use endpoint::prelude::*;
use mail::outbox;
use mail::owners::owners;
use sign_in::link::LinkKeys;
use tenant_context::billing::BillingEvent;
use tenant_context::identity::Identity;
use tenant_context::items::{StoredTenantId, TenantStatus};
use tenant_context::{StoredItem, Table, TenantId};

/// How long an event is remembered, in days. The provider gives up after three.
const REMEMBERED_DAYS: i64 = 90;
/// How often it is tried when something else changes the tenant at the same moment. Then the provider sends it again.
const TRIES: usize = 5;
/// The position of the write that remembers the event.
const EVENT: usize = 0;

/// Deals with events.
pub struct Desk {
    /// Gives the keys.
    pub identity: Identity,
    /// Makes the links of invitations.
    pub links: LinkKeys,
}

impl Desk {
    /// Does what follows from an event. It is the provider's: its signature was checked.
    ///
    /// # Errors
    /// `unavailable` when others keep changing the tenant; the provider will send it again.
    pub async fn receive(&self, event: &ProviderEvent, table: &Table) -> Result<(), Problem> {
        let Some(uuid) = event.metadata().tenant else {
            tracing::warn!(
                event_id = event.id,
                kind = event.kind,
                "an event of billing names no tenant"
            );
            return Ok(());
        };
        let tenant = self.identity.tenant(uuid);
        for _ in 0..TRIES {
            match self.attempt(event, table, tenant).await {
                Err(WriteError::Refused(refused)) if was_known(&refused) => {
                    tracing::info!(event_id = event.id, "an event of billing came again");
                    return Ok(());
                }
                // Somebody has changed the tenant meanwhile: what follows may be something else now.
                Err(WriteError::Refused(_)) => {}
                Err(WriteError::Failed(problem)) => return Err(problem),
                Ok(()) => return Ok(()),
            }
        }
        Err(Kind::Unavailable.into())
    }

    async fn attempt(
        &self,
        event: &ProviderEvent,
        table: &Table,
        tenant: TenantId,
    ) -> Result<(), WriteError> {
        let keys = self.identity.tenant_keys(tenant);
        let now = Subscribed::read(table, keys).await?;
        let now = now.filter(|now| now.tenant.status != TenantStatus::Deleted);
        let Some(now) = now else {
            tracing::warn!(event_id = event.id, tenant_id = %tenant, "an event of billing names a tenant that is not there");
            return Ok(());
        };
        let Some(happened) = event.happened() else {
            return Ok(());
        };
        let data = event.metadata();
        let effect = Effect::of(&now, event, &happened, &data);
        let known = BillingEvent {
            tenant_id: StoredTenantId(tenant),
            ttl: jiff::Timestamp::now().as_second() + REMEMBERED_DAYS * 86_400,
        };
        let mut writes = vec![Write::create(
            self.identity.billing_event_key(&event.id),
            &known,
        )?];
        if let Some(payment) = &effect.payment {
            writes.push(Write::create(
                keys.payment(event.created, &event.id),
                payment,
            )?);
        }
        if let Some(next) = &effect.next {
            let (mut change, subscription) = now.writes(keys, next)?;
            writes.push(subscription);
            let invites = effect.seat_bought && data.invite.is_some() && is_open(next.status);
            if invites || effect.notice.is_some() {
                let owners = owners(table, keys).await?;
                if invites {
                    let more =
                        invitation::writes(table, keys, &now.tenant, &owners, &self.links, &data)
                            .await?;
                    if !more.is_empty() {
                        change = change
                            .add("seats_taken", 1)
                            .when(Condition::absent_or_at_most("seats_taken", next.seats - 1));
                    }
                    writes.extend(more);
                }
                for (owner, notice) in owners.iter().zip(std::iter::repeat(&effect.notice)) {
                    if let Some(notice) = notice {
                        let letter = owner.letter(now.tenant.id, &event.id, notice.clone());
                        writes.push(outbox::write(keys.outbox(letter.id), &letter)?);
                    }
                }
            }
            writes.push(Write::update(keys.tenant(), change));
        }
        table.transact(writes).await
    }
}

fn was_known(refused: &[(usize, Option<StoredItem>)]) -> bool {
    refused.iter().any(|(position, _)| *position == EVENT)
}
