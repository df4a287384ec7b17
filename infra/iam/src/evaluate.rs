//! The decision: an explicit Deny wins, then an Allow, and what nothing allows is refused.

use crate::condition::{Condition, Failure};
use crate::context::Context;
use crate::decision::{Decision, NearMiss, StatementName};
use crate::policy::Policy;
use crate::statement::{Effect, Statement, Subject};

/// One action on one resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The action, such as `dynamodb:GetItem`.
    pub action: &'a str,
    /// The resource's ARN.
    pub resource: &'a str,
    /// What else is known of the request and who makes it.
    pub context: &'a Context,
}

/// Whether a role with these policies may do what is asked.
pub fn decide(policies: &[Policy], request: &Request<'_>) -> Decision {
    let Request {
        action,
        resource,
        context,
    } = *request;
    let statements = policies.iter().flat_map(|policy| {
        policy
            .statements
            .iter()
            .map(|statement| (policy.name.as_str(), statement))
    });
    let applicable = statements
        .filter(|(_, statement)| statement.actions.matches(action))
        .filter(|(_, statement)| match &statement.subject {
            Subject::Resources(resources) => resources.matches(resource, context),
            Subject::Principals(_) => false,
        });
    weigh(applicable, action, resource, context)
}

/// Decides among the statements that are about this action and subject: only their conditions are open.
pub(crate) fn weigh<'a>(
    applicable: impl Iterator<Item = (&'a str, &'a Statement)>,
    action: &str,
    resource: &str,
    context: &Context,
) -> Decision {
    let mut allowed = None;
    // The near miss with the fewest conditions that failed says most.
    let mut nearest: Option<(usize, NearMiss)> = None;
    for (policy, statement) in applicable {
        let name = || StatementName {
            policy: policy.to_owned(),
            sid: statement.sid.clone(),
        };
        let mut failures = statement.conditions.iter().filter_map(|condition| {
            condition
                .check(context)
                .err()
                .map(|failure| (condition, failure))
        });
        match (statement.effect, failures.next()) {
            (Effect::Deny, None) => return Decision::Denied { statement: name() },
            (Effect::Allow, None) => allowed = allowed.or_else(|| Some(name())),
            (Effect::Allow, Some(first)) if allowed.is_none() => {
                let count = 1 + failures.count();
                if nearest.as_ref().is_none_or(|(least, _)| count < *least) {
                    nearest = Some((count, near_miss(name(), action, resource, first)));
                }
            }
            _ => {}
        }
    }
    match allowed {
        Some(statement) => Decision::Allowed { statement },
        None => Decision::NotAllowed {
            nearest: nearest.map(|(_, miss)| miss),
        },
    }
}

fn near_miss(
    statement: StatementName,
    action: &str,
    resource: &str,
    (condition, failure): (&Condition, Failure),
) -> NearMiss {
    NearMiss {
        statement,
        action: action.to_owned(),
        resource: resource.to_owned(),
        operator: condition.operator_name.clone(),
        key: condition.key.clone(),
        expected: failure.expected,
        actual: failure.actual,
        reason: failure.reason,
    }
}
