//! The own policy of a topic or a queue: which service of AWS may send to it.

use crate::roles::list;
use serde_json::{Map, Value, json};

/// Whether the policies let a service do this for one of this account's resources. The error says why not.
pub(crate) fn lets_service<'a>(
    documents: impl Iterator<Item = &'a Value>,
    action: &str,
    target_arn: &str,
    service: &str,
    source_arn: &str,
    account_id: &str,
) -> Result<(), String> {
    let mut policies = Vec::new();
    for document in documents {
        policies.extend(for_service(document, service)?);
    }
    let mut context = iam::Context::new();
    context.set("aws:SourceArn", [source_arn.to_owned()]);
    context.set("aws:SourceAccount", [account_id.to_owned()]);
    let request = iam::Request {
        action,
        resource: target_arn,
        context: &context,
    };
    let decision = iam::decide(&policies, &request);
    if decision.is_allowed() {
        Ok(())
    } else {
        Err(format!(
            "no policy in the template lets {service} do {action} on {target_arn} for {source_arn}"
        ))
    }
}

/// The statements about a service, in the form of a policy of its own.
fn for_service(document: &Value, service: &str) -> Result<Option<iam::Policy>, String> {
    let names_it = |statement: &Value| {
        let services = statement.pointer("/Principal/Service");
        list(services).into_iter().any(|named| named == service)
    };
    let statements: Vec<Map<String, Value>> = list(document.get("Statement"))
        .into_iter()
        .filter(|statement| names_it(statement))
        .filter_map(Value::as_object)
        .map(|statement| {
            let mut statement = statement.clone();
            statement.remove("Principal");
            statement
        })
        .collect();
    if statements.is_empty() {
        return Ok(None);
    }
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    iam::Policy::parse("resource policy", &policy)
        .map(Some)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn ask(condition: &Value, action: &str) -> Result<(), String> {
        let document = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "Ses", "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"},
            "Action": action, "Resource": "arn:topic:a:b:c:d", "Condition": condition,
        }]});
        let documents = std::iter::once(&document);
        lets_service(
            documents,
            "sns:Publish",
            "arn:topic:a:b:c:d",
            "ses.amazonaws.com",
            "arn:aws:ses:r:1:configuration-set/Mail",
            "1",
        )
    }

    #[test]
    fn only_the_service_and_source_that_are_named_may_publish() {
        let of = |account: &str| json!({"StringEquals": {"aws:SourceAccount": account}});
        let set = |name: &str| json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:ses:r:1:configuration-set/{name}")}});
        assert_eq!(ask(&of("1"), "sns:Publish"), Ok(()));
        assert_eq!(ask(&set("Mail"), "sns:Publish"), Ok(()));
        assert!(ask(&of("2"), "sns:Publish").is_err());
        assert!(ask(&set("Other"), "sns:Publish").is_err());
        assert!(ask(&of("1"), "sns:Subscribe").is_err());
        let nobody = std::iter::empty();
        let refused = lets_service(
            nobody,
            "sns:Publish",
            "arn",
            "ses.amazonaws.com",
            "arn",
            "1",
        );
        assert!(refused.unwrap_err().contains("lets ses.amazonaws.com"));
    }
}
