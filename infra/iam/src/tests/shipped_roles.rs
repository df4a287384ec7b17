//! The roles of template.yaml as they are deployed, asked directly.

use super::context;
use crate::{Context, Decision, Policy, Principal, Request, TrustPolicy, decide};
use std::collections::BTreeMap;
use template::{Environment, Resource, Template};

const OWN: &str = "0193a5e2-0000-7000-8000-00000000000a";
const FOREIGN: &str = "0193a5e2-0000-7000-8000-00000000000b";

fn role(name: &str) -> Resource {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let resolved = Template::read(path)
        .unwrap()
        .resolve(&BTreeMap::new(), &Environment::default())
        .unwrap();
    resolved.resources[name].clone()
}

fn policies(role: &Resource) -> Vec<Policy> {
    let policies = role.properties["Policies"].as_array().unwrap();
    policies
        .iter()
        .map(|policy| {
            Policy::parse(
                policy["PolicyName"].as_str().unwrap(),
                &policy["PolicyDocument"],
            )
            .unwrap()
        })
        .collect()
}

fn table(name: &str) -> String {
    format!("arn:aws:dynamodb:us-east-1:000000000000:table/{name}")
}

/// What tenant credentials with this access may do to a partition of their own tenant.
fn may(policies: &[Policy], access: &str, action: &str, resource: &str, key: &str) -> bool {
    let context = context(&[
        ("aws:PrincipalTag/TenantId", &[OWN]),
        ("aws:PrincipalTag/Access", &[access]),
        ("dynamodb:LeadingKeys", &[key]),
    ]);
    let allowed = decide(
        policies,
        &Request {
            action,
            resource,
            context: &context,
        },
    )
    .is_allowed();
    let foreign = Context::clone(&context);
    for foreign_key in [
        key.replace(OWN, FOREIGN),
        key.replace(OWN, &format!("{OWN}0")),
        String::new(),
    ] {
        let mut foreign = foreign.clone();
        foreign.set("dynamodb:LeadingKeys", [foreign_key.clone()]);
        assert!(
            !decide(
                policies,
                &Request {
                    action,
                    resource,
                    context: &foreign
                }
            )
            .is_allowed(),
            "{access} {action} {foreign_key}"
        );
        foreign.set("dynamodb:LeadingKeys", [key.to_owned(), foreign_key]);
        assert!(
            !decide(
                policies,
                &Request {
                    action,
                    resource,
                    context: &foreign
                }
            )
            .is_allowed(),
            "{access} {action} beside its own"
        );
    }
    let mut without_keys = context.clone();
    without_keys.set("dynamodb:LeadingKeys", []);
    assert!(
        !decide(
            policies,
            &Request {
                action,
                resource,
                context: &without_keys
            }
        )
        .is_allowed(),
        "{access} {action} without keys"
    );
    allowed
}

#[test]
fn tenant_role_by_access_and_partition() {
    let policies = policies(&role("TenantRole"));
    let (core, records) = (
        format!("TENANT#{OWN}"),
        format!("TENANT#{OWN}#PROJECT#1#DEALS"),
    );
    for access in ["read", "write", "admin", "other"] {
        for action in [
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:Query",
            "dynamodb:ConditionCheckItem",
        ] {
            assert!(
                may(&policies, access, action, &table("TenantTable"), &core),
                "{access} {action}"
            );
            assert!(
                may(&policies, access, action, &table("TenantTable"), &records),
                "{access} {action}"
            );
            assert!(
                !may(
                    &policies,
                    access,
                    action,
                    &table("DirectoryTable"),
                    &records
                ),
                "{access} {action}"
            );
        }
        for action in [
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
        ] {
            assert_eq!(
                may(&policies, access, action, &table("TenantTable"), &core),
                access == "admin",
                "{access} {action}"
            );
            assert_eq!(
                may(&policies, access, action, &table("TenantTable"), &records),
                matches!(access, "write" | "admin"),
                "{access} {action}"
            );
            assert!(
                !may(&policies, access, action, &table("AuditTable"), &records),
                "{access} {action}"
            );
        }
        for action in [
            "dynamodb:Scan",
            "dynamodb:PartiQLSelect",
            "dynamodb:DeleteTable",
            "sts:AssumeRole",
            "secretsmanager:GetSecretValue",
        ] {
            assert!(
                !may(&policies, access, action, &table("TenantTable"), &records),
                "{access} {action}"
            );
        }
    }
}

