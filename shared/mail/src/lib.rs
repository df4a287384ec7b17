//! E-mail: letters that wait to be sent, and what they say. Who sends them is `functions/mail`.
//!
//! | module | holds |
//! |---|---|
//! | [`outbox`] | letters, and the write that a request adds to its own transaction |
//! | [`owners`] | who is told about seats and subscription |
//! | [`templates`] | what each notice says, and a tenant's own wording |
//! | [`branding`] | how a tenant's letters look |
//! | [`sender`] | whose name is in the `From` header |

pub mod branding;
mod notice;
pub mod outbox;
pub mod owners;
pub mod sender;
pub mod templates;

/// A message, in the two forms that mail programs show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject, on one line.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// For programs that show HTML.
    pub html: String,
}
