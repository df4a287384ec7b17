//! A seat that was bought for somebody: they are invited by whoever bought it.

use crate::event::Metadata;
use crate::subscribed::Facts;
use endpoint::prelude::*;
use mail::outbox::{self, Letter, Notice};
use mail::owners::Owner;
use sign_in::link::{Link, LinkKeys, Purpose};
use std::collections::BTreeSet;
use team_functions::giving::fixed_name;
use team_functions::inviting::{end, invited};
use tenant_context::items::{Invitation, InvitationStatus};
use tenant_context::keys::TenantKeys;
use tenant_context::{InvitationId, Table};

/// What is read of a pending invitation.
#[derive(Deserialize)]
struct Pending {
    #[serde(rename = "invitation_id")]
    _id: String,
}

/// The writes that invite them. Nothing where they are invited already: the seat is there, and the owners can use it.
/// What the seat itself needs is the caller's to add: one to `seats_taken`.
///
/// # Errors
/// When a call fails.
pub async fn writes(
    table: &Table,
    keys: TenantKeys,
    tenant: &Facts,
    owners: &[Owner],
    links: &LinkKeys,
    data: &Metadata,
) -> Result<Vec<Write>, Problem> {
    let bought = owners
        .iter()
        .find(|owner| Some(owner.user_id) == data.buyer);
    let (Some((email, role)), Some(inviter)) = (&data.invite, bought.or(owners.first())) else {
        return Ok(Vec::new());
    };
    let by_address = keys.invited(&email.normalised());
    let pending: Option<Pending> = table.get_some(&by_address, &["invitation_id"]).await?;
    if pending.is_some() {
        tracing::info!(tenant_id = %tenant.id.0, "a seat was bought for somebody who is invited already");
        return Ok(Vec::new());
    }
    let id = InvitationId::generate();
    let link = Link::new(Purpose::Invitation, tenant.id.0.uuid(), id.uuid());
    let invitation = Invitation {
        id,
        email: email.to_string(),
        role: RoleRef::Fixed(*role),
        project_ids: BTreeSet::new(),
        status: InvitationStatus::Pending,
        secret_hash: links.token(&link).hash(),
        nonce: link.nonce,
        mailed: true,
        expires_at: end(jiff::Timestamp::now())?,
        resent_at: None,
        invited_by: inviter.user_id,
        created_at: endpoint::now(),
    };
    let notice = Notice::Invitation {
        tenant_name: tenant.name.clone(),
        inviter_name: inviter.name.clone(),
        role: fixed_name(*role),
        link,
    };
    let letter = Letter::new(&invitation.email, "", notice).of_tenant(tenant.id);
    Ok(vec![
        Write::create(by_address, &invited(&invitation))?,
        Write::create(keys.invitation(id), &invitation)?,
        outbox::write(keys.outbox(letter.id), &letter)?,
    ])
}
