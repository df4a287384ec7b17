//! The wording that keeps tenants apart, guard by guard.

use crate::{Context, Decision, Policy, Request, decide};
use serde_json::{Value, json};

const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable";
const OWN: &str = "0193a5e2-0000-7000-8000-00000000000a";
const FOREIGN: &str = "0193a5e2-0000-7000-8000-00000000000b";

fn document() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TenantRead",
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:Query"],
            "Resource": [TABLE, format!("{TABLE}/index/*")],
            "Condition": {
                "ForAllValues:StringLike": {
                    "dynamodb:LeadingKeys": ["TENANT#${aws:PrincipalTag/TenantId}", "TENANT#${aws:PrincipalTag/TenantId}#*"]
                },
                "Null": {"dynamodb:LeadingKeys": "false", "aws:PrincipalTag/TenantId": "false"}
            }
        }]
    })
}

fn without(pointer: &str, key: &str) -> Value {
    let mut document = document();
    document
        .pointer_mut(pointer)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(key)
        .unwrap();
    document
}

fn ask(document: &Value, tag: Option<&str>, keys: &[&str]) -> Decision {
    let policy = Policy::parse("TenantData", document).unwrap();
    let mut context = Context::new();
    context.set(
        "dynamodb:LeadingKeys",
        keys.iter().map(|key| (*key).to_owned()),
    );
    if let Some(tag) = tag {
        context.set("aws:PrincipalTag/TenantId", [tag.to_owned()]);
    }
    decide(
        &[policy],
        &Request {
            action: "dynamodb:GetItem",
            resource: TABLE,
            context: &context,
        },
    )
}

#[test]
fn own_keys_only() {
    let core = format!("TENANT#{OWN}");
    let part = format!("TENANT#{OWN}#PROJECT#1#DEALS");
    assert!(ask(&document(), Some(OWN), &[&core]).is_allowed());
    assert!(ask(&document(), Some(OWN), &[&core, &part]).is_allowed());
    for foreign in [
        format!("TENANT#{FOREIGN}"),
        format!("TENANT#{FOREIGN}#PROJECT#1"),
        format!("TENANT#{OWN}x"),
        "TENANT#".to_owned(),
        "tenant#".to_owned() + OWN,
    ] {
        assert!(
            !ask(&document(), Some(OWN), &[&foreign]).is_allowed(),
            "{foreign}"
        );
        assert!(
            !ask(&document(), Some(OWN), &[&core, &foreign]).is_allowed(),
            "{foreign} in a batch"
        );
    }
}

#[test]
fn a_refusal_reads_well() {
    let decision = ask(&document(), Some("a"), &["TENANT#b#PROJECT#1"]);
    let Decision::NotAllowed {
        nearest: Some(nearest),
    } = decision
    else {
        panic!("{decision}")
    };
    assert_eq!(
        nearest.to_string(),
        r##"TenantRead matched dynamodb:GetItem on table/TenantTable, but ForAllValues:StringLike dynamodb:LeadingKeys: "TENANT#b#PROJECT#1" is not like "TENANT#a" or "TENANT#a#*""##
    );
}

#[test]
fn the_null_guard_on_leading_keys_makes_the_difference() {
    assert!(!ask(&document(), Some(OWN), &[]).is_allowed());
    assert!(
        ask(
            &without("/Statement/0/Condition/Null", "dynamodb:LeadingKeys"),
            Some(OWN),
            &[]
        )
        .is_allowed()
    );
}
