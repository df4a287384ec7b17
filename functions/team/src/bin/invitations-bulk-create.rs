//! `POST /v1/invitations/bulk`: invites up to 100 people from a list in CSV. Each line stands for itself: those that are
//! good are invited, whatever is wrong with others. Sent again, the list invites nobody twice.

use endpoint::prelude::*;
use sign_in::link::LinkKeys;
use team_functions::bulk;
use team_functions::inviting::{Inviting, Wanted};
use tenant_context::InvitationId;

struct InvitationsBulkCreate {
    links: LinkKeys,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// A header line `email,role,project_ids` and a line for each person, 100 at most. Several projects are parted by `;`.
    csv: String,
}

/// What became of the list.
#[derive(Serialize, JsonSchema)]
struct BulkInvited {
    /// How many people were invited.
    created: usize,
    /// What became of each line.
    rows: Vec<InvitedRow>,
}

/// What became of a line.
#[derive(Serialize, JsonSchema)]
struct InvitedRow {
    /// Its line in the list; the header is line 1.
    line: usize,
    /// The address as written.
    email: String,
    /// What became of it.
    outcome: RowOutcome,
    /// The invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<InvitationId>,
    /// The last part of the problem's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    /// What is wrong, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// What can become of a line.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RowOutcome {
    /// They are invited.
    Created,
    /// They had a pending invitation, which stays as it is.
    AlreadyInvited,
    /// They are not invited.
    Refused,
}

impl Endpoint for InvitationsBulkCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/invitations/bulk",
        "Invites up to 100 people from a list in CSV.",
    )
    .success(200)
    .permission(
        Permission::new(Resource::Invitations, Action::Create),
        Access::Admin,
    )
    .idempotent()
    .role("InvitationsCreateRole")
    .needs(&[Needs::Tenant, Needs::LinkKey]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = BulkInvited;

    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            links: LinkKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<BulkInvited>, Problem> {
        let list = bulk::read(&input.body.csv, true)?;
        let table = caller.table().await?;
        let inviting = Inviting::begin(&caller, &table, &self.links).await?;
        let mut rows = Vec::new();
        // One after the other: all of them change the tenant's count of seats.
        for bulk::Row {
            line,
            email,
            wanted,
        } in list
        {
            let (outcome, id, problem) = match wanted {
                Ok(wanted) => invite(&inviting, wanted).await?,
                Err(problem) => (RowOutcome::Refused, None, Some(problem)),
            };
            rows.push(InvitedRow {
                line,
                email,
                outcome,
                id,
                problem: problem.as_ref().map(|problem| problem.kind().slug()),
                detail: problem.as_ref().map(in_words),
            });
        }
        let created = rows.iter().filter(|row| row.outcome == RowOutcome::Created);
        let created = created.count();
        Ok(Reply::new(BulkInvited { created, rows }))
    }
}

/// Invites one. What is no fault of the line ends the whole, which can be sent again.
async fn invite(
    inviting: &Inviting<'_>,
    wanted: Wanted,
) -> Result<(RowOutcome, Option<InvitationId>, Option<Problem>), Problem> {
    let email = wanted.email.clone();
    // The answer is complete with the last line and kept then: what is repeated before that invites nobody twice either.
    match inviting.invite(wanted, &|_, _| Ok(())).await {
        Ok((invitation, _)) => Ok((RowOutcome::Created, Some(invitation.id), None)),
        Err(problem) if problem.kind() == Kind::Conflict => {
            let pending = inviting.pending(&email).await?;
            Ok(match pending {
                Some(pending) => (
                    RowOutcome::AlreadyInvited,
                    Some(pending.invitation_id),
                    None,
                ),
                None => (RowOutcome::Refused, None, Some(problem)),
            })
        }
        Err(problem) if problem.status() >= 500 => Err(problem),
        Err(problem) => Ok((RowOutcome::Refused, None, Some(problem))),
    }
}

fn in_words(problem: &Problem) -> String {
    let mut text = problem.kind().detail().to_owned();
    for field in problem.errors() {
        text = format!("{} {}", field.pointer.trim_start_matches('/'), field.detail);
    }
    text
}

fn main() -> ExitCode {
    run::<InvitationsBulkCreate>()
}
