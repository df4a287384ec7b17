//! A person's items in the directory.

use super::StoredTenantId;
use crate::ids::{SessionId, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A user, `USER` in the directory.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address, as written.
    pub email: String,
    /// Argon2id in PHC string format.
    pub password_hash: String,
    /// The tenant of their last sign-in.
    pub last_tenant_id: StoredTenantId,
    /// How many sessions they have begun. A change of password holds it fast, so that no session begins with the old one
    /// while all are being ended.
    #[serde(default)]
    pub sessions_begun: i64,
    /// How many tenants they have joined or founded. Each holds a copy of name and address: a change of those holds it fast,
    /// so that nobody copies what is being changed.
    #[serde(default)]
    pub tenants_joined: i64,
    /// When the address was proved to be theirs. Absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified_at: Option<String>,
    /// Whether a log-in asks for a second factor. Written together with the factor's own item, which is out of reach of
    /// the person's credentials; they can't write this attribute either.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mfa_enabled: bool,
    /// When they first came.
    pub created_at: String,
}

impl User {
    /// A person who has just come, with their first session begun. The address is still to be proved.
    pub fn new(
        id: UserId,
        name: &str,
        email: &str,
        password_hash: String,
        tenant: StoredTenantId,
        now: &str,
    ) -> Self {
        Self {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            password_hash,
            last_tenant_id: tenant,
            sessions_begun: 1,
            tenants_joined: 1,
            email_verified_at: None,
            mfa_enabled: false,
            created_at: now.to_owned(),
        }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What everyone but sign-in may see of a user.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UserProfile {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether the address was proved to be theirs.
    #[serde(
        rename(deserialize = "email_verified_at", serialize = "email_verified"),
        default,
        deserialize_with = "is_there"
    )]
    pub email_verified: bool,
    /// Whether a log-in asks for a second factor.
    #[serde(default)]
    pub mfa_enabled: bool,
    /// The language they want to be addressed in (BCP 47), if they have said so.
    #[serde(default)]
    pub locale: Option<String>,
    /// The time zone they live in (IANA), if they have said so.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// When they first came.
    pub created_at: String,
}

impl UserProfile {
    /// Its attributes: to be read without the rest of the item.
    pub const ATTRIBUTES: &[&str] = &[
        "id",
        "name",
        "email",
        "email_verified_at",
        "mfa_enabled",
        "locale",
        "time_zone",
        "created_at",
    ];
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.is_some())
}

/// The link that was last sent to a user for a purpose, `TOKEN#<purpose>`: one of each lives, and a new one takes its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserToken {
    /// What the link names.
    pub id: uuid::Uuid,
    /// SHA-256 of the link's secret, base64url.
    pub secret_hash: String,
    /// The address that it was sent to.
    pub email: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
}

/// A session, `SESSION#<session>` in the user's partition.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The tenant it works in.
    pub tenant_id: StoredTenantId,
    /// SHA-256 of the refresh token's secret, base64url.
    pub refresh_hash: String,
    /// The hash before the last rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_hash: Option<String>,
    /// When the token was last rotated, in seconds since 1970.
    pub rotated_at: i64,
    /// How many seconds the session is extended by at each refresh.
    pub length_seconds: i64,
    /// The client's own name for itself, shortened.
    pub device: String,
    /// The first part of the address it came from.
    pub ip_prefix: String,
    /// When it began.
    pub created_at: String,
    /// When it was last refreshed.
    pub last_seen_at: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
    /// When it was revoked. Absent until then: conditions ask whether the attribute is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// When a second factor was given in it, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_at: Option<i64>,
    /// When the person last proved in it who they are, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stepped_up_at: Option<i64>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// That a user belongs to a tenant, `TENANT#<t>` in the user's partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: StoredTenantId,
    /// Its name when the user joined or it last changed.
    pub name: String,
    /// Its short name, likewise.
    pub slug: String,
    /// When the user joined.
    pub joined_at: String,
}

/// Who has an address, `EMAIL`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmailOwner {
    /// The user.
    pub user_id: UserId,
}
