//! Email campaigns: e-mails in a sequence.

use super::parts::{SENDING_ZONE, TRACKS_CLICKS, TRACKS_OPENS};
use crate::{Collection, Field, Scope};

/// E-mails that follow one another to the same people.
pub(super) const EMAIL_CAMPAIGNS: Collection = Collection {
    name: "email-campaigns",
    part: "EMAIL_CAMPAIGNS",
    summary: "E-mails that follow one another to the same people.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("draft", &["scheduled", "sending", "cancelled"]),
            ("scheduled", &["draft", "sending", "cancelled"]),
            ("sending", &["paused", "sent", "failed", "cancelled"]),
            ("paused", &["sending", "cancelled"]),
            ("sent", &[]),
            ("failed", &["draft"]),
            ("cancelled", &["draft"]),
        ]),
        Field::choice(
            "goal",
            &[
                "nurture",
                "onboarding",
                "win_back",
                "event",
                "follow_up",
                "other",
            ],
            "What it is for.",
        ),
        Field::list("steps", &STEP, 20, "The e-mails, in their order.").required(),
        Field::reference(
            "template_id",
            "email-templates",
            "What its e-mails are made from.",
        )
        .cleared(),
        Field::text("from_name", 200, "Who writes."),
        Field::email("from_address", "From which address."),
        Field::email("reply_to", "Where answers go."),
        Field::moment("starts_at", "When it begins."),
        Field::moment("ends_at", "When it ends."),
        SENDING_ZONE,
        Field::whole("per_day", 1, 1_000_000, "How many are sent each day."),
        Field::flag("skips_weekends", "Whether nothing is sent on weekends."),
        TRACKS_OPENS,
        TRACKS_CLICKS,
        Field::flag(
            "stops_on_reply",
            "Whether an answer ends it for that person.",
        ),
        Field::tags(),
    ],
};

/// An e-mail of a sequence.
const STEP: Field = Field::object(
    "step",
    &[
        Field::text("subject", 500, "Its subject.").required(),
        Field::long_text("body", 10_000, "What it says.").required(),
        Field::whole("wait_hours", 0, 8_760, "How long after the one before.").required(),
    ],
    "An e-mail.",
);
