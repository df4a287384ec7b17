//! The five fixed roles.

use crate::{Action, Grant, Permission, PermissionSet, Resource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A fixed role of a tenant. The order is the rank: a lower role never outranks a higher one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads all records in their projects, writes own.
    SalesRep,
    /// All records and projects; reads and invites the team.
    Manager,
    /// Everything but billing, ownership and deletion of the tenant.
    Admin,
    /// Everything.
    Owner,
}

impl Role {
    /// Every role, highest first.
    pub const ALL: &[Role] = &[
        Role::Owner,
        Role::Admin,
        Role::Manager,
        Role::SalesRep,
        Role::Viewer,
    ];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::SalesRep => "sales_rep",
            Role::Viewer => "viewer",
        }
    }

    /// The role with this name.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.as_str() == text)
    }

    /// How far `permission` reaches for this role.
    pub const fn may(self, permission: Permission) -> Grant {
        use Resource::{Invitations, Members, Projects, Records, Roles, Subscription, Tenant};
        let Permission { resource, action } = permission;
        match self {
            Role::Owner => Grant::All,
            Role::Admin => match (resource, action) {
                // Billing, ownership and the end of the tenant are the owners' alone.
                (Subscription, Action::Read) => Grant::All,
                (Subscription, _) | (Tenant, Action::Delete | Action::Manage) => Grant::None,
                _ => Grant::All,
            },
            Role::Manager => match (resource, action) {
                // Private projects are closed to managers who are not in them.
                (Projects, Action::Manage) => Grant::None,
                (Records | Projects, _) => Grant::All,
                (Tenant | Members | Roles, Action::Read) => Grant::All,
                (Invitations, Action::Read | Action::Create) => Grant::All,
                _ => Grant::None,
            },
            Role::SalesRep => match (resource, action) {
                (Projects, Action::Read) => Grant::Own,
                (Records | Tenant | Members, Action::Read) => Grant::All,
                (Records, Action::Create | Action::Update | Action::Delete) => Grant::Own,
                _ => Grant::None,
            },
            Role::Viewer => match (resource, action) {
                (Records | Projects | Tenant | Members, Action::Read) => Grant::All,
                _ => Grant::None,
            },
        }
    }

    /// What this role carries.
    pub fn permissions(self) -> PermissionSet {
        let mut set = PermissionSet::default();
        for permission in Permission::all() {
            match self.may(permission) {
                Grant::None => {}
                grant => set.add(permission, grant),
            }
        }
        set
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_may_all_that_a_lower_one_may() {
        for (lower, higher) in Role::ALL.iter().rev().zip(Role::ALL.iter().rev().skip(1)) {
            for resource in Resource::ALL {
                for action in Action::ALL {
                    let permission = Permission::new(*resource, *action);
                    // A viewer looks on everywhere; a sales representative works in certain projects.
                    if (*higher, permission)
                        == (
                            Role::SalesRep,
                            Permission::new(Resource::Projects, Action::Read),
                        )
                    {
                        continue;
                    }
                    assert!(
                        higher.may(permission) >= lower.may(permission),
                        "{lower} may {permission} and {higher} may not"
                    );
                }
            }
        }
    }
}
