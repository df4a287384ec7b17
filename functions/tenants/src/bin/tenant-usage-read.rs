//! `GET /v1/tenant/usage`: what the tenant uses of what its plan allows.
//!
//! What there is at a time is counted in the tenant's own item by whoever changes it, the bytes of its files in one of
//! their own, and what is used up is counted day by day. So to read each is one call.

use endpoint::prelude::*;
use plans::Plan;
use tenant_context::items::Tenant;
use tenant_context::usage::{self, Month, Storage};

struct TenantUsageRead;

/// What is used of what is allowed.
#[derive(Serialize, JsonSchema)]
struct Used {
    /// How much.
    used: i64,
    /// How much there may be.
    limit: i64,
}

/// What the tenant uses.
#[derive(Serialize, JsonSchema)]
struct Usage {
    /// Its plan.
    plan: String,
    /// Seats: active members, and invitations that wait to be accepted.
    seats: Used,
    /// Active members, of the seats.
    members: i64,
    /// Invitations that wait, of the seats.
    invitations: i64,
    /// Projects, archived ones included.
    projects: Used,
    /// Bytes of its files; those of deleted files too, until these are purged.
    storage_bytes: Used,
    /// Roles of the tenant's own.
    custom_roles: i64,
    /// The month of `days`.
    month: String,
    /// Letters sent in the tenant's name in that month: invitations and notices to its members.
    emails: i64,
    /// The days of the month on which anything was used.
    days: Vec<UsedOn>,
}

/// What was used on one day (UTC).
#[derive(Serialize, JsonSchema)]
struct UsedOn {
    /// The day.
    day: String,
    /// Letters sent in the tenant's name.
    emails: i64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The month whose days are wanted, such as `2026-11`; without it, this one (UTC). Days are kept for 400 days.
    #[schemars(regex(pattern = r"^[0-9]{4}-(0[1-9]|1[0-2])$"))]
    month: Option<String>,
}

impl Endpoint for TenantUsageRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant/usage",
        "Reads what the tenant uses of what its plan allows, and what it has used day by day.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Read),
        Access::Read,
    );
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Query;
    type Body = NoInput;
    type Output = Usage;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Usage>, Problem> {
        let month = match input.query.month {
            None => Month::of(jiff::Timestamp::now()),
            Some(text) => text.parse().map_err(no_month)?,
        };
        let table = caller.table().await?;
        let (key, storage) = (caller.keys().tenant(), caller.keys().storage());
        let (tenant, storage, days) = futures::try_join!(
            table.get::<Tenant>(&key),
            table.get::<Storage>(&storage),
            usage::of_month(&table, caller.keys(), month)
        )?;
        let tenant = tenant.ok_or(Kind::NotFound)?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let allowed = Plan::named(&tenant.plan).unwrap_or(Plan::Free);
        let taken = tenant.seats_taken.max(tenant.members);
        Ok(Reply::new(Usage {
            seats: Used {
                used: taken,
                limit: tenant.seats,
            },
            members: tenant.members,
            invitations: taken - tenant.members,
            projects: Used {
                used: number(tenant.project_ids.len()),
                limit: number(allowed.projects()),
            },
            storage_bytes: Used {
                used: storage.unwrap_or_default().bytes,
                limit: i64::try_from(allowed.figures().storage_bytes).unwrap_or(i64::MAX),
            },
            custom_roles: number(tenant.custom_roles.len()),
            month: month.to_string(),
            emails: days.iter().map(|day| day.emails).sum(),
            days: days.into_iter().map(UsedOn::from).collect(),
            plan: tenant.plan,
        }))
    }
}

impl From<usage::Day> for UsedOn {
    fn from(day: usage::Day) -> Self {
        Self {
            day: day.day,
            emails: day.emails,
        }
    }
}

fn no_month(detail: &str) -> Problem {
    Problem::new(Kind::InvalidQuery).field("?month", detail)
}

fn main() -> ExitCode {
    run::<TenantUsageRead>()
}
