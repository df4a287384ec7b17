//! `PATCH /v1/tenant`: changes the tenant's profile, or takes the request for its deletion back.
//!
//! The slug's entry in the directory changes in the same transaction, under the function's own role: the caller's
//! credentials reach the tenant's items alone.

use endpoint::prelude::*;
use fields::{Name, Patch, Slug, present};
use serde_json::{Map, Value};
use tenant_context::identity::Identity;
use tenant_context::items::TenantStatus;
use tenants_functions::profile::{self, Metadata, MetadataPatch, Profile, Stored};
use tenants_functions::rename;

/// How often a change that met another one is tried again.
const TRIES: usize = 5;
/// The position of the new slug's entry.
const SLUG: usize = 0;

struct TenantUpdate {
    identity: Identity,
}

#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What it is called.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Name")]
    name: Option<Name>,
    /// Its short name, unique in the product. The old one is free for others at once.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Slug")]
    slug: Option<Slug>,
    /// What the tenant notes of itself, merged into what is there: up to 4 KB in all.
    #[serde(default)]
    #[schemars(with = "Patch<Map<String, Value>>")]
    metadata: Patch<MetadataPatch>,
    /// `false` takes the request for the tenant's deletion back. Only an owner may; `DELETE /v1/tenant` makes one.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "bool")]
    cancelled: Option<bool>,
}

impl Endpoint for TenantUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/tenant",
        "Changes the tenant's profile by a JSON Merge Patch (RFC 7396), or takes the request for its deletion back.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Update),
        Access::Read,
    )
    .while_suspended()
    .role("TenantUpdateRole")
    .needs(&[Needs::Tenant, Needs::Tables])
    .problems(&[
        Kind::TenantSuspended,
        Kind::TenantCancelled,
        Kind::AlreadyTaken,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Profile;

    #[expect(
        clippy::disallowed_methods,
        reason = "the slug's entry and the tenant change in one transaction"
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
    ) -> Result<Reply<Profile>, Problem> {
        let own = caller.table().await?;
        let directory = self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        let is_renamed = input.body.name.is_some() || input.body.slug.is_some();
        for _ in 0..TRIES {
            let (old, metadata) = profile::read(&caller, &own).await?;
            let (new, noted) = after(&caller, &old, &metadata, input.body.clone())?;
            let writes = self.writes(&old, &new, &metadata, noted.as_ref())?;
            let renames_slug = old.slug != new.slug;
            if !writes.is_empty() {
                match directory.transact(writes).await {
                    Ok(()) => {}
                    Err(WriteError::Failed(problem)) => return Err(problem),
                    Err(WriteError::Refused(refused)) => {
                        let is_taken = refused.iter().any(|(position, _)| *position == SLUG);
                        if renames_slug && is_taken {
                            return Err(Problem::new(Kind::AlreadyTaken).field("/slug", "is taken"));
                        }
                        continue;
                    }
                }
            }
            let new = match is_renamed {
                true => rename::follow(&caller, &self.identity, &own, &directory).await?,
                false => new,
            };
            return Ok(Reply::new(Profile::of(new, noted.unwrap_or(metadata))));
        }
        Err(Kind::Conflict.into())
    }
}

impl TenantUpdate {
    fn writes(
        &self,
        old: &Stored,
        new: &Stored,
        metadata: &Metadata,
        noted: Option<&Metadata>,
    ) -> Result<Vec<Write>, Problem> {
        let keys = self.identity.tenant_keys(old.id.0);
        let mut writes = Vec::new();
        if (&old.name, &old.slug) != (&new.name, &new.slug) {
            writes.extend(rename::in_directory(&self.identity, old, new)?);
        }
        if !writes.is_empty() || old.status != new.status {
            let unchanged = [
                Condition::equals("slug", old.slug.as_str()),
                Condition::equals("name", old.name.as_str()),
                Condition::one_of("status", &[status_text(old.status)]),
            ];
            let change = Update::new()
                .set("name", &new.name)?
                .set("slug", &new.slug)?
                .set("status", new.status)?;
            let change = match old.status == new.status {
                true => change,
                false => change.remove("status_before").remove("delete_after"),
            };
            let change = unchanged.into_iter().fold(change, Update::when);
            writes.push(Write::update(keys.tenant(), change));
        }
        if let Some(noted) = noted {
            let unchanged = match metadata.version {
                0 => Condition::Missing,
                version => Condition::equals("version", i64::try_from(version).unwrap_or(i64::MAX)),
            };
            writes.push(Write::replace(keys.metadata(), noted, vec![unchanged])?);
        }
        Ok(writes)
    }
}

/// The tenant and, if they change, its metadata after the patch.
fn after(
    caller: &TenantContext,
    old: &Stored,
    metadata: &Metadata,
    body: Body,
) -> Result<(Stored, Option<Metadata>), Problem> {
    let mut new = old.clone();
    match body.cancelled {
        Some(true) => {
            return Err(Problem::new(Kind::ValidationFailed).field(
                "/cancelled",
                "can only be false: DELETE /v1/tenant ends the tenant",
            ));
        }
        Some(false) if old.status == TenantStatus::Cancelled => {
            caller.require(Permission::new(Resource::Tenant, Action::Delete))?;
            new.status = old.status_before.unwrap_or(TenantStatus::Suspended);
            (new.status_before, new.delete_after) = (None, None);
        }
        _ => {}
    }
    let changes_more = body.name.is_some() || body.slug.is_some() || body.metadata != Patch::Keep;
    match new.status {
        TenantStatus::Suspended if changes_more => return Err(Kind::TenantSuspended.into()),
        TenantStatus::Cancelled if changes_more => return Err(Kind::TenantCancelled.into()),
        _ => {}
    }
    if let Some(name) = body.name {
        new.name = name.to_string();
    }
    if let Some(slug) = body.slug {
        new.slug = slug.to_string();
    }
    let noted = match body.metadata {
        Patch::Keep => return Ok((new, None)),
        Patch::Clear => Map::new(),
        Patch::Set(patch) => profile::merged(metadata.metadata.clone(), patch)?,
    };
    let noted = Metadata {
        metadata: noted,
        version: metadata.version + 1,
    };
    Ok((new, Some(noted)))
}

fn status_text(status: TenantStatus) -> &'static str {
    match status {
        TenantStatus::Trial => "trial",
        TenantStatus::Active => "active",
        TenantStatus::Suspended => "suspended",
        TenantStatus::Cancelled => "cancelled",
        TenantStatus::Deleted => "deleted",
    }
}

fn main() -> ExitCode {
    run::<TenantUpdate>()
}
