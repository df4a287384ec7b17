//! Stakeholders: who has a say in a deal.

use crate::{Collection, Field, Scope};

/// A person who has a say in a deal.
pub(super) const STAKEHOLDERS: Collection = Collection {
    name: "stakeholders",
    part: "STAKEHOLDERS",
    summary: "A person who has a say in a deal.",
    scope: Scope::Project,
    fields: &[
        Field::name("Full name.").personal(),
        Field::reference("deal_id", "deals", "The deal they have a say in.").required(),
        Field::reference("contact_id", "contacts", "The contact they are.").cleared(),
        Field::choice(
            "role",
            &[
                "champion",
                "economic_buyer",
                "decision_maker",
                "technical_evaluator",
                "influencer",
                "end_user",
                "blocker",
                "legal",
                "procurement",
            ],
            "Their part in the decision.",
        )
        .required(),
        Field::choice(
            "influence",
            &["low", "medium", "high"],
            "How much their word weighs.",
        )
        .personal(),
        Field::choice(
            "attitude",
            &["supportive", "neutral", "sceptical", "opposed", "unknown"],
            "How they look upon the deal.",
        )
        .personal()
        .stage(),
        Field::email("email", "E-mail address."),
        Field::phone("phone", "Telephone number.").personal(),
        Field::text("job_title", 200, "What they do.").personal(),
        Field::moment("last_contacted_at", "When you last talked to them.").personal(),
        Field::notes(),
    ],
};
