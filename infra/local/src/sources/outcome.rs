//! What a function said about a batch of records.

use crate::lambda::Invoked;
use serde_json::Value;

/// How an invocation went for the records of its batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All are done.
    Done,
    /// None is.
    Failed(String),
    /// These, by their positions in the batch, are not; in ascending order.
    SomeFailed(Vec<usize>),
}

/// Reads the result. With `ReportBatchItemFailures`, one that names what is not in the batch, or is not understood, counts as a failure of
/// the whole batch, as Lambda has it; an empty or missing list is success.
pub(crate) fn outcome(invoked: &Invoked, reports_items: bool, ids: &[&str]) -> Outcome {
    if invoked.function_error.is_some() {
        return Outcome::Failed(String::from_utf8_lossy(&invoked.payload).into_owned());
    }
    if !reports_items || invoked.payload.is_empty() {
        return Outcome::Done;
    }
    let Ok(result) = serde_json::from_slice::<Value>(&invoked.payload) else {
        return Outcome::Failed("its result is not JSON".to_owned());
    };
    let failures = match result.get("batchItemFailures") {
        None | Some(Value::Null) => return Outcome::Done,
        Some(Value::Array(failures)) if failures.is_empty() => return Outcome::Done,
        Some(Value::Array(failures)) => failures,
        Some(_) => return Outcome::Failed("its batchItemFailures is not a list".to_owned()),
    };
    let position = |failure: &Value| {
        let id = failure.get("itemIdentifier")?.as_str()?;
        ids.iter().position(|known| *known == id)
    };
    let positions: Option<Vec<usize>> = failures.iter().map(position).collect();
    match positions {
        Some(mut positions) => {
            positions.sort_unstable();
            positions.dedup();
            Outcome::SomeFailed(positions)
        }
        None => Outcome::Failed("its batchItemFailures names what is not in the batch".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(result: &Value, reports_items: bool) -> Outcome {
        let invoked = Invoked {
            payload: result.to_string().into(),
            function_error: None,
        };
        outcome(&invoked, reports_items, &["a", "b", "c"])
    }

    #[test]
    fn results_are_read_as_lambda_does() {
        for done in [
            json!(null),
            json!({}),
            json!({"batchItemFailures": []}),
            json!({"batchItemFailures": null}),
            json!("text"),
        ] {
            assert_eq!(read(&done, true), Outcome::Done, "{done}");
        }
        let failures = json!({"batchItemFailures": [{"itemIdentifier": "c"}, {"itemIdentifier": "a"}, {"itemIdentifier": "c"}]});
        assert_eq!(read(&failures, true), Outcome::SomeFailed(vec![0, 2]));
        assert_eq!(read(&failures, false), Outcome::Done, "it reports nothing");
        for failed in [
            json!({"batchItemFailures": [{"itemIdentifier": ""}]}),
            json!({"batchItemFailures": [{"itemIdentifier": null}]}),
            json!({"batchItemFailures": [{"itemIdentifier": "z"}]}),
            json!({"batchItemFailures": [{"id": "a"}]}),
            json!({"batchItemFailures": "a"}),
        ] {
            assert!(
                matches!(read(&failed, true), Outcome::Failed(_)),
                "{failed}"
            );
        }
        let error = Invoked::unhandled("{}".into());
        assert!(matches!(outcome(&error, false, &[]), Outcome::Failed(_)));
    }
}
