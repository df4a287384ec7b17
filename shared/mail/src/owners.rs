//! Who is told about seats and subscription: the tenant's owners.

use crate::outbox::{Letter, Notice};
use endpoint::prelude::*;
use tenant_context::items::{MemberStatus, StoredTenantId};
use tenant_context::keys::TenantKeys;
use tenant_context::{Table, UserId};

/// How many owners are told, at most: all their letters go into one transaction.
const MOST: usize = 20;

/// An owner.
#[derive(Debug, Clone, Deserialize)]
pub struct Owner {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    role: RoleRef,
    status: MemberStatus,
    joined_at: String,
}

/// Its attributes, for roles that may see no others.
const ATTRIBUTES: &[&str] = &["user_id", "name", "email", "role", "status", "joined_at"];

/// The active owners, the founding one first if they still are one.
///
/// # Errors
/// When the call fails.
pub async fn owners(table: &Table, keys: TenantKeys) -> Result<Vec<Owner>, Problem> {
    let is_owner = |member: &Owner| {
        member.status == MemberStatus::Active && member.role == RoleRef::Fixed(Role::Owner)
    };
    let mut owners = table
        .some_where(&keys.members(), ATTRIBUTES, MOST, is_owner)
        .await?;
    owners.sort_by(|one, other| one.joined_at.cmp(&other.joined_at));
    Ok(owners)
}

impl Owner {
    /// A letter to them in the tenant's name, once for each event.
    pub fn letter(&self, tenant: StoredTenantId, event: &str, notice: Notice) -> Letter {
        let (tenant_id, user) = (tenant.0.to_string(), self.user_id.to_string());
        let about = [notice.name(), &tenant_id, &user, event];
        Letter::about(&about, &self.email, &self.name, notice.clone()).of_tenant(tenant)
    }
}
