//! `POST /v1/me/tenants`: founds a further tenant, owned by who is signed in.

use endpoint::prelude::*;
use fields::{Name, Slug};
use identity_functions::founding::{Founding, Owner, SLUG};
use identity_functions::member_copies::Original;
use sign_in::backoff::BackOff;
use tenant_context::TenantId;
use tenant_context::identity::Identity;

struct MeTenantsCreate {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What the company is called.
    name: Name,
    /// Its short name, unique in the product: it becomes part of a host name.
    slug: Slug,
}

/// A tenant that you have founded. Switch to it to work in it.
#[derive(Serialize, JsonSchema)]
struct Founded {
    /// Its id.
    id: TenantId,
    /// What it is called.
    name: Name,
    /// Its short name.
    slug: Slug,
}

impl Endpoint for MeTenantsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/me/tenants",
        "Founds a further tenant, which you own, with a first project.",
    )
    .person()
    .idempotent()
    .role("MeTenantsCreateRole")
    .needs(&[Needs::User, Needs::Tables])
    .problems(&[Kind::AlreadyTaken, Kind::Conflict, Kind::TooManyRequests]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Founded;

    #[expect(
        clippy::disallowed_methods,
        reason = "the tenant is not there yet, so nobody has credentials for it"
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
    ) -> Result<Reply<Founded>, Problem> {
        let Body { name, slug } = input.body;
        let table = self
            .identity
            .table(Some(caller.user_id()), &input.request.id)
            .answering(&caller);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        back_off.founding(&caller.user_id().to_string()).await?;
        let own_table = caller.own_table().await?;
        let person = Original::read(&own_table, caller.own_keys()).await?;
        let person = person.ok_or(Kind::SessionRevoked)?;
        let owner = Owner {
            id: caller.user_id(),
            name: &person.profile.name,
            email: &person.profile.email,
        };
        let founding = Founding::new(&name, &slug);
        let mut writes = founding.writes(&self.identity, &owner)?;
        writes.push(Write::update(caller.own_keys().user(), person.joined()));
        let reply = Reply::new(Founded {
            id: founding.tenant.0,
            name: name.clone(),
            slug: slug.clone(),
        })
        .location("/v1/me/tenants".to_owned());
        reply.keep(&caller)?;
        table.transact(writes).await.map_err(|error| {
            error.or(
                |refused| match refused.iter().any(|(position, _)| *position == SLUG) {
                    true => Problem::new(Kind::AlreadyTaken).field("/slug", "is in use"),
                    false => Problem::new(Kind::Conflict)
                        .detail("Your name or address was changed by another request."),
                },
            )
        })?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<MeTenantsCreate>()
}
