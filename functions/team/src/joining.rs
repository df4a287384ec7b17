//! Joining a tenant: invitation, seat, member and the person's own pointer change together or not at all.

use endpoint::prelude::*;
use tenant_context::identity::Identity;
use tenant_context::items::{
    Invitation, InvitationStatus, Member, MemberStatus, Membership, Tenant, TenantStatus, User,
};
use tenant_context::{StoredItem, TenantId};

/// Positions of the writes, by which a refusal is explained.
const INVITATION: usize = 0;
const INVITER: usize = 1;
const TENANT: usize = 2;
const MEMBER: usize = 3;
const MEMBERSHIP: usize = 4;

/// A person takes an invitation up.
pub struct Joining<'a> {
    /// Gives the keys.
    pub identity: &'a Identity,
    /// The tenant.
    pub tenant: &'a Tenant,
    /// The invitation, as it was read.
    pub invitation: &'a Invitation,
    /// The present, in seconds since 1970.
    pub now: i64,
}

impl Joining<'_> {
    /// The tenant's id.
    pub fn tenant_id(&self) -> TenantId {
        self.tenant.id.0
    }

    /// Everything but what a new person or the session needs. `earlier` is the member this person once was.
    ///
    /// # Errors
    /// `invitation-invalid` or `conflict` for who would let themselves in; `internal` when an item can't be stored.
    pub fn writes(&self, person: &User, earlier: Option<&Member>) -> Result<Vec<Write>, Problem> {
        if person.id == self.invitation.invited_by {
            // Whoever was removed must not come back by an invitation that they kept. (The transaction could not ask:
            // it would check the very item that it writes.)
            return Err(match earlier.map(|member| member.status) {
                Some(MemberStatus::Active) => already_member(),
                _ => Kind::InvitationInvalid.into(),
            });
        }
        let keys = self.identity.tenant_keys(self.tenant_id());
        let member_key = keys.member(person.id);
        let member = self.member(person);
        let membership_key = self
            .identity
            .user_keys(person.id)
            .membership(self.tenant_id());
        Ok(vec![
            Write::update(keys.invitation(self.invitation.id), self.use_up()?),
            Write::check(
                keys.member(self.invitation.invited_by),
                still_vouched_for(self.invitation.role),
            ),
            Write::update(keys.tenant(), self.take_seat()),
            match earlier {
                None => Write::create(member_key, &member)?,
                Some(_) => Write::replace(
                    member_key,
                    &member,
                    vec![Condition::equals("status", "removed")],
                )?,
            },
            Write::create(membership_key, &self.membership(&member))?,
        ])
    }

    fn use_up(&self) -> Result<Update, Problem> {
        Ok(Update::new()
            .set("status", InvitationStatus::Accepted)?
            .when(Condition::equals("status", "pending"))
            .when(Condition::equals(
                "secret_hash",
                self.invitation.secret_hash.as_str(),
            ))
            .when(Condition::greater_than("expires_at", self.now)))
    }

    /// The condition is what keeps seats from being exceeded, however many join at once.
    fn take_seat(&self) -> Update {
        let update = Update::new()
            .add("members", 1)
            .when(Condition::LessThanAttribute("members", "seats"))
            .when(Condition::one_of("status", &["trial", "active"]));
        if self.invitation.role == Role::Owner {
            update.add("owners", 1)
        } else {
            update
        }
    }

    fn member(&self, person: &User) -> Member {
        Member {
            user_id: person.id,
            name: person.name.clone(),
            email: person.email.clone(),
            role: self.invitation.role,
            status: MemberStatus::Active,
            project_ids: self.invitation.project_ids.clone(),
            joined_at: endpoint::now(),
        }
    }

    fn membership(&self, member: &Member) -> Membership {
        Membership {
            tenant_id: self.tenant.id,
            name: self.tenant.name.clone(),
            slug: self.tenant.slug.clone(),
            joined_at: member.joined_at.clone(),
        }
    }
}

/// An invitation is worth what its inviter could still do: it ends with their membership, and with their rank.
fn still_vouched_for(role: Role) -> Vec<Condition> {
    vec![
        Condition::equals("status", "active"),
        Condition::one_of("role", &inviters(role)),
    ]
}

/// The roles whose members may invite somebody into `role`.
fn inviters(role: Role) -> Vec<&'static str> {
    let invite = Permission::new(Resource::Invitations, Action::Create);
    Role::ALL
        .iter()
        .filter(|inviter| inviter.may(invite) == Grant::All && inviter.may_grant(role))
        .map(|inviter| inviter.as_str())
        .collect()
}

/// What it means that some of the writes were refused. `otherwise` is for those after [`Joining::writes`].
pub fn refusal(refused: Vec<(usize, Option<StoredItem>)>, otherwise: Problem) -> Problem {
    let Some((position, item)) = refused.into_iter().next() else {
        return Kind::Conflict.into();
    };
    match position {
        INVITATION | INVITER => Kind::InvitationInvalid.into(),
        TENANT => match item.map(StoredItem::read::<Tenant>) {
            Some(Ok(tenant)) => no_seat(tenant.status).into(),
            Some(Err(problem)) => problem,
            None => Kind::InvitationInvalid.into(),
        },
        MEMBER | MEMBERSHIP => already_member(),
        _ => otherwise,
    }
}

fn no_seat(status: TenantStatus) -> Kind {
    match status {
        TenantStatus::Trial | TenantStatus::Active => Kind::SeatLimit,
        TenantStatus::Suspended => Kind::TenantSuspended,
        TenantStatus::Cancelled | TenantStatus::Deleted => Kind::InvitationInvalid,
    }
}

fn already_member() -> Problem {
    Problem::new(Kind::Conflict).detail("You are a member of this tenant already.")
}

/// The invited address belongs to somebody who has not said that it is them.
pub fn has_account() -> Problem {
    Problem::new(Kind::Conflict)
        .detail("This e-mail address has an account: sign in with it, then accept the invitation.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_stands_while_its_inviter_could_make_it() {
        assert_eq!(inviters(Role::Owner), ["owner"]);
        assert_eq!(inviters(Role::Admin), ["owner"]);
        assert_eq!(inviters(Role::Manager), ["owner", "admin"]);
        assert_eq!(inviters(Role::SalesRep), ["owner", "admin", "manager"]);
        // A sales representative ranks above a viewer, and yet may invite nobody.
        assert_eq!(inviters(Role::Viewer), ["owner", "admin", "manager"]);
    }

    #[test]
    fn the_first_refusal_is_the_one_told() {
        let kind = |refused: &[usize]| {
            let refused = refused.iter().map(|position| (*position, None)).collect();
            refusal(refused, Kind::SessionRevoked.into()).kind()
        };
        assert_eq!(kind(&[INVITER, TENANT]), Kind::InvitationInvalid);
        assert_eq!(kind(&[MEMBERSHIP, MEMBERSHIP + 1]), Kind::Conflict);
        assert_eq!(kind(&[MEMBERSHIP + 1]), Kind::SessionRevoked);
    }
}
