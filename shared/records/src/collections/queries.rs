//! Queries: questions that were asked.

use crate::{Collection, Field, Scope};

/// A question that was asked.
pub(super) const QUERIES: Collection = Collection {
    name: "queries",
    part: "QUERIES",
    summary: "A question that was asked.",
    scope: Scope::Project,
    fields: &[
        Field::long_text("text", 5_000, "The question.")
            .required()
            .personal(),
        Field::status(&[
            ("pending", &["answered", "failed"]),
            ("answered", &[]),
            ("failed", &["pending"]),
        ]),
        Field::reference("contact_id", "contacts", "Who it is about.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::choice(
            "channel",
            &["console", "api", "email", "chat"],
            "Where it was asked.",
        ),
        Field::language("language", "Its language (BCP 47)."),
        Field::whole("top_k", 1, 100, "How many passages it looks for."),
        Field::text("model", 100, "What made its embedding."),
        Field::text("topic", 200, "What it is about.")
            .personal()
            .label(),
    ],
};
