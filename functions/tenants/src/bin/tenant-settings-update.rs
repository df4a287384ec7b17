//! `PUT /v1/tenant/settings`: replaces the tenant's settings.
//!
//! Whether a second factor is required and how long sessions last stands in the tenant's item too, which every request
//! reads, and changes in the same transaction.

use endpoint::prelude::*;
use tenant_context::items::Session;
use tenant_context::settings::Settings;
use tenants_functions::settings::SettingsBody;

/// How often a change that met another one is tried again.
const TRIES: usize = 5;

struct TenantSettingsUpdate;

impl Endpoint for TenantSettingsUpdate {
    const DECLARATION: Declaration = Declaration::put(
        "/v1/tenant/settings",
        "Replaces the tenant's settings: what is left out has its default. With If-Match, only at that version.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Update),
        Access::Admin,
    )
    .needs(&[Needs::Tenant, Needs::User])
    .problems(&[
        Kind::InvalidHeader,
        Kind::VersionMismatch,
        Kind::MfaEnrolmentRequired,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = SettingsBody;
    type Output = Settings;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Settings>, Problem> {
        let table = caller.table().await?;
        for _ in 0..TRIES {
            let old = Settings::read(&table, caller.keys()).await?;
            if input
                .request
                .if_match
                .is_some_and(|version| version != old.version)
            {
                return Err(Kind::VersionMismatch.into());
            }
            let new = input.body.checked(old.version)?;
            if new.mfa_required && !old.mfa_required {
                has_given_a_second_factor(&caller).await?;
            }
            match table.transact(writes(&caller, &old, &new)?).await {
                Ok(()) => {
                    let version = new.version;
                    return Ok(Reply::new(new).version(version));
                }
                Err(WriteError::Refused(_)) => {}
                Err(WriteError::Failed(problem)) => return Err(problem),
            }
        }
        Err(Kind::Conflict.into())
    }
}

fn writes(caller: &TenantContext, old: &Settings, new: &Settings) -> Result<Vec<Write>, Problem> {
    let unchanged = match old.version {
        0 => Condition::Missing,
        version => Condition::equals("version", i64::try_from(version).unwrap_or(i64::MAX)),
    };
    let known = Update::new()
        .set("mfa_required", new.mfa_required)?
        .when(Condition::Exists);
    let known = match new.session_max_hours {
        Some(hours) => known.set("session_max_seconds", i64::from(hours) * 3600)?,
        None => known.remove("session_max_seconds"),
    };
    Ok(vec![
        Write::replace(caller.keys().settings(), new, vec![unchanged])?,
        Write::update(caller.keys().tenant(), known),
    ])
}

/// Whoever requires a second factor of everybody has given one in this very session: else they would lock themselves out
/// with their next request.
async fn has_given_a_second_factor(caller: &TenantContext) -> Result<(), Problem> {
    let key = caller.own_keys().session(caller.session_id());
    let session: Option<Session> = caller.own_table().await?.get(&key).await?;
    match session.and_then(|session| session.mfa_at) {
        Some(_) => Ok(()),
        None => Err(Problem::new(Kind::MfaEnrolmentRequired).detail(
            "Set up a second factor and sign in with it before you require one of everybody: you would lock yourself out.",
        )),
    }
}

fn main() -> ExitCode {
    run::<TenantSettingsUpdate>()
}
