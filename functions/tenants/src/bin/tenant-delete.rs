//! `DELETE /v1/tenant`: ends the tenant. It is closed at once, and deleted when its owners had time to think again.

use endpoint::prelude::*;
use mail::outbox::{self, Letter, Notice};
use tenant_context::errors;
use tenant_context::items::{Member, MemberStatus, StoredTenantId, TenantStatus};
use tenants_functions::profile::Stored;

/// How long a tenant waits for its deletion.
const GRACE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);
/// How many owners can be written to: a transaction has a hundred writes.
const MOST_LETTERS: usize = 90;

struct TenantDelete;

impl Endpoint for TenantDelete {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/tenant",
        "Ends the tenant: it is closed at once, and deleted 30 days later.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Delete),
        Access::Admin,
    )
    .step_up()
    .while_suspended()
    .problems(&[Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let table = caller.table().await?;
        let end = jiff::Timestamp::now()
            .checked_add(GRACE)
            .map_err(|error| errors::internal("grace", &error))?;
        let ends = Update::new()
            .copy("status_before", "status")
            .set("status", TenantStatus::Cancelled)?
            .set("delete_after", format!("{end:.0}"))?
            .when(Condition::one_of(
                "status",
                &["trial", "active", "suspended"],
            ));
        let mut writes = vec![Write::update(caller.keys().tenant(), ends)];
        let day = end.strftime("%-d %B %Y").to_string();
        let members: Vec<Member> = table.all(&caller.keys().members()).await?;
        let owners = members
            .iter()
            .filter(|member| member.role == Role::Owner && member.status == MemberStatus::Active);
        for owner in owners.take(MOST_LETTERS) {
            let notice = Notice::DeletionRequested { on: day.clone() };
            let letter = Letter::new(&owner.email, &owner.name, notice)
                .of_tenant(StoredTenantId(caller.tenant_id()));
            writes.push(outbox::write(caller.keys().outbox(letter.id), &letter)?);
        }
        let ended = table.transact(writes).await;
        ended.or_else(|error| match error {
            WriteError::Failed(problem) => Err(problem),
            // Ended already: that is what was asked for.
            WriteError::Refused(refused) => {
                let found = refused.into_iter().find_map(|(_, item)| item);
                let found: Stored = found.ok_or(Kind::Conflict)?.read()?;
                match found.status {
                    TenantStatus::Cancelled => Ok(()),
                    _ => Err(Kind::Conflict.into()),
                }
            }
        })?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<TenantDelete>()
}
