//! A tenant's new name or slug, wherever a copy of it stands.
//!
//! The tenant's item and the directory's entry change together. The copies among its members' memberships, which their
//! log-in and their list of tenants read, follow at once: the request ends when all of them have. Whoever renames at the
//! same time looks again when they are done, so the last name is the one that stays everywhere.

use crate::profile::Stored;
use endpoint::prelude::*;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use tenant_context::identity::Identity;
use tenant_context::items::{MemberStatus, SlugOwner};
use tenant_context::{Table, UserId};

/// How many memberships are changed at once.
const AT_ONCE: usize = 16;
/// How often the copies are made anew because of another renaming.
const ROUNDS: usize = 5;

/// The directory's part of a renaming: first the entry that another tenant may have.
///
/// # Errors
/// `internal` when an item can't be stored.
pub fn in_directory(
    identity: &Identity,
    old: &Stored,
    new: &Stored,
) -> Result<Vec<Write>, Problem> {
    let own = || Condition::equals("tenant_id", old.id.0.to_string());
    if old.slug == new.slug {
        let renamed = Update::new().set("tenant_name", &new.name)?.when(own());
        return Ok(vec![Write::update(identity.slug_key(&new.slug), renamed)]);
    }
    let entry = SlugOwner {
        tenant_id: new.id,
        tenant_name: new.name.clone(),
        slug: new.slug.clone(),
    };
    Ok(vec![
        Write::create(identity.slug_key(&new.slug), &entry)?,
        Write::Delete(identity.slug_key(&old.slug), vec![own()]),
    ])
}

/// A member, as far as the copies go.
#[derive(Deserialize)]
struct Copied {
    user_id: UserId,
    status: MemberStatus,
}

/// Name and slug in a membership.
#[derive(Deserialize)]
struct Ignored {}

/// Brings name and slug to all memberships, and gives the tenant as it stands then.
///
/// # Errors
/// When a call fails. The request can be repeated.
pub async fn follow(
    caller: &TenantContext,
    identity: &Identity,
    own: &Table,
    directory: &Table,
) -> Result<Stored, Problem> {
    let key = caller.keys().tenant();
    let mut tenant: Stored = own.get(&key).await?.ok_or(Kind::NotFound)?;
    for _ in 0..ROUNDS {
        let members: Vec<Copied> = own.all(&caller.keys().members()).await?;
        let present = members
            .into_iter()
            .filter(|member| member.status != MemberStatus::Removed);
        let (name, slug) = (&tenant.name, &tenant.slug);
        stream::iter(present)
            .map(|member| {
                let key = identity.user_keys(member.user_id).membership(tenant.id.0);
                async move {
                    let copy = Update::new()
                        .set("name", name)?
                        .set("slug", slug)?
                        .when(Condition::Exists);
                    match directory.update::<Ignored>(&key, copy).await {
                        // They have left meanwhile.
                        Ok(_) | Err(WriteError::Refused(_)) => Ok(()),
                        Err(WriteError::Failed(problem)) => Err(problem),
                    }
                }
            })
            .buffer_unordered(AT_ONCE)
            .try_for_each(async |()| Ok::<(), Problem>(()))
            .await?;
        let now: Stored = own.get(&key).await?.ok_or(Kind::NotFound)?;
        if (&now.name, &now.slug) == (name, slug) {
            return Ok(now);
        }
        tenant = now;
    }
    Err(Kind::Unavailable.into())
}
