//! Files and exports: uploads, downloads, and S3 itself.

use crate::client::{Answer, Request};
use crate::cloud::TestCloud;
use crate::tenant::{Person, TestTenant};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use reqwest::Method;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::time::SystemTime;

/// A SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What is said of bytes that are to be uploaded.
pub fn described(content_type: &str, bytes: &[u8]) -> Value {
    json!({"size_bytes": bytes.len(), "content_type": content_type, "sha256": sha256(bytes)})
}

impl TestCloud {
    /// A request to any address, such as one that was signed.
    pub fn at(&self, method: Method, url: &str) -> Request<'_> {
        let builder = self.http().request(method.clone(), url);
        Request::new(
            self,
            format!("{method} {}", url.split('?').next().unwrap_or(url)),
            builder,
        )
    }

    /// Sends bytes as an answer to `upload-url` says.
    pub async fn send(&self, upload: &Value, bytes: &[u8]) -> Answer {
        let url = upload["url"].as_str().expect("a url");
        let mut request = self.at(Method::PUT, url);
        for (name, value) in upload["headers"].as_object().expect("headers") {
            // The client works it out from the body, if there is one.
            if name != "content-length" || bytes.is_empty() {
                request = request.header(name, value.as_str().expect("a header"));
            }
        }
        request.bytes(bytes).await
    }

    /// Asks S3 for an object of the bucket (or with an empty key for the bucket itself), with these credentials.
    pub async fn s3(
        &self,
        credentials: &gateway::Credentials,
        method: Method,
        key: &str,
        query: &str,
        body: &[u8],
    ) -> Answer {
        self.s3_in("FilesBucket", credentials, method, key, query, body)
            .await
    }

    /// The same of another bucket.
    pub async fn s3_in(
        &self,
        bucket: &str,
        credentials: &gateway::Credentials,
        method: Method,
        key: &str,
        query: &str,
        body: &[u8],
    ) -> Answer {
        let url = format!("{}/s3/{bucket}/{key}{query}", self.aws_url());
        let identity = Credentials::new(
            &credentials.access_key_id,
            &credentials.secret_access_key,
            Some(credentials.session_token.clone()),
            None,
            "test",
        )
        .into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("s3")
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .expect("complete parameters")
            .into();
        let request = SignableRequest::new(
            method.as_str(),
            &url,
            std::iter::empty(),
            SignableBody::Bytes(body),
        );
        let (instructions, _) = sign(request.expect("a request"), &parameters)
            .expect("a signature")
            .into_parts();
        let mut request = self.at(method, &url);
        for (name, value) in instructions.headers() {
            request = request.header(name, value);
        }
        request.bytes(body).await
    }
}

impl TestTenant {
    /// The id of a new file without bytes.
    pub async fn file(&self, by: &Person, name: &str) -> String {
        let record = self.create_record(by, "files", json!({"name": name})).await;
        record["id"].as_str().expect("an id").to_owned()
    }

    /// Where the bytes of a file can be sent.
    pub async fn upload_url(&self, by: &Person, file: &str, description: &Value) -> Answer {
        let path = format!("{}/upload-url", self.record("files", file));
        self.cloud().post(path).as_(by).json(description).await
    }

    /// Where they can be had.
    pub async fn download_url(&self, by: &Person, file: &str) -> Answer {
        let path = format!("{}/download-url", self.record("files", file));
        self.cloud().get(path).as_(by).await
    }

    /// Uploads bytes to a file, and waits until they are its own.
    pub async fn upload(&self, by: &Person, file: &str, content_type: &str, bytes: &[u8]) {
        let upload = self
            .upload_url(by, file, &described(content_type, bytes))
            .await
            .assert_status(200);
        self.cloud()
            .send(&upload.json, bytes)
            .await
            .assert_status(200);
        self.cloud().settled().await;
    }

    /// The id of a new export of a collection in the first project.
    pub async fn export_of(&self, by: &Person, collection: &str) -> String {
        let body = json!({"project_id": self.project_id, "collection": collection});
        let asked = self.cloud().post("/v1/exports").as_(by).json(body).await;
        asked.assert_status(201).id()
    }

    /// What the keys of a file's objects begin with.
    pub fn object_prefix(&self, file: &str) -> String {
        let project = self.project_id.trim_start_matches("prj_");
        format!(
            "{}/{project}/{}/",
            self.uuid(),
            file.trim_start_matches("rec_")
        )
    }

    /// The keys of the objects that a file has.
    pub fn objects(&self, file: &str) -> Vec<String> {
        let mut keys = self.cloud().gateway().objects("FilesBucket");
        keys.retain(|key| key.starts_with(&self.object_prefix(file)));
        keys
    }
}
