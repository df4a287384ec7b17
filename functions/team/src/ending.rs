//! The end of an invitation that nobody accepted: its seat, its role and its address become free together.
//!
//! Nothing wakes when an invitation expires. It keeps its seat until somebody needs one: whoever invites, brings a member
//! back or finds no seat first frees those of the invitations that are past their end ([`free_expired`]).

use crate::counts::Counts;
use crate::giving;
use crate::together::{Together, changed_meanwhile, delete_when};
use endpoint::prelude::*;
use fields::EmailAddress;
use tenant_context::items::{InvitationStatus, Invited};
use tenant_context::keys::TenantKeys;
use tenant_context::{InvitationId, Table, errors};

/// An invitation that is to end.
pub struct Ending<'a> {
    /// Its id.
    pub id: InvitationId,
    /// Whom it invites.
    pub email: &'a str,
    /// The role it gives.
    pub role: RoleRef,
    /// When it ends by itself: it must not have been renewed since it was read.
    pub expires_at: i64,
    /// What it becomes.
    pub status: InvitationStatus,
}

impl Ending<'_> {
    /// Ends it.
    ///
    /// # Errors
    /// `conflict` when it is no longer as it was read.
    pub async fn commit(self, table: &Table, keys: TenantKeys) -> Result<(), Problem> {
        let mut together = Together::new();
        let end = Update::new()
            .set("status", self.status)?
            .when(Condition::equals("status", "pending"))
            .when(Condition::equals("expires_at", self.expires_at));
        together.add(
            Write::update(keys.invitation(self.id), end),
            changed_meanwhile(),
        );
        let by_address = keys.invited(&normalised(self.email)?);
        let is_this = Condition::equals("invitation_id", self.id.to_string());
        together.add(delete_when(by_address, is_this), changed_meanwhile());
        if let Some((update, kind)) = Counts::invited(-1).update() {
            together.add(Write::update(keys.tenant(), update), kind);
        }
        giving::release(&mut together, keys, self.role);
        together.commit(table).await
    }
}

/// Ends an invitation that is past its end.
///
/// # Errors
/// `conflict` when it is no longer as it was read.
pub async fn expire(table: &Table, keys: TenantKeys, invited: &Invited) -> Result<(), Problem> {
    let ending = Ending {
        id: invited.invitation_id,
        email: &invited.email,
        role: invited.role,
        expires_at: invited.expires_at,
        status: InvitationStatus::Expired,
    };
    ending.commit(table, keys).await
}

/// Frees the seats of all invitations that are past their end; says whether there were any.
///
/// # Errors
/// When a call fails.
pub async fn free_expired(table: &Table, keys: TenantKeys, now: i64) -> Result<bool, Problem> {
    let pending: Vec<Invited> = table.all(&keys.all_invited()).await?;
    let mut any = false;
    for invited in pending.iter().filter(|invited| invited.expires_at <= now) {
        match expire(table, keys, invited).await {
            Ok(()) => any = true,
            // Somebody else has ended or renewed it.
            Err(problem) if problem.kind() == Kind::Conflict => any = true,
            Err(problem) => return Err(problem),
        }
    }
    Ok(any)
}

/// The form under which a stored address is unique.
///
/// # Errors
/// `internal` when it is no address.
pub fn normalised(stored: &str) -> Result<String, Problem> {
    let address: EmailAddress = stored
        .parse()
        .map_err(|error| errors::internal("stored address", &error))?;
    Ok(address.normalised())
}
