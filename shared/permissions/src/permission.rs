//! The grammar `resource:action[:own]`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What can be done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See one or a list.
    Read,
    /// Add one.
    Create,
    /// Change one.
    Update,
    /// Remove one.
    Delete,
    /// Take a copy of many out of the product.
    Export,
    /// Everything else about it, such as settings.
    Manage,
}

impl Action {
    /// Every action, in the order of the printed table.
    pub const ALL: &[Action] = &[
        Action::Read,
        Action::Create,
        Action::Update,
        Action::Delete,
        Action::Export,
        Action::Manage,
    ];

    /// The word in a permission's text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Read => "read",
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Export => "export",
            Action::Manage => "manage",
        }
    }

    /// The action with this word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.as_str() == text)
    }
}

/// The kinds of things that permissions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// The tenant itself: profile, settings, branding, domains; `manage` is its ownership.
    Tenant,
    /// Plan, seats, payments.
    Subscription,
    /// Members and their roles.
    Members,
    /// Invitations.
    Invitations,
    /// Custom roles.
    Roles,
    /// Projects and their members.
    Projects,
    /// Business records of any collection.
    Records,
}

impl Resource {
    /// Every resource, in the order of the printed table.
    pub const ALL: &[Resource] = &[
        Resource::Tenant,
        Resource::Subscription,
        Resource::Members,
        Resource::Invitations,
        Resource::Roles,
        Resource::Projects,
        Resource::Records,
    ];

    /// The word in a permission's text; `records` stands for every collection.
    pub const fn as_str(self) -> &'static str {
        match self {
            Resource::Tenant => "tenant",
            Resource::Subscription => "subscription",
            Resource::Members => "members",
            Resource::Invitations => "invitations",
            Resource::Roles => "roles",
            Resource::Projects => "projects",
            Resource::Records => "records",
        }
    }

    /// The resource with this word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|resource| resource.as_str() == text)
    }

    /// Whether an action on it can be limited to one's own: to records that one owns, and to projects that one is in.
    pub(crate) const fn has_owner(self, action: Action) -> bool {
        match self {
            Resource::Records => !matches!(action, Action::Manage),
            Resource::Projects => matches!(action, Action::Read),
            _ => false,
        }
    }
}

/// The collections whose records are the whole tenant's and no project's. Who may do something with all records of a project
/// is not for that reason somebody who sets the tenant up.
pub const TENANT_WIDE: &[&str] = &["telephony-settings"];

/// What an action on the records of such a collection takes besides the permission for records: to see the tenant, or to
/// change it. No role in a project carries either.
pub fn beside_records(collection: &str, action: Action) -> Option<Permission> {
    let on_tenant = match action {
        Action::Read | Action::Export => Action::Read,
        Action::Create | Action::Update | Action::Delete | Action::Manage => Action::Update,
    };
    TENANT_WIDE
        .contains(&collection)
        .then_some(Permission::new(Resource::Tenant, on_tenant))
}

/// A permission that an endpoint asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permission {
    /// What it is about.
    pub resource: Resource,
    /// What is done.
    pub action: Action,
}

impl Permission {
    /// The permission `resource:action`.
    pub const fn new(resource: Resource, action: Action) -> Self {
        Self { resource, action }
    }

    /// Every permission, in the order of the printed table.
    pub fn all() -> impl Iterator<Item = Self> {
        Resource::ALL.iter().flat_map(|resource| {
            Action::ALL
                .iter()
                .map(|action| Self::new(*resource, *action))
        })
    }

    /// The permission with this text, such as `invitations:create` or `records:read`.
    pub fn parse(text: &str) -> Option<Self> {
        let (resource, action) = text.split_once(':')?;
        Some(Self {
            resource: Resource::parse(resource)?,
            action: Action::parse(action)?,
        })
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource.as_str(), self.action.as_str())
    }
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// Not at all.
    None,
    /// Only records whose `owner_id` is the caller, and projects that they are in (`:own`).
    Own,
    /// All of them.
    All,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for resource in Resource::ALL {
            for action in Action::ALL {
                let permission = Permission::new(*resource, *action);
                assert_eq!(Permission::parse(&permission.to_string()), Some(permission));
            }
        }
        assert_eq!(Permission::parse("records"), None);
        assert_eq!(Permission::parse("records:fly"), None);
    }
}
