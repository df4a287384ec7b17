//! Activities: what was done and is to be done.

use super::parts::{ADDRESSEE, PRIORITY};
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
            .label()
            .personal(),
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
        PRIORITY,
        Field::reference("account_id", "accounts", "The account it is about.").cleared(),
        Field::reference("contact_id", "contacts", "The person it is about.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::moment("due_at", "When it must be done."),
        Field::moment("starts_at", "When it begins."),
        Field::moment("ends_at", "When it ends."),
        Field::moment("completed_at", "When it was done."),
        Field::moment("remind_at", "When to remind of it."),
        Field::flag("is_all_day", "Whether it takes the whole day."),
        Field::time_zone("time_zone", "Whose clock that is (IANA name)."),
        Field::whole("duration_minutes", 0, 44_640, "How long it takes."),
        Field::text("recurrence", 500, "How it repeats (RRULE of RFC 5545)."),
        Field::list("attendees", &ADDRESSEE, 100, "Who takes part.").personal(),
        Field::website("meeting_url", "Where one joins it."),
        Field::text("location", 300, "Where it takes place.").personal(),
        Field::long_text("outcome", 5_000, "What came of it.").personal(),
        Field::notes(),
    ],
};
