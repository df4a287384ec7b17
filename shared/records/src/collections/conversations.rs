//! Conversations: what belongs together.

use crate::{Collection, Field, Scope};

/// Messages and calls with one person that belong together.
pub(super) const CONVERSATIONS: Collection = Collection {
    name: "conversations",
    part: "CONVERSATIONS",
    summary: "Messages and calls with one person that belong together.",
    scope: Scope::Project,
    fields: &[
        Field::text("subject", 200, "What it is about.")
            .personal()
            .label(),
        Field::status(&[
            ("open", &["pending", "snoozed", "closed"]),
            ("pending", &["open", "snoozed", "closed"]),
            ("snoozed", &["open", "closed"]),
            ("closed", &["open"]),
        ]),
        Field::choice(
            "channel",
            &["sms", "email", "call", "chat", "whatsapp", "other"],
            "How it is held.",
        )
        .required(),
        Field::reference("contact_id", "contacts", "Who it is with.").cleared(),
        Field::reference("account_id", "accounts", "The account it is about.").cleared(),
        Field::choice(
            "priority",
            &["low", "normal", "high", "urgent"],
            "How much it presses.",
        ),
        Field::moment("last_message_at", "When something was last said."),
        Field::moment("snoozed_until", "When it comes back."),
        Field::count("unread_count", "How many messages nobody has read."),
        Field::count("message_count", "How many messages there are."),
        Field::long_text("summary", 5_000, "What it came to.").personal(),
        Field::tags(),
    ],
};
