//! Changing a project. What the authorizer must know of it (whether it is private, whether it is archived) stands in the
//! tenant's item too, and changes in the same transaction: it counts from the next request.

use endpoint::prelude::*;
use tenant_context::items::{Project, ProjectStatus};
use tenant_context::{ProjectId, StoredItem};

/// A change to a project by the caller, who sees the new version; with `if_match`, only at that version.
///
/// # Errors
/// `internal` when a value can't be stored.
pub fn by(caller: &TenantContext, if_match: Option<u64>) -> Result<Update, Problem> {
    let update = Update::new()
        .add("version", 1)
        .set("updated_at", endpoint::now())?
        .set("updated_by", caller.user_id())?
        .when(Condition::Exists);
    Ok(match if_match {
        Some(version) => update.when(at(version)),
        None => update,
    })
}

/// That an item is at this version.
pub fn at(version: u64) -> Condition {
    Condition::equals("version", i64::try_from(version).unwrap_or(i64::MAX))
}

/// What a refused change means, seen from the project as it stands.
pub fn refusal(found: Option<StoredItem>, if_match: Option<u64>) -> Problem {
    match found.map(StoredItem::read::<Project>) {
        None => Kind::NotFound.into(),
        Some(Err(problem)) => problem,
        Some(Ok(project)) if if_match.is_some_and(|version| version != project.version) => {
            Kind::VersionMismatch.into()
        }
        Some(Ok(project)) if project.status == ProjectStatus::Archived => {
            Kind::ProjectArchived.into()
        }
        Some(Ok(_)) => Kind::Conflict.into(),
    }
}

/// Changes project and tenant together, and gives the project as it is then.
///
/// # Errors
/// As [`refusal`] says.
pub async fn with_tenant(
    caller: &TenantContext,
    id: ProjectId,
    project: Update,
    tenant: Update,
) -> Result<Project, WriteError> {
    let key = caller.keys().project(id);
    let table = caller.table().await?;
    let writes = vec![
        Write::update(key.clone(), project),
        Write::update(caller.keys().tenant(), tenant.when(Condition::Exists)),
    ];
    table.transact(writes).await?;
    let changed: Option<Project> = table.get(&key).await?;
    changed.ok_or_else(|| WriteError::Failed(Kind::NotFound.into()))
}

/// Puts a project into the archive or takes it out; where it is there already, nothing happens.
///
/// # Errors
/// `not-found` for a project that the caller does not see.
pub async fn set_status(
    caller: &TenantContext,
    id: ProjectId,
    to: ProjectStatus,
) -> Result<Project, Problem> {
    let id = caller.project_or_archived(id)?.id();
    let known = Update::new();
    let (from, known) = match to {
        ProjectStatus::Archived => (
            "active",
            known.insert("archived_project_ids", id.to_string()),
        ),
        ProjectStatus::Active => (
            "archived",
            known.take("archived_project_ids", id.to_string()),
        ),
    };
    let change = by(caller, None)?
        .set("status", to)?
        .when(Condition::equals("status", from));
    match with_tenant(caller, id, change, known).await {
        Ok(project) => Ok(project),
        Err(WriteError::Failed(problem)) => Err(problem),
        Err(WriteError::Refused(mut refused)) => {
            let found = refused.pop().and_then(|(_, item)| item);
            let found: Project = found.ok_or(Kind::NotFound)?.read()?;
            if found.status == to {
                Ok(found)
            } else {
                Err(Kind::Conflict.into())
            }
        }
    }
}
