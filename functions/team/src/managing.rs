//! A member whom somebody manages: found, and judged by the role rule.

use crate::giving::GivenRole;
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
    /// `not-found` for who is no member; `permission-denied` for one whose role is at or above the caller's.
    pub async fn find(
        caller: &TenantContext,
        table: &Table,
        user: UserId,
    ) -> Result<Self, Problem> {
        let member = member(caller, table, user).await?;
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
