//! What an event of the billing provider means for a tenant. Nothing is read or written here.

use crate::event::{Bought, Happened, Invoice, Metadata, ProviderEvent, Subscription};
use crate::subscribed::{Next, Subscribed, time};
use mail::outbox::Notice;
use plans::Plan;
use tenant_context::billing::{Payment, PaymentStatus, SubscriptionStatus};
use tenant_context::items::TenantStatus;

/// What is to be stored.
#[derive(Debug, Default)]
pub struct Effect {
    /// What the tenant and its subscription become, if they change.
    pub next: Option<Next>,
    /// What was paid, or could not be.
    pub payment: Option<Payment>,
    /// What the owners are told.
    pub notice: Option<Notice>,
    /// Whether a seat was bought, which may be for somebody.
    pub seat_bought: bool,
}

impl Effect {
    /// What `event` means for the tenant as it stands `now`.
    ///
    /// The provider does not promise to send events in order. One that is older than what is known changes nothing; what
    /// was paid is on record all the same.
    pub fn of(
        now: &Subscribed,
        event: &ProviderEvent,
        happened: &Happened,
        data: &Metadata,
    ) -> Self {
        let is_old = event.created < now.subscription.last_event_at;
        let mut effect = match happened {
            Happened::Subscribed(_) if is_old => Self::default(),
            Happened::Subscribed(now_is) => subscribed(now, now_is, data),
            Happened::Bought(bought) => checkout(now, bought, data, is_old),
            Happened::Invoiced(invoice) => Self {
                next: if is_old { None } else { invoiced(now, invoice) },
                payment: Some(payment(event, invoice)),
                ..Self::default()
            },
        };
        if let Some(next) = &mut effect.next {
            next.subscription.last_event_at = now.subscription.last_event_at.max(event.created);
            effect.notice = match (is_open(now.tenant.status), is_open(next.status)) {
                (true, false) => Some(Notice::TenantSuspended),
                (false, true) => Some(Notice::TenantReactivated),
                _ => None,
            };
        }
        effect
    }
}

/// Whether the tenant can be worked in.
pub fn is_open(status: TenantStatus) -> bool {
    matches!(status, TenantStatus::Trial | TenantStatus::Active)
}

/// Where the provider's word leaves the subscription. A first payment that is not made yet, or never was, leaves it where
/// it is: nothing has begun.
fn status_of(word: &str) -> Option<SubscriptionStatus> {
    match word {
        "active" => Some(SubscriptionStatus::Active),
        "trialing" => Some(SubscriptionStatus::Trialing),
        "past_due" => Some(SubscriptionStatus::PastDue),
        "unpaid" | "paused" => Some(SubscriptionStatus::Suspended),
        "canceled" => Some(SubscriptionStatus::Cancelled),
        _ => None,
    }
}

fn subscribed(now: &Subscribed, subscription: &Subscription, data: &Metadata) -> Effect {
    let Some(status) = status_of(&subscription.status) else {
        return Effect::default();
    };
    let is_live = matches!(
        status,
        SubscriptionStatus::Active | SubscriptionStatus::Trialing
    );
    if !is_live && !is_about(now, Some(&subscription.id)) {
        // An earlier subscription that ends is no reason to stop the present one.
        return Effect::default();
    }
    let mut next = now.next();
    subscribe(&mut next, now, data, subscription.seats);
    let stored = &mut next.subscription;
    stored.subscription_id = Some(subscription.id.clone());
    stored.customer_id = subscription.customer.clone().or(stored.customer_id.take());
    let (start, end) = subscription.period.clone();
    stored.period_start = start.or(stored.period_start.take());
    stored.period_end = end.or(stored.period_end.take());
    stand(&mut next, now, status);
    Effect {
        seat_bought: next.seats > now.tenant.seats,
        next: Some(next),
        ..Effect::default()
    }
}

