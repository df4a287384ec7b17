//! What the owner chooses: another plan, more or fewer seats. Never less than is in use.

use crate::subscribed::{Next, Subscribed};
use endpoint::prelude::*;
use plans::Plan;
use tenant_context::Table;
use tenant_context::billing::SubscriptionStatus;
use tenant_context::items::TenantStatus;
use tenant_context::keys::TenantKeys;

/// What is chosen.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Another plan.
    pub plan: Option<Plan>,
    /// How many seats in all, those that come with the plan included. Left out, seats that were bought stay.
    #[schemars(range(min = 1, max = 10_000))]
    pub seats: Option<i64>,
}

impl Choice {
    /// What follows from it, if it may be.
    ///
    /// # Errors
    /// `conflict` below what is in use, naming the figures; `validation-failed` for seats that the plan does not have;
    /// `payment-required` for what has to be paid first.
    pub fn judge(self, now: &Subscribed) -> Result<Next, Problem> {
        let is_a_number_of_them = |seats: &i64| (1..=Plan::MOST_SEATS).contains(seats);
        if !self.seats.as_ref().is_none_or(is_a_number_of_them) {
            let detail = format!("is not a number from 1 to {}", Plan::MOST_SEATS);
            return Err(Problem::new(Kind::ValidationFailed).field("/seats", detail));
        }
        let plan = self.plan.unwrap_or_else(|| now.plan());
        let bought = now.subscription.seats_bought;
        let kept = match plan {
            same if same == now.plan() => now.tenant.seats,
            plan if plan.sells_seats() => plan.seats() + bought,
            plan => plan.seats(),
        };
        let seats = self.seats.unwrap_or(kept);
        refuse_below_use(now, plan, seats)?;
        refuse_what_is_not_sold(plan, seats)?;
        let mut next = now.next();
        next.subscribe(plan, seats);
        if plan != now.plan() || next.seats > now.tenant.seats {
            refuse_unpaid(now, plan, next.seats)?;
        }
        let was_unpaid = now.subscription.status == SubscriptionStatus::Suspended;
        if plan == Plan::Free && now.subscription.subscription_id.is_none() {
            // Nothing is owed: a trial that is over goes on for free.
            next.subscription.status = SubscriptionStatus::Active;
            match now.tenant.status {
                TenantStatus::Trial => next.status = TenantStatus::Active,
                TenantStatus::Suspended if was_unpaid => next.status = TenantStatus::Active,
                _ => {}
            }
        }
        Ok(next)
    }

    /// Stores it. What is in use is looked at again in the same moment.
    ///
    /// # Errors
    /// As [`Choice::judge`]; `conflict` when something has changed meanwhile.
    pub async fn commit(
        self,
        table: &Table,
        keys: TenantKeys,
        now: &Subscribed,
    ) -> Result<Next, Problem> {
        let next = self.judge(now)?;
        let plan = Plan::named(&next.subscription.plan).unwrap_or(Plan::Free);
        let (tenant, subscription) = now.writes(keys, &next)?;
        let tenant = tenant
            .when(Condition::absent_or_at_most("seats_taken", next.seats))
            .when(Condition::size_below("project_ids", plan.projects() + 1));
        let writes = vec![Write::update(keys.tenant(), tenant), subscription];
        table.transact(writes).await.map_err(|error| {
            error.or(|_| {
                let detail =
                    "The subscription or its use has just changed: read it again, then try again.";
                Problem::new(Kind::Conflict).detail(detail)
            })
        })?;
        Ok(next)
    }
}

fn refuse_below_use(now: &Subscribed, plan: Plan, seats: i64) -> Result<(), Problem> {
    let mut problem =
        Problem::new(Kind::Conflict).detail("The subscription can't go below what is in use.");
    let (members, taken) = (now.tenant.members, now.tenant.seats_taken);
    if seats < taken {
        let invited = taken - members;
        let detail = format!(
            "{taken} seats are in use: {members} by members, {invited} by invitations that wait"
        );
        problem = problem.field("/seats", detail);
    }
    let (projects, most) = (now.tenant.project_ids.len(), plan.projects());
    if projects > most {
        let detail = format!(
            "there are {projects} projects; {} allows {most}",
            plan.as_str()
        );
        problem = problem.field("/plan", detail);
    }
    if problem.errors().is_empty() {
        Ok(())
    } else {
        Err(problem)
    }
}

