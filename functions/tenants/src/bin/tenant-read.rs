//! `GET /v1/tenant`: the tenant's profile.

use endpoint::prelude::*;
use tenants_functions::profile::{self, Profile};

struct TenantRead;

impl Endpoint for TenantRead {
    const DECLARATION: Declaration = Declaration::get("/v1/tenant", "Reads the tenant's profile.")
        .permission(
            Permission::new(Resource::Tenant, Action::Read),
            Access::Read,
        )
        .while_suspended();
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Profile;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<Profile>, Problem> {
        let table = caller.table().await?;
        let (stored, metadata) = profile::read(&caller, &table).await?;
        Ok(Reply::new(Profile::of(stored, metadata)))
    }
}

fn main() -> ExitCode {
    run::<TenantRead>()
}
