//! Conversations: what belongs together.

use super::parts::PRIORITY;
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
        PRIORITY,
        Field::moment("last_message_at", "When something was last said."),
        Field::moment("snoozed_until", "When it comes back."),
        Field::count("unread_count", "How many messages nobody has read."),
        Field::count("message_count", "How many messages there are."),
        Field::choice(
            "last_direction",
            &["inbound", "outbound"],
            "Who wrote last.",
        ),
        Field::moment("first_response_at", "When it was first answered."),
        Field::moment("closed_at", "When it was closed."),
        Field::whole("satisfaction", 1, 5, "How content the other side was."),
        Field::language("language", "The language it is held in (BCP 47)."),
        Field::text("provider_conversation_id", 100, "Its id at the provider."),
        Field::long_text("summary", 5_000, "What it came to.").personal(),
        Field::tags(),
    ],
};
