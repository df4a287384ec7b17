//! Document signatures: who signs what.

use crate::{Collection, Field, Scope};
use fields::{IpAddress, Sha256};

/// The signature of one person under a document.
pub(super) const DOCUMENT_SIGNATURES: Collection = Collection {
    name: "document-signatures",
    part: "DOCUMENT_SIGNATURES",
    summary: "The signature of one person under a document.",
    scope: Scope::Project,
    fields: &[
        Field::reference("document_id", "documents", "The document.").required(),
        Field::status(&[
            ("pending", &["sent", "void"]),
            ("sent", &["viewed", "signed", "declined", "expired", "void"]),
            ("viewed", &["signed", "declined", "expired", "void"]),
            ("signed", &[]),
            ("declined", &[]),
            ("expired", &["sent"]),
            ("void", &[]),
        ]),
        Field::text("signer_name", 200, "Who signs.")
            .required()
            .label()
            .personal(),
        Field::email("signer_email", "Where they are asked.").required(),
        Field::reference("contact_id", "contacts", "The contact they are.").cleared(),
        Field::choice(
            "role",
            &["signer", "approver", "witness", "copy"],
            "Their part.",
        ),
        Field::phone("signer_phone", "Where a code is sent to them.").personal(),
        Field::language("language", "The language they are asked in (BCP 47)."),
        Field::choice(
            "method",
            &["drawn", "typed", "uploaded", "certificate"],
            "How they signed.",
        ),
        Field::whole("signing_order", 1, 100, "When it is their turn."),
        Field::choice(
            "authentication",
            &["email", "sms", "password", "id_check"],
            "How they prove who they are.",
        ),
        Field::moment("requested_at", "When they were asked."),
        Field::moment("viewed_at", "When they first saw it."),
        Field::moment("signed_at", "When they signed."),
        Field::moment("expires_at", "Until when they may."),
        Field::of::<IpAddress>("ip_address", "From where they signed.").personal(),
        Field::text("user_agent", 500, "With which browser they signed.").personal(),
        Field::moment("consented_at", "When they agreed to sign electronically."),
        Field::moment("reminded_at", "When they were last reminded."),
        Field::moment("declined_at", "When they declined."),
        Field::of::<Sha256>("document_sha256", "SHA-256 of what they signed."),
        Field::text("declined_reason", 1_000, "Why they did not.").personal(),
        Field::text("provider_envelope_id", 100, "Its id at the provider."),
    ],
};
