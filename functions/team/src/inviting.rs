//! Inviting somebody: who may be invited into which role and projects, and all that is stored for it.

use crate::counts::Counts;
use crate::ending::expire;
use crate::giving::GivenRole;
use crate::seats;
use crate::together::Together;
use endpoint::prelude::*;
use fields::EmailAddress;
use mail::outbox::{Letter, Notice};
use sign_in::link::{Link, LinkKeys, Purpose};
use std::collections::BTreeSet;
use tenant_context::items::{Invitation, InvitationStatus, Invited, Tenant};
use tenant_context::{InvitationId, ProjectId, Table, errors};

/// How long an invitation is good for.
const DAYS: i64 = 7;

/// Who is to be invited.
pub struct Wanted {
    /// The address.
    pub email: EmailAddress,
    /// The role they will have.
    pub role: RoleRef,
    /// The projects they will be in. If not said: for a role that sees its own projects only, every open one that the
    /// inviter sees; else none.
    pub project_ids: Option<Vec<ProjectId>>,
    /// Whether the link goes out by mail.
    pub send_email: bool,
}

/// The settings that matter here.
#[derive(Default, Deserialize)]
struct Settings {
    #[serde(default)]
    allowed_email_domains: BTreeSet<String>,
}

/// Somebody who invites, with what all their invitations need.
pub struct Inviting<'a> {
    caller: &'a TenantContext,
    table: &'a Table,
    links: &'a LinkKeys,
    tenant: Tenant,
    settings: Settings,
    inviter_name: String,
    now: jiff::Timestamp,
}

/// What is read of the inviter.
#[derive(Deserialize)]
struct Inviter {
    name: String,
}

impl<'a> Inviting<'a> {
    /// Reads what all invitations need.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn begin(
        caller: &'a TenantContext,
        table: &'a Table,
        links: &'a LinkKeys,
    ) -> Result<Self, Problem> {
        let keys = caller.keys();
        let (tenant_key, settings_key) = (keys.tenant(), keys.settings());
        let member_key = keys.member(caller.user_id());
        let (tenant, settings, inviter) = futures::try_join!(
            table.get::<Tenant>(&tenant_key),
            table.get::<Settings>(&settings_key),
            table.get_some::<Inviter>(&member_key, &["name"]),
        )?;
        Ok(Self {
            caller,
            table,
            links,
            tenant: tenant.ok_or(Kind::NotFound)?,
            settings: settings.unwrap_or_default(),
            inviter_name: inviter.ok_or(Kind::NotAMember)?.name,
            now: jiff::Timestamp::now(),
        })
    }

    /// Invites somebody, and gives the invitation with its link. `keep` sees both right before they are stored.
    ///
    /// # Errors
    /// `permission-denied`, `reference-not-found` or `validation-failed` for what may not be; `conflict` while the address
    /// has a pending invitation; `seat-limit`.
    pub async fn invite(
        &self,
        wanted: Wanted,
        keep: &(impl Fn(&Invitation, &Link) -> Result<(), Problem> + Sync),
    ) -> Result<(Invitation, Link), Problem> {
        let keys = self.caller.keys();
        self.is_allowed(&wanted.email)?;
        let (role, pending) = futures::try_join!(
            GivenRole::find(self.table, keys, wanted.role),
            self.pending(&wanted.email),
        )?;
        let role = role.ok_or_else(no_such_role)?;
        role.manageable_by(self.caller)
            .map_err(|problem| problem.field("/role", "is not below your own"))?;
        let project_ids = self.projects(&wanted, &role)?;
        if let Some(pending) = pending {
            if pending.expires_at > self.now.as_second() {
                return Err(invited_already(pending.invitation_id));
            }
            expire(self.table, keys, &pending).await?;
        }
        let id = InvitationId::generate();
        let owner = self.caller.tenant_id().uuid();
        let link = Link::new(Purpose::Invitation, owner, id.uuid());
        let invitation = Invitation {
            id,
            email: wanted.email.to_string(),
            role: wanted.role,
            project_ids,
            status: InvitationStatus::Pending,
            secret_hash: self.links.token(&link).hash(),
            nonce: link.nonce,
            mailed: wanted.send_email,
            expires_at: end(self.now)?,
            resent_at: None,
            invited_by: self.caller.user_id(),
            created_at: endpoint::now(),
        };
        let (email, invited, given) = (&wanted.email, &invitation, &role);
        let store = || async move {
            let letter = invited.mailed.then(|| self.letter(invited, given, link));
            keep(invited, &link)?;
            self.store(email, invited, given, letter).await
        };
        seats::take(self.caller, self.table, store).await?;
        Ok((invitation, link))
    }

    /// The pending invitation of an address.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn pending(&self, email: &EmailAddress) -> Result<Option<Invited>, Problem> {
        let key = self.caller.keys().invited(&email.normalised());
        self.table.get(&key).await
    }

    async fn store(
        &self,
        email: &EmailAddress,
        invitation: &Invitation,
        role: &GivenRole,
        letter: Option<Letter>,
    ) -> Result<(), Problem> {
        let keys = self.caller.keys();
        let mut together = Together::new();
        if let Some((update, kind)) = Counts::invited(1).update() {
            together.add(Write::update(keys.tenant(), update), kind);
        }
        let by_address = Write::create(keys.invited(&email.normalised()), &invited(invitation))?;
        together.add(by_address, just_invited());
        let whole = Write::create(keys.invitation(invitation.id), invitation)?;
        together.add(whole, Kind::Conflict);
        role.gains_holder(&mut together);
        if let Some(letter) = letter {
            together.letter(keys, &letter)?;
        }
        together.commit(self.table).await
    }

    /// The letter that holds an invitation's link.
    pub fn letter(&self, invitation: &Invitation, role: &GivenRole, link: Link) -> Letter {
        let notice = Notice::Invitation {
            tenant_name: self.tenant.name.clone(),
            inviter_name: self.inviter_name.clone(),
            role: role.name.clone(),
            link,
        };
        Letter::new(&invitation.email, "", notice).of_tenant(self.tenant.id)
    }

    fn is_allowed(&self, email: &EmailAddress) -> Result<(), Problem> {
        let allowed = &self.settings.allowed_email_domains;
        let address = email.normalised();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        if allowed.is_empty() || domain.is_some_and(|domain| allowed.contains(domain)) {
            return Ok(());
        }
        let detail = "is not of a domain that this tenant's settings allow";
        Err(Problem::new(Kind::ValidationFailed).field("/email", detail))
    }

    /// Nobody lets anybody into a project that they don't see.
    fn projects(&self, wanted: &Wanted, role: &GivenRole) -> Result<BTreeSet<ProjectId>, Problem> {
        let Some(named) = &wanted.project_ids else {
            return Ok(self.usual_projects(role));
        };
        let unseen = named
            .iter()
            .enumerate()
            .filter(|(_, project)| self.caller.project_or_archived(**project).is_err());
        let problem = Problem::new(Kind::ReferenceNotFound);
        let problem = unseen.fold(problem, |problem, (position, _)| {
            let pointer = format!("/project_ids/{position}");
            problem.field(pointer, "is not a project that you see")
        });
        if problem.errors().is_empty() {
            Ok(named.iter().copied().collect())
        } else {
            Err(problem)
        }
    }

    fn usual_projects(&self, role: &GivenRole) -> BTreeSet<ProjectId> {
        let read = Permission::new(Resource::Projects, Action::Read);
        if role.standing.permissions().permits(read) == Grant::All {
            return BTreeSet::new();
        }
        let seen = self.caller.projects().iter();
        seen.filter(|project| {
            !project.archived && !self.tenant.private_project_ids.contains(&project.id)
        })
        .map(|project| project.id)
        .collect()
    }
}

