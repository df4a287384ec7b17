//! `--describe`: the declaration as JSON, from which the function's part of template.yaml is made.

use crate::declaration::Source;
use crate::{Event, Worker};
use serde_json::{Value, json};

/// The description of a worker.
pub(crate) fn describe<W: Worker>(binary: &str) -> Value {
    let declared = W::DECLARATION;
    let source = match declared.source {
        Source::Streams(tables) => json!({"type": "streams", "tables": tables}),
        Source::Queue { name, batch } => json!({"type": "queue", "queue": name, "batch": batch}),
        Source::Topic(name) => json!({"type": "topic", "topic": name}),
        Source::Schedule(expression) => json!({"type": "schedule", "schedule": expression}),
    };
    json!({
        "binary": binary,
        "kind": "worker",
        "summary": declared.summary,
        "source": source,
        "event_fits": W::Event::fits(declared.source),
        "needs": declared.needs.iter().map(|need| need.as_str()).collect::<Vec<_>>(),
        "role": declared.role,
        "memory_mb": declared.memory_mb,
        "timeout_s": declared.timeout_s,
    })
}
