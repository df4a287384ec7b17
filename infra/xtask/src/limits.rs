//! AWS's limits on a stack, counted for today's template and for the finished product, so that they are seen long
//! before they are met.

use crate::failure::{Failure, Result};
use crate::planned::{Plan, Planned};
use crate::resolved::Stack;
use crate::template_part::function_id;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// CloudFormation: resources in a stack.
const RESOURCES: usize = 500;
/// HTTP API: integrations of an API. SAM makes one for each route.
const INTEGRATIONS: usize = 300;
/// CloudFormation: bytes of a template in S3, before and after the expansion.
const TEMPLATE_BYTES: usize = 1_000_000;
/// CloudFormation: bytes of a template that is sent in the request itself; a larger one goes through S3, as `sam deploy` does.
const INLINE_TEMPLATE_BYTES: usize = 51_200;
/// IAM: characters of a trust policy, without white space.
const TRUST_POLICY: usize = 2_048;
/// IAM: characters of all inline policies of a role, without white space.
const INLINE_POLICIES: usize = 10_240;
/// Lambda: bytes of a function's environment. Two public keys of each kind must fit, hence the reserve.
const ENVIRONMENT: usize = 4_096 - 1_200;
/// CloudFormation: parameters, and outputs, of a template.
const PARAMETERS: usize = 200;
/// What a function with one route takes in the expanded template; `infra/lint/expand.py` prints the real figure.
const EXPANDED_FUNCTION_BYTES: usize = 1_800;
/// The part of it that is not in the function itself: its permission and its route.
const EXPANDED_ROUTE_BYTES: usize = 850;
/// What any other resource takes; a role is the largest.
const EXPANDED_OTHER_BYTES: usize = 1_100;

/// What the expansion makes of a template.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) functions: usize,
    pub(crate) resources: usize,
    /// Integrations of each API.
    pub(crate) integrations: BTreeMap<String, usize>,
    /// Estimate of the expanded template's size.
    pub(crate) expanded_bytes: usize,
}

impl Count {
    fn most_integrations(&self) -> usize {
        self.integrations.values().copied().max().unwrap_or(0)
    }
}

/// Counts what SAM makes of each resource.
pub(crate) fn count(stack: &Stack) -> Result<Count> {
    let mut count = Count::default();
    for resource in stack.resources() {
        count.expanded_bytes += resource.properties.to_string().len() + 100;
        count.resources += match resource.kind.as_str() {
            "AWS::Serverless::Function" => {
                count.functions += 1;
                count.expanded_bytes += EXPANDED_ROUTE_BYTES;
                let own_role = usize::from(resource.properties.get("Role").is_none());
                1 + own_role
                    + events(
                        &resource.logical_id,
                        &resource.properties,
                        &mut count.integrations,
                    )?
            }
            // The API, its stage, and a permission for each authorizer that asks for it.
            "AWS::Serverless::HttpApi" => {
                let authorizers = resource
                    .properties
                    .pointer("/Auth/Authorizers")
                    .and_then(Value::as_object);
                let permitted = authorizers.into_iter().flatten().filter(|(_, authorizer)| {
                    authorizer.get("EnableFunctionDefaultPermissions") == Some(&Value::Bool(true))
                });
                2 + permitted.count()
            }
            kind if kind.starts_with("AWS::Serverless::") => {
                return Err(Failure(format!(
                    "{}: it is not known how many resources {kind} becomes",
                    resource.logical_id
                )));
            }
            _ => 1,
        };
    }
    Ok(count)
}

/// Resources that a function's events bring: a permission for each route.
fn events(
    function: &str,
    properties: &Value,
    integrations: &mut BTreeMap<String, usize>,
) -> Result<usize> {
    let mut resources = 0;
    for (name, event) in properties
        .get("Events")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match event.get("Type").and_then(Value::as_str) {
            Some("HttpApi") => {
                let api = event
                    .pointer("/Properties/ApiId")
                    .and_then(Value::as_str)
                    .unwrap_or("its own");
                *integrations.entry(api.to_owned()).or_default() += 1;
                resources += 1;
            }
            Some("DynamoDB" | "SQS") => resources += 1,
            Some("Schedule" | "ScheduleV2" | "SNS") => resources += 2,
            other => {
                return Err(Failure(format!(
                    "{function}: it is not known how many resources the event {name} of type {other:?} becomes"
                )));
            }
        }
    }
    Ok(resources)
}

/// Today's count and everything that is planned and not there yet.
pub(crate) fn count_planned(today: &Count, stack: &Stack, plan: &Plan) -> Count {
    let present: BTreeSet<&str> = stack
        .resources()
        .map(|resource| resource.logical_id.as_str())
        .collect();
    let mut count = Count {
        functions: today.functions,
        resources: today.resources + plan.other_resources,
        integrations: today.integrations.clone(),
        expanded_bytes: today.expanded_bytes + plan.other_resources * EXPANDED_OTHER_BYTES,
    };
    let missing = plan
        .functions
        .iter()
        .filter(|planned| !present.contains(function_id(&planned.binary).as_str()));
    for Planned {
        routes,
        extra_resources,
        ..
    } in missing
    {
        count.functions += 1;
        count.resources += 1 + routes + extra_resources;
        *count.integrations.entry("api".to_owned()).or_default() += routes;
        count.expanded_bytes += EXPANDED_FUNCTION_BYTES + extra_resources * EXPANDED_OTHER_BYTES;
    }
    count
}

