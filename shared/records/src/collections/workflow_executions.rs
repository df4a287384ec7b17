//! Workflow executions: what happened by itself.

use crate::{Collection, Field, Scope};

/// One run of a workflow.
pub(super) const WORKFLOW_EXECUTIONS: Collection = Collection {
    name: "workflow-executions",
    part: "WORKFLOW_EXECUTIONS",
    summary: "One run of a workflow.",
    scope: Scope::Project,
    fields: &[
        Field::reference("workflow_id", "workflows", "The workflow.").required(),
        Field::status(&[
            ("queued", &["running", "cancelled"]),
            ("running", &["waiting", "succeeded", "failed", "cancelled"]),
            ("waiting", &["running", "failed", "cancelled"]),
            ("succeeded", &[]),
            ("failed", &["queued"]),
            ("cancelled", &[]),
        ]),
        Field::choice(
            "trigger_type",
            &[
                "record_created",
                "record_updated",
                "record_deleted",
                "schedule",
                "webhook",
                "manual",
            ],
            "What set it off.",
        ),
        Field::text("trigger_record", 100, "The record that did."),
        Field::moment("started_at", "When it began."),
        Field::moment("finished_at", "When it ended."),
        Field::moment("waits_until", "When it goes on."),
        Field::list("steps", &STEP, 50, "What each step came to."),
        Field::whole("current_step", 0, 50, "Where it is."),
        Field::whole("attempt", 1, 100, "Which try it is."),
        Field::long_text("error", 5_000, "What went wrong.").personal(),
    ],
};

/// What a step came to.
const STEP: Field = Field::object(
    "step",
    &[
        Field::text("name", 200, "What it is called.").required(),
        Field::choice(
            "result",
            &["succeeded", "failed", "skipped"],
            "What it came to.",
        )
        .required(),
        Field::moment("started_at", "When it began."),
        Field::moment("finished_at", "When it ended."),
        Field::long_text("output", 2_000, "What it gave.").personal(),
    ],
    "A step.",
);
