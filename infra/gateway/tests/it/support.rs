//! A gateway on a port, an issuer of tokens, and clients.

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway::{Config, Credentials, Gateway, JwksFuture, JwksSource};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

pub(crate) const ISSUER: &str = "https://issuer.example.com";
pub(crate) const ACME: &str = "0198c5f0-0000-7000-8000-00000000000a";
pub(crate) const GLOBEX: &str = "0198c5f0-0000-7000-8000-00000000000b";
pub(crate) const TENANT_ROLE: &str = "arn:aws:iam::000000000000:role/TenantRole";

/// Signs tokens and publishes its keys.
pub(crate) struct Issuer {
    keys: Mutex<Vec<(String, Arc<EcdsaKeyPair>)>>,
    published: Mutex<usize>,
    pub(crate) fetches: AtomicU32,
    pub(crate) down: AtomicBool,
}

impl Issuer {
    fn new() -> Arc<Self> {
        let issuer = Self {
            keys: Mutex::default(),
            published: Mutex::new(0),
            fetches: AtomicU32::new(0),
            down: AtomicBool::new(false),
        };
        issuer.add_key("first");
        issuer.publish_all();
        Arc::new(issuer)
    }

    /// Adds a key, which is not published yet.
    pub(crate) fn add_key(&self, kid: &str) {
        let random = SystemRandom::new();
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
                .unwrap();
        self.keys
            .lock()
            .unwrap()
            .push((kid.to_owned(), Arc::new(pair)));
    }

    pub(crate) fn publish_all(&self) {
        *self.published.lock().unwrap() = self.keys.lock().unwrap().len();
    }

    /// Signs any claims with a key, under any header.
    pub(crate) fn sign_with(&self, kid: &str, header: &Value, claims: &str) -> String {
        let keys = self.keys.lock().unwrap();
        let (_, pair) = keys.iter().find(|(known, _)| known == kid).unwrap();
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encode(&header.to_string()), encode(claims));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": "first"});
        self.sign_with("first", &header, &claims.to_string())
    }
}

impl JwksSource for Issuer {
    fn fetch(&self) -> JwksFuture<'_> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let keys = self.keys.lock().unwrap();
        let published = *self.published.lock().unwrap();
        let keys: Vec<Value> = keys
            .iter()
            .take(published)
            .map(|(kid, pair)| {
                let point = pair.public_key().as_ref();
                let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y})
            })
            .collect();
        let down = self.down.load(Ordering::SeqCst);
        Box::pin(async move {
            if down {
                Err("connection refused".to_owned())
            } else {
                Ok(json!({"keys": keys}).to_string())
            }
        })
    }
}

/// The claims of a proper tenant token.
pub(crate) fn tenant_claims(tenant: &str, access: &str) -> Value {
    let now = now();
    json!({
        "iss": ISSUER,
        "aud": "sts.amazonaws.com",
        "sub": format!("tenant:{tenant}"),
        "iat": now,
        "exp": now + 60,
        "https://aws.amazon.com/tags": {"principal_tags": {"TenantId": [tenant], "Access": [access]}},
        "https://aws.amazon.com/roles": [TENANT_ROLE],
    })
}

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A running gateway.
pub(crate) struct Cloud {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) url: String,
    pub(crate) issuer: Arc<Issuer>,
    http: reqwest::Client,
}

pub(crate) fn resolved(template: &str) -> template::Resolved {
    let template = template::Template::parse(template).unwrap();
    template
        .resolve(&BTreeMap::new(), &template::Environment::default())
        .unwrap()
}

pub(crate) fn config(template: &str, issuer: Arc<Issuer>) -> Config {
    let secrets = [
        ("AccessKeySecret", "the access key"),
        ("OtherSecret", "another"),
    ];
    Config {
        data_dir: None,
        resolved: resolved(template),
        secrets: secrets
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        issuer_url: ISSUER.to_owned(),
        jwks: issuer,
    }
}

pub(crate) const TEMPLATE: &str = include_str!("template.yaml");

