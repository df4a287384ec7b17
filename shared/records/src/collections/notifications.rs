//! Notifications: what people should know.

use crate::{Collection, Field, Scope};
use fields::Link;

/// Something that its owner should know.
pub(super) const NOTIFICATIONS: Collection = Collection {
    name: "notifications",
    part: "NOTIFICATIONS",
    summary: "Something that its owner should know.",
    scope: Scope::Person,
    fields: &[
        Field::text("title", 200, "What it says.")
            .required()
            .label()
            .personal(),
        Field::status(&[
            ("unread", &["read", "archived"]),
            ("read", &["unread", "archived"]),
            ("archived", &["read"]),
        ])
        .inbox(&["unread"]),
        Field::long_text("body", 5_000, "And in full.").personal(),
        Field::choice(
            "type",
            &[
                "mention",
                "assignment",
                "reminder",
                "deal",
                "message",
                "system",
                "alert",
            ],
            "What it is about.",
        )
        .required(),
        Field::choice(
            "priority",
            &["low", "normal", "high"],
            "How much it presses.",
        ),
        Field::reference("contact_id", "contacts", "The person it is about.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::of::<Link>(
            "link",
            "Where one goes from here: a path of your own site, or an address.",
        ),
        Field::moment("read_at", "When it was read."),
        Field::moment("expires_at", "When it no longer matters."),
    ],
};
