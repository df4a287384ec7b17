//! What each notice is called, and whose matter it is.

use crate::outbox::Notice;
use sign_in::link::{Link, Purpose};
use tenant_context::Uuid;

impl Notice {
    /// Its name, as in the names of templates.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Invitation { .. } => "invitation",
            Self::VerifyEmail { .. } => "verify_email",
            Self::ResetPassword { .. } => "reset_password",
            Self::ChangeEmail { .. } => "change_email",
            Self::EmailChanged { .. } => "email_changed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::MfaEnabled => "mfa_enabled",
            Self::MfaDisabled => "mfa_disabled",
            Self::RecoveryCodesReplaced => "recovery_codes_replaced",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::NewOwner => "new_owner",
            Self::OwnershipTransferred => "ownership_transferred",
            Self::RoleChanged { .. } => "role_changed",
            Self::MemberRemoved => "member_removed",
            Self::SeatLimit => "seat_limit",
            Self::TrialEnding { .. } => "trial_ending",
            Self::TrialEnded => "trial_ended",
            Self::TenantSuspended => "tenant_suspended",
            Self::TenantReactivated => "tenant_reactivated",
            Self::DeletionRequested { .. } => "deletion_requested",
        }
    }

    /// Whether it is a tenant's own matter, which the tenant may put into its own words.
    pub(crate) fn is_the_tenants(&self) -> bool {
        matches!(
            self,
            Self::Welcome
                | Self::Invitation { .. }
                | Self::NewOwner
                | Self::OwnershipTransferred
                | Self::RoleChanged { .. }
                | Self::MemberRemoved
                | Self::SeatLimit
        )
    }

    /// One of each.
    pub(crate) fn samples() -> Vec<Self> {
        let link = |purpose| Link::new(purpose, Uuid::nil(), Uuid::nil());
        let role = "viewer".to_owned();
        vec![
            Self::Welcome,
            Self::Invitation {
                tenant_name: "Initech".to_owned(),
                inviter_name: "Bill".to_owned(),
                role: role.clone(),
                link: link(Purpose::Invitation),
            },
            Self::VerifyEmail {
                link: link(Purpose::VerifyEmail),
            },
            Self::ResetPassword {
                link: link(Purpose::ResetPassword),
            },
            Self::ChangeEmail {
                link: link(Purpose::ChangeEmail),
            },
            Self::EmailChanged {
                new_email: "a…@example.com".to_owned(),
            },
            Self::PasswordChanged,
            Self::PasswordReset,
            Self::MfaEnabled,
            Self::MfaDisabled,
            Self::RecoveryCodesReplaced,
            Self::RecoveryCodeUsed { left: 7 },
            Self::NewOwner,
            Self::OwnershipTransferred,
            Self::RoleChanged { role },
            Self::MemberRemoved,
            Self::SeatLimit,
            Self::TrialEnding { days: 3 },
            Self::TrialEnded,
            Self::TenantSuspended,
            Self::TenantReactivated,
            Self::DeletionRequested {
                on: "1 January 2030".to_owned(),
            },
        ]
    }
}
