//! Trust policies: who may take on a role.

use super::context;
use crate::{Context, Principal, TrustPolicy};
use serde_json::{Value, json};

const PROVIDER: &str = "arn:aws:iam::000000000000:oidc-provider/issuer.example";

fn document(principal: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Trust", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})
}

fn decide(document: &Value, principal: &Principal) -> String {
    TrustPolicy::parse("SomeRole", document)
        .unwrap()
        .decide(principal, "sts:AssumeRole", &Context::new())
        .to_string()
}

#[test]
fn each_kind_of_principal() {
    let service = |name: &str| Principal::Service(name.to_owned());
    let role = |name: &str| Principal::Role(format!("arn:aws:iam::000000000000:role/{name}"));
    let refused = "not allowed: no statement allows this action on this resource";
    let lambda = document(json!({"Service": "lambda.amazonaws.com"}));
    assert_eq!(
        decide(&lambda, &service("lambda.amazonaws.com")),
        "allowed by SomeRole trust/Trust"
    );
    assert_eq!(decide(&lambda, &service("ec2.amazonaws.com")), refused);
    assert_eq!(
        decide(
            &lambda,
            &Principal::Federated("lambda.amazonaws.com".to_owned())
        ),
        refused,
        "another kind"
    );
    let roles = document(
        json!({"AWS": ["arn:aws:iam::000000000000:role/A", "arn:aws:iam::000000000000:role/B"]}),
    );
    assert_eq!(
        decide(&roles, &role("B")),
        "allowed by SomeRole trust/Trust"
    );
    assert_eq!(decide(&roles, &role("C")), refused);
    let federated = document(json!({"Federated": PROVIDER}));
    assert_eq!(
        decide(&federated, &Principal::Federated(PROVIDER.to_owned())),
        "allowed by SomeRole trust/Trust"
    );
    assert_eq!(
        decide(
            &federated,
            &Principal::Federated(format!("{PROVIDER}/other"))
        ),
        refused
    );
}

#[test]
fn conditions_and_denials_count() {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "TradeToken", "Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"issuer.example:aud": "sts.amazonaws.com"}}},
        {"Sid": "NotAfterTheLeak", "Effect": "Deny", "Principal": {"Federated": PROVIDER}, "Action": "sts:*", "Condition": {"StringEquals": {"issuer.example:sub": "leaked"}}}]});
    let trust = TrustPolicy::parse("SomeRole", &document).unwrap();
    let ask = |aud: &str, sub: &str| {
        let context = context(&[
            ("issuer.example:aud", &[aud]),
            ("issuer.example:sub", &[sub]),
        ]);
        trust
            .decide(
                &Principal::Federated(PROVIDER.to_owned()),
                "sts:AssumeRoleWithWebIdentity",
                &context,
            )
            .to_string()
    };
    assert_eq!(
        ask("sts.amazonaws.com", "x"),
        "allowed by SomeRole trust/TradeToken"
    );
    assert_eq!(
        ask("sts.amazonaws.com", "leaked"),
        "denied by SomeRole trust/NotAfterTheLeak"
    );
    assert_eq!(
        ask("other", "x"),
        r#"not allowed: TradeToken matched sts:AssumeRoleWithWebIdentity on role/SomeRole, but StringEquals issuer.example:aud: "other" is not "sts.amazonaws.com""#
    );
    assert_eq!(
        trust.condition_keys().collect::<Vec<_>>(),
        ["issuer.example:aud", "issuer.example:sub"]
    );
}

#[test]
fn nobody_is_trusted_vaguely() {
    for (principal, message) in [
        (
            json!("*"),
            "Principal must be a mapping of Federated, Service or AWS",
        ),
        (json!({}), "Principal names nobody"),
        (json!({"AWS": []}), "Principal AWS has no values"),
        (
            json!({"AWS": "*"}),
            r#"Principal AWS "*" must be named in full"#,
        ),
        (
            json!({"AWS": "arn:aws:iam::000000000000:role/*"}),
            r#"Principal AWS "arn:aws:iam::000000000000:role/*" must be named in full"#,
        ),
        (
            json!({"AWS": "000000000000"}),
            r#"Principal AWS "000000000000" is not the ARN of a role"#,
        ),
        (
            json!({"AWS": "arn:aws:iam::000000000000:root"}),
            r#"Principal AWS "arn:aws:iam::000000000000:root" is not the ARN of a role"#,
        ),
        (
            json!({"AWS": "arn:aws:iam::000000000000:role/"}),
            r#"Principal AWS "arn:aws:iam::000000000000:role/" is not the ARN of a role"#,
        ),
        (
            json!({"Federated": "accounts.google.com"}),
            r#"Principal Federated "accounts.google.com" is not the ARN of an OIDC provider"#,
        ),
        (
            json!({"Service": "lambda"}),
            r#"Principal Service "lambda" is not the name of a service"#,
        ),
        (
            json!({"CanonicalUser": "x"}),
            "Principal CanonicalUser is not known here",
        ),
    ] {
        let refusal = TrustPolicy::parse("SomeRole", &document(principal))
            .unwrap_err()
            .to_string();
        assert_eq!(
            refusal,
            format!("trust policy of SomeRole: statement Trust: {message}")
        );
    }
}

#[test]
fn elements_of_other_documents_are_refused() {
    for (element, value) in [
        ("Resource", json!("*")),
        ("NotPrincipal", json!({"AWS": "x"})),
        ("NotResource", json!("*")),
    ] {
        let mut document = document(json!({"Service": "lambda.amazonaws.com"}));
        document["Statement"][0][element] = value;
        let refusal = TrustPolicy::parse("SomeRole", &document)
            .unwrap_err()
            .to_string();
        assert_eq!(
            refusal,
            format!(
                "trust policy of SomeRole: statement Trust: the element {element} is not known here"
            )
        );
    }
    let mut document = document(json!({"Service": "lambda.amazonaws.com"}));
    document["Statement"][0]
        .as_object_mut()
        .unwrap()
        .remove("Principal");
    assert!(
        TrustPolicy::parse("SomeRole", &document)
            .unwrap_err()
            .to_string()
            .ends_with("Principal is missing")
    );
}
