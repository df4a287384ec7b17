//! Calls to the cloud's AWS endpoint, signed as any SDK signs them.

use crate::client::Answer;
use crate::cloud::TestCloud;
use crate::tenant::{Person, TestTenant};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use permissions::Access;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::time::SystemTime;

/// An answer of the AWS endpoint.
#[derive(Debug, Clone)]
pub struct AwsAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub json: Value,
}

impl AwsAnswer {
    /// Whether IAM refused the call.
    pub fn is_refused(&self) -> bool {
        self.status == 400
            && self.json["__type"]
                .as_str()
                .is_some_and(|kind| kind.ends_with("AccessDeniedException"))
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json
    }
}

impl TestCloud {
    /// Calls an operation of DynamoDB: `GetItem`.
    pub async fn dynamodb(
        &self,
        credentials: &gateway::Credentials,
        operation: &str,
        body: Value,
    ) -> AwsAnswer {
        self.aws(
            credentials,
            "dynamodb",
            &format!("DynamoDB_20120810.{operation}"),
            body,
        )
        .await
    }

    /// The text of a secret, read with a function's own role.
    pub async fn secret(&self, role: &str, secret: &str) -> String {
        let credentials = self
            .gateway()
            .role_credentials(role, "test")
            .unwrap_or_else(|error| panic!("{role}: {error}"));
        let body = json!({"SecretId": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{secret}")});
        let answer = self
            .aws(
                &credentials,
                "secretsmanager",
                "secretsmanager.GetSecretValue",
                body,
            )
            .await;
        answer.ok()["SecretString"]
            .as_str()
            .expect("a text")
            .to_owned()
    }

    /// Sets an attribute of an item of a person, with the role of a function that may: to let time pass.
    pub async fn set_of_person(
        &self,
        role: &str,
        person: &Person,
        sort_key: &str,
        attribute: &str,
        value: Value,
    ) {
        let credentials = self
            .gateway()
            .role_credentials(role, "test")
            .unwrap_or_else(|error| panic!("{role}: {error}"));
        let user = person.user_id.strip_prefix("usr_").expect("a user id");
        let body = json!({
            "TableName": "DirectoryTable", "Key": {"pk": {"S": format!("USER#{user}")}, "sk": {"S": sort_key}},
            "UpdateExpression": "SET #a = :v", "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#a": attribute}, "ExpressionAttributeValues": {":v": value},
        });
        self.dynamodb(&credentials, "UpdateItem", body).await.ok();
    }

    /// Calls an operation of S3 Vectors: `QueryVectors`.
    pub async fn s3vectors(
        &self,
        credentials: &gateway::Credentials,
        operation: &str,
        body: Value,
    ) -> AwsAnswer {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        self.signed(credentials, "s3vectors", operation, headers, body)
            .await
    }

    /// Calls an operation of a service that speaks AWS's JSON protocol.
    pub async fn aws(
        &self,
        credentials: &gateway::Credentials,
        service: &str,
        target: &str,
        body: Value,
    ) -> AwsAnswer {
        let headers = vec![
            (
                "content-type".to_owned(),
                "application/x-amz-json-1.0".to_owned(),
            ),
            ("x-amz-target".to_owned(), target.to_owned()),
        ];
        self.signed(credentials, service, "", headers, body).await
    }

    async fn signed(
        &self,
        credentials: &gateway::Credentials,
        service: &str,
        path: &str,
        mut headers: Vec<(String, String)>,
        body: Value,
    ) -> AwsAnswer {
        let body = body.to_string();
        let url = format!("{}/{path}", self.aws_url());
        let identity = Credentials::new(
            &credentials.access_key_id,
            &credentials.secret_access_key,
            Some(credentials.session_token.clone()),
            None,
            "test",
        )
        .into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("complete parameters")
            .into();
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let request =
            SignableRequest::new("POST", &url, pairs, SignableBody::Bytes(body.as_bytes()))
                .expect("a request");
        let (instructions, _) = sign(request, &parameters)
            .expect("a signature")
            .into_parts();
        headers.extend(
            instructions
                .headers()
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let mut builder = self.http().post(&url).body(body);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let answer = crate::client::Request::new(self, format!("{service} {path}"), builder).await;
        AwsAnswer {
            status: answer.status,
            json: answer.json,
        }
    }
}

impl TestTenant {
    /// Credentials of this tenant's data, as a function gets them.
    pub fn credentials(&self, access: Access) -> gateway::Credentials {
        let credentials = self
            .cloud()
            .gateway()
            .tenant_credentials(self.uuid(), access.as_str());
        credentials.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Key of an item in the core partition.
    pub fn core_key(&self, sort_key: &str) -> Value {
        json!({"pk": {"S": format!("TENANT#{}", self.uuid())}, "sk": {"S": sort_key}})
    }

    /// Sets an attribute of an item in the core partition, past the API: for states that no endpoint brings about yet.
    pub async fn set(&self, sort_key: &str, attribute: &str, value: Value) {
        let body = json!({
            "TableName": "TenantTable", "Key": self.core_key(sort_key),
            "UpdateExpression": "SET #a = :v", "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#a": attribute}, "ExpressionAttributeValues": {":v": value},
        });
        self.cloud()
            .dynamodb(&self.credentials(Access::Admin), "UpdateItem", body)
            .await
            .ok();
    }

    /// Lets the time of an item come, in one of the tenant's partitions (`part` is what stands behind the tenant in its key): DynamoDB
    /// removes it, and what follows from that has followed.
    pub async fn expire(&self, part: &str, sort_key: &str) {
        let pk = format!("TENANT#{}{part}", self.uuid());
        let body = json!({
            "TableName": "TenantTable", "Key": {"pk": {"S": pk}, "sk": {"S": sort_key}},
            "UpdateExpression": "SET #a = :v", "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#a": "ttl"}, "ExpressionAttributeValues": {":v": {"N": "1"}},
        });
        let cloud = self.cloud();
        let credentials = self.credentials(Access::Admin);
        cloud.dynamodb(&credentials, "UpdateItem", body).await.ok();
        // The cloud's own sweep may have been quicker.
        cloud.gateway().sweep_expired().expect("a sweep");
        cloud.settled().await;
    }

    /// Sets the tenant's status, such as `suspended`.
    pub async fn set_status(&self, status: &str) {
        self.set("TENANT", "status", json!({"S": status})).await;
    }

    /// Ends somebody's membership.
    pub async fn remove(&self, person: &Person) {
        self.set_member(person, "status", json!({"S": "removed"}))
            .await;
    }

    /// Sets an attribute of a member.
    pub async fn set_member(&self, person: &Person, attribute: &str, value: Value) {
        let user = person.user_id.strip_prefix("usr_").expect("a user id");
        self.set(&format!("MEMBER#{user}"), attribute, value).await;
    }
}

impl Answer {
    /// The answer in the result of a direct invocation.
    pub(crate) fn of_invocation(name: String, result: &Value) -> Answer {
        let status = result["statusCode"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok());
        let status = status.unwrap_or_else(|| panic!("{name}: no status in {result}"));
        let mut headers = HeaderMap::new();
        for (name, value) in result["headers"].as_object().into_iter().flatten() {
            let name: reqwest::header::HeaderName = name.parse().expect("a header name");
            headers.insert(
                name,
                value
                    .as_str()
                    .unwrap_or_default()
                    .parse()
                    .expect("a header value"),
            );
        }
        let body = result["body"]
            .as_str()
            .unwrap_or_default()
            .as_bytes()
            .to_vec();
        Answer::new(name, status, headers, body)
    }
}
