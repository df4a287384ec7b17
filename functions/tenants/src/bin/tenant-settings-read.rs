//! `GET /v1/tenant/settings`: the tenant's settings.

use endpoint::prelude::*;
use tenant_context::settings::Settings;

struct TenantSettingsRead;

impl Endpoint for TenantSettingsRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant/settings",
        "Reads the tenant's settings; those never set have their defaults.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Read),
        Access::Read,
    );
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Settings;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<Settings>, Problem> {
        let settings = Settings::read(&caller.table().await?, caller.keys()).await?;
        let version = settings.version;
        Ok(Reply::new(settings).version(version))
    }
}

fn main() -> ExitCode {
    run::<TenantSettingsRead>()
}
