//! Physical names and ARNs. Locally a resource bears its logical id as its name, a vector bucket in small letters.

use crate::error::TemplateError;
use crate::intrinsics;
use crate::place::Place;
use crate::scope::Scope;
use serde_json::Value;

/// When the local streams began; the label of a stream is a time.
const STREAM_LABEL: &str = "1970-01-01T00:00:00.000";

/// The value of `Ref` for a resource: its name, URL or ARN, as its type has it.
pub(crate) fn reference(
    scope: &Scope<'_>,
    id: &str,
    resource: &Value,
    place: &Place<'_>,
) -> Result<String, TemplateError> {
    let environment = scope.environment;
    let arn = |service: &str, resource: &str| environment.arn(service, resource);
    Ok(match kind(resource) {
        "AWS::DynamoDB::Table"
        | "AWS::IAM::Role"
        | "AWS::Lambda::Function"
        | "AWS::Serverless::Function"
        | "AWS::Logs::LogGroup"
        | "AWS::S3::Bucket"
        | "AWS::CloudWatch::Alarm"
        | "AWS::CloudWatch::Dashboard"
        | "AWS::Events::Rule"
        | "AWS::Scheduler::Schedule"
        | "AWS::SES::ConfigurationSet" => id.to_owned(),
        "AWS::Serverless::HttpApi" | "AWS::ApiGatewayV2::Api" => api_id(id),
        "AWS::SecretsManager::Secret" => arn("secretsmanager", &format!("secret:{id}")),
        "AWS::SNS::Topic" => arn("sns", id),
        "AWS::SQS::Queue" => environment.queue_url(id),
        "AWS::IAM::OIDCProvider" => provider_arn(scope, id, resource)?,
        "AWS::S3Vectors::VectorBucket" => vector_bucket_arn(scope, id, resource)?,
        other => {
            return Err(TemplateError::at(
                place,
                format_args!("Ref of {id} ({other}) is not known here"),
            ));
        }
    })
}

/// The value of `Fn::GetAtt`.
pub(crate) fn attribute(
    scope: &Scope<'_>,
    id: &str,
    resource: &Value,
    attribute: &str,
    place: &Place<'_>,
) -> Result<String, TemplateError> {
    let environment = scope.environment;
    let arn = |service: &str, resource: &str| environment.arn(service, resource);
    Ok(match (kind(resource), attribute) {
        ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", &format!("table/{id}")),
        ("AWS::DynamoDB::Table", "StreamArn") if has_stream(resource) => {
            arn("dynamodb", &format!("table/{id}/stream/{STREAM_LABEL}"))
        }
        ("AWS::IAM::Role", "Arn") => environment.iam_arn(&format!("role/{id}")),
        ("AWS::IAM::OIDCProvider", "Arn") => provider_arn(scope, id, resource)?,
        ("AWS::Lambda::Function" | "AWS::Serverless::Function", "Arn") => {
            arn("lambda", &format!("function:{id}"))
        }
        ("AWS::SecretsManager::Secret", "Id") => arn("secretsmanager", &format!("secret:{id}")),
        // CloudFormation's ARN of a log group covers its streams.
        ("AWS::Logs::LogGroup", "Arn") => arn("logs", &format!("log-group:{id}:*")),
        ("AWS::Serverless::HttpApi" | "AWS::ApiGatewayV2::Api", "ApiId") => api_id(id),
        ("AWS::Serverless::HttpApi" | "AWS::ApiGatewayV2::Api", "ApiEndpoint") => format!(
            "https://{}.execute-api.{}.amazonaws.com",
            api_id(id),
            environment.region
        ),
        ("AWS::SQS::Queue", "Arn") => arn("sqs", id),
        ("AWS::SQS::Queue", "QueueName") => id.to_owned(),
        ("AWS::SQS::Queue", "QueueUrl") => reference(scope, id, resource, place)?,
        ("AWS::SNS::Topic", "TopicArn") => arn("sns", id),
        ("AWS::SNS::Topic", "TopicName") => id.to_owned(),
        ("AWS::S3::Bucket", "Arn") => format!("arn:{}:s3:::{id}", environment.partition),
        ("AWS::S3Vectors::VectorBucket", "VectorBucketArn") => {
            vector_bucket_arn(scope, id, resource)?
        }
        ("AWS::CloudWatch::Alarm", "Arn") => arn("cloudwatch", &format!("alarm:{id}")),
        ("AWS::Events::Rule", "Arn") => arn("events", &format!("rule/{id}")),
        (other, _) => {
            return Err(TemplateError::at(
                place,
                format_args!("{id} ({other}) has no attribute {attribute} here"),
            ));
        }
    })
}

