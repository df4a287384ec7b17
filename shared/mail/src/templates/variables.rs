//! What templates can name.

use crate::branding::{Branding, PRODUCT};
use crate::outbox::{Letter, Notice};
use minijinja::Value;
use std::collections::BTreeMap;

/// The names, for a tenant's own wording; not every notice gives all of them a value.
pub(super) const NAMES: &[&str] = &[
    "recipient_name",
    "tenant_name",
    "product_name",
    "sender",
    "console_url",
    "link",
    "inviter_name",
    "role",
    "days",
    "left",
    "on",
    "new_email",
];

/// A letter and what is needed to write it out.
#[derive(Clone, Copy)]
pub struct Rendering<'a> {
    /// The letter.
    pub letter: &'a Letter,
    /// How it looks.
    pub branding: &'a Branding,
    /// The address in it, its secret included; empty where there is none.
    pub link: &'a str,
    /// Where the console is.
    pub console_url: &'a str,
}

impl Rendering<'_> {
    /// Every name of [`NAMES`], empty where the notice has no such thing, and what only the layout uses.
    pub(super) fn variables(&self) -> BTreeMap<&'static str, Value> {
        let text = |text: &str| Value::from(text);
        let mut variables: BTreeMap<&'static str, Value> =
            NAMES.iter().map(|name| (*name, text(""))).collect();
        let branding = self.branding;
        variables.extend([
            ("recipient_name", text(&self.letter.recipient_name)),
            ("tenant_name", text(&branding.name)),
            ("product_name", text(PRODUCT)),
            ("sender", Value::from(branding.sender())),
            ("console_url", address(self.console_url)),
            ("link", address(self.link)),
            ("logo_url", address(branding.logo_url())),
            ("color", text(branding.color())),
            ("footer", Value::from(branding.footer())),
        ]);
        match &self.letter.notice {
            Notice::Invitation {
                tenant_name,
                inviter_name,
                role,
                ..
            } => variables.extend([
                ("tenant_name", text(tenant_name)),
                ("inviter_name", text(inviter_name)),
                ("role", text(role)),
            ]),
            Notice::EmailChanged { new_email } => {
                variables.insert("new_email", text(new_email));
            }
            Notice::RecoveryCodeUsed { left } => {
                variables.insert("left", Value::from(*left));
            }
            Notice::RoleChanged { role } => {
                variables.insert("role", text(role));
            }
            Notice::TrialEnding { days } => {
                variables.insert("days", Value::from(*days));
            }
            Notice::DeletionRequested { on } => {
                variables.insert("on", text(on));
            }
            _ => {}
        }
        variables
    }
}

/// An address of ours. It is HTML as it stands, so that it is not made unreadable by escaping its slashes; if it is not,
/// it is text like any other.
fn address(url: &str) -> Value {
    let is_plain = url
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ":/#=._~%?-".contains(c));
    if is_plain {
        Value::from_safe_string(url.to_owned())
    } else {
        Value::from(url)
    }
}
