//! Joining a tenant: invitation, seat, member and the person's own pointer change together or not at all.

use crate::ending::normalised;
use crate::together::delete_when;
use endpoint::prelude::*;
use sign_in::link::LinkToken;
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
const INVITED: usize = 5;

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
                self.still_vouched_for()?,
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
            self.free_address()?,
        ])
    }

    /// An invitation is worth what its inviter could still do: it ends with their membership, and with their rank.
    fn still_vouched_for(&self) -> Result<Vec<Condition>, Problem> {
        let inviters = inviters(self.tenant, self.invitation.role);
        if inviters.is_empty() {
            return Err(Kind::InvitationInvalid.into());
        }
        let inviters: Vec<&str> = inviters.iter().map(String::as_str).collect();
        Ok(vec![
            Condition::equals("status", "active"),
            Condition::one_of("role", &inviters),
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

    /// The address can be invited again: later, when the membership has ended.
    fn free_address(&self) -> Result<Write, Problem> {
        let keys = self.identity.tenant_keys(self.tenant_id());
        let by_address = keys.invited(&normalised(&self.invitation.email)?);
        let is_this = Condition::equals("invitation_id", self.invitation.id.to_string());
        Ok(delete_when(by_address, is_this))
    }

    /// The invitation has held the seat since it was made, so `seats_taken` stays. The condition is what keeps seats from being exceeded, however many join at once.
    fn take_seat(&self) -> Update {
        let update = Update::new()
            .add("members", 1)
            .when(Condition::LessThanAttribute("members", "seats"))
            .when(Condition::one_of("status", &["trial", "active"]))
            // The membership holds a copy of both: a renaming that comes first would not find it to change.
            .when(Condition::equals("slug", self.tenant.slug.as_str()))
            .when(Condition::equals("name", self.tenant.name.as_str()));
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
            project_roles: self
                .invitation
                .project_ids
                .iter()
                .map(|project| (*project, ProjectRole::Reader))
                .collect(),
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

/// Whether the token opens this invitation at `now`. The join asks again, in the transaction.
pub fn opens(token: &LinkToken, invitation: &Invitation, now: i64) -> bool {
    invitation.status == InvitationStatus::Pending
        && invitation.expires_at > now
        && invitation.secret_hash == token.hash()
}

/// The roles of the tenant whose members may invite somebody into `role`; none when that role is gone.
fn inviters(tenant: &Tenant, role: RoleRef) -> Vec<String> {
    let invite = Permission::new(Resource::Invitations, Action::Create);
    let Some(given) = tenant.standing(role) else {
        return Vec::new();
    };
    let custom = tenant.custom_roles.keys().filter_map(|id| id.parse().ok());
    let all = Role::ALL
        .iter()
        .map(|role| RoleRef::from(*role))
        .chain(custom);
    all.filter_map(|inviter| tenant.standing(inviter))
        .filter(|inviter| inviter.permissions().permits(invite) == Grant::All)
        .filter(|inviter| inviter.may_manage(&given))
        .map(|inviter| inviter.role().to_string())
        .collect()
}

/// What it means that some of the writes were refused. `otherwise` is for those after [`Joining::writes`].
pub fn refusal(refused: Vec<(usize, Option<StoredItem>)>, otherwise: Problem) -> Problem {
    let Some((position, item)) = refused.into_iter().next() else {
        return Kind::Conflict.into();
    };
    match position {
        INVITATION | INVITER | INVITED => Kind::InvitationInvalid.into(),
        TENANT => match item.map(StoredItem::read::<Tenant>) {
            Some(Ok(tenant)) => no_seat(&tenant).into(),
            Some(Err(problem)) => problem,
            None => Kind::InvitationInvalid.into(),
        },
        MEMBER | MEMBERSHIP => already_member(),
        _ => otherwise,
    }
}

fn no_seat(tenant: &Tenant) -> Kind {
    match tenant.status {
        // It was renamed at this very moment.
        TenantStatus::Trial | TenantStatus::Active if tenant.members < tenant.seats => {
            Kind::Conflict
        }
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
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use tenant_context::Uuid;

    fn tenant(custom_roles: serde_json::Value) -> Tenant {
        serde_json::from_value(serde_json::json!({
            "id": "ten_00000000-0000-0000-0000-000000000001", "name": "Acme", "slug": "acme", "status": "active",
            "plan": "team", "seats": 5, "members": 1, "owners": 1, "custom_roles": custom_roles, "created_at": "",
        }))
        .unwrap()
    }

    #[test]
    fn an_invitation_stands_while_its_inviter_could_make_it() {
        let plain = tenant(serde_json::json!({}));
        let into = |role: Role| inviters(&plain, role.into());
        assert_eq!(into(Role::Owner), ["owner"]);
        assert_eq!(into(Role::Admin), ["owner"]);
        assert_eq!(into(Role::Manager), ["owner", "admin"]);
        assert_eq!(into(Role::SalesRep), ["owner", "admin", "manager"]);
        // A sales representative ranks above a viewer, and yet may invite nobody.
        assert_eq!(into(Role::Viewer), ["owner", "admin", "manager"]);
    }

    #[test]
    fn custom_roles_invite_and_are_invited_into_by_what_they_carry() {
        let (recruiter, reader) = (
            RoleRef::Custom(Uuid::from_u128(1)),
            RoleRef::Custom(Uuid::from_u128(2)),
        );
        let tenant = tenant(serde_json::json!({
            recruiter.to_string(): "invitations=C;records=R", reader.to_string(): "records=R",
        }));
        let named = |role: RoleRef| role.to_string();
        assert_eq!(
            inviters(&tenant, reader),
            [
                "owner".to_owned(),
                "admin".into(),
                "manager".into(),
                named(recruiter)
            ]
        );
        assert_eq!(inviters(&tenant, recruiter), ["owner", "admin", "manager"]);
        assert!(
            inviters(&tenant, RoleRef::Custom(Uuid::from_u128(3))).is_empty(),
            "a role that is gone"
        );
    }

    #[test]
    fn the_first_refusal_is_the_one_told() {
        let kind = |refused: &[usize]| {
            let refused = refused.iter().map(|position| (*position, None)).collect();
            refusal(refused, Kind::SessionRevoked.into()).kind()
        };
        assert_eq!(kind(&[INVITER, TENANT]), Kind::InvitationInvalid);
        assert_eq!(kind(&[MEMBERSHIP, INVITED]), Kind::Conflict);
        assert_eq!(kind(&[INVITED]), Kind::InvitationInvalid);
        assert_eq!(kind(&[INVITED + 1]), Kind::SessionRevoked);
    }
}
