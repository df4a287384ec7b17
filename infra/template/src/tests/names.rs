//! Physical names and ARNs by type.

use super::resolve;
use crate::{Environment, Template};
use std::collections::BTreeMap;

fn reference(kind: &str, function: &str) -> Result<String, String> {
    let text = format!(
        "Resources:\n  Thing: {{ Type: '{kind}', Properties: {{ Url: !Sub 'https://${{Api}}.example/x', StreamSpecification: {{}} }} }}\n  Api: {{ Type: AWS::Serverless::HttpApi }}\nOutputs:\n  O: {{ Value: {function} }}"
    );
    resolve(&text).map(|resolved| resolved.outputs["O"].clone())
}

#[test]
fn references() {
    for (kind, expected) in [
        ("AWS::DynamoDB::Table", "Thing"),
        ("AWS::IAM::Role", "Thing"),
        ("AWS::Serverless::Function", "Thing"),
        ("AWS::Lambda::Function", "Thing"),
        ("AWS::Logs::LogGroup", "Thing"),
        ("AWS::S3::Bucket", "Thing"),
        ("AWS::Serverless::HttpApi", "thing"),
        (
            "AWS::SecretsManager::Secret",
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:Thing",
        ),
        (
            "AWS::SNS::Topic",
            "arn:aws:sns:us-east-1:000000000000:Thing",
        ),
        (
            "AWS::SQS::Queue",
            "https://sqs.us-east-1.amazonaws.com/000000000000/Thing",
        ),
        ("AWS::SES::ConfigurationSet", "Thing"),
        (
            "AWS::S3Vectors::VectorBucket",
            "arn:aws:s3vectors:us-east-1:000000000000:bucket/thing",
        ),
        (
            "AWS::IAM::OIDCProvider",
            "arn:aws:iam::000000000000:oidc-provider/api.example/x",
        ),
    ] {
        assert_eq!(reference(kind, "!Ref Thing").unwrap(), expected, "{kind}");
    }
    assert_eq!(
        reference("AWS::Some::Thing", "!Ref Thing").unwrap_err(),
        "output O, Value.Ref: Ref of Thing (AWS::Some::Thing) is not known here"
    );
}

#[test]
fn attributes() {
    for (kind, attribute, expected) in [
        (
            "AWS::DynamoDB::Table",
            "Arn",
            "arn:aws:dynamodb:us-east-1:000000000000:table/Thing",
        ),
        (
            "AWS::DynamoDB::Table",
            "StreamArn",
            "arn:aws:dynamodb:us-east-1:000000000000:table/Thing/stream/1970-01-01T00:00:00.000",
        ),
        (
            "AWS::IAM::Role",
            "Arn",
            "arn:aws:iam::000000000000:role/Thing",
        ),
        (
            "AWS::IAM::OIDCProvider",
            "Arn",
            "arn:aws:iam::000000000000:oidc-provider/api.example/x",
        ),
        (
            "AWS::Serverless::Function",
            "Arn",
            "arn:aws:lambda:us-east-1:000000000000:function:Thing",
        ),
        (
            "AWS::SecretsManager::Secret",
            "Id",
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:Thing",
        ),
        (
            "AWS::Logs::LogGroup",
            "Arn",
            "arn:aws:logs:us-east-1:000000000000:log-group:Thing:*",
        ),
        (
            "AWS::Serverless::HttpApi",
            "ApiEndpoint",
            "https://thing.execute-api.us-east-1.amazonaws.com",
        ),
        ("AWS::Serverless::HttpApi", "ApiId", "thing"),
        (
            "AWS::SQS::Queue",
            "Arn",
            "arn:aws:sqs:us-east-1:000000000000:Thing",
        ),
        ("AWS::SQS::Queue", "QueueName", "Thing"),
        (
            "AWS::SQS::Queue",
            "QueueUrl",
            "https://sqs.us-east-1.amazonaws.com/000000000000/Thing",
        ),
        (
            "AWS::SNS::Topic",
            "TopicArn",
            "arn:aws:sns:us-east-1:000000000000:Thing",
        ),
        ("AWS::SNS::Topic", "TopicName", "Thing"),
        ("AWS::S3::Bucket", "Arn", "arn:aws:s3:::Thing"),
        (
            "AWS::S3Vectors::VectorBucket",
            "VectorBucketArn",
            "arn:aws:s3vectors:us-east-1:000000000000:bucket/thing",
        ),
        (
            "AWS::CloudWatch::Alarm",
            "Arn",
            "arn:aws:cloudwatch:us-east-1:000000000000:alarm:Thing",
        ),
        (
            "AWS::Events::Rule",
            "Arn",
            "arn:aws:events:us-east-1:000000000000:rule/Thing",
        ),
    ] {
        assert_eq!(
            reference(kind, &format!("!GetAtt Thing.{attribute}")).unwrap(),
            expected,
            "{kind}"
        );
    }
    // CloudFormation has no such attribute: the template could not be deployed.
    assert_eq!(
        reference("AWS::SecretsManager::Secret", "!GetAtt Thing.Arn").unwrap_err(),
        "output O, Value.Fn::GetAtt: Thing (AWS::SecretsManager::Secret) has no attribute Arn here"
    );
}

