//! Documents: what is written and signed.

use crate::{Collection, Field, Scope};
use fields::Sha256;

/// A document: a proposal, a contract.
pub(super) const DOCUMENTS: Collection = Collection {
    name: "documents",
    part: "DOCUMENTS",
    summary: "A document: a proposal, a contract.",
    scope: Scope::Project,
    fields: &[
        Field::text("title", 300, "What it is called.")
            .required()
            .label(),
        Field::status(&[
            ("draft", &["in_review", "sent", "void"]),
            ("in_review", &["draft", "approved", "void"]),
            ("approved", &["sent", "void"]),
            (
                "sent",
                &["viewed", "completed", "declined", "expired", "void"],
            ),
            ("viewed", &["completed", "declined", "expired", "void"]),
            ("completed", &[]),
            ("declined", &["draft"]),
            ("expired", &["draft"]),
            ("void", &[]),
        ]),
        Field::choice(
            "type",
            &[
                "proposal",
                "contract",
                "nda",
                "order_form",
                "invoice",
                "other",
            ],
            "What kind of document it is.",
        ),
        Field::reference("folder_id", "folders", "The folder it lies in.").cleared(),
        Field::reference("file_id", "files", "Its bytes."),
        Field::reference("account_id", "accounts", "Who it is for.").cleared(),
        Field::reference("deal_id", "deals", "The deal it belongs to.").cleared(),
        Field::long_text("content", 50_000, "What it says.").personal(),
        Field::whole("revision", 1, 10_000, "Which revision it is."),
        Field::day("effective_on", "From which day it holds."),
        Field::day("expires_on", "Until which day it holds."),
        Field::money("value", "What it is worth."),
        Field::currency(),
        Field::text("number", 50, "Its number in your books."),
        Field::language("language", "Its language (BCP 47)."),
        Field::flag("is_signed_in_order", "Whether one signs after the other."),
        Field::moment("sent_at", "When it was sent."),
        Field::moment("completed_at", "When the last one had signed."),
        Field::of::<Sha256>("sha256", "SHA-256 of what was sent."),
        Field::tags(),
    ],
};