#[test]
fn user_role_reaches_its_own_user_only() {
    let policies = policies(&role("UserRole"));
    let ask = |action: &str, key: &str| {
        let context = context(&[
            ("aws:PrincipalTag/UserId", &[OWN]),
            ("dynamodb:LeadingKeys", &[key]),
        ]);
        decide(
            &policies,
            &Request {
                action,
                resource: &table("DirectoryTable"),
                context: &context,
            },
        )
        .is_allowed()
    };
    for action in [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
    ] {
        assert!(ask(action, &format!("USER#{OWN}")), "{action}");
        for foreign in [
            format!("USER#{FOREIGN}"),
            format!("USER#{OWN}0"),
            "EMAIL#a@b.example".to_owned(),
            "USER#".to_owned(),
        ] {
            assert!(!ask(action, &foreign), "{action} {foreign}");
        }
    }
    assert!(!ask("dynamodb:BatchWriteItem", &format!("USER#{OWN}")));
}

/// Says who may take on TenantRole; `change` spoils one thing about the request.
fn trade(
    role_name: &str,
    tags: &[(&str, &str)],
    sub: &str,
    change: impl Fn(&mut Context),
) -> [Decision; 2] {
    let trust = TrustPolicy::parse(
        role_name,
        &role(role_name).properties["AssumeRolePolicyDocument"],
    )
    .unwrap();
    let issuer = "issuerapi.execute-api.us-east-1.amazonaws.com";
    let mut context = Context::new();
    context.set(&format!("{issuer}:aud"), ["sts.amazonaws.com".to_owned()]);
    context.set(&format!("{issuer}:sub"), [sub.to_owned()]);
    context.set(
        "aws:TagKeys",
        tags.iter().map(|(name, _)| (*name).to_owned()),
    );
    for (name, value) in tags {
        context.set(&format!("aws:RequestTag/{name}"), [(*value).to_owned()]);
    }
    change(&mut context);
    let principal =
        Principal::Federated(format!("arn:aws:iam::000000000000:oidc-provider/{issuer}"));
    ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
        .map(|action| trust.decide(&principal, action, &context))
}

#[test]
fn tenant_role_is_taken_on_with_a_tenant_token_only() {
    let tags = [("TenantId", OWN), ("Access", "read")];
    let sub = format!("tenant:{OWN}");
    for decision in trade("TenantRole", &tags, &sub, |_| {}) {
        assert!(decision.is_allowed(), "{decision}");
    }
    let spoilt = [
        trade("TenantRole", &tags, &format!("user:{OWN}"), |_| {}),
        trade(
            "TenantRole",
            &[("TenantId", OWN), ("Access", "owner")],
            &sub,
            |_| {},
        ),
        trade(
            "TenantRole",
            &[("TenantId", "*"), ("Access", "read")],
            &sub,
            |_| {},
        ),
        trade(
            "TenantRole",
            &[("TenantId", OWN), ("Access", "read"), ("UserId", OWN)],
            &sub,
            |_| {},
        ),
        trade("TenantRole", &[("TenantId", OWN)], &sub, |_| {}),
        trade("TenantRole", &[], &sub, |_| {}),
        trade("TenantRole", &tags, &sub, |context| {
            context.set("aws:TagKeys", [])
        }),
        trade("TenantRole", &tags, &sub, |context| {
            context.set(
                "issuerapi.execute-api.us-east-1.amazonaws.com:aud",
                ["other".to_owned()],
            )
        }),
        trade("TenantRole", &tags, &sub, |context| {
            context.set("issuerapi.execute-api.us-east-1.amazonaws.com:sub", [])
        }),
    ];
    for decision in spoilt.iter().flatten() {
        assert!(!decision.is_allowed(), "{decision}");
    }
    for decision in trade(
        "UserRole",
        &[("UserId", OWN)],
        &format!("user:{OWN}"),
        |_| {},
    ) {
        assert!(decision.is_allowed(), "{decision}");
    }
    for decision in trade("UserRole", &[("UserId", OWN)], &sub, |_| {})
        .iter()
        .chain(&trade("UserRole", &tags, &format!("user:{OWN}"), |_| {}))
    {
        assert!(!decision.is_allowed(), "{decision}");
    }
}
