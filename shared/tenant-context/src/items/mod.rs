//! The items of core partitions and of the directory, as they are stored. Their keys are in [`crate::keys`].
//!
//! Times are RFC 3339 in UTC, except those that DynamoDB (`ttl`) or a condition compares, which are seconds since 1970.

mod project;
mod team;
mod tenant;
mod user;

pub use project::{DeletedProject, Project, ProjectSettings, ProjectStatus, Visibility};
pub use team::{CustomRole, Invitation, InvitationStatus, Invited, Member, MemberStatus, RoleName};
pub use tenant::{DomainOwner, SlugOwner, StoredTenantId, Tenant, TenantFace, TenantStatus};
pub use user::{EmailOwner, Membership, Session, User, UserProfile, UserToken};

use crate::ids::ProjectId;
use std::collections::BTreeSet;

/// Stored as a set of texts, so that two requests can add to it at once.
fn set<S: serde::Serializer>(ids: &BTreeSet<ProjectId>, serializer: S) -> Result<S::Ok, S::Error> {
    let texts: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
    serde_dynamo::string_set::serialize(&texts, serializer)
}
