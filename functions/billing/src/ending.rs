//! Trials that end are found day by day and dealt with, each by credentials of its own tenant.
//!
//! What is done about a trial is conditional and leaves the tenant in a state in which it is not done again; the note that
//! it is due goes last. So a run that is cut off is simply taken up by the next one, and days on which nothing ran are
//! caught up from the day that was reached.

use crate::subscribed::Subscribed;
use crate::trial::{DAY, NOTICE_DAYS, Verdict, judge};
use futures::future::join_all;
use mail::outbox::{self, Notice};
use mail::owners::owners;
use permissions::Access;
use plans::Plan;
use problem::{Kind, Problem};
use tenant_context::billing::{TrialDue, TrialsCursor};
use tenant_context::items::TenantStatus;
use tenant_context::system::{System, SystemContext};
use tenant_context::{Condition, Table, Update, Write, WriteError};

/// Where to begin when nothing has run yet: no trial was ever longer.
const FIRST_DAYS: i64 = 60;
/// Days that are looked at again: sign-ups whose clocks are behind.
const OVERLAP: i64 = 2;
/// How many tenants are dealt with at once.
const AT_ONCE: usize = 8;
/// How often one is tried when something else changes it at the same moment.
const TRIES: usize = 3;

/// Deals with trials.
pub struct Trials {
    /// Gives credentials and keys.
    pub system: System,
}

impl Trials {
    /// Deals with all that is due at `now`, in seconds since 1970. Says how many could not be dealt with.
    ///
    /// # Errors
    /// When the days can't be read.
    pub async fn run(&self, now: i64, request: &str) -> Result<usize, Problem> {
        let table = self.system.own_table(request);
        let today = now.div_euclid(DAY);
        let reached: Option<TrialsCursor> = table.get(&self.system.trials_cursor()).await?;
        let reached = reached.map_or(today - FIRST_DAYS, |cursor| cursor.day);
        let (mut left, mut first_left) = (0, today);
        for day in reached.min(today - OVERLAP)..=today + NOTICE_DAYS {
            let failed = self.day(&table, day, now, request).await?;
            if failed > 0 {
                first_left = first_left.min(day);
            }
            left += failed;
        }
        if first_left > reached {
            self.reach(&table, first_left).await?;
        }
        Ok(left)
    }

    /// The next run begins at this day; never at an earlier one than some other run has reached.
    async fn reach(&self, table: &Table, day: i64) -> Result<(), Problem> {
        let update = Update::new()
            .set("day", day)?
            .when(Condition::absent_or_at_most("day", day));
        let write = Write::update(self.system.trials_cursor(), update);
        match table.transact(vec![write]).await {
            Err(WriteError::Failed(problem)) => Err(problem),
            Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
        }
    }

    /// How many of a day's trials could not be dealt with.
    async fn day(
        &self,
        table: &Table,
        day: i64,
        now: i64,
        request: &str,
    ) -> Result<usize, Problem> {
        let mut failed = 0;
        for part in self.system.trials_due(day) {
            let due: Vec<TrialDue> = table.all(&part).await?;
            for some in due.chunks(AT_ONCE) {
                let all = some
                    .iter()
                    .map(|due| self.one(table, day, due, now, request));
                for problem in join_all(all).await.into_iter().filter_map(Result::err) {
                    failed += 1;
                    let problem = problem.kind().slug();
                    tracing::error!(problem, day, "a trial could not be dealt with");
                }
            }
        }
        Ok(failed)
    }

