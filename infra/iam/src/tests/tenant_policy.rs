//! The wording that keeps tenants apart, guard by guard.

use crate::{Context, Decision, Policy, Request, decide};
use serde_json::{Value, json};

const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable";
const OWN: &str = "0193a5e2-0000-7000-8000-00000000000a";
const FOREIGN: &str = "0193a5e2-0000-7000-8000-00000000000b";

pub(super) fn document() -> Value {
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

pub(super) fn ask(document: &Value, tag: Option<&str>, keys: &[&str]) -> Decision {
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

/// The tag's own guard: with an empty tag the patterns shrink to `TENANT#` and `TENANT##*`.
#[test]
fn the_null_guard_on_the_tag_makes_the_difference() {
    for tag in [None, Some("")] {
        for keys in [
            &[][..],
            &["TENANT#"],
            &["TENANT##x"],
            &["TENANT#${aws:PrincipalTag/TenantId}"],
        ] {
            assert!(
                !ask(&document(), tag, keys).is_allowed(),
                "{tag:?} {keys:?}"
            );
        }
    }
    let unguarded = without("/Statement/0/Condition/Null", "aws:PrincipalTag/TenantId");
    assert!(ask(&unguarded, Some(""), &["TENANT#"]).is_allowed());
    assert!(
        !ask(&unguarded, None, &["TENANT#"]).is_allowed(),
        "without any tag the pattern fits nothing"
    );
}

/// `TENANT#<id>*` instead of `TENANT#<id>#*` also matches every tenant whose id begins with this one's.
#[test]
fn the_delimiter_makes_the_difference() {
    let longer = format!("TENANT#{OWN}9#PROJECT#1");
    assert!(!ask(&document(), Some(OWN), &[&longer]).is_allowed());
    let mut open = document();
    open["Statement"][0]["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] =
        json!(["TENANT#${aws:PrincipalTag/TenantId}*"]);
    assert!(ask(&open, Some(OWN), &[&longer]).is_allowed());
}

#[test]
fn for_any_value_would_let_a_batch_through() {
    let mut any = document();
    let patterns = any["Statement"][0]["Condition"]
        .as_object_mut()
        .unwrap()
        .remove("ForAllValues:StringLike")
        .unwrap();
    any["Statement"][0]["Condition"]["ForAnyValue:StringLike"] = patterns;
    let keys = [format!("TENANT#{OWN}"), format!("TENANT#{FOREIGN}")];
    let keys = [keys[0].as_str(), keys[1].as_str()];
    assert!(ask(&any, Some(OWN), &keys).is_allowed());
    assert!(!ask(&document(), Some(OWN), &keys).is_allowed());
}

#[test]
fn a_wildcard_in_the_tag_opens_nothing() {
    for tag in [
        "*",
        "?",
        "????????-????-????-????-????????????",
        "${*}",
        "${aws:PrincipalTag/TenantId}",
    ] {
        assert!(
            !ask(&document(), Some(tag), &[&format!("TENANT#{OWN}")]).is_allowed(),
            "{tag}"
        );
    }
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
