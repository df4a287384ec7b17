//! Subscription and payments as clients see them.

use crate::subscribed::Subscribed;
use endpoint::prelude::*;
use plans::Plan;
use tenant_context::billing::SubscriptionStatus;

/// A subscription with what it allows and how much of that is used.
#[derive(Serialize, JsonSchema)]
pub struct ShownSubscription {
    /// The plan.
    pub plan: Plan,
    /// Where the subscription stands.
    pub status: SubscriptionStatus,
    /// Seats in all.
    pub seats: i64,
    /// Those of them that come with the plan.
    pub seats_included: i64,
    /// Those that were bought beyond these.
    pub seats_bought: i64,
    /// Those that are in use: members, and invitations that wait.
    pub seats_used: i64,
    /// Projects there are.
    pub projects_used: usize,
    /// When the trial ends; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_ends_at: Option<String>,
    /// When the paid period began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_start: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_end: Option<String>,
    /// What the plan allows.
    pub limits: Limits,
    /// What it costs a month; absent where it is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<ShownPrice>,
    /// Counts the subscription's changes.
    pub version: i64,
}

/// What a plan allows.
#[derive(Serialize, JsonSchema)]
pub struct Limits {
    /// Projects, archived ones included.
    pub projects: usize,
    /// Records of all collections together.
    pub records: u64,
    /// API calls a minute.
    pub calls_per_minute: u32,
    /// Days for which the audit log is kept.
    pub audit_days: u32,
}

/// Prices for a month, in minor units.
#[derive(Serialize, JsonSchema)]
pub struct ShownPrice {
    /// The plan with the seats that come with it.
    pub plan: i64,
    /// Each seat beyond these.
    pub seat: i64,
    /// ISO 4217.
    pub currency: &'static str,
}

impl From<Subscribed> for ShownSubscription {
    fn from(subscribed: Subscribed) -> Self {
        let plan = subscribed.plan();
        let figures = plan.figures();
        let (tenant, subscription) = (subscribed.tenant, subscribed.subscription);
        let trial = subscription.status == SubscriptionStatus::Trialing;
        Self {
            plan,
            status: subscription.status,
            seats: tenant.seats,
            seats_included: figures.seats,
            seats_bought: subscription.seats_bought,
            seats_used: tenant.seats_taken,
            projects_used: tenant.project_ids.len(),
            trial_ends_at: subscription.trial_ends_at.filter(|_| trial),
            period_start: subscription.period_start,
            period_end: subscription.period_end,
            limits: Limits {
                projects: figures.projects,
                records: figures.records,
                calls_per_minute: figures.calls_per_minute,
                audit_days: figures.audit_days,
            },
            price: figures.price.map(|price| ShownPrice {
                plan: price.plan,
                seat: price.seat,
                currency: price.currency,
            }),
            version: subscription.version,
        }
    }
}
