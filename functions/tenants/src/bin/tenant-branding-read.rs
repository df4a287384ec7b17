//! `GET /v1/tenant/branding`: how the tenant looks.

use endpoint::prelude::*;
use tenants_functions::branding::Branding;

struct TenantBrandingRead;

impl Endpoint for TenantBrandingRead {
    const DECLARATION: Declaration =
        Declaration::get("/v1/tenant/branding", "Reads how the tenant looks.").permission(
            Permission::new(Resource::Tenant, Action::Read),
            Access::Read,
        );
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Branding;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<Branding>, Problem> {
        let branding: Option<Branding> = caller
            .table()
            .await?
            .get_some(&caller.keys().branding(), Branding::ATTRIBUTES)
            .await?;
        Ok(Reply::new(branding.unwrap_or_default()))
    }
}

fn main() -> ExitCode {
    run::<TenantBrandingRead>()
}
