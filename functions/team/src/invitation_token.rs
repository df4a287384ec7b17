//! The token in an invitation's link.
//!
//! base64url of: tenant (16 bytes), invitation (16), secret (32). The ids only say where to look; nothing is believed
//! until the secret has been compared with the stored hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use problem::Problem;
use sign_in::secret::{self, Secret};
use tenant_context::items::{Invitation, InvitationStatus};
use tenant_context::{InvitationId, TenantId, Uuid};

/// What an invited person holds.
pub struct InvitationToken {
    /// The tenant it names.
    pub tenant: Uuid,
    /// The invitation it names.
    pub invitation: InvitationId,
    secret: Secret,
}

impl InvitationToken {
    /// A token with a fresh secret.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn issue(tenant: TenantId, invitation: InvitationId) -> Result<Self, Problem> {
        Ok(Self {
            tenant: tenant.uuid(),
            invitation,
            secret: secret::generate()?,
        })
    }

    /// How the invitation's item knows it.
    pub fn hash(&self) -> String {
        secret::hash(&self.secret)
    }

    /// The token as it stands in the link.
    pub fn seal(&self) -> String {
        let mut bytes = self.tenant.as_bytes().to_vec();
        bytes.extend_from_slice(self.invitation.uuid().as_bytes());
        bytes.extend_from_slice(&self.secret);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The token in a text that may be one.
    pub fn open(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<16>()?;
        let (invitation, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
            tenant: Uuid::from_bytes(*tenant),
            invitation: Uuid::from_bytes(*invitation).into(),
            secret: secret.try_into().ok()?,
        })
    }

    /// Whether it opens this invitation at `now`. The join asks again, in the transaction.
    pub fn opens(&self, invitation: &Invitation, now: i64) -> bool {
        invitation.status == InvitationStatus::Pending
            && invitation.expires_at > now
            && invitation.secret_hash == self.hash()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use permissions::Role;
    use tenant_context::UserId;

    #[test]
    fn it_opens_its_own_invitation_while_that_stands() {
        let token = InvitationToken::issue(TenantId::generate(), InvitationId::generate()).unwrap();
        let invitation = Invitation {
            id: token.invitation,
            email: String::new(),
            role: Role::Viewer,
            project_ids: [].into(),
            status: InvitationStatus::Pending,
            secret_hash: token.hash(),
            expires_at: 100,
            invited_by: UserId::generate(),
            created_at: String::new(),
        };
        let text = token.seal();
        let opened = InvitationToken::open(&text).unwrap();
        assert_eq!(
            (opened.tenant, opened.invitation),
            (token.tenant, token.invitation)
        );
        assert!(opened.opens(&invitation, 99));
        assert!(!opened.opens(&invitation, 100));
        assert!(!opened.opens(
            &Invitation {
                status: InvitationStatus::Accepted,
                ..invitation.clone()
            },
            99
        ));
        assert!(!opened.opens(
            &Invitation {
                secret_hash: String::new(),
                ..invitation
            },
            99
        ));
        for garbage in ["", "AAAA", "\u{e9}", &text[..80], &format!("{text}AA")] {
            assert!(InvitationToken::open(garbage).is_none(), "{garbage}");
        }
    }
}