#[test]
fn a_provider_needs_a_url_that_leads_elsewhere() {
    let provider = |url: &str| {
        resolve(&format!(
            "Resources: {{ P: {{ Type: AWS::IAM::OIDCProvider, Properties: {{ {url} }} }} }}\nOutputs: {{ O: {{ Value: !Ref P }} }}"
        ))
    };
    assert_eq!(
        provider("").unwrap_err(),
        "resource P, Properties.Url: is missing"
    );
    assert_eq!(
        provider("Url: 'http://x'").unwrap_err(),
        r#"resource P, Properties.Url: "http://x" is not an https URL"#
    );
    assert_eq!(
        provider("Url: !Sub 'https://${P}'").unwrap_err(),
        "resource P, Properties.Url: depends on itself"
    );
}

#[test]
fn a_vector_bucket_has_the_name_it_is_given() {
    let bucket = |id: &str, name: &str| {
        let text = format!(
            "Resources: {{ {id}: {{ Type: AWS::S3Vectors::VectorBucket, Properties: {{ {name} }} }} }}\nOutputs: {{ O: {{ Value: !Ref {id} }} }}"
        );
        resolve(&text).map(|resolved| resolved.outputs["O"].clone())
    };
    let arn = |name: &str| format!("arn:aws:s3vectors:us-east-1:000000000000:bucket/{name}");
    let given = "VectorBucketName: !Sub '${AWS::StackName}-vectors'";
    assert_eq!(bucket("Bucket", given).unwrap(), arn("tenantry-vectors"));
    assert_eq!(bucket("RecordVectors", "").unwrap(), arn("recordvectors"));
    let long = "a".repeat(64);
    for (id, name, wrong) in [
        ("Bucket", "VectorBucketName: Vectors", "Vectors"),
        ("Bucket", "VectorBucketName: a.vectors", "a.vectors"),
        ("Bucket", "VectorBucketName: -vectors", "-vectors"),
        ("Bucket", "VectorBucketName: vectors-", "vectors-"),
        ("My", "", "my"),
        (long.as_str(), "", long.as_str()),
    ] {
        assert_eq!(
            bucket(id, name).unwrap_err(),
            format!(
                "resource {id}, Properties.VectorBucketName: {wrong:?} is no name of a vector bucket: 3 to 63 lower-case letters, digits and hyphens inside"
            )
        );
    }
    assert_eq!(
        bucket("Bucket", "VectorBucketName: !Sub '${Bucket}'").unwrap_err(),
        "resource Bucket, Properties.VectorBucketName: depends on itself"
    );
}

#[test]
fn a_queue_url_may_lead_elsewhere() {
    let text = "Resources:\n  Thing: { Type: AWS::SQS::Queue }\nOutputs:\n  O: { Value: !Ref Thing }\n  P: { Value: !GetAtt Thing.QueueUrl }";
    let environment = Environment {
        queue_endpoint: Some("http://127.0.0.1:4566".to_owned()),
        ..Environment::default()
    };
    let template = Template::parse(text).unwrap();
    let resolved = template.resolve(&BTreeMap::new(), &environment).unwrap();
    for output in ["O", "P"] {
        assert_eq!(
            resolved.outputs[output],
            "http://127.0.0.1:4566/000000000000/Thing"
        );
    }
}
