//! Assertions: what is held to be true.

use super::parts::SOURCE;
use crate::{Collection, Field, Scope};

/// Something that is held to be true, with where it is from.
pub(super) const ASSERTIONS: Collection = Collection {
    name: "assertions",
    part: "ASSERTIONS",
    summary: "Something that is held to be true, with where it is from.",
    scope: Scope::Project,
    fields: &[
        Field::text("subject", 300, "What it is about.")
            .required()
            .label()
            .personal(),
        Field::text("predicate", 200, "What is said of it.").required(),
        Field::long_text("object", 5_000, "And what that is.")
            .required()
            .personal(),
        Field::status(&[
            ("proposed", &["verified", "disputed", "rejected"]),
            ("verified", &["disputed", "superseded"]),
            ("disputed", &["verified", "rejected"]),
            ("superseded", &[]),
            ("rejected", &["proposed"]),
        ]),
        Field::reference("chunk_id", "chunks", "The passage that says so.").cleared(),
        Field::reference("response_id", "responses", "The answer that says so.").cleared(),
        Field::list("supporting", &SOURCE, 20, "Further passages that say so.").personal(),
        Field::list("contradicting", &SOURCE, 20, "Passages that say otherwise.").personal(),
        Field::choice(
            "origin",
            &["extracted", "stated", "inferred", "imported"],
            "How it is known.",
        ),
        Field::decimal("confidence", 0, 1, 3, "How sure it is."),
        Field::day("valid_from", "Since when it is so."),
        Field::day("valid_until", "Until when it was so."),
    ],
};
