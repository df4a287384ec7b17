//! What people are told: the notices, what each is called, and whose matter it is.

use serde::{Deserialize, Serialize};
use sign_in::link::{Link, Purpose};
use tenant_context::Uuid;

/// What a letter says, with what only the event knows. The tenant's name and branding are read when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// To somebody who has just signed up or joined.
    Welcome,
    /// Somebody is invited into a tenant.
    Invitation {
        /// The tenant's name.
        tenant_name: String,
        /// Who invites.
        inviter_name: String,
        /// The role they will have, as people read it.
        role: String,
        /// Where it is accepted.
        link: Link,
    },
    /// The address is to be proved.
    VerifyEmail {
        /// Proves it.
        link: Link,
    },
    /// Somebody who may be the receiver wants a new password.
    ResetPassword {
        /// Where it is chosen.
        link: Link,
    },
    /// To the new address: it is to be proved before it takes the old one's place.
    ChangeEmail {
        /// Proves it.
        link: Link,
    },
    /// To the old address: another one has taken its place.
    EmailChanged {
        /// The new one, masked (see [`crate::outbox::masked`]).
        new_email: String,
    },
    /// The password was changed by somebody signed in.
    PasswordChanged,
    /// The password was reset by link.
    PasswordReset,
    /// A second factor was set up.
    MfaEnabled,
    /// The second factor was taken away.
    MfaDisabled,
    /// New recovery codes were made; the old ones are worth nothing.
    RecoveryCodesReplaced,
    /// A recovery code was used to sign in.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// The receiver now owns the tenant.
    NewOwner,
    /// The receiver has handed the tenant over.
    OwnershipTransferred,
    /// The receiver has another role.
    RoleChanged {
        /// The new role, as people read it.
        role: String,
    },
    /// The receiver is no longer a member.
    MemberRemoved,
    /// To the owners: all seats are taken.
    SeatLimit,
    /// To the owners: the trial ends.
    TrialEnding {
        /// In how many days.
        days: u32,
    },
    /// To the owners: the trial has ended.
    TrialEnded,
    /// To the owners: the tenant is suspended.
    TenantSuspended,
    /// To the owners: the tenant is in good standing again.
    TenantReactivated,
    /// To the owners: the tenant will be deleted.
    DeletionRequested {
        /// On which day, as people read it.
        on: String,
    },
}

impl Notice {
    /// The link that the letter holds, if it does.
    pub fn link(&self) -> Option<&Link> {
        match self {
            Self::Invitation { link, .. }
            | Self::VerifyEmail { link }
            | Self::ResetPassword { link }
            | Self::ChangeEmail { link } => Some(link),
            _ => None,
        }
    }
}

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