    async fn one(
        &self,
        table: &Table,
        day: i64,
        due: &TrialDue,
        now: i64,
        request: &str,
    ) -> Result<(), Problem> {
        let tenant = due.tenant_id.0;
        let context = self.system.tenant(tenant, Access::Admin, request).await?;
        for _ in 0..TRIES {
            let found = Subscribed::read(context.table(), context.keys()).await?;
            let verdict = found
                .as_ref()
                .map_or(Verdict::Settled, |found| judge(found, now));
            match (&found, verdict) {
                (Some(found), Verdict::Over(next)) => {
                    match end(&context, found, &next).await {
                        // It has just been changed: what is to be done may be something else now.
                        Err(WriteError::Refused(_)) => continue,
                        Err(WriteError::Failed(problem)) => return Err(problem),
                        Ok(()) => {
                            tracing::info!(tenant_id = %tenant, status = ?next.status, "a trial is over")
                        }
                    }
                }
                (Some(_), Verdict::Runs(ends_at)) => {
                    return self.keep(table, day, due, ends_at, false).await;
                }
                (Some(found), Verdict::EndsSoon(ends_at, days)) => {
                    if !due.noticed {
                        announce(&context, found, days).await?;
                    }
                    return self.keep(table, day, due, ends_at, true).await;
                }
                _ => {}
            }
            return self.forget(table, day, due).await;
        }
        Err(Kind::Unavailable.into())
    }

    /// Notes what is due: that its owners were told, and another day if the trial was made longer or shorter.
    async fn keep(
        &self,
        table: &Table,
        day: i64,
        due: &TrialDue,
        ends_at: i64,
        noticed: bool,
    ) -> Result<(), Problem> {
        let ends_on = ends_at.div_euclid(DAY);
        if ends_on == day && due.noticed == noticed {
            return Ok(());
        }
        let tenant_id = due.tenant_id;
        let key = self.system.trial_due(ends_on, tenant_id.0);
        let due = TrialDue { tenant_id, noticed };
        let mut writes = vec![Write::replace(key, &due, Vec::new())?];
        if ends_on != day {
            let old = self.system.trial_due(day, tenant_id.0);
            writes.push(Write::Delete(old, Vec::new()));
        }
        let done = table.transact(writes).await;
        done.map_err(|error| error.or(|_| Kind::Unavailable.into()))
    }

    async fn forget(&self, table: &Table, day: i64, due: &TrialDue) -> Result<(), Problem> {
        let gone = Write::Delete(self.system.trial_due(day, due.tenant_id.0), Vec::new());
        let done = table.transact(vec![gone]).await;
        done.map_err(|error| error.or(|_| Kind::Unavailable.into()))
    }
}

/// Ends a trial: tenant, subscription and the owners' letters in one transaction.
async fn end(
    context: &SystemContext,
    found: &Subscribed,
    next: &crate::subscribed::Next,
) -> Result<(), WriteError> {
    let keys = context.keys();
    let (change, subscription) = found.writes(keys, next)?;
    // What was judged to fit must still fit.
    let change = change.when(Condition::equals("seats_taken", found.tenant.seats_taken));
    let change = match next.status {
        TenantStatus::Active => change.when(Condition::size_below(
            "project_ids",
            Plan::Free.projects() + 1,
        )),
        _ => change,
    };
    let mut writes = vec![Write::update(keys.tenant(), change), subscription];
    let ended_at = found.subscription.trial_ends_at.clone().unwrap_or_default();
    for owner in owners(context.table(), keys).await? {
        let letter = owner.letter(found.tenant.id, &ended_at, Notice::TrialEnded);
        writes.push(outbox::write(keys.outbox(letter.id), &letter)?);
    }
    context.table().transact(writes).await
}

/// Tells the owners that the trial ends soon; each once, however often it is tried.
async fn announce(context: &SystemContext, found: &Subscribed, days: u32) -> Result<(), Problem> {
    let keys = context.keys();
    let ends_at = found.subscription.trial_ends_at.clone().unwrap_or_default();
    for owner in owners(context.table(), keys).await? {
        let letter = owner.letter(found.tenant.id, &ends_at, Notice::TrialEnding { days });
        let write = outbox::write(keys.outbox(letter.id), &letter)?;
        match context.table().transact(vec![write]).await {
            // It was written before.
            Ok(()) | Err(WriteError::Refused(_)) => {}
            Err(WriteError::Failed(problem)) => return Err(problem),
        }
    }
    Ok(())
}
