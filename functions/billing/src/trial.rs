//! What becomes of a trial, at a moment. Nothing is read or written here.

use crate::subscribed::{Next, Subscribed};
use plans::Plan;
use tenant_context::billing::SubscriptionStatus;
use tenant_context::items::TenantStatus;

/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// How many days before its end the owners are told.
pub const NOTICE_DAYS: i64 = 3;

/// What is to be done about a trial.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing any more: it was paid, or ended otherwise.
    Settled,
    /// Nothing yet: it ends at this time, in seconds since 1970.
    Runs(i64),
    /// It ends in so many days.
    EndsSoon(i64, u32),
    /// It is over.
    Over(Box<Next>),
}

/// What is to be done at `now`, in seconds since 1970.
pub fn judge(subscribed: &Subscribed, now: i64) -> Verdict {
    let subscription = &subscribed.subscription;
    let is_trial = subscribed.tenant.status == TenantStatus::Trial
        && subscription.status == SubscriptionStatus::Trialing
        && subscription.subscription_id.is_none();
    if !is_trial {
        return Verdict::Settled;
    }
    // The tenant's own item has it too; a trial without an end has ended.
    let ends_at = subscription.trial_ends_at.as_deref().and_then(seconds);
    match ends_at {
        Some(ends_at) if ends_at - now > NOTICE_DAYS * DAY => Verdict::Runs(ends_at),
        Some(ends_at) if ends_at > now => {
            let days = (ends_at - now + DAY - 1) / DAY;
            Verdict::EndsSoon(ends_at, u32::try_from(days).unwrap_or_default())
        }
        _ => Verdict::Over(Box::new(after(subscribed))),
    }
}

/// Free, where that is enough; else nothing works until a plan is paid.
fn after(subscribed: &Subscribed) -> Next {
    let mut next = subscribed.next();
    let (tenant, free) = (&subscribed.tenant, Plan::Free);
    let fits = tenant.seats_taken <= free.seats() && tenant.project_ids.len() <= free.projects();
    if fits {
        next.subscribe(free, free.seats());
        next.subscription.status = SubscriptionStatus::Active;
        next.status = TenantStatus::Active;
    } else {
        next.subscription.status = SubscriptionStatus::Suspended;
        next.status = TenantStatus::Suspended;
    }
    next
}

fn seconds(time: &str) -> Option<i64> {
    time.parse().ok().map(jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]
    use super::*;
    use crate::subscribed::tests::paying;
    use crate::subscribed::time;
    use tenant_context::ProjectId;

    const END: i64 = 1_800_000_000;

    fn trial(seats_taken: i64, projects: usize) -> Subscribed {
        let mut trial = paying();
        trial.subscription.status = SubscriptionStatus::Trialing;
        trial.subscription.subscription_id = None;
        trial.subscription.trial_ends_at = Some(time(END));
        trial.tenant.status = TenantStatus::Trial;
        trial.tenant.seats_taken = seats_taken;
        trial.tenant.project_ids = (0..projects).map(|_| ProjectId::generate()).collect();
        trial
    }

    #[test]
    fn it_runs_then_is_announced_then_is_over() {
        let trial = trial(1, 1);
        assert!(matches!(
            judge(&trial, END - 3 * DAY - 1),
            Verdict::Runs(END)
        ));
        for (before, days) in [(3 * DAY, 3), (2 * DAY + 1, 3), (2 * DAY, 2), (1, 1)] {
            let verdict = judge(&trial, END - before);
            assert!(
                matches!(verdict, Verdict::EndsSoon(END, told) if told == days),
                "{before}: {verdict:?}"
            );
        }
        assert!(matches!(judge(&trial, END), Verdict::Over(_)));
    }

    #[test]
    fn what_fits_goes_on_for_free_and_the_rest_is_suspended() {
        for (seats, projects, status) in [
            (3, 3, TenantStatus::Active),
            (4, 3, TenantStatus::Suspended),
            (3, 4, TenantStatus::Suspended),
        ] {
            let Verdict::Over(next) = judge(&trial(seats, projects), END) else {
                panic!("over")
            };
            assert_eq!(next.status, status, "{seats} seats, {projects} projects");
            let is_free = next.subscription.plan == "free" && next.seats == 3;
            assert_eq!(is_free, status == TenantStatus::Active);
        }
    }

    #[test]
    fn one_that_was_paid_or_stopped_is_no_trial() {
        let mut paid = trial(1, 1);
        paid.subscription.subscription_id = Some("sub_1".to_owned());
        let mut stopped = trial(1, 1);
        stopped.tenant.status = TenantStatus::Suspended;
        for settled in [paid, stopped, paying()] {
            assert!(matches!(judge(&settled, END), Verdict::Settled));
        }
    }
}
