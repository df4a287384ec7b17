//! Responses: answers that were given.

use super::parts::SOURCE;
use crate::{Collection, Field, Scope};

/// An answer to a question.
pub(super) const RESPONSES: Collection = Collection {
    name: "responses",
    part: "RESPONSES",
    summary: "An answer to a question.",
    scope: Scope::Project,
    fields: &[
        Field::reference("query_id", "queries", "The question.").required(),
        Field::long_text("text", 50_000, "The answer.")
            .required()
            .personal(),
        Field::status(&[
            ("draft", &["published", "rejected"]),
            ("published", &["retracted"]),
            ("rejected", &[]),
            ("retracted", &[]),
        ]),
        Field::text("model", 100, "What wrote it."),
        // A passage may quote whoever wrote it.
        Field::list("sources", &SOURCE, 50, "The passages it rests on.").personal(),
        Field::decimal("confidence", 0, 1, 3, "How sure it is."),
        Field::whole("latency_ms", 0, 3_600_000, "How long it took."),
        Field::count("input_tokens", "How much was read for it."),
        Field::count("output_tokens", "How much was written."),
        Field::choice(
            "feedback",
            &["helpful", "not_helpful", "wrong"],
            "What the reader says.",
        ),
    ],
};