/// Counts everything; answers the report, or an error that names every limit that is passed.
pub(crate) fn report(stack: &Stack, template: &str, plan: &Plan) -> Result<String> {
    let today = count(stack)?;
    let planned = count_planned(&today, stack, plan);
    let mut passed = Vec::new();
    let mut lines = vec![format!(
        "{:<60}{:>10}{:>10}{:>10}",
        "", "today", "planned", "limit"
    )];
    let mut line = |what: &str, today: usize, planned: usize, limit: usize| {
        lines.push(format!("{what:<60}{today:>10}{planned:>10}{limit:>10}"));
        if today.max(planned) > limit {
            passed.push(format!("{what}: {} of {limit}", today.max(planned)));
        }
    };
    line("functions", today.functions, planned.functions, RESOURCES);
    line(
        "resources in the stack",
        today.resources,
        planned.resources,
        RESOURCES,
    );
    line(
        "integrations of the largest API",
        today.most_integrations(),
        planned.most_integrations(),
        INTEGRATIONS,
    );
    line(
        "bytes of the template",
        template.len(),
        template.len(),
        TEMPLATE_BYTES,
    );
    line(
        "bytes of the expanded template (estimate)",
        today.expanded_bytes,
        planned.expanded_bytes,
        TEMPLATE_BYTES,
    );
    let of_resources = [
        (
            "longest trust policy",
            "AWS::IAM::Role",
            longest(stack, "AWS::IAM::Role", trust_policy),
            TRUST_POLICY,
        ),
        (
            "longest inline policies of a role",
            "AWS::IAM::Role",
            longest(stack, "AWS::IAM::Role", inline_policies),
            INLINE_POLICIES,
        ),
        (
            "largest environment",
            "AWS::Serverless::Function",
            longest(stack, "AWS::Serverless::Function", environment),
            ENVIRONMENT,
        ),
    ];
    for (what, _, (name, size), limit) in of_resources {
        line(&format!("{what} ({name})"), size, size, limit);
    }
    line("parameters", stack.parameters, stack.parameters, PARAMETERS);
    line("outputs", stack.outputs, stack.outputs, PARAMETERS);
    if !passed.is_empty() {
        return Err(Failure(format!(
            "AWS's limits are passed: {}",
            passed.join("; ")
        )));
    }
    if template.len() > INLINE_TEMPLATE_BYTES {
        lines.push(format!("The template is over {INLINE_TEMPLATE_BYTES} bytes: it is deployed through S3, as `sam deploy` does."));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// The resource of a type for which something is largest, and how large.
fn longest(stack: &Stack, kind: &str, size: fn(&Value) -> usize) -> (String, usize) {
    stack
        .resources()
        .filter(|resource| resource.kind == kind)
        .map(|resource| (resource.logical_id.clone(), size(&resource.properties)))
        .max_by_key(|(_, size)| *size)
        .unwrap_or_default()
}

fn trust_policy(role: &Value) -> usize {
    role.get("AssumeRolePolicyDocument")
        .map_or(0, |document| document.to_string().chars().count())
}

fn inline_policies(role: &Value) -> usize {
    let policies = role
        .get("Policies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    policies
        .filter_map(|policy| policy.get("PolicyDocument"))
        .map(|document| document.to_string().chars().count())
        .sum()
}

fn environment(function: &Value) -> usize {
    let variables = function
        .pointer("/Environment/Variables")
        .and_then(Value::as_object);
    variables
        .into_iter()
        .flatten()
        .map(|(name, value)| name.len() + value.as_str().map_or(0, str::len))
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const TEMPLATE: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          One: { FunctionArn: !GetAtt HealthFunction.Arn, EnableFunctionDefaultPermissions: true }
  HealthFunction:
    Type: AWS::Serverless::Function
    Properties:
      Role: !GetAtt Role.Arn
      Events:
        Route: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /v1/health } }
"#;

    fn plan(text: &str) -> Plan {
        Plan::parse(text).unwrap()
    }

    #[test]
    fn the_expansion_is_counted() {
        let stack = Stack::parse(TEMPLATE).unwrap();
        let today = count(&stack).unwrap();
        // Role; API, stage, the authorizer's permission; function and its route's permission.
        assert_eq!(
            (today.functions, today.resources, today.most_integrations()),
            (1, 6, 1)
        );
        let plan = plan(
            "health | GET /v1/health |\nrecords-read | GET /v1/a, GET /v1/b | role\naudit-write | - | role queue\n+ 2 | alarms\n",
        );
        let planned = count_planned(&today, &stack, &plan);
        assert_eq!(
            (
                planned.functions,
                planned.resources,
                planned.most_integrations()
            ),
            (3, 6 + 4 + 5 + 2, 3)
        );
    }

    #[test]
    fn a_passed_limit_is_named() {
        let stack = Stack::parse(TEMPLATE).unwrap();
        let lines: String = (0..200)
            .map(|n| format!("f-{n} | GET /v1/a{n}, GET /v1/b{n} | role\n"))
            .collect();
        let error = report(&stack, TEMPLATE, &plan(&lines))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "AWS's limits are passed: resources in the stack: 806 of 500; integrations of the largest API: 401 of 300"
        );
        assert!(report(&stack, TEMPLATE, &plan("")).is_ok());
    }

    #[test]
    fn the_finished_product_fits() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let template = std::fs::read_to_string(root.join("template.yaml")).unwrap();
        let report = report(
            &Stack::parse(&template).unwrap(),
            &template,
            &Plan::of_the_product().unwrap(),
        );
        assert!(report.is_ok(), "{}", report.unwrap_err());
    }
}
