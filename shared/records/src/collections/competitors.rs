//! Competitors: who else sells.

use crate::{Collection, Field, Scope};

/// A company that sells to the same customers.
pub(super) const COMPETITORS: Collection = Collection {
    name: "competitors",
    part: "COMPETITORS",
    summary: "A company that sells to the same customers.",
    scope: Scope::Project,
    fields: &[
        Field::name("Name of the company."),
        Field::website("website", "Its web site."),
        Field::choice(
            "threat",
            &["low", "medium", "high"],
            "How much you lose to it.",
        )
        .stage(),
        Field::choice(
            "pricing",
            &["lower", "similar", "higher", "unknown"],
            "Its prices beside yours.",
        ),
        Field::country("country", "Where it sits (ISO 3166)."),
        Field::count("employee_count", "How many people work there."),
        Field::list("strengths", &POINT, 20, "What it does well."),
        Field::list("weaknesses", &POINT, 20, "What it does badly."),
        Field::long_text("positioning", 5_000, "What to say when it is named."),
        Field::count("wins_against", "How many deals you won against it."),
        Field::count("losses_against", "How many deals you lost to it."),
        Field::tags(),
        Field::notes(),
    ],
};

/// A point for or against.
const POINT: Field = Field::text("point", 300, "A point.");
