//! A member whom somebody manages: found, and judged by the role rule.

use crate::giving::GivenRole;
use crate::together::own_role_changed;
use endpoint::prelude::*;
use tenant_context::items::{Member, MemberStatus};
use tenant_context::{Table, UserId};

/// What a path names.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPath {
    /// The user.
    pub user_id: UserId,
}

/// A member whom the caller may manage, with the role they have.
pub struct Managed {
    /// As read.
    pub member: Member,
    /// Their role.
    pub role: GivenRole,
}

impl Managed {
    /// The member, if the caller may manage them.
    ///
    /// # Errors
    /// `not-found` for who is no member; `permission-denied` for one whose role is at or above the caller's, and for the
    /// caller themselves when they are no longer what they were when the request was let in.
    pub async fn find(
        caller: &TenantContext,
        table: &Table,
        user: UserId,
    ) -> Result<Self, Problem> {
        let member = if user == caller.user_id() {
            own(caller, table).await?
        } else {
            member(caller, table, user).await?
        };
        let role = GivenRole::find(table, caller.keys(), member.role).await?;
        let role = role.ok_or(Kind::NotFound)?;
        role.manageable_by(caller)?;
        Ok(Self { member, role })
    }

    /// Whether the caller manages themselves.
    pub fn is_self(&self, caller: &TenantContext) -> bool {
        self.member.user_id == caller.user_id()
    }
}

/// A member who has not left.
///
/// # Errors
/// `not-found`
pub async fn member(
    caller: &TenantContext,
    table: &Table,
    user: UserId,
) -> Result<Member, Problem> {
    let found: Option<Member> = table.get(&caller.keys().member(user)).await?;
    found
        .filter(|member| member.status != MemberStatus::Removed)
        .ok_or_else(|| Kind::NotFound.into())
}

/// The caller as a member, for writes on the condition that this member is unchanged. Were it taken as it is read, one whose
/// role was taken away since the request was let in could give themselves another by the right of the old one.
///
/// # Errors
/// `permission-denied` when they are no longer what they were when the request was let in.
pub async fn own(caller: &TenantContext, table: &Table) -> Result<Member, Problem> {
    let own = member(caller, table, caller.user_id()).await?;
    if own.role != caller.role() || own.status != MemberStatus::Active {
        return Err(own_role_changed());
    }
    Ok(own)
}
