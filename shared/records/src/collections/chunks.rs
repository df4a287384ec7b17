//! Chunks: passages of knowledge. Their embeddings are stored apart, and are what a search looks through.

use crate::{Collection, Field, Scope};
use fields::Sha256;

/// A passage of a text, to be found by its meaning.
pub(crate) static CHUNKS: Collection = Collection {
    name: "chunks",
    part: "CHUNKS",
    summary: "A passage of a text, to be found by its meaning.",
    scope: Scope::Project,
    fields: &[
        Field::text("title", 300, "What it is from.").label(),
        Field::long_text("text", 20_000, "The passage.")
            .required()
            .personal(),
        Field::reference("file_id", "files", "The file it is from.").cleared(),
        Field::reference("document_id", "documents", "The document it is from.").cleared(),
        Field::whole("position", 0, 1_000_000, "Which passage of it."),
        Field::whole("token_count", 0, 1_000_000, "How long it is, in tokens."),
        Field::choice(
            "source_type",
            &["file", "document", "email", "call", "web", "manual"],
            "What kind of source it has.",
        )
        .stage(),
        Field::website("source_url", "Where its source lies."),
        Field::language("language", "Its language (BCP 47)."),
        Field::of::<Sha256>("checksum", "SHA-256 of its text."),
        Field::tags(),
        Field::dimension(),
    ],
};
