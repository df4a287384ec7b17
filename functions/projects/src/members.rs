//! Who is in a project. That stands in the member's own item and nowhere else, which the authorizer reads on every
//! request: a list of the project's own could only disagree with it.

use endpoint::prelude::*;
use std::collections::BTreeMap;
use tenant_context::items::MemberStatus;
use tenant_context::{ProjectId, Table, UserId};

/// How often a change that met another one of the same member is tried again.
const TRIES: usize = 5;

/// A member, as far as their projects go.
#[derive(Deserialize)]
pub struct Seen {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their role in the tenant.
    role: RoleRef,
    /// Whether they may work.
    pub status: MemberStatus,
    /// Their role in each project that they are in.
    #[serde(default)]
    pub project_roles: BTreeMap<ProjectId, ProjectRole>,
    change: Change,
}

/// The member's last change.
#[derive(Deserialize)]
struct Change {
    request: String,
}

impl Seen {
    /// Nothing about them has changed since.
    fn unchanged(&self) -> Condition {
        Condition::equals("change.request", self.change.request.as_str())
    }

    /// Their role in this project, if they are in it.
    pub fn role_in(&self, project: ProjectId) -> Option<ProjectRole> {
        let is_here = self.status != MemberStatus::Removed;
        self.project_roles
            .get(&project)
            .copied()
            .filter(|_| is_here)
    }
}

/// A member of a project.
#[derive(Serialize, JsonSchema)]
pub struct ProjectMember {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their role in the project, beside their role in the tenant.
    pub role: ProjectRole,
    /// Whether they may work in the tenant at present.
    pub status: MemberStatus,
}

/// Reads a member of the tenant who has not left it.
///
/// # Errors
/// `not-found`
pub async fn read(caller: &TenantContext, table: &Table, user: UserId) -> Result<Seen, Problem> {
    let seen: Option<Seen> = table.get(&caller.keys().member(user)).await?;
    seen.filter(|member| member.status != MemberStatus::Removed)
        .ok_or_else(|| Kind::NotFound.into())
}

/// Nobody gives a project role that carries more than they may do in the project themselves, or takes one away.
///
/// # Errors
/// `permission-denied`
pub fn may_give(caller: &TenantContext, role: ProjectRole) -> Result<(), Problem> {
    let carried = permissions_of(role);
    if cfg!(feature = "unguarded") || carried.is_within(caller.permissions()) {
        return Ok(());
    }
    let detail = format!("The project role {role} may do more in this project than you may.");
    Err(Problem::new(Kind::PermissionDenied).detail(detail))
}

fn permissions_of(role: ProjectRole) -> PermissionSet {
    permissions::in_project(&PermissionSet::default(), Some(role))
}

/// The caller must still be what they were when the request was let in: a lead who was taken out of the project since could
/// else put themselves, or somebody else, back by the right that they had.
fn still(caller: &TenantContext, own: &Seen, project: ProjectId) -> Result<(), Problem> {
    let mut seen = caller.projects().iter().filter(|seen| seen.id == project);
    let let_in_as = seen.next().and_then(|project| project.role);
    let is_same = own.status == MemberStatus::Active
        && own.role == caller.role()
        && own.role_in(project) == let_in_as;
    if cfg!(feature = "unguarded") || is_same {
        return Ok(());
    }
    Err(Problem::new(Kind::PermissionDenied).detail("Your own role has just changed."))
}

/// Gives a member a role in a project (`Some`), or takes them out of it; `further` must hold in the same write. The
/// present role of the member is judged as the new one is, in the state that the change then replaces.
///
/// # Errors
/// `not-found` for who is no member, or is to be taken out and is not in; `permission-denied`, `conflict`; what
/// `otherwise` makes of a refusal of `further`.
pub async fn set_role(
    caller: &TenantContext,
    (project, user): (ProjectId, UserId),
    role: Option<ProjectRole>,
    further: &[Write],
    otherwise: impl Fn(Option<tenant_context::StoredItem>) -> Problem,
) -> Result<Seen, Problem> {
    let table = caller.table().await?;
    let path = format!("project_roles.{project}");
    for _ in 0..TRIES {
        let (mut member, own) = if user == caller.user_id() {
            let own = read(caller, &table, user).await?;
            still(caller, &own, project)?;
            (own, None)
        } else {
            let own = read(caller, &table, caller.user_id());
            // Both to their ends, whoever is missing: the work done tells nothing.
            let (member, own) = futures::join!(read(caller, &table, user), own);
            let (member, own) = (member?, own?);
            still(caller, &own, project)?;
            (member, Some(own))
        };
        let present = member.role_in(project);
        for role in present.iter().chain(&role) {
            may_give(caller, *role)?;
        }
        let change = Update::new().when(member.unchanged());
        let change = match role {
            None if present.is_none() => return Err(Kind::NotFound.into()),
            None => change.remove(&path),
            Some(_) if member.status != MemberStatus::Active => {
                return Err(Problem::new(Kind::Conflict)
                    .detail("This member is deactivated: reactivate them first."));
            }
            Some(_) if present == role => return Ok(member),
            Some(role) => {
                member.project_roles.insert(project, role);
                change.set(&path, role)?
            }
        };
        let mut writes = vec![Write::update(caller.keys().member(user), change)];
        writes.extend_from_slice(further);
        let behind = writes.len();
        if let Some(own) = own {
            let key = caller.keys().member(own.user_id);
            writes.push(Write::check(key, vec![own.unchanged()]));
        }
        match table.transact(writes).await {
            Ok(()) => return Ok(member),
            Err(WriteError::Failed(problem)) => return Err(problem),
            Err(WriteError::Refused(refused)) => {
                let mut unmet = refused.into_iter();
                if let Some((_, item)) = unmet.find(|(position, _)| (1..behind).contains(position))
                {
                    return Err(otherwise(item));
                }
            }
        }
    }
    Err(Kind::Conflict.into())
}
