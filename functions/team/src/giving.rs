//! Roles as they are given and taken away: what they carry, and that a custom role knows how many have it.

use crate::together::{Together, changed_meanwhile};
use endpoint::prelude::*;
use tenant_context::items::CustomRole;
use tenant_context::keys::TenantKeys;
use tenant_context::{Key, RoleId, Table};

/// A role of the tenant, as it was read.
pub struct GivenRole {
    /// With what it carries.
    pub standing: Standing,
    /// As people read it.
    pub name: String,
    /// Of a custom role: its item, and the version that was read.
    item: Option<(Key, i64)>,
}

impl GivenRole {
    /// The role of this name, if the tenant has one. A fixed role needs no call.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn find(
        table: &Table,
        keys: TenantKeys,
        role: RoleRef,
    ) -> Result<Option<Self>, Problem> {
        match role {
            RoleRef::Fixed(role) => Ok(Some(Self {
                standing: Standing::fixed(role),
                name: fixed_name(role),
                item: None,
            })),
            RoleRef::Custom(id) => {
                let key = keys.role(RoleId::from(id));
                let found: Option<CustomRole> = table.get(&key).await?;
                Ok(found.map(|role| Self {
                    item: Some((key, i64::try_from(role.version).unwrap_or(i64::MAX))),
                    ..Self::of(&role, stored_permissions(&role.permissions))
                }))
            }
        }
    }

    /// A custom role as if it carried these permissions: to be judged, not to be given.
    pub fn of(role: &CustomRole, carried: PermissionSet) -> Self {
        Self {
            standing: Standing::custom(role.id.uuid(), carried),
            name: role.name.clone(),
            item: None,
        }
    }

    /// Whether the caller may give this role, or take it away.
    ///
    /// # Errors
    /// `permission-denied` when it is at or above their own.
    pub fn manageable_by(&self, caller: &TenantContext) -> Result<(), Problem> {
        if caller.standing().may_manage(&self.standing) {
            return Ok(());
        }
        let (own, other) = (caller.role(), self.standing.role());
        tracing::warn!(event = "permission_denied", role = %own, %other, "a role at or above the caller's own");
        Err(Problem::new(Kind::PermissionDenied)
            .detail("The role is at or above your own, or carries what yours does not."))
    }

    /// One more has it. The role must still be as it was read: what was judged is what is given.
    pub fn gains_holder(&self, together: &mut Together) {
        self.count(together, 1);
    }

    /// One fewer has it.
    pub fn loses_holder(&self, together: &mut Together) {
        self.count(together, -1);
    }

    fn count(&self, together: &mut Together, by: i64) {
        if let Some((key, version)) = &self.item {
            let update = Update::new()
                .add("holders", by)
                .when(Condition::equals("version", *version));
            together.add(Write::update(key.clone(), update), changed_meanwhile());
        }
    }

    /// The role must still be as it was read.
    pub fn stays(&self, together: &mut Together) {
        if let Some((key, version)) = &self.item {
            let unchanged = vec![Condition::equals("version", *version)];
            together.add(Write::check(key.clone(), unchanged), changed_meanwhile());
        }
    }
}

/// One fewer has this role, whatever it carries.
pub fn release(together: &mut Together, keys: TenantKeys, role: RoleRef) {
    if let RoleRef::Custom(id) = role {
        let update = Update::new().add("holders", -1).when(Condition::Exists);
        together.add(
            Write::update(keys.role(RoleId::from(id)), update),
            changed_meanwhile(),
        );
    }
}

/// The role's permissions as they are stored: they were checked when they were written.
pub fn stored_permissions(texts: &[String]) -> PermissionSet {
    PermissionSet::parse(texts.iter().map(String::as_str), |_| true).unwrap_or_default()
}

/// What is read of a role for its name alone.
#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The name of a role as people read it, by a role that may read names only.
///
/// # Errors
/// When the call fails.
pub async fn role_name(
    table: &Table,
    keys: TenantKeys,
    role: RoleRef,
) -> Result<Option<String>, Problem> {
    match role {
        RoleRef::Fixed(role) => Ok(Some(fixed_name(role))),
        RoleRef::Custom(id) => {
            let found: Option<Named> = table.get_some(&keys.role(id.into()), &["name"]).await?;
            Ok(found.map(|role| role.name))
        }
    }
}

/// The name of a fixed role as people read it.
pub fn fixed_name(role: Role) -> String {
    role.as_str().replace('_', " ")
}
