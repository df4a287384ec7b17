//! `GET /v1/members`: the members of the tenant.

use endpoint::prelude::*;
use tenant_context::items::{Member, MemberStatus};
use tenant_context::{ProjectId, UserId};

struct MembersList;

/// A member of the tenant.
#[derive(Serialize, JsonSchema)]
struct Shown {
    /// The user.
    user_id: UserId,
    /// Their name.
    name: String,
    /// Their e-mail address.
    email: String,
    /// Their role.
    role: RoleRef,
    /// Whether they may work.
    status: MemberStatus,
    /// The projects they are in.
    project_ids: Vec<ProjectId>,
    /// When they joined.
    joined_at: String,
}

impl Endpoint for MembersList {
    const DECLARATION: Declaration =
        Declaration::get("/v1/members", "Lists the members of the tenant.")
            .permission(
                Permission::new(Resource::Members, Action::Read),
                Access::Read,
            )
            .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<Shown>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Shown>>, Problem> {
        let list = caller.keys().members();
        let after = input.query.after(&caller, &list, "")?;
        let mut page = caller
            .table()
            .await?
            .list(&list, after.as_deref(), input.query.limit(), false)
            .await?;
        // Those who have left keep their item, so that their records keep a name.
        page.items
            .retain(|member: &Member| member.status == MemberStatus::Active);
        let page = page.map(|member| Shown {
            user_id: member.user_id,
            name: member.name,
            email: member.email,
            role: member.role,
            status: member.status,
            project_ids: member.project_roles.into_keys().collect(),
            joined_at: member.joined_at,
        });
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<MembersList>()
}