/// A configuration of the test template, with an issuer of its own.
pub(crate) fn standalone_config(template: &str) -> Config {
    config(template, Issuer::new())
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        let issuer = Issuer::new();
        let gateway = Gateway::new(config(TEMPLATE, issuer.clone())).unwrap();
        Self::serve(gateway, issuer).await
    }

    /// Serves a gateway made elsewhere, whose issuer is not needed.
    pub(crate) async fn around(gateway: Arc<Gateway>) -> Self {
        Self::serve(gateway, Issuer::new()).await
    }

    async fn serve(gateway: Arc<Gateway>, issuer: Arc<Issuer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = gateway.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            gateway,
            url,
            issuer,
            http: reqwest::Client::new(),
        }
    }

    pub(crate) fn sts(&self, credentials: Option<&Credentials>) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.sdk_config(credentials))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test is the client that the gateway must withstand"
    )]
    pub(crate) fn dynamodb(&self, credentials: &Credentials) -> Dynamo {
        aws_sdk_dynamodb::Client::new(&self.sdk_config(Some(credentials)))
    }

    pub(crate) fn sdk_config(&self, credentials: Option<&Credentials>) -> aws_config::SdkConfig {
        let mut builder = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        if let Some(credentials) = credentials {
            let provider = aws_credential_types::provider::SharedCredentialsProvider::new(
                sdk_credentials(credentials),
            );
            builder = builder.credentials_provider(provider);
        }
        builder.build()
    }

    /// Trades a tenant token for credentials.
    pub(crate) async fn tenant_credentials(&self, tenant: &str, access: &str) -> Credentials {
        let token = self.issuer.sign(&tenant_claims(tenant, access));
        let reply = self
            .sts(None)
            .assume_role_with_web_identity()
            .role_arn(TENANT_ROLE)
            .role_session_name("test-session")
            .web_identity_token(token)
            .send()
            .await
            .unwrap();
        let given = reply.credentials().unwrap();
        Credentials {
            access_key_id: given.access_key_id().to_owned(),
            secret_access_key: given.secret_access_key().to_owned(),
            session_token: given.session_token().to_owned(),
            expiration: None,
        }
    }

    /// A client of one tenant.
    pub(crate) async fn tenant(&self, tenant: &str, access: &str) -> Dynamo {
        self.dynamodb(&self.tenant_credentials(tenant, access).await)
    }

    pub(crate) fn role(&self, role: &str) -> Credentials {
        self.gateway
            .role_credentials(role, "some-function")
            .unwrap()
    }

    /// Makes a signed DynamoDB request with any body.
    pub(crate) async fn raw(&self, credentials: &Credentials, operation: &str, body: &str) -> Raw {
        let headers =
            self.signed_headers(credentials, "dynamodb", operation, body, SystemTime::now());
        self.send(&headers, body).await
    }

    pub(crate) fn signed_headers(
        &self,
        credentials: &Credentials,
        service: &str,
        operation: &str,
        body: &str,
        time: SystemTime,
    ) -> Vec<(String, String)> {
        self.signed_headers_and(credentials, service, operation, body, time, &[])
    }

    /// As `signed_headers`, with further headers under the signature.
    pub(crate) fn signed_headers_and(
        &self,
        credentials: &Credentials,
        service: &str,
        operation: &str,
        body: &str,
        time: SystemTime,
        further: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
        let identity = sdk_credentials(credentials).into();
        let parameters = aws_sigv4::sign::v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(service)
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let mut headers = vec![
            (
                "content-type".to_owned(),
                "application/x-amz-json-1.0".to_owned(),
            ),
            (
                "x-amz-target".to_owned(),
                format!("DynamoDB_20120810.{operation}"),
            ),
        ];
        headers.extend(
            further
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let given = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new(
            "POST",
            format!("{}/", self.url),
            given,
            SignableBody::Bytes(body.as_bytes()),
        )
        .unwrap();
        let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
        let added: Vec<(String, String)> = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        headers.extend(added);
        headers
    }

    pub(crate) async fn send(&self, headers: &[(String, String)], body: &str) -> Raw {
        let mut request = self
            .http
            .post(format!("{}/", self.url))
            .body(body.to_owned());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        let text = reply.text().await.unwrap();
        Raw {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }

    /// The decision recorded last.
    pub(crate) fn last(&self) -> gateway::DecisionRecord {
        self.gateway.decisions().pop().unwrap()
    }
}

pub(crate) type Dynamo = aws_sdk_dynamodb::Client;

/// A reply outside the SDK.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Raw {
    /// The error's name without its namespace; empty if it is a success.
    pub(crate) fn error(&self) -> &str {
        self.body["__type"]
            .as_str()
            .unwrap_or_default()
            .rsplit('#')
            .next()
            .unwrap()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"]
            .as_str()
            .or_else(|| self.body["Message"].as_str())
            .unwrap_or_default()
    }
}

fn sdk_credentials(credentials: &Credentials) -> SdkCredentials {
    SdkCredentials::new(
        &credentials.access_key_id,
        &credentials.secret_access_key,
        Some(credentials.session_token.clone()),
        None,
        "test",
    )
}

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// An item's key in a tenant's collection.
pub(crate) fn key(tenant: &str, part: &str, sk: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), s(partition(tenant, part))),
        ("sk".to_owned(), s(sk)),
    ])
}

pub(crate) fn partition(tenant: &str, part: &str) -> String {
    if part.is_empty() {
        format!("TENANT#{tenant}")
    } else {
        format!("TENANT#{tenant}#{part}")
    }
}

/// An item with one further attribute.
pub(crate) fn item(
    tenant: &str,
    part: &str,
    sk: &str,
    name: &str,
) -> HashMap<String, AttributeValue> {
    let mut item = key(tenant, part, sk);
    item.insert("name".to_owned(), s(name));
    item
}

/// The code of an SDK error.
pub(crate) fn code<T: std::fmt::Debug, E, R>(
    result: Result<T, aws_sdk_dynamodb::error::SdkError<E, R>>,
) -> String
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    let error = result.expect_err("the call should be refused");
    error
        .as_service_error()
        .unwrap_or_else(|| panic!("{error:?}"))
        .code()
        .unwrap_or_default()
        .to_owned()
}

pub(crate) const DENIED: &str = "AccessDeniedException";
