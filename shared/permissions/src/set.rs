//! A set of permissions: what a role carries, fixed or custom.

use crate::{Action, Grant, Permission, Resource, beside_records};
use std::collections::BTreeMap;
use std::fmt;

/// The letters of the compact text, in the order of [`Action::ALL`]; lower case means `:own`.
const LETTERS: [char; 6] = ['R', 'C', 'U', 'D', 'E', 'M'];
/// How many permissions a set may be written with.
pub const MOST_TEXTS: usize = 100;

/// The grants for one resource, by action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Grants([Option<Grant>; 6]);

impl Grants {
    fn get(self, action: Action) -> Grant {
        let Self([read, create, update, delete, export, manage]) = self;
        let grant = match action {
            Action::Read => read,
            Action::Create => create,
            Action::Update => update,
            Action::Delete => delete,
            Action::Export => export,
            Action::Manage => manage,
        };
        grant.unwrap_or(Grant::None)
    }

    fn raise(&mut self, action: Action, grant: Grant) {
        let Self([read, create, update, delete, export, manage]) = self;
        let slot = match action {
            Action::Read => read,
            Action::Create => create,
            Action::Update => update,
            Action::Delete => delete,
            Action::Export => export,
            Action::Manage => manage,
        };
        *slot = (*slot).max(Some(grant));
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionSet {
    fixed: [Grants; Resource::ALL.len()],
    collections: BTreeMap<String, Grants>,
}

/// A text that is no permission: its position among those given, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPermission {
    /// Which of the texts.
    pub position: usize,
    /// What is wrong with it.
    pub detail: &'static str,
}

impl PermissionSet {
    /// The set with these permissions, each `resource:action` or `resource:action:own`. A resource is one of
    /// [`Resource::ALL`], or a collection's name that `is_collection` knows.
    ///
    /// # Errors
    /// The first text that is no permission, or that limits to one's own what has no owner.
    pub fn parse<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        is_collection: impl Fn(&str) -> bool,
    ) -> Result<Self, UnknownPermission> {
        let mut set = Self::default();
        for (position, text) in texts.into_iter().enumerate() {
            let unknown = |detail| UnknownPermission { position, detail };
            let (name, rest) = text
                .split_once(':')
                .ok_or(unknown("is not of the form collection:action"))?;
            let (action, grant) = match rest.strip_suffix(":own") {
                Some(action) => (action, Grant::Own),
                None => (rest, Grant::All),
            };
            let action = Action::parse(action).ok_or(unknown("names no action"))?;
            match Resource::parse(name) {
                Some(resource) if grant == Grant::Own && !resource.has_owner(action) => {
                    return Err(unknown("can't be limited to one's own"));
                }
                Some(resource) => set.add(Permission::new(resource, action), grant),
                None if is_collection(name) => set.add_collection(name, action, grant),
                None => return Err(unknown("names nothing that permissions are about")),
            }
        }
        Ok(set)
    }

    /// Adds a permission, or widens it.
    pub fn add(&mut self, permission: Permission, grant: Grant) {
        if let Some(grants) = self.fixed.get_mut(permission.resource as usize) {
            grants.raise(permission.action, grant);
        }
    }

    fn add_collection(&mut self, name: &str, action: Action, grant: Grant) {
        self.collections
            .entry(name.to_owned())
            .or_default()
            .raise(action, grant);
    }

    /// How far a permission reaches.
    pub fn permits(&self, permission: Permission) -> Grant {
        self.fixed
            .get(permission.resource as usize)
            .map_or(Grant::None, |grants| grants.get(permission.action))
    }

    /// How far an action on the records of one collection reaches: by its own name, or by `records`; where they are the whole
    /// tenant's, only for those who have the permission for that too.
    pub fn permits_in(&self, collection: &str, action: Action) -> Grant {
        let besides = beside_records(collection, action);
        if besides.is_some_and(|permission| self.permits(permission) == Grant::None) {
            return Grant::None;
        }
        let named = self
            .collections
            .get(collection)
            .map_or(Grant::None, |grants| grants.get(action));
        named.max(self.permits(Permission::new(Resource::Records, action)))
    }

    /// How far the permission reaches for at least one collection: enough to come as far as the collection's own check.
    pub fn permits_somewhere(&self, permission: Permission) -> Grant {
        let everywhere = self.permits(permission);
        if permission.resource != Resource::Records {
            return everywhere;
        }
        let named = self.collections.values();
        named.fold(everywhere, |widest, grants| {
            widest.max(grants.get(permission.action))
        })
    }

    /// Whether every permission here is one of `other`'s, reaching at least as far.
    pub fn is_within(&self, other: &Self) -> bool {
        let fixed = Permission::all()
            .all(|permission| self.permits(permission) <= other.permits(permission));
        fixed
            && self.collections.iter().all(|(name, grants)| {
                Action::ALL
                    .iter()
                    .all(|action| grants.get(*action) <= other.permits_in(name, *action))
            })
    }

    /// The permissions as texts, `:own` included, in the order of the printed table.
    pub fn texts(&self) -> Vec<String> {
        let fixed =
            Permission::all().map(|permission| (permission.to_string(), self.permits(permission)));
        let named = self.collections.iter().flat_map(|(name, grants)| {
            Action::ALL
                .iter()
                .map(move |action| (format!("{name}:{}", action.as_str()), grants.get(*action)))
        });
        fixed
            .chain(named)
            .filter_map(|(text, grant)| match grant {
                Grant::None => None,
                Grant::Own => Some(format!("{text}:own")),
                Grant::All => Some(text),
            })
            .collect()
    }

