//! Email templates: wordings of e-mails.

use super::parts::VARIABLE;
use crate::{Collection, Field, Scope};

/// A wording of e-mails.
pub(super) const EMAIL_TEMPLATES: Collection = Collection {
    name: "email-templates",
    part: "EMAIL_TEMPLATES",
    summary: "A wording of e-mails.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("active", &["archived"]),
            ("draft", &["active", "archived"]),
            ("archived", &["active"]),
        ]),
        Field::text("subject", 500, "The subject, with {{variables}}.").required(),
        Field::text(
            "preheader",
            200,
            "What mail programs show beside the subject.",
        ),
        Field::long_text("text_body", 50_000, "The plain text."),
        Field::long_text("html_body", 100_000, "The HTML."),
        Field::list("variables", &VARIABLE, 50, "The variables in it."),
        Field::choice(
            "category",
            &[
                "marketing",
                "transactional",
                "newsletter",
                "sequence",
                "other",
            ],
            "What it is for.",
        ),
        Field::language("language", "Its language (BCP 47)."),
        Field::text("from_name", 200, "Who writes."),
        Field::email("reply_to", "Where answers go."),
        Field::moment("last_used_at", "When it was last used."),
        Field::tags(),
    ],
};
