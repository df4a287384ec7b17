//! `GET /v1/members`: the members of the tenant, those who have left excepted.
//!
//! A team is bounded by its seats, and no key tells its members apart by name or role: the function reads on until a page
//! is full.

use endpoint::paging::Limit;
use endpoint::prelude::*;
use fields::Name;
use team_functions::shown::ShownMember;
use tenant_context::items::{Member, MemberStatus};

struct MembersList;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// How many items at most.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those in this role.
    role: Option<RoleRef>,
    /// Only those in this state: `active` or `deactivated`.
    status: Option<MemberStatus>,
    /// Only those whose name or e-mail address holds this text, in any letter case.
    q: Option<Name>,
}

impl Query {
    /// What of it a cursor is bound to.
    fn filter(&self) -> String {
        let role = self.role.map(|role| role.to_string());
        let part = |text: Option<String>| text.unwrap_or_default();
        let status = self.status.map(|status| format!("{status:?}"));
        format!(
            "{}&{}&{}",
            part(role),
            part(status),
            part(self.q.as_ref().map(ToString::to_string))
        )
    }

    fn shows(&self, member: &Member) -> bool {
        let holds = |text: &str| {
            let wanted = self.q.as_ref().map(|q| q.as_str().to_lowercase());
            wanted.is_none_or(|wanted| text.to_lowercase().contains(&wanted))
        };
        // Those who have left keep their item, so that their records keep a name.
        member.status != MemberStatus::Removed
            && self.role.is_none_or(|role| member.role == role)
            && self.status.is_none_or(|status| member.status == status)
            && (holds(&member.name) || holds(&member.email))
    }
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
    type Query = Query;
    type Body = NoInput;
    type Output = List<ShownMember>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<ShownMember>>, Problem> {
        let query = input.query;
        let (list, filter) = (caller.keys().members(), query.filter());
        let paging = Paging {
            limit: query.limit,
            cursor: query.cursor.clone(),
        };
        let after = paging.after(&caller, &list, &filter)?;
        let table = caller.table().await?;
        let page = table
            .list_where(&list, after.as_deref(), paging.limit(), |member| {
                query.shows(member)
            })
            .await?;
        Ok(Reply::new(List::seal(page, &caller, &list, &filter)?))
    }
}

fn main() -> ExitCode {
    run::<MembersList>()
}
