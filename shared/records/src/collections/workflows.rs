//! Workflows: what happens by itself.

use crate::{Collection, Field, Scope};

/// What happens by itself, and when.
pub(super) const WORKFLOWS: Collection = Collection {
    name: "workflows",
    part: "WORKFLOWS",
    summary: "What happens by itself, and when.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("draft", &["active", "archived"]),
            ("active", &["paused", "archived"]),
            ("paused", &["active", "archived"]),
            ("archived", &["draft"]),
        ]),
        Field::object("trigger", TRIGGER, "What sets it off.").required(),
        Field::list("steps", &STEP, 50, "What is done, in order.").required(),
        Field::whole("revision", 1, 100_000, "Which revision it is."),
        Field::whole(
            "most_per_hour",
            1,
            1_000_000,
            "How often it may run each hour.",
        ),
        Field::text("last_error", 1_000, "What last went wrong."),
        Field::moment("last_run_at", "When it last ran."),
        Field::count("run_count", "How often it ran."),
        Field::count("failure_count", "How often it failed."),
        Field::tags(),
        Field::long_text("description", 5_000, "What it is for."),
    ],
};

/// What sets a workflow off.
const TRIGGER: &[Field] = &[
    Field::choice(
        "type",
        &[
            "record_created",
            "record_updated",
            "record_deleted",
            "schedule",
            "webhook",
            "manual",
        ],
        "What kind of event.",
    )
    .required(),
    Field::text("collection", 50, "The collection whose records it watches."),
    Field::text("field", 50, "The field whose change counts."),
    Field::text("schedule", 100, "When, as a cron expression."),
    Field::time_zone("time_zone", "Whose clock that is (IANA name)."),
];

/// A step of a workflow.
const STEP: Field = Field::object(
    "step",
    &[
        Field::text("name", 200, "What it is called.").required(),
        Field::choice(
            "action",
            &[
                "create_record",
                "update_record",
                "send_email",
                "send_sms",
                "notify",
                "call_webhook",
                "wait",
                "branch",
            ],
            "What it does.",
        )
        .required(),
        Field::long_text("settings", 10_000, "How it does it, as JSON text."),
        Field::text("condition", 1_000, "When it is done at all."),
        Field::choice(
            "on_error",
            &["stop", "go_on", "retry"],
            "What becomes of it when it fails.",
        ),
        Field::whole("most_tries", 1, 20, "How often it is tried."),
        Field::whole("wait_seconds", 0, 31_536_000, "How long it waits first."),
    ],
    "A step.",
);
