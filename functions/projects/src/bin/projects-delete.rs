//! `DELETE /v1/projects/{project_id}`: deletes a project.
//!
//! It leaves the tenant's item, so that nothing in it can be reached from the next request on; the project itself is kept
//! for a while, out of every list, so that it can be put back. A tenant may have no project left.

use endpoint::prelude::*;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use projects_functions::members::Seen;
use projects_functions::{ProjectPath, change};
use tenant_context::items::{DeletedProject, Project};
use tenant_context::{Key, ProjectId, Table};

/// How long a deleted project is kept.
const KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);
/// How often a deletion that met another change is tried again.
const TRIES: usize = 5;
/// How many members it is taken from in the deletion's own transaction. With the other writes they stay below 100.
const TOGETHER: usize = 90;
/// How many further ones at once, behind it.
const AT_ONCE: usize = 10;

struct ProjectsDelete;

impl Endpoint for ProjectsDelete {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/projects/{project_id}",
        "Deletes a project with everything in it; with If-Match, only at that version.",
    )
    .permission(
        Permission::new(Resource::Projects, Action::Delete),
        Access::Admin,
    )
    .problems(&[Kind::InvalidHeader, Kind::VersionMismatch, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = ProjectPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let id = caller.project_or_archived(input.path.project_id)?.id();
        let table = caller.table().await?;
        for _ in 0..TRIES {
            let project: Option<Project> = table.get(&caller.keys().project(id)).await?;
            let project = project.ok_or(Kind::NotFound)?;
            if input
                .request
                .if_match
                .is_some_and(|version| version != project.version)
            {
                return Err(Kind::VersionMismatch.into());
            }
            let members: Vec<Seen> = table.all(&caller.keys().members()).await?;
            let mut changes = forgetting(&caller, id, &members);
            let further = changes.split_off(TOGETHER.min(changes.len()));
            let mut writes = writes(&caller, project, &members)?;
            writes.extend(
                changes
                    .into_iter()
                    .map(|(key, change)| Write::update(key, change)),
            );
            match table.transact(writes).await {
                Ok(()) => {
                    forget(&table, further).await;
                    return Ok(NoContent.into());
                }
                Err(WriteError::Refused(_)) => {}
                Err(WriteError::Failed(problem)) => return Err(problem),
            }
        }
        Err(Kind::Conflict.into())
    }
}

fn writes(
    caller: &TenantContext,
    project: Project,
    members: &[Seen],
) -> Result<Vec<Write>, Problem> {
    let (keys, id) = (caller.keys(), project.id);
    let unknown = ["project_ids", "private_project_ids", "archived_project_ids"]
        .into_iter()
        .fold(Update::new().when(Condition::Exists), |update, set| {
            update.take(set, id.to_string())
        });
    let unchanged = vec![change::at(project.version)];
    let in_it = members
        .iter()
        .filter_map(|member| Some((member.user_id, member.role_in(id)?)));
    let deleted = DeletedProject {
        project,
        members: in_it.collect(),
        deleted_at: endpoint::now(),
        deleted_by: caller.user_id(),
        ttl: (jiff::Timestamp::now() + KEPT).as_second(),
    };
    Ok(vec![
        Write::Delete(keys.project(id), unchanged),
        Write::create(keys.deleted_project(id), &deleted)?,
        Write::update(keys.tenant(), unknown),
    ])
}

/// What takes the project out of the items of its members, which every request reads.
fn forgetting(caller: &TenantContext, id: ProjectId, members: &[Seen]) -> Vec<(Key, Update)> {
    let role = format!("project_roles.{id}");
    let in_it = members
        .iter()
        .filter(|member| member.project_roles.contains_key(&id));
    let change = || Update::new().remove(&role).when(Condition::Exists);
    in_it
        .map(|member| (caller.keys().member(member.user_id), change()))
        .collect()
}

/// The same for those who do not fit into the transaction. What is left there grants nothing, so that a failure is no failure of
/// the deletion.
async fn forget(table: &Table, changes: Vec<(Key, Update)>) {
    let forgotten = stream::iter(changes)
        .map(|(key, change)| async move { table.update::<Seen>(&key, change).await })
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await;
    if forgotten.is_err() {
        tracing::warn!("a deleted project is still named in its members' items");
    }
}

fn main() -> ExitCode {
    run::<ProjectsDelete>()
}
