//! `PATCH /v1/me`: changes what you are called and how you are addressed.

use endpoint::prelude::*;
use fields::{Locale, Name, Patch, TimeZone, present};
use identity_functions::member_copies::{self, Original};
use tenant_context::identity::Identity;
use tenant_context::items::{Membership, UserProfile};

/// How often a change that meets another one of the same person is tried again.
const TRIES: u32 = 5;

struct MeUpdate {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Your name; your tenants see the new one at once.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Name")]
    name: Option<Name>,
    /// The language you want to be addressed in.
    #[serde(default)]
    locale: Patch<Locale>,
    /// The time zone you live in.
    #[serde(default)]
    time_zone: Patch<TimeZone>,
}

impl Endpoint for MeUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/me",
        "Changes your name, language and time zone by a JSON Merge Patch (RFC 7396).",
    )
    .person()
    .role("MeUpdateRole")
    .needs(&[Needs::User, Needs::Tables])
    .problems(&[Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = UserProfile;

    #[expect(
        clippy::disallowed_methods,
        reason = "the name is copied into all tenants of the person, and a request has credentials for one"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<UserProfile>, Problem> {
        let own_table = caller.own_table().await?;
        let change = |update: Update| -> Result<Update, Problem> {
            let update = patched(update, "locale", &input.body.locale)?;
            patched(update, "time_zone", &input.body.time_zone)
        };
        let Some(name) = &input.body.name else {
            let change = change(Update::new().when(Condition::Exists))?;
            let written = own_table.update(&caller.own_keys().user(), change).await;
            let profile = written.map_err(|error| error.or(|_| Kind::SessionRevoked.into()));
            return Ok(Reply::new(profile?));
        };
        let table = self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        for _ in 0..TRIES {
            let original = Original::read(&own_table, caller.own_keys())
                .await?
                .ok_or(Kind::SessionRevoked)?;
            let memberships: Vec<Membership> =
                own_table.all(&caller.own_keys().memberships()).await?;
            let renamed = change(original.change())?.set("name", name)?;
            let mut writes = vec![Write::update(caller.own_keys().user(), renamed)];
            let copy = Update::new().set("name", name)?;
            writes.extend(member_copies::writes(
                &self.identity,
                caller.user_id(),
                &memberships,
                &copy,
            )?);
            match table.transact(writes).await {
                Err(WriteError::Failed(problem)) => return Err(problem),
                // Another change of the same person, or a tenant joined meanwhile.
                Err(WriteError::Refused(_)) => {}
                Ok(()) => {
                    let written = Original::read(&own_table, caller.own_keys()).await?;
                    let written = written.ok_or(Kind::SessionRevoked)?;
                    return Ok(Reply::new(written.profile));
                }
            }
        }
        Err(Kind::Unavailable.into())
    }
}

/// The change with what the patch says of one field.
fn patched(
    update: Update,
    field: &'static str,
    patch: &Patch<impl Serialize>,
) -> Result<Update, Problem> {
    Ok(match patch {
        Patch::Keep => update,
        Patch::Clear => update.remove(field),
        Patch::Set(value) => update.set(field, value)?,
    })
}

fn main() -> ExitCode {
    run::<MeUpdate>()
}
