//! Activities: what was done and is to be done.

use crate::{Collection, Field, Scope};

/// A task, meeting or note: what was done, or is to be done.
pub(super) const ACTIVITIES: Collection = Collection {
    name: "activities",
    part: "ACTIVITIES",
    summary: "A task, meeting or note: what was done, or is to be done.",
    scope: Scope::Project,
    fields: &[
        Field::text("subject", 200, "What it is about.")
            .required()
            .label(),
        Field::choice(
            "type",
            &[
                "task", "meeting", "call", "email", "note", "demo", "deadline",
            ],
            "What kind of activity it is.",
        )
        .required(),
        Field::status(&[
            ("open", &["in_progress", "done", "cancelled"]),
            ("in_progress", &["open", "done", "cancelled"]),
            ("done", &["open"]),
            ("cancelled", &["open"]),
        ]),
        Field::choice(
            "priority",
            &["low", "normal", "high", "urgent"],
            "How much it presses.",
        ),
        Field::reference("account_id", "accounts", "The account it is about.").cleared(),
        Field::reference("contact_id", "contacts", "The person it is about.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::moment("due_at", "When it must be done."),
        Field::moment("starts_at", "When it begins."),
        Field::moment("ends_at", "When it ends."),
        Field::moment("completed_at", "When it was done."),
        Field::moment("remind_at", "When to remind of it."),
        Field::text("location", 300, "Where it takes place."),
        Field::long_text("outcome", 5_000, "What came of it.").personal(),
        Field::notes(),
    ],
};
