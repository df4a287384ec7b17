//! SMS templates: wordings of text messages.

use super::parts::VARIABLE;
use crate::{Collection, Field, Scope};

/// A wording of text messages.
pub(super) const SMS_TEMPLATES: Collection = Collection {
    name: "sms-templates",
    part: "SMS_TEMPLATES",
    summary: "A wording of text messages.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("active", &["archived"]),
            ("draft", &["active", "archived"]),
            ("archived", &["active"]),
        ]),
        Field::long_text("body", 1_600, "The wording, with {{variables}}.").required(),
        Field::list("variables", &VARIABLE, 50, "The variables in it."),
        Field::choice(
            "category",
            &["marketing", "transactional", "reminder", "other"],
            "What it is for.",
        ),
        Field::language("language", "Its language (BCP 47)."),
        Field::text("provider_template_id", 100, "Its id at the provider."),
        Field::choice(
            "approval",
            &["none", "pending", "approved", "rejected"],
            "Whether the networks allow it.",
        ),
        Field::tags(),
    ],
};
