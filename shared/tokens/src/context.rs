//! The context token: what the authorizer tells an endpoint about the caller.
//!
//! An endpoint believes nothing else, so whoever may merely invoke the function can claim nothing.

use crate::signing::{KeyError, SigningKey, VerifyError, VerifyingKeys};
use permissions::{Access, PermissionSet, ProjectRole, RoleRef, Standing};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The audience of context tokens.
pub const AUDIENCE: &str = "tenantry-endpoints";
/// Seconds a context token lives.
pub const LIFETIME_SECONDS: u64 = 60;

/// The claims.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Always [`AUDIENCE`].
    pub aud: String,
    /// Issued at, in seconds since 1970.
    pub iat: u64,
    /// Expires at, in seconds since 1970.
    pub exp: u64,
    /// The route the request came by, such as `GET /v1/me`; the token is good for no other.
    pub route: String,
    /// The id of the request it was made for; the token is good for no other. Absent only where API Gateway may reuse
    /// the authorizer's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The tenant.
    pub tenant: Uuid,
    /// The user.
    pub user: Uuid,
    /// The session.
    pub session: Uuid,
    /// What the caller may do, or why nothing.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The authorizer's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The caller is who they say and may go on to the permission check.
    Grant(Grant),
    /// The slug of the problem that the endpoint must answer with.
    Refusal(String),
}

/// What the caller may do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The member's role.
    pub role: RoleRef,
    /// What a custom role carries, in compact form; a fixed role is known by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<String>,
    /// What the request's tenant credentials may change.
    pub access: Access,
    /// Projects the caller may see: the one of the route if it names one, else all of them.
    pub projects: Vec<Project>,
    /// The tenant's cursor key, 32 bytes in base64url.
    pub cursor_key: String,
    /// Whether only the session was judged, and not the membership: then only the caller's own data is in reach.
    #[serde(default)]
    pub person_only: bool,
    /// When the person last proved who they are, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stepped_up_at: Option<u64>,
}

impl Grant {
    /// The member's role with what it carries.
    pub fn standing(&self) -> Standing {
        match self.role {
            RoleRef::Fixed(role) => Standing::fixed(role),
            RoleRef::Custom(id) => {
                let carried = self.permissions.as_deref().unwrap_or_default();
                Standing::custom(id, PermissionSet::from_compact(carried))
            }
        }
    }
}

/// A project that the caller may see. The names are short: a list of them travels with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The project.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// The caller's role in it, if they are one of its members.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ProjectRole>,
    /// Whether it is archived: then it can be read only.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

/// What a context token is about.
#[derive(Debug, Clone)]
pub struct About {
    /// The route key.
    pub route: String,
    /// The request, unless the token may serve several.
    pub request: Option<String>,
    /// The tenant.
    pub tenant: Uuid,
    /// The user.
    pub user: Uuid,
    /// The session.
    pub session: Uuid,
}

impl Claims {
    /// Claims of a token issued at `now` (seconds since 1970) for one request, or for any on its route.
    pub fn new(about: About, outcome: Outcome, now: u64) -> Self {
        Self {
            aud: AUDIENCE.to_owned(),
            iat: now,
            exp: now + LIFETIME_SECONDS,
            route: about.route,
            request: about.request,
            tenant: about.tenant,
            user: about.user,
            session: about.session,
            outcome,
        }
    }

    /// The claims of `token`, if it is a context token of ours that has not expired.
    ///
    /// # Errors
    /// [`VerifyError`] otherwise. Route and request are the caller's to compare.
    pub fn verify(keys: &VerifyingKeys, token: &str) -> Result<Self, VerifyError> {
        keys.verify(token, AUDIENCE)
    }

    /// The signed token.
    ///
    /// # Errors
    /// When the key can't sign.
    pub fn sign(&self, key: &SigningKey) -> Result<String, KeyError> {
        key.sign(self)
    }
}
