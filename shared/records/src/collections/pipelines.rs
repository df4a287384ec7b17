//! Pipelines: the way that deals take.

use super::parts::STAGES;
use crate::{Collection, Field, Scope};
use serde_json::Value;

/// The stages that deals go through.
pub(super) const PIPELINES: Collection = Collection {
    name: "pipelines",
    part: "PIPELINES",
    summary: "The stages that deals go through.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::list("stages", &STAGE, 20, "The stages, in their order.").required(),
        Field::list(
            "stage_keys",
            &KEY,
            20,
            "The keys of the stages, in their order.",
        )
        .computed("stages", keys),
        Field::flag(
            "is_default",
            "Whether it is the one to offer for a new deal.",
        ),
        Field::currency(),
        Field::long_text("description", 5_000, "What it is for."),
    ],
};

/// A stage of a pipeline.
const STAGE: Field = Field::object(
    "stage",
    &[
        KEY,
        Field::text("name", 100, "What it is called.").required(),
        Field::whole(
            "probability",
            0,
            100,
            "How likely a deal here is to be won, in percent.",
        ),
        Field::choice(
            "kind",
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

/// What deals name a stage by.
const KEY: Field = Field::key(
    "key",
    STAGES,
    "What deals name it by, once among the pipeline's.",
)
.required();

/// The keys of the stages: at least one, and each once.
fn keys(stages: &Value) -> Result<Value, String> {
    let stages = stages.as_array().into_iter().flatten();
    let keys: Vec<&Value> = stages.filter_map(|stage| stage.get("key")).collect();
    let is_again = |(position, key)| keys.iter().take(position).any(|other| *other == key);
    if keys.is_empty() {
        return Err("has no stage".to_owned());
    }
    if keys.iter().copied().enumerate().any(is_again) {
        return Err("names a key twice".to_owned());
    }
    Ok(keys.into_iter().cloned().collect())
}
