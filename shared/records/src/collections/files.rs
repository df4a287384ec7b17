//! Files: what was uploaded. Their bytes are in S3; what is said of those here is set when an upload is complete.

use crate::{Collection, Field, Scope};
use fields::Sha256;

/// A file: what is known of it.
pub(crate) const FILES: Collection = Collection {
    name: "files",
    part: "FILES",
    summary: "A file: what is known of it.",
    scope: Scope::Project,
    fields: &[
        Field::name("Its name.").personal(),
        Field::status(&[("pending", &["available"]), ("available", &[])]).ours(),
        Field::reference("folder_id", "folders", "The folder it lies in."),
        Field::reference("account_id", "accounts", "The account it is about.").cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::text("content_type", 127, "The media type of its bytes.").ours(),
        Field::whole("size_bytes", 0, 5_368_709_120, "How many bytes it has.").ours(),
        Field::of::<Sha256>("sha256", "Their SHA-256, in hexadecimal.").ours(),
        Field::text("upload_id", 36, "Names the upload whose bytes it has.").ours(),
        Field::long_text("description", 2_000, "What it is.").personal(),
        Field::tags(),
    ],
};
