//! Emails: e-mail messages.

use super::parts::ADDRESSEE;
use crate::{Collection, Field, Scope};

/// An e-mail message.
pub(super) const EMAILS: Collection = Collection {
    name: "emails",
    part: "EMAILS",
    summary: "An e-mail message.",
    scope: Scope::Project,
    fields: &[
        Field::text("subject", 500, "Its subject.")
            .personal()
            .required()
            .label(),
        Field::choice("direction", &["inbound", "outbound"], "Who wrote to whom.").required(),
        Field::status(&[
            ("draft", &["queued", "sent", "cancelled"]),
            ("queued", &["sent", "failed", "cancelled"]),
            (
                "sent",
                &["delivered", "opened", "bounced", "complained", "failed"],
            ),
            ("delivered", &["opened", "bounced", "complained"]),
            ("received", &["read"]),
            ("read", &["received"]),
            ("opened", &["complained"]),
            ("bounced", &[]),
            ("complained", &[]),
            ("failed", &["queued"]),
            ("cancelled", &["draft"]),
        ])
        .inbox(&["received"]),
        Field::email("from_address", "Who wrote.").required(),
        Field::list("to_addresses", &ADDRESSEE, 50, "Who was written to.")
            .required()
            .personal(),
        Field::list("cc_addresses", &ADDRESSEE, 50, "Who got a copy.").personal(),
        Field::list("bcc_addresses", &ADDRESSEE, 50, "Who got a hidden copy.").personal(),
        Field::email("reply_to", "Where answers go."),
        Field::long_text("text_body", 50_000, "What it says, as plain text.").personal(),
        Field::long_text("html_body", 100_000, "What it says, as HTML.").personal(),
        Field::reference("contact_id", "contacts", "Who it was with.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::reference("template_id", "email-templates", "What it was made from.").cleared(),
        Field::reference(
            "conversation_id",
            "conversations",
            "The conversation it is part of.",
        )
        .cleared(),
        Field::text("message_id", 300, "Its Message-ID (RFC 5322)."),
        Field::text("in_reply_to", 300, "The Message-ID that it answers."),
        Field::text("thread_id", 300, "The thread it belongs to."),
        Field::text("provider_message_id", 300, "Its id at the provider."),
        Field::moment("send_at", "When it is to be sent."),
        Field::moment("sent_at", "When it was sent."),
        Field::moment("delivered_at", "When it arrived."),
        Field::choice("bounce", &["hard", "soft"], "How it came back."),
        Field::text("bounce_reason", 500, "Why it came back.").personal(),
        Field::moment("opened_at", "When it was first opened."),
        Field::moment("clicked_at", "When a link in it was first followed."),
        Field::count("open_count", "How often it was opened."),
        Field::count("click_count", "How often a link in it was followed."),
    ],
};