fn kind(resource: &Value) -> &str {
    resource
        .get("Type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Host names ignore case, and so does an API's id as part of one.
fn api_id(id: &str) -> String {
    id.to_ascii_lowercase()
}

fn has_stream(table: &Value) -> bool {
    table.pointer("/Properties/StreamSpecification").is_some()
}

/// The ARN of an identity provider is made of its URL, which may refer to other resources.
fn provider_arn(scope: &Scope<'_>, id: &str, resource: &Value) -> Result<String, TemplateError> {
    let place = Place::start("resource", id);
    let place = place.key("Properties");
    let place = place.key("Url");
    let url = naming_property(scope, id, resource, "Url", &place)?;
    let url = url.ok_or_else(|| TemplateError::at(&place, "is missing"))?;
    match url.strip_prefix("https://") {
        Some(host) if !host.is_empty() => {
            Ok(scope.environment.iam_arn(&format!("oidc-provider/{host}")))
        }
        _ => Err(TemplateError::at(
            &place,
            format_args!("{url:?} is not an https URL"),
        )),
    }
}

/// CloudFormation refers to a vector bucket by its ARN.
fn vector_bucket_arn(
    scope: &Scope<'_>,
    id: &str,
    resource: &Value,
) -> Result<String, TemplateError> {
    let place = Place::start("resource", id);
    let place = place.key("Properties");
    let place = place.key("VectorBucketName");
    let given = naming_property(scope, id, resource, "VectorBucketName", &place)?;
    let name = vector_bucket_name(id, given.as_deref());
    let name = name.map_err(|detail| TemplateError::at(&place, detail))?;
    Ok(scope
        .environment
        .arn("s3vectors", &format!("bucket/{name}")))
}

/// The name of a vector bucket: the one that it is given, or its logical id in small letters.
/// [Names](https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-buckets-naming.html) have nothing else in them.
pub fn vector_bucket_name(logical_id: &str, given: Option<&str>) -> Result<String, String> {
    let name = given.map_or_else(|| logical_id.to_ascii_lowercase(), str::to_owned);
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = (3..=63).contains(&name.len())
        && name.bytes().all(|byte| is_plain(byte) || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    match fits {
        true => Ok(name),
        false => Err(format!(
            "{name:?} is no name of a vector bucket: 3 to 63 lower-case letters, digits and hyphens inside"
        )),
    }
}

/// A property that names its resource, if it has it. It may refer to other resources, though not back to this one.
fn naming_property(
    scope: &Scope<'_>,
    id: &str,
    resource: &Value,
    property: &str,
    place: &Place<'_>,
) -> Result<Option<String>, TemplateError> {
    let properties = resource.get("Properties");
    let Some(value) = properties.and_then(|properties| properties.get(property)) else {
        return Ok(None);
    };
    if scope.being_named.borrow().iter().any(|open| open == id) {
        return Err(TemplateError::at(place, "depends on itself"));
    }
    scope.being_named.borrow_mut().push(id.to_owned());
    let text = intrinsics::text(scope, value, place);
    scope.being_named.borrow_mut().pop();
    text.map(Some)
}