    /// The set in few bytes, for an item that is read on every request and for the context token.
    pub fn compact(&self) -> String {
        let fixed = Resource::ALL
            .iter()
            .zip(&self.fixed)
            .map(|(resource, grants)| (resource.as_str(), grants));
        let named = self
            .collections
            .iter()
            .map(|(name, grants)| (name.as_str(), grants));
        let mut parts = Vec::new();
        for (name, grants) in fixed.chain(named) {
            let letters: String = Action::ALL
                .iter()
                .zip(LETTERS)
                .filter_map(|(action, letter)| match grants.get(*action) {
                    Grant::None => None,
                    Grant::Own => Some(letter.to_ascii_lowercase()),
                    Grant::All => Some(letter),
                })
                .collect();
            if !letters.is_empty() {
                parts.push(format!("{name}={letters}"));
            }
        }
        parts.join(";")
    }

    /// Reads what [`Self::compact`] wrote. What it does not know grants nothing.
    pub fn from_compact(text: &str) -> Self {
        let mut set = Self::default();
        for (name, letters) in text.split(';').filter_map(|part| part.split_once('=')) {
            for letter in letters.chars() {
                let position = LETTERS
                    .iter()
                    .position(|known| known.eq_ignore_ascii_case(&letter));
                let Some(action) = position.and_then(|position| Action::ALL.get(position)) else {
                    continue;
                };
                let grant = if letter.is_ascii_lowercase() {
                    Grant::Own
                } else {
                    Grant::All
                };
                match Resource::parse(name) {
                    Some(resource) => set.add(Permission::new(resource, *action), grant),
                    None => set.add_collection(name, *action, grant),
                }
            }
        }
        set
    }
}

impl fmt::Display for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.compact())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::Role;

    fn set(texts: &[&str]) -> PermissionSet {
        PermissionSet::parse(texts.iter().copied(), |name| {
            ["contacts", "deals"].contains(&name)
        })
        .unwrap()
    }

    #[test]
    fn texts_and_compact_form_say_the_same() {
        for texts in [
            vec![
                "tenant:read",
                "projects:read:own",
                "contacts:read",
                "deals:update:own",
            ],
            vec!["records:read"],
            vec![],
        ] {
            let set = set(&texts);
            assert_eq!(set.texts(), texts);
            assert_eq!(PermissionSet::from_compact(&set.compact()), set);
        }
        assert_eq!(
            set(&["records:read", "records:update:own", "contacts:delete"]).compact(),
            "records=Ru;contacts=D"
        );
    }

    #[test]
    fn what_is_no_permission_is_told() {
        let wrong = |texts: &[&str]| {
            PermissionSet::parse(texts.iter().copied(), |name| name == "contacts").unwrap_err()
        };
        assert_eq!(wrong(&["tenant:read", "tenant"]).position, 1);
        assert_eq!(wrong(&["tenant:fly"]).detail, "names no action");
        assert_eq!(wrong(&["contacts:read:all"]).detail, "names no action");
        assert_eq!(wrong(&["deals:read"]).position, 0);
        assert_eq!(
            wrong(&["members:read:own"]).detail,
            "can't be limited to one's own"
        );
    }

    #[test]
    fn records_stands_for_every_collection() {
        let all = set(&["records:read", "records:update:own"]);
        let one = set(&["contacts:read", "contacts:update:own"]);
        assert!(one.is_within(&all) && !all.is_within(&one));
        assert_eq!(all.permits_in("contacts", Action::Update), Grant::Own);
        assert_eq!(one.permits_in("deals", Action::Read), Grant::None);
        let read = Permission::new(Resource::Records, Action::Read);
        assert_eq!(one.permits(read), Grant::None);
        assert_eq!(one.permits_somewhere(read), Grant::All);
        assert!(
            !set(&["contacts:update"]).is_within(&all),
            "own is less than all"
        );
    }

    #[test]
    fn what_is_the_whole_tenants_takes_more_than_records() {
        const SETTINGS: &str = "telephony-settings";
        let parse = |texts: &[&str]| {
            PermissionSet::parse(texts.iter().copied(), |name| name == SETTINGS).unwrap()
        };
        let records = parse(&["records:read", "records:update", "tenant:read"]);
        let named = parse(&["telephony-settings:update"]);
        let both = parse(&["records:update", "tenant:update"]);
        assert_eq!(records.permits_in("contacts", Action::Update), Grant::All);
        assert_eq!(records.permits_in(SETTINGS, Action::Update), Grant::None);
        assert_eq!(records.permits_in(SETTINGS, Action::Read), Grant::All);
        assert_eq!(named.permits_in(SETTINGS, Action::Update), Grant::None);
        assert_eq!(both.permits_in(SETTINGS, Action::Update), Grant::All);
        // Nobody gives what they don't have.
        assert!(!named.is_within(&records) && named.is_within(&both));
        let changes = [Action::Create, Action::Update, Action::Delete];
        for role in Role::ALL {
            let sets_up = matches!(role, Role::Owner | Role::Admin);
            for action in changes {
                let grant = role.permissions().permits_in(SETTINGS, action);
                let expected = if sets_up { Grant::All } else { Grant::None };
                assert_eq!(grant, expected, "{role} {}", action.as_str());
            }
        }
        for role in crate::ProjectRole::ALL {
            let joined = crate::in_project(&Role::Viewer.permissions(), Some(*role));
            assert_eq!(joined.permits_in(SETTINGS, Action::Update), Grant::None);
        }
    }

    #[test]
    fn a_fixed_role_and_its_set_agree() {
        for role in Role::ALL {
            let set = role.permissions();
            for permission in Permission::all() {
                assert_eq!(
                    set.permits(permission),
                    role.may(permission),
                    "{role} {permission}"
                );
            }
            assert_eq!(PermissionSet::from_compact(&set.compact()), set);
        }
    }
}