fn checkout(now: &Subscribed, bought: &Bought, data: &Metadata, is_old: bool) -> Effect {
    let mut next = now.next();
    if !is_old {
        let taken = now.tenant.seats_taken;
        // The seat that was bought for somebody; how many there are in all, the subscription's own event says.
        let for_somebody = data
            .invite
            .as_ref()
            .map(|_| now.tenant.seats.max(taken + 1));
        subscribe(&mut next, now, data, bought.seats.or(for_somebody));
        let stored = &mut next.subscription;
        stored.subscription_id = bought
            .subscription
            .clone()
            .or(stored.subscription_id.take());
        stored.customer_id = bought.customer.clone().or(stored.customer_id.take());
        if stored.subscription_id.is_some() {
            stand(&mut next, now, SubscriptionStatus::Active);
        }
    }
    Effect {
        next: Some(next),
        seat_bought: true,
        ..Effect::default()
    }
}

fn invoiced(now: &Subscribed, invoice: &Invoice) -> Option<Next> {
    if !is_about(now, invoice.subscription.as_deref()) {
        return None;
    }
    use SubscriptionStatus::{Active, PastDue, Suspended};
    let has_subscription = now.subscription.subscription_id.is_some();
    let status = match (now.subscription.status, invoice.is_paid) {
        (PastDue | Suspended, true) if has_subscription => Active,
        (Active, false) if has_subscription => PastDue,
        _ => return None,
    };
    let mut next = now.next();
    stand(&mut next, now, status);
    Some(next)
}

/// Whether a subscription of the provider is the one that the tenant has.
fn is_about(now: &Subscribed, subscription: Option<&str>) -> bool {
    match (&now.subscription.subscription_id, subscription) {
        (Some(known), Some(named)) => known == named,
        _ => true,
    }
}

/// Gives it the plan and the seats that were bought. The provider's figures are taken as they are, also below use: nobody
/// loses a seat that way, but nobody new gets one.
fn subscribe(next: &mut Next, now: &Subscribed, data: &Metadata, seats: Option<i64>) {
    let named = data.plan.as_deref().and_then(Plan::named);
    let plan = match named.unwrap_or_else(|| now.plan()) {
        // Who pays has more than what is free.
        Plan::Free => Plan::Team,
        plan => plan,
    };
    let kept = plan.seats() + now.subscription.seats_bought;
    next.subscribe(plan, seats.unwrap_or(kept));
}

/// Leaves the subscription so, and the tenant as far as it was billing that stopped it: what an operator or the owner's
/// own wish to end stopped, no payment starts again.
fn stand(next: &mut Next, now: &Subscribed, status: SubscriptionStatus) {
    use SubscriptionStatus as Is;
    let before = now.subscription.status;
    let is_to_be_deleted = now.tenant.delete_after.is_some();
    next.status = match (status, now.tenant.status) {
        (_, TenantStatus::Deleted) => TenantStatus::Deleted,
        (Is::Active | Is::Trialing | Is::PastDue, current) => match current {
            TenantStatus::Suspended if !matches!(before, Is::Suspended | Is::Cancelled) => current,
            TenantStatus::Cancelled if before != Is::Cancelled || is_to_be_deleted => current,
            _ => TenantStatus::Active,
        },
        (_, TenantStatus::Cancelled) => TenantStatus::Cancelled,
        (Is::Suspended, _) => TenantStatus::Suspended,
        (Is::Cancelled, _) => TenantStatus::Cancelled,
    };
    next.subscription.status = status;
}

fn payment(event: &ProviderEvent, invoice: &Invoice) -> Payment {
    Payment {
        invoice_id: invoice.id.clone(),
        status: if invoice.is_paid {
            PaymentStatus::Paid
        } else {
            PaymentStatus::Failed
        },
        amount: invoice.amount,
        currency: invoice.currency.clone(),
        created_at: time(event.created),
    }
}

#[cfg(test)]
#[path = "effect_tests.rs"]
mod tests;
