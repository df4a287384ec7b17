//! A tenant and its subscription: read together, changed together.

use endpoint::prelude::*;
use plans::Plan;
use std::collections::BTreeSet;
use tenant_context::billing::Subscription;
use tenant_context::items::{StoredTenantId, TenantStatus};
use tenant_context::keys::TenantKeys;
use tenant_context::{ProjectId, Table};

/// What is read of the tenant's own item.
#[derive(Debug, Clone, Deserialize)]
pub struct Facts {
    /// Its id.
    pub id: StoredTenantId,
    /// Its name.
    pub name: String,
    /// Where it stands in its life.
    pub status: TenantStatus,
    /// The plan's name.
    pub plan: String,
    /// When its trial ends, or ended.
    #[serde(default)]
    pub trial_ends_at: Option<String>,
    /// How many seats it has.
    pub seats: i64,
    /// How many of them members take.
    pub members: i64,
    /// How many are spoken for: members, and invitations that wait.
    #[serde(default)]
    pub seats_taken: i64,
    /// When it is deleted, as its owner wishes. Absent while that is nobody's wish.
    #[serde(default)]
    pub delete_after: Option<String>,
    /// Its projects.
    #[serde(default)]
    pub project_ids: BTreeSet<ProjectId>,
}

impl Facts {
    /// Its attributes, for roles that may see no others.
    pub const ATTRIBUTES: &[&str] = &[
        "id",
        "name",
        "status",
        "plan",
        "trial_ends_at",
        "seats",
        "members",
        "seats_taken",
        "delete_after",
        "project_ids",
    ];
}

/// Both, as they were read.
#[derive(Debug, Clone)]
pub struct Subscribed {
    /// The tenant.
    pub tenant: Facts,
    /// Its subscription.
    pub subscription: Subscription,
    /// Whether that has an item of its own.
    is_stored: bool,
}

/// Both, as they are to be.
#[derive(Debug, Clone)]
pub struct Next {
    /// The subscription; its version counts by itself.
    pub subscription: Subscription,
    /// All seats, those that come with the plan included.
    pub seats: i64,
    /// Where the tenant stands.
    pub status: TenantStatus,
}

impl Subscribed {
    /// Reads both, if there is such a tenant.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn read(table: &Table, keys: TenantKeys) -> Result<Option<Self>, Problem> {
        let (tenant_key, subscription_key) = (keys.tenant(), keys.subscription());
        let (tenant, subscription) = futures::try_join!(
            table.get_some::<Facts>(&tenant_key, Facts::ATTRIBUTES),
            table.get_some::<Subscription>(&subscription_key, Subscription::ATTRIBUTES),
        )?;
        Ok(tenant.map(|tenant| Self::of(tenant, subscription)))
    }

    fn of(tenant: Facts, stored: Option<Subscription>) -> Self {
        let is_stored = stored.is_some();
        let subscription = stored.unwrap_or_else(|| {
            let trial_ends_at = tenant.trial_ends_at.clone().unwrap_or_default();
            Subscription::trial(&tenant.plan, trial_ends_at)
        });
        Self {
            tenant,
            subscription,
            is_stored,
        }
    }

    /// The plan, as it counts.
    pub fn plan(&self) -> Plan {
        Plan::named(&self.tenant.plan).unwrap_or(Plan::Free)
    }

    /// Nothing changed yet.
    pub fn next(&self) -> Next {
        Next {
            subscription: self.subscription.clone(),
            seats: self.tenant.seats,
            status: self.tenant.status,
        }
    }

    /// The writes of both items: refused when either is no longer as it was read. The tenant's comes first, and what else
    /// it is to change or to demand can be added to it.
    ///
    /// # Errors
    /// `internal` when an item can't be stored.
    pub fn writes(&self, keys: TenantKeys, next: &Next) -> Result<(Update, Write), Problem> {
        let tenant = Update::new()
            .set("plan", &next.subscription.plan)?
            .set("seats", next.seats)?
            .set("status", next.status)?
            .when(Condition::Exists)
            .when(Condition::equals("status", text(self.tenant.status)))
            .when(Condition::equals("seats", self.tenant.seats));
        let (stored, unchanged) = if self.is_stored {
            let version = self.subscription.version;
            (version + 1, Condition::equals("version", version))
        } else {
            (1, Condition::Missing)
        };
        let subscription = Subscription {
            version: stored,
            ..next.subscription.clone()
        };
        let subscription = Write::replace(keys.subscription(), &subscription, vec![unchanged])?;
        Ok((tenant, subscription))
    }
}

impl Subscribed {
    /// As it stands when `next` has been stored.
    #[must_use]
    pub fn changed(self, next: Next) -> Self {
        let version = if self.is_stored {
            self.subscription.version + 1
        } else {
            1
        };
        Self {
            tenant: Facts {
                plan: next.subscription.plan.clone(),
                seats: next.seats,
                status: next.status,
                ..self.tenant
            },
            subscription: Subscription {
                version,
                ..next.subscription
            },
            is_stored: true,
        }
    }
}

impl Next {
    /// Gives the subscription a plan and so many seats in all.
    pub fn subscribe(&mut self, plan: Plan, seats: i64) {
        let seats = seats.clamp(plan.seats(), Plan::MOST_SEATS);
        plan.as_str().clone_into(&mut self.subscription.plan);
        self.subscription.seats_bought = seats - plan.seats();
        self.seats = seats;
    }
}

/// A tenant's status as it is stored.
fn text(status: TenantStatus) -> &'static str {
    match status {
        TenantStatus::Trial => "trial",
        TenantStatus::Active => "active",
        TenantStatus::Suspended => "suspended",
        TenantStatus::Cancelled => "cancelled",
        TenantStatus::Deleted => "deleted",
    }
}

/// Seconds since 1970 in RFC 3339.
pub fn time(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    format!("{time:.3}")
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// A tenant of 4 people that pays for 12 seats of the team plan.
    pub(crate) fn paying() -> Subscribed {
        let tenant = serde_json::json!({
            "id": "ten_00000000-0000-0000-0000-000000000001", "name": "Acme", "status": "active", "plan": "team",
            "seats": 12, "members": 4, "seats_taken": 5,
        });
        let subscription = serde_json::json!({
            "plan": "team", "status": "active", "seats_bought": 2, "subscription_id": "sub_1",
            "last_event_at": 1_000, "version": 3,
        });
        Subscribed::of(
            serde_json::from_value(tenant).unwrap(),
            Some(serde_json::from_value(subscription).unwrap()),
        )
    }

    #[test]
    fn seats_are_those_of_the_plan_and_those_bought() {
        let mut next = paying().next();
        for (plan, asked, seats, bought) in [
            (Plan::Team, 15, 15, 5),
            (Plan::Business, 15, 50, 0),
            (Plan::Free, 3, 3, 0),
            (
                Plan::Enterprise,
                i64::MAX,
                Plan::MOST_SEATS,
                Plan::MOST_SEATS - 250,
            ),
        ] {
            next.subscribe(plan, asked);
            assert_eq!(
                (next.seats, next.subscription.seats_bought),
                (seats, bought),
                "{plan:?}"
            );
            assert_eq!(next.subscription.plan, plan.as_str());
        }
    }
}
