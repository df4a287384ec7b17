//! Taking a seat, and what happens when there is none left.

use crate::ending::free_expired;
use endpoint::prelude::*;
use futures::future::try_join_all;
use mail::outbox::{self, Notice};
use mail::owners::owners;
use tenant_context::Table;
use tenant_context::items::Tenant;

/// Does what takes a seat. If all are taken, invitations that nobody took up in time give theirs back first; if that
/// does not help, the owners are told, who alone can buy more.
///
/// # Errors
/// `seat-limit`; whatever else `take` answers.
pub async fn take<F: Future<Output = Result<(), Problem>> + Send>(
    caller: &TenantContext,
    table: &Table,
    take: impl Fn() -> F + Send,
) -> Result<(), Problem> {
    let is_full = |done: &Result<(), Problem>| {
        (done.as_ref()).is_err_and(|problem| problem.kind() == Kind::SeatLimit)
    };
    let mut done = take().await;
    if is_full(&done)
        && free_expired(table, caller.keys(), jiff::Timestamp::now().as_second()).await?
    {
        done = take().await;
    }
    if is_full(&done)
        && let Err(problem) = tell_owners(caller, table).await
    {
        // The answer is the same: the caller has been told.
        tracing::warn!(
            problem = problem.kind().slug(),
            "the owners could not be told that all seats are taken"
        );
    }
    done
}

/// Each owner but the caller gets one letter for each number of seats the tenant had, as long as letters are kept.
async fn tell_owners(caller: &TenantContext, table: &Table) -> Result<(), Problem> {
    let keys = caller.keys();
    let key = keys.tenant();
    let (tenant, owners) = futures::try_join!(table.get::<Tenant>(&key), owners(table, keys))?;
    let tenant = tenant.ok_or(Kind::NotFound)?;
    let others = owners
        .iter()
        .filter(|owner| owner.user_id != caller.user_id());
    let letters = others.map(async |owner| {
        let letter = owner.letter(tenant.id, &tenant.seats.to_string(), Notice::SeatLimit);
        let written = outbox::write(keys.outbox(letter.id), &letter)?;
        match table.transact(vec![written]).await {
            Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    });
    try_join_all(letters).await.map(|_| ())
}
