//! Joining a tenant: invitation, seat, member and the person's own pointer change together or not at all.

use endpoint::prelude::*;
use tenant_context::identity::Identity;
use tenant_context::items::{
    Invitation, InvitationStatus, Member, MemberStatus, Membership, Tenant, TenantStatus, User,
};
use tenant_context::{StoredItem, TenantId};

/// Positions of the writes, by which a refusal is explained.
const INVITATION: usize = 0;
const TENANT: usize = 1;
const MEMBER: usize = 2;
const MEMBERSHIP: usize = 3;
/// Where a new person's address comes, right after [`Joining::writes`].
pub const EMAIL: usize = 4;

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
    /// `internal` when an item can't be stored.
    pub fn writes(&self, person: &User, earlier: Option<&Member>) -> Result<Vec<Write>, Problem> {
        let keys = self.identity.tenant_keys(self.tenant_id());
        let member_key = keys.member(person.id);
        let member = self.member(person);
        let membership_key = self
            .identity
            .user_keys(person.id)
            .membership(self.tenant_id());
        Ok(vec![
            Write::update(keys.invitation(self.invitation.id), self.use_up()?),
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

/// What it means that some of the writes were refused.
pub fn refusal(refused: Vec<(usize, Option<StoredItem>)>) -> Problem {
    let Some((position, item)) = refused.into_iter().next() else {
        return Kind::Conflict.into();
    };
    match position {
        INVITATION => Kind::InvitationInvalid.into(),
        TENANT => match item.map(StoredItem::read::<Tenant>) {
            Some(Ok(tenant)) => no_seat(tenant.status).into(),
            Some(Err(problem)) => problem,
            None => Kind::InvitationInvalid.into(),
        },
        MEMBER | MEMBERSHIP => {
            Problem::new(Kind::Conflict).detail("You are a member of this tenant already.")
        }
        EMAIL => has_account(),
        _ => Kind::Conflict.into(),
    }
}

fn no_seat(status: TenantStatus) -> Kind {
    match status {
        TenantStatus::Trial | TenantStatus::Active => Kind::SeatLimit,
        TenantStatus::Suspended => Kind::TenantSuspended,
        TenantStatus::Cancelled | TenantStatus::Deleted => Kind::InvitationInvalid,
    }
}

/// The invited address belongs to somebody who has not said that it is them.
pub fn has_account() -> Problem {
    Problem::new(Kind::Conflict)
        .detail("This e-mail address has an account: sign in with it, then accept the invitation.")
}
