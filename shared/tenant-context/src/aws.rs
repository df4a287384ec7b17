//! The process's connection to AWS, made once in Lambda's init phase.

use crate::credentials::Trader;
use crate::dynamodb::{ATTEMPT, DynamoDb, Place};
use crate::http::Http;
use crate::table::{Stamp, Table, TableNames};
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use http::HeaderValue;
use std::collections::HashMap;
use std::sync::Arc;
use tokens::VerifyingKeys;
use tokens::context::Claims;
use tokio::sync::Mutex;

/// Why a function can't start. It stops in init, and the log has this sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InitError(pub String);

/// The value of an environment variable that the template must set.
///
/// # Errors
/// When it is missing.
pub fn variable(name: &str) -> Result<String, InitError> {
    std::env::var(name)
        .map_err(|_| InitError(format!("the environment variable {name} is missing")))
}

/// What all clients share, from what Lambda sets for each function. The SDK's own loader would look through files, profiles and
/// metadata services besides, for credentials that a function has in its environment: a millisecond of each start.
fn sdk(route: &str) -> Result<(Http, SdkConfig), InitError> {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").ok();
    let is_plain = endpoint
        .as_deref()
        .is_some_and(|url| url.starts_with("http:"));
    let is_local = std::env::var_os("TENANTRY_LOCAL").is_some();
    let route = HeaderValue::try_from(route).ok().filter(|_| is_local);
    let http = Http::new(is_plain, route)?;
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http.clone())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SharedTimeSource::new(SystemTimeSource::new()))
        .retry_config(RetryConfig::standard())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        )
        // It is there for long downloads; answers here are short, and it would watch each.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    sdk.set_endpoint_url(endpoint);
    // The local cloud names the function by it.
    let name = std::env::var("AWS_SDK_UA_APP_ID").ok();
    sdk.set_app_name(name.and_then(|name| AppName::new(name).ok()));
    Ok((http, sdk.build()))
}

/// Clients, table names and keys of this process.
pub struct Aws {
    sdk: SdkConfig,
    own: DynamoDb,
    names: Arc<TableNames>,
    pub(crate) trader: Trader,
    context_keys: VerifyingKeys,
    http: Http,
    /// Those that were read, by their ids.
    secrets: Mutex<HashMap<String, String>>,
}

impl Aws {
    /// Reads the environment and makes the clients. `route` names this function in the local cloud's figures.
    ///
    /// # Errors
    /// When the environment lacks what the template sets.
    pub async fn connect(route: &str) -> Result<Arc<Self>, InitError> {
        let (http, sdk) = sdk(route)?;
        let names = TableNames {
            tenant: std::env::var("TENANT_TABLE").unwrap_or_default(),
            directory: std::env::var("DIRECTORY_TABLE").unwrap_or_default(),
        };
        let context_keys = VerifyingKeys::from_jwks(&variable("CONTEXT_PUBLIC_KEYS")?)
            .map_err(|error| InitError(format!("CONTEXT_PUBLIC_KEYS: {error}")))?;
        let place = Arc::new(Place::new(&sdk, &http).await?);
        let credentials = EnvironmentVariableCredentialsProvider::new();
        let credentials = credentials.provide_credentials().await;
        let credentials = credentials
            .map_err(|error| InitError(format!("the function has no credentials: {error}")))?;
        let own = DynamoDb::new(&place, credentials);
        let trader = Trader::new(&sdk, place);
        Ok(Arc::new(Self {
            own,
            names: Arc::new(names),
            trader,
            context_keys,
            sdk,
            http,
            secrets: Mutex::default(),
        }))
    }

    /// The claims of a context token: signature, audience and expiry checked.
    pub(crate) fn verify_context(&self, token: &str) -> Result<Claims, tokens::VerifyError> {
        Claims::verify(&self.context_keys, token)
    }

    /// The tables, with the function's own role.
    pub(crate) fn own_table(&self, stamp: Stamp) -> Table {
        Table::new(self.own.clone(), Arc::clone(&self.names), stamp)
    }

    /// The client with the function's own role.
    pub(crate) fn own_client(&self) -> &DynamoDb {
        &self.own
    }

    pub(crate) fn names(&self) -> &Arc<TableNames> {
        &self.names
    }

    /// The text of a secret that this function's role may read: once, in this process.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn secret(&self, id: &str) -> Result<String, InitError> {
        let mut secrets = self.secrets.lock().await;
        if let Some(known) = secrets.get(id) {
            return Ok(known.clone());
        }
        let client = aws_sdk_secretsmanager::Client::new(&self.sdk);
        let answer = client.get_secret_value().secret_id(id).send().await;
        let answer = answer
            .map_err(|error| InitError(format!("the secret {id} can't be read: {error:?}")))?;
        let text = answer
            .secret_string
            .ok_or_else(|| InitError(format!("the secret {id} holds no text")))?;
        secrets.insert(id.to_owned(), text.clone());
        Ok(text)
    }

    /// For requests that no SDK makes.
    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// The SDK configuration, for clients of services that hold no tenant data (mail).
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }
}