fn refuse_what_is_not_sold(plan: Plan, seats: i64) -> Result<(), Problem> {
    let (name, included) = (plan.as_str(), plan.seats());
    let detail = if seats < included {
        format!("{included} seats come with {name}")
    } else if seats > included && !plan.sells_seats() {
        format!("{name} has {included} seats, and more can't be bought")
    } else if seats > Plan::MOST_SEATS {
        format!("is more than {}", Plan::MOST_SEATS)
    } else {
        return Ok(());
    };
    Err(Problem::new(Kind::ValidationFailed).field("/seats", detail))
}

/// In a trial everything can be tried, up to the seats that come with the largest plan. Later it has to be paid.
fn refuse_unpaid(now: &Subscribed, plan: Plan, seats: i64) -> Result<(), Problem> {
    let largest = Plan::Enterprise.seats();
    let allowed = match (now.subscription.status, &now.subscription.subscription_id) {
        _ if plan == Plan::Free => true,
        (SubscriptionStatus::Trialing, None) => seats <= largest,
        (SubscriptionStatus::Trialing | SubscriptionStatus::Active, Some(_)) => true,
        _ => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(Kind::PaymentRequired.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use crate::subscribed::tests::paying;
    use tenant_context::ProjectId;

    fn refusal(now: &Subscribed, plan: Option<Plan>, seats: Option<i64>) -> Problem {
        Choice { plan, seats }.judge(now).unwrap_err()
    }

    #[test]
    fn below_use_is_refused_with_the_figures() {
        let mut now = paying();
        now.tenant.project_ids = (0..7).map(|_| ProjectId::generate()).collect();
        let problem = refusal(&now, Some(Plan::Free), None);
        assert_eq!(problem.kind(), Kind::Conflict);
        assert_eq!(
            problem.errors()[0].detail,
            "5 seats are in use: 4 by members, 1 by invitations that wait"
        );
        assert_eq!(
            problem.errors()[1].detail,
            "there are 7 projects; free allows 3"
        );
        assert_eq!(refusal(&now, None, Some(4)).kind(), Kind::Conflict);
        assert_eq!(
            refusal(&now, None, Some(5)).errors()[0].detail,
            "10 seats come with team"
        );
    }

    #[test]
    fn bought_seats_stay_where_the_plan_changes() {
        let next = Choice {
            plan: Some(Plan::Business),
            seats: None,
        }
        .judge(&paying())
        .unwrap();
        assert_eq!((next.seats, next.subscription.seats_bought), (52, 2));
    }

    #[test]
    fn more_is_to_be_paid_but_in_a_trial() {
        let mut now = paying();
        now.subscription.subscription_id = None;
        assert_eq!(
            refusal(&now, Some(Plan::Business), None).kind(),
            Kind::PaymentRequired
        );
        assert_eq!(refusal(&now, None, Some(20)).kind(), Kind::PaymentRequired);
        assert!(
            Choice {
                plan: None,
                seats: Some(11)
            }
            .judge(&now)
            .is_ok(),
            "fewer seats cost nothing"
        );
        now.subscription.status = SubscriptionStatus::Trialing;
        assert!(
            Choice {
                plan: Some(Plan::Business),
                seats: Some(60)
            }
            .judge(&now)
            .is_ok()
        );
        assert_eq!(refusal(&now, None, Some(251)).kind(), Kind::PaymentRequired);
    }

    #[test]
    fn a_trial_that_is_over_goes_on_for_free_if_its_use_fits() {
        let mut now = paying();
        now.subscription.subscription_id = None;
        now.subscription.status = SubscriptionStatus::Suspended;
        now.tenant.status = TenantStatus::Suspended;
        (now.tenant.members, now.tenant.seats_taken) = (2, 3);
        let free = Choice {
            plan: Some(Plan::Free),
            seats: None,
        };
        let next = free.judge(&now).unwrap();
        assert_eq!((next.status, next.seats), (TenantStatus::Active, 3));
        assert_eq!(next.subscription.status, SubscriptionStatus::Active);
        now.subscription.subscription_id = Some("sub_1".to_owned());
        assert_eq!(
            free.judge(&now).unwrap().status,
            TenantStatus::Suspended,
            "what is owed stays owed"
        );
    }
}
