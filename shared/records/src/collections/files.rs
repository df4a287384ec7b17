//! Files: what was uploaded.

use crate::{Collection, Field};

/// A file: what is known of it.
pub(super) const FILES: Collection = Collection {
    name: "files",
    part: "FILES",
    summary: "A file: what is known of it.",
    fields: &[
        Field::name("Its name."),
        Field::status(&[
            ("pending", &["available", "failed"]),
            ("available", &["archived"]),
            ("failed", &["pending"]),
            ("archived", &["available"]),
        ]),
        Field::reference("folder_id", "folders", "The folder it lies in."),
        Field::reference("account_id", "accounts", "The account it is about.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::text("content_type", 127, "Its media type.").required(),
        Field::whole("size_bytes", 0, 5_368_709_120, "How large it is.").required(),
        Field::text("sha256", 64, "Its SHA-256, in hexadecimal."),
        Field::long_text("description", 2_000, "What it is."),
        Field::tags(),
    ],
};
