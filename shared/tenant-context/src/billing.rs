//! What a tenant has subscribed to and paid, as it is stored, with the keys that no other area uses.
//!
//! What the conditions on seats and projects read (`seats`, `plan`, `status`) stays on the tenant's own item; whoever
//! changes one of the two items changes the other in the same transaction.

use crate::ids::TenantId;
use crate::items::StoredTenantId;
use crate::keys::{Key, Partition, TableName, TenantKeys};
use serde::{Deserialize, Serialize};

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// Not to be paid yet.
    Trialing,
    /// Paid, or free.
    Active,
    /// A payment has failed and is being tried again; everything works meanwhile.
    PastDue,
    /// Not paid in the end, or the trial is over: nothing works but billing.
    Suspended,
    /// Ended.
    Cancelled,
}

/// A subscription, `SUBSCRIPTION`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The plan's name.
    pub plan: String,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// Seats beyond those that come with the plan.
    #[serde(default)]
    pub seats_bought: i64,
    /// When the trial ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_ends_at: Option<String>,
    /// When the paid period began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_start: Option<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_end: Option<String>,
    /// The customer, as the billing provider calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The subscription, as the billing provider calls it. Nothing is paid without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription_id: Option<String>,
    /// When the provider's newest event that changed this was made, in seconds since 1970: an older one changes nothing.
    #[serde(default)]
    pub last_event_at: i64,
    /// Counts its changes.
    pub version: i64,
}

impl Subscription {
    /// Its attributes, for roles that may see no others.
    pub const ATTRIBUTES: &[&str] = &[
        "plan",
        "status",
        "seats_bought",
        "trial_ends_at",
        "period_start",
        "period_end",
        "customer_id",
        "subscription_id",
        "last_event_at",
        "version",
    ];

    /// A trial that has just begun.
    pub fn trial(plan: &str, ends_at: String) -> Self {
        Self {
            plan: plan.to_owned(),
            status: SubscriptionStatus::Trialing,
            seats_bought: 0,
            trial_ends_at: Some(ends_at),
            period_start: None,
            period_end: None,
            customer_id: None,
            subscription_id: None,
            last_event_at: 0,
            version: 1,
        }
    }
}

/// Something that was to be paid, `PAYMENT#<time>#<event>`.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Payment {
    /// The invoice, as the billing provider calls it.
    pub invoice_id: String,
    /// Whether it was paid.
    pub status: PaymentStatus,
    /// How much, in minor units.
    pub amount: i64,
    /// Of which currency (ISO 4217).
    pub currency: String,
    /// When.
    pub created_at: String,
}

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Paid.
    Paid,
    /// Tried in vain.
    Failed,
}

/// That an event of the billing provider has been dealt with, `BILLINGEVENT#<id>` in the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BillingEvent {
    /// Whom it was about.
    pub tenant_id: StoredTenantId,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
}

/// That a tenant's trial ends on a day, `DUE#TRIAL#<day>#<shard>` in the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrialDue {
    /// The tenant.
    pub tenant_id: StoredTenantId,
    /// Whether its owners were told that it ends soon.
    #[serde(default)]
    pub noticed: bool,
}

/// Up to which day all trials that ended have been dealt with, `DUE#TRIAL#CURSOR` in the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrialsCursor {
    /// In days since 1970.
    pub day: i64,
}

impl TenantKeys {
    /// What the tenant has subscribed to.
    pub fn subscription(self) -> Key {
        let all = self.payments();
        Key {
            table: all.table,
            pk: all.pk,
            sk: "SUBSCRIPTION".to_owned(),
        }
    }

    /// What it has paid.
    pub fn payments(self) -> Partition {
        Partition {
            prefix: "PAYMENT#",
            ..self.members()
        }
    }

    /// One payment: by the time of the provider's event in seconds since 1970, and its id.
    pub fn payment(self, at: i64, event: &str) -> Key {
        let all = self.payments();
        Key {
            table: all.table,
            sk: format!("{}{at:012}#{event}", all.prefix),
            pk: all.pk,
        }
    }
}

/// An event of the billing provider.
pub(crate) fn billing_event(id: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("BILLINGEVENT#{id}"),
        sk: "BILLINGEVENT".to_owned(),
    }
}

/// Over how many partitions the trials of one day are spread.
pub(crate) const TRIAL_SHARDS: u8 = 4;

/// The trials that end on a day, one part of them.
pub(crate) fn trials_due(day: i64, shard: u8) -> Partition {
    Partition {
        table: TableName::Directory,
        pk: format!("DUE#TRIAL#{day}#{shard}"),
        prefix: "TENANT#",
    }
}

/// That a tenant's trial ends on a day.
pub(crate) fn trial_due(day: i64, tenant: TenantId) -> Key {
    let uuid = tenant.uuid();
    // The last byte of an id is random.
    let [.., last] = *uuid.as_bytes();
    let part = trials_due(day, last % TRIAL_SHARDS);
    Key {
        table: part.table,
        pk: part.pk,
        sk: format!("{}{uuid}", part.prefix),
    }
}

/// How far the work on trials has come.
pub(crate) fn trials_cursor() -> Key {
    Key {
        table: TableName::Directory,
        pk: "DUE#TRIAL#CURSOR".to_owned(),
        sk: "CURSOR".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_are_in_the_order_of_time() {
        let keys = TenantKeys::of(TenantId::generate());
        let (earlier, later) = (
            keys.payment(999, "evt_b"),
            keys.payment(1_700_000_000, "evt_a"),
        );
        assert!(earlier.sk < later.sk);
        assert!(later.sk.starts_with(keys.payments().prefix));
    }

    #[test]
    fn a_trial_is_found_in_one_of_its_days_parts() {
        let tenant = TenantId::generate();
        let key = trial_due(20_000, tenant);
        let parts = (0..TRIAL_SHARDS).map(|shard| trials_due(20_000, shard));
        assert_eq!(parts.filter(|part| part.pk == key.pk).count(), 1);
    }
}