/// How a pending invitation is known by its address.
pub fn invited(invitation: &Invitation) -> Invited {
    Invited {
        invitation_id: invitation.id,
        email: invitation.email.clone(),
        role: invitation.role,
        project_ids: invitation.project_ids.clone(),
        expires_at: invitation.expires_at,
        invited_by: invitation.invited_by,
        created_at: invitation.created_at.clone(),
    }
}

/// When an invitation that is issued now ends.
///
/// # Errors
/// `internal` at the end of time.
pub fn end(now: jiff::Timestamp) -> Result<i64, Problem> {
    let end = now.checked_add(jiff::SignedDuration::from_hours(24 * DAYS));
    end.map(jiff::Timestamp::as_second)
        .map_err(|error| errors::internal("expiry", &error))
}

fn no_such_role() -> Problem {
    Problem::new(Kind::ReferenceNotFound).field("/role", "is not a role here")
}

/// The address has an invitation that waits.
fn invited_already(id: InvitationId) -> Problem {
    let detail = format!(
        "This address has a pending invitation: send it again with POST /v1/invitations/{id}/resend, or revoke it."
    );
    Problem::new(Kind::Conflict).detail(detail)
}

fn just_invited() -> Problem {
    Problem::new(Kind::Conflict).detail("This address has just been invited by somebody else.")
}

/// What a path names.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationPath {
    /// The invitation.
    pub invitation_id: InvitationId,
}

/// An invitation whose role the caller may manage, with that role.
///
/// # Errors
/// `not-found`, or `permission-denied` for a role at or above the caller's.
pub async fn manageable(
    caller: &TenantContext,
    table: &Table,
    id: InvitationId,
) -> Result<(Invitation, GivenRole), Problem> {
    let keys = caller.keys();
    let found: Option<Invitation> = table.get(&keys.invitation(id)).await?;
    let invitation = found.ok_or(Kind::NotFound)?;
    // A role that is gone was nobody's any more: the invitation is over, and nothing can be done with it.
    let role = GivenRole::find(table, keys, invitation.role).await?;
    let role = role.ok_or(Kind::NotFound)?;
    role.manageable_by(caller)?;
    Ok((invitation, role))
}
