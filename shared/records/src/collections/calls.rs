//! Calls: telephone calls.

use crate::{Collection, Field, Scope};

/// A telephone call.
pub(super) const CALLS: Collection = Collection {
    name: "calls",
    part: "CALLS",
    summary: "A telephone call.",
    scope: Scope::Project,
    fields: &[
        Field::choice("direction", &["inbound", "outbound"], "Who called whom.").required(),
        Field::status(&[
            (
                "queued",
                &[
                    "ringing",
                    "in_progress",
                    "completed",
                    "busy",
                    "no_answer",
                    "failed",
                    "cancelled",
                ],
            ),
            (
                "ringing",
                &[
                    "in_progress",
                    "completed",
                    "busy",
                    "no_answer",
                    "failed",
                    "cancelled",
                ],
            ),
            ("in_progress", &["completed", "failed"]),
            ("completed", &[]),
            ("busy", &[]),
            ("no_answer", &[]),
            ("failed", &[]),
            ("cancelled", &[]),
        ])
        .inbox(&[]),
        Field::phone(
            "from_number",
            "Who called; none where the number is withheld.",
        )
        .personal(),
        Field::phone("to_number", "Who was called.")
            .required()
            .personal(),
        Field::reference("contact_id", "contacts", "Who it was with.").cleared(),
        Field::reference("deal_id", "deals", "The deal it was about.").cleared(),
        Field::reference(
            "phone_number_id",
            "phone-numbers",
            "Which of your numbers was used.",
        )
        .cleared(),
        Field::reference(
            "conversation_id",
            "conversations",
            "The conversation it is part of.",
        )
        .cleared(),
        Field::moment("started_at", "When it began to ring."),
        Field::moment("answered_at", "When it was answered."),
        Field::moment("ended_at", "When it ended."),
        Field::whole("duration_seconds", 0, 86_400, "How long it was talked."),
        Field::choice(
            "disposition",
            &[
                "connected",
                "left_voicemail",
                "wrong_number",
                "not_interested",
                "call_back",
                "other",
            ],
            "What came of it.",
        ),
        Field::flag("is_recorded", "Whether it was recorded."),
        Field::website("recording_url", "Where its recording lies.").personal(),
        Field::whole("recording_seconds", 0, 86_400, "How long the recording is."),
        Field::flag("is_recording_agreed", "Whether all agreed to be recorded."),
        Field::website("voicemail_url", "Where a message that was left lies.").personal(),
        Field::text("caller_name", 200, "The name that the network shows.").personal(),
        Field::choice(
            "answered_by",
            &["human", "machine", "fax", "unknown"],
            "Who or what answered.",
        ),
        Field::whole("ring_seconds", 0, 3_600, "How long it rang."),
        Field::decimal(
            "quality",
            1,
            5,
            2,
            "How well one could hear each other (MOS).",
        ),
        Field::text("error_code", 50, "What the provider says went wrong."),
        Field::money("cost", "What it cost."),
        Field::currency(),
        Field::text("provider_call_id", 100, "Its id at the provider."),
        Field::text("subject", 200, "What it was about.")
            .personal()
            .label(),
        Field::notes(),
    ],
};
