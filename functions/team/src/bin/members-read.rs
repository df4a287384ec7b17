//! `GET /v1/members/{user_id}`: one member.

use endpoint::prelude::*;
use team_functions::managing::{self, MemberPath};
use team_functions::shown::ShownMember;

struct MembersRead;

impl Endpoint for MembersRead {
    const DECLARATION: Declaration =
        Declaration::get("/v1/members/{user_id}", "Reads a member of the tenant.")
            .permission(
                Permission::new(Resource::Members, Action::Read),
                Access::Read,
            )
            .problems(&[Kind::NotFound]);
    type Caller = TenantContext;
    type Path = MemberPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = ShownMember;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ShownMember>, Problem> {
        let table = caller.table().await?;
        let member = managing::member(&caller, &table, input.path.user_id).await?;
        Ok(Reply::new(member.into()))
    }
}

fn main() -> ExitCode {
    run::<MembersRead>()
}
