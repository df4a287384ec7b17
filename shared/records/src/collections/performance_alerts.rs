//! Performance alerts: figures that went astray.

use crate::{Collection, Field, Scope};

/// A figure that went where it should not.
pub(super) const PERFORMANCE_ALERTS: Collection = Collection {
    name: "performance-alerts",
    part: "PERFORMANCE_ALERTS",
    summary: "A figure that went where it should not.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("open", &["acknowledged", "resolved", "dismissed"]),
            ("acknowledged", &["resolved", "dismissed"]),
            ("resolved", &["open"]),
            ("dismissed", &[]),
        ]),
        Field::choice(
            "severity",
            &["info", "warning", "critical"],
            "How bad it is.",
        )
        .required(),
        Field::text("metric", 100, "Which figure.").required(),
        Field::decimal(
            "threshold",
            -1_000_000_000,
            1_000_000_000,
            4,
            "Where it should not go.",
        ),
        Field::decimal(
            "observed",
            -1_000_000_000,
            1_000_000_000,
            4,
            "Where it went.",
        ),
        Field::choice(
            "comparison",
            &["above", "below", "equal", "changed"],
            "On which side it is wrong.",
        ),
        Field::whole(
            "window_minutes",
            1,
            525_600,
            "Over how long it is measured.",
        ),
        Field::reference(
            "campaign_id",
            "email-campaigns",
            "The campaign it is about.",
        )
        .cleared(),
        Field::reference("deal_id", "deals", "The deal it is about.").cleared(),
        Field::moment("triggered_at", "When it went there."),
        Field::moment("acknowledged_at", "When somebody took notice."),
        Field::moment("resolved_at", "When it was right again."),
        Field::long_text("description", 5_000, "What it means."),
    ],
};
