//! Pipelines: the way that deals take.

use crate::{Collection, Field};

/// The stages that deals go through.
pub(super) const PIPELINES: Collection = Collection {
    name: "pipelines",
    part: "PIPELINES",
    summary: "The stages that deals go through.",
    fields: &[
        Field::name("What it is called."),
        Field::list("stages", &STAGE, 20, "The stages, in their order.").required(),
        Field::flag("is_default", "Whether new deals begin here."),
        Field::currency(),
        Field::long_text("description", 5_000, "What it is for."),
    ],
};

/// A stage of a pipeline.
const STAGE: Field = Field::object(
    "stage",
    &[
        Field::text("name", 100, "What it is called.").required(),
        Field::whole(
            "probability",
            0,
            100,
            "How likely a deal here is to be won, in percent.",
        ),
        Field::choice(
            "outcome",
            &["open", "won", "lost"],
            "Whether it ends the deal.",
        ),
        Field::whole(
            "rotting_days",
            1,
            3_650,
            "After how many days a deal has been here too long.",
        ),
    ],
    "A stage.",
);
