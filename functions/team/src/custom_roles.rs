//! Custom roles: what they may carry, and how roles are shown.

use crate::giving::fixed_name;
use endpoint::prelude::*;
use permissions::MOST_TEXTS;
use tenant_context::items::CustomRole;
use tenant_context::{RoleId, UserId};

/// How many custom roles a tenant can have.
pub const MOST: usize = 20;

/// What a path names.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolePath {
    /// The role: a fixed one by its name, or a custom one.
    pub role_id: RoleRef,
}

/// The id of a custom role that a path names, for what can't be done to a fixed one.
///
/// # Errors
/// `conflict` for a fixed role.
pub fn custom(role: RoleRef) -> Result<RoleId, Problem> {
    match role {
        RoleRef::Custom(id) => Ok(id.into()),
        RoleRef::Fixed(_) => {
            Err(Problem::new(Kind::Conflict).detail("The fixed roles can't be changed."))
        }
    }
}

/// The permissions of these texts, none of which the caller lacks.
///
/// # Errors
/// `validation-failed` for what is no permission; `permission-denied` for what the caller may not do.
pub fn carried(caller: &TenantContext, texts: &[String]) -> Result<PermissionSet, Problem> {
    let wrong = |position: usize, detail: &str| {
        Problem::new(Kind::ValidationFailed).field(format!("/permissions/{position}"), detail)
    };
    if texts.len() > MOST_TEXTS {
        return Err(wrong(MOST_TEXTS, "is one permission too many"));
    }
    let parse = |texts: &mut dyn Iterator<Item = &str>| {
        let texts: Vec<&str> = texts.collect();
        PermissionSet::parse(texts, is_collection)
    };
    let set = parse(&mut texts.iter().map(String::as_str))
        .map_err(|error| wrong(error.position, error.detail))?;
    let own = caller.standing().permissions();
    if set.is_within(own) {
        return Ok(set);
    }
    tracing::warn!(event = "permission_denied", role = %caller.role(), "a custom role beyond its author's own");
    let denied = Problem::new(Kind::PermissionDenied)
        .detail("A role can't carry permissions that yours does not.");
    let exceeding = texts.iter().enumerate().filter(|(_, text)| {
        parse(&mut std::iter::once(text.as_str())).is_ok_and(|one| !one.is_within(own))
    });
    Err(exceeding.fold(denied, |problem, (position, _)| {
        problem.field(format!("/permissions/{position}"), "is not yours to give")
    }))
}

fn is_collection(name: &str) -> bool {
    records::collections::ALL
        .iter()
        .any(|collection| collection.name == name)
}

/// The form under which a role's name is unique.
pub fn normalised(name: &str) -> String {
    name.to_lowercase()
}

/// That another role has the name.
pub fn name_taken() -> Problem {
    Problem::new(Kind::AlreadyTaken).field("/name", "is another role's name")
}

/// Where the tenant's item keeps what a custom role carries.
pub fn path_in_tenant(id: RoleId) -> String {
    format!("custom_roles.{id}")
}

/// A role.
#[derive(Serialize, JsonSchema)]
pub struct ShownRole {
    /// Its id: of a fixed role its name in the API.
    pub id: RoleRef,
    /// Its name as people read it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it is one of the five that every tenant has.
    pub fixed: bool,
    /// What it carries.
    pub permissions: Vec<String>,
    /// How many members and pending invitations have it; of custom roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<i64>,
    /// Counts its changes; of custom roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<UserId>,
}

impl From<Role> for ShownRole {
    fn from(role: Role) -> Self {
        let description = match role {
            Role::Owner => "Everything.",
            Role::Admin => "Everything but billing, ownership and the end of the tenant.",
            Role::Manager => "All records and projects; reads and invites the team.",
            Role::SalesRep => "Reads all records in their projects, writes their own.",
            Role::Viewer => "Reads.",
        };
        Self {
            id: role.into(),
            name: fixed_name(role),
            description: description.to_owned(),
            fixed: true,
            permissions: role.permissions().texts(),
            holders: None,
            version: None,
            created_at: None,
            created_by: None,
            updated_at: None,
            updated_by: None,
        }
    }
}

impl From<CustomRole> for ShownRole {
    fn from(role: CustomRole) -> Self {
        Self {
            id: RoleRef::Custom(role.id.uuid()),
            name: role.name,
            description: role.description,
            fixed: false,
            permissions: role.permissions,
            holders: Some(role.holders),
            version: Some(role.version),
            created_at: Some(role.created_at),
            created_by: Some(role.created_by),
            updated_at: Some(role.updated_at),
            updated_by: Some(role.updated_by),
        }
    }
}
