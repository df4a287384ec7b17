//! Call transcripts: what was said in calls.

use crate::{Collection, Field, Scope};

/// What was said in a call.
pub(super) const CALL_TRANSCRIPTS: Collection = Collection {
    name: "call-transcripts",
    part: "CALL_TRANSCRIPTS",
    summary: "What was said in a call.",
    scope: Scope::Project,
    fields: &[
        Field::reference("call_id", "calls", "The call.").required(),
        Field::status(&[
            ("processing", &["completed", "failed"]),
            ("completed", &[]),
            ("failed", &["processing"]),
        ]),
        Field::language("language", "The language that was spoken (BCP 47)."),
        Field::list("segments", &SEGMENT, 500, "Who said what, in order.").personal(),
        Field::long_text("summary", 10_000, "What it came to.").personal(),
        Field::list("action_items", &ITEM, 50, "What is to be done after it.").personal(),
        Field::choice(
            "sentiment",
            &["positive", "neutral", "negative", "mixed"],
            "In which mood it was held.",
        ),
        Field::decimal("confidence", 0, 1, 3, "How sure the transcript is."),
        Field::list("topics", &TOPIC, 50, "What it was about."),
        Field::decimal(
            "own_share",
            0,
            1,
            3,
            "How much of the talk was your side's.",
        ),
        Field::count("word_count", "How many words there are."),
        Field::text("model", 100, "What wrote it down."),
    ],
};

/// A passage of one speaker.
const SEGMENT: Field = Field::object(
    "segment",
    &[
        Field::text("speaker", 100, "Who speaks.").required(),
        Field::whole(
            "start_ms",
            0,
            86_400_000,
            "When it begins, in milliseconds of the call.",
        )
        .required(),
        Field::whole("end_ms", 0, 86_400_000, "When it ends."),
        Field::long_text("text", 5_000, "What is said.").required(),
    ],
    "A passage.",
);

/// Something to be done.
const ITEM: Field = Field::text("item", 500, "Something to be done.");

/// Something that was talked about.
const TOPIC: Field = Field::text("topic", 100, "What was talked about.");
