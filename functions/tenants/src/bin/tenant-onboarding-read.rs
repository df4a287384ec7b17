//! `GET /v1/tenant/onboarding`: the steps by which a tenant sets itself up, and which of them are done.
//!
//! Nobody ticks them off: each is read from what is there, with one small read for each.

use endpoint::prelude::*;
use futures::future::try_join_all;
use serde::de::IgnoredAny;
use tenant_context::Partition;
use tenant_context::items::Tenant;

/// The projects in which a first record is looked for: the oldest.
const PROJECTS: usize = 3;
/// The collections in which it is looked for, by their part of the partition key.
const COLLECTIONS: [&str; 3] = ["CONTACTS", "ACCOUNTS", "DEALS"];

struct TenantOnboardingRead;

/// The steps, in the order in which they make sense.
#[derive(Serialize, JsonSchema)]
struct Onboarding {
    /// The steps.
    steps: Vec<Step>,
    /// Whether all are done.
    complete: bool,
}

/// A step.
#[derive(Serialize, JsonSchema)]
struct Step {
    /// Which.
    name: StepName,
    /// Whether it is done.
    done: bool,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StepName {
    /// The tenant has a look of its own.
    Branding,
    /// Somebody was invited.
    FirstInvitation,
    /// There is a project; sign-up makes one.
    FirstProject,
    /// One of the oldest projects that you see has a contact, an account or a deal.
    FirstRecord,
}

impl Endpoint for TenantOnboardingRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant/onboarding",
        "Reads which steps of the tenant's set-up are done.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Read),
        Access::Read,
    );
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Onboarding;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<Onboarding>, Problem> {
        let table = caller.table().await?;
        let (keys, mut records) = (caller.keys(), Vec::new());
        for project in caller.projects().iter().take(PROJECTS) {
            let scope = caller.project_or_archived(project.id)?;
            records.extend(COLLECTIONS.map(|part| scope.records(part)));
        }
        let (profile, branding) = (keys.tenant(), keys.branding());
        let (tenant, branding, records) = futures::try_join!(
            table.get::<Tenant>(&profile),
            table.get_some::<Version>(&branding, &["change"]),
            try_join_all(records.iter().map(|part| has_any(&table, part)))
        )?;
        let tenant = tenant.ok_or(Kind::NotFound)?;
        let steps = [
            (StepName::Branding, branding.is_some()),
            (
                StepName::FirstInvitation,
                tenant.seats_taken.max(tenant.members) > 1,
            ),
            (StepName::FirstProject, !tenant.project_ids.is_empty()),
            (StepName::FirstRecord, records.contains(&true)),
        ]
        .map(|(name, done)| Step { name, done });
        let complete = steps.iter().all(|step| step.done);
        Ok(Reply::new(Onboarding {
            steps: steps.into(),
            complete,
        }))
    }
}

/// That there is an item.
#[derive(Deserialize)]
struct Version {}

async fn has_any(table: &tenant_context::Table, part: &Partition) -> Result<bool, Problem> {
    let page = table.list::<IgnoredAny>(part, None, 1, false).await?;
    Ok(!page.items.is_empty())
}

fn main() -> ExitCode {
    run::<TenantOnboardingRead>()
}
