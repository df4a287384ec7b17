//! Deals: the business one hopes to make.

use super::parts::{SOURCES, STAGES};
use crate::{Collection, Field, Scope};

/// Possible business with an account.
pub(super) const DEALS: Collection = Collection {
    name: "deals",
    part: "DEALS",
    summary: "Possible business with an account.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is about."),
        Field::reference("account_id", "accounts", "The account it is with.").required(),
        Field::reference("contact_id", "contacts", "The person it is discussed with.").cleared(),
        Field::reference("pipeline_id", "pipelines", "The pipeline it goes through."),
        Field::key(
            "stage",
            STAGES,
            "Where it stands: the key of a stage of its pipeline; without one, of qualification, proposal, negotiation, won and lost.",
        )
        .required()
        .stage_of("pipeline_id"),
        Field::money("amount", "What it is worth."),
        Field::currency(),
        Field::whole(
            "probability",
            0,
            100,
            "How likely it is to be won, in percent.",
        ),
        Field::day("expected_close", "The day it should be decided."),
        Field::day("closed_on", "The day it was decided."),
        Field::choice(
            "type",
            &["new_business", "expansion", "renewal"],
            "What kind of business it is.",
        ),
        Field::choice(
            "source",
            SOURCES,
            "How it came about.",
        ),
        Field::choice(
            "forecast",
            &["pipeline", "best_case", "commit", "omitted"],
            "What the forecast counts it as.",
        ),
        Field::text("next_step", 500, "What comes next.").personal(),
        Field::text("lost_reason", 500, "Why it was lost.").personal(),
        Field::reference("competitor_id", "competitors", "Who else is after it.").cleared(),
        Field::money("recurring_amount", "What it brings each month."),
        Field::whole("contract_months", 1, 600, "How long the contract runs."),
        Field::text("won_reason", 500, "Why it was won.").personal(),
        Field::moment("last_activity_at", "When something was last done about it."),
        Field::tags(),
        Field::long_text("description", 10_000, "Anything else.").personal(),
    ],
};
