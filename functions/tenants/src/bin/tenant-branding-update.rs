//! `PUT /v1/tenant/branding`: replaces how the tenant looks.

use endpoint::prelude::*;
use tenants_functions::branding::Branding;

struct TenantBrandingUpdate;

/// The stored item, of which nothing is needed.
#[derive(Deserialize)]
struct Ignored {}

impl Endpoint for TenantBrandingUpdate {
    const DECLARATION: Declaration = Declaration::put(
        "/v1/tenant/branding",
        "Replaces how the tenant looks: what is left out is not set.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Update),
        Access::Admin,
    );
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Branding;
    type Output = Branding;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Branding>, Problem> {
        input.body.check()?;
        let (key, change) = (caller.keys().branding(), input.body.replacement()?);
        let _: Ignored = caller
            .table()
            .await?
            .update(&key, change)
            .await
            .map_err(|error| error.or(|_| Kind::Conflict.into()))?;
        Ok(Reply::new(input.body))
    }
}

fn main() -> ExitCode {
    run::<TenantBrandingUpdate>()
}
