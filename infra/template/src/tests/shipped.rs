//! The template that is deployed.

use crate::{Environment, Resolved, Template};
use serde_json::json;
use std::collections::BTreeMap;

fn shipped() -> Resolved {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    Template::read(path)
        .unwrap()
        .resolve(&BTreeMap::new(), &Environment::default())
        .unwrap()
}

#[test]
fn its_names_are_the_logical_ids() {
    let resolved = shipped();
    let authorizer = &resolved.resources["Authorizer"];
    let variables = &authorizer.properties["Environment"]["Variables"];
    assert_eq!(variables["TENANT_TABLE"], "TenantTable");
    assert_eq!(
        variables["TENANT_ROLE_ARN"],
        "arn:aws:iam::000000000000:role/TenantRole"
    );
    assert_eq!(
        variables["ISSUER_URL"],
        "https://issuerapi.execute-api.us-east-1.amazonaws.com"
    );
    assert_eq!(
        variables["ISSUER_KEY_SECRET"],
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:IssuerKeySecret"
    );
    // From Globals, beside the function's own.
    assert_eq!(variables["STAGE"], "dev");
    assert_eq!(authorizer.properties["Runtime"], "provided.al2023");
    assert_eq!(authorizer.metadata, json!({"SkipBuild": true}));
}

#[test]
fn its_trust_policies_are_objects() {
    let resolved = shipped();
    let trust = &resolved.resources["TenantRole"].properties["AssumeRolePolicyDocument"];
    let provider =
        "arn:aws:iam::000000000000:oidc-provider/issuerapi.execute-api.us-east-1.amazonaws.com";
    assert_eq!(trust["Statement"][0]["Principal"]["Federated"], provider);
    let condition = &trust["Statement"][0]["Condition"];
    assert_eq!(
        condition["StringEquals"]["issuerapi.execute-api.us-east-1.amazonaws.com:aud"],
        "sts.amazonaws.com"
    );
}
