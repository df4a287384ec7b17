//! The process's connection to AWS, made once in Lambda's init phase.

use crate::credentials::Trader;
use crate::local_route::LocalRoute;
use crate::table::{Stamp, Table, TableNames};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::sync::Arc;
use tokens::VerifyingKeys;
use tokens::context::Claims;

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

/// The one place where a DynamoDB client is made.
#[expect(
    clippy::disallowed_methods,
    reason = "everything else takes its client from here, with the credentials that fit"
)]
pub(crate) fn client(
    mut config: aws_sdk_dynamodb::config::Builder,
    local: Option<&LocalRoute>,
) -> Client {
    config.set_interceptors(local.cloned().map(SharedInterceptor::new));
    Client::from_conf(config.build())
}

/// Clients, table names and keys of this process.
pub struct Aws {
    sdk: SdkConfig,
    own: Client,
    names: Arc<TableNames>,
    pub(crate) trader: Trader,
    context_keys: VerifyingKeys,
}

impl Aws {
    /// Reads the environment and makes the clients. `route` names this function in the local cloud's figures.
    ///
    /// # Errors
    /// When the environment lacks what the template sets.
    pub async fn connect(route: &str) -> Result<Arc<Self>, InitError> {
        let http = Builder::new()
            .tls_provider(tls::Provider::Rustls(
                tls::rustls_provider::CryptoMode::Ring,
            ))
            .build_https();
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .load()
            .await;
        let names = TableNames {
            tenant: std::env::var("TENANT_TABLE").unwrap_or_default(),
            directory: std::env::var("DIRECTORY_TABLE").unwrap_or_default(),
        };
        let context_keys = VerifyingKeys::from_jwks(&variable("ISSUER_PUBLIC_KEYS")?)
            .map_err(|error| InitError(format!("ISSUER_PUBLIC_KEYS: {error}")))?;
        let local = LocalRoute::of(route);
        let own = aws_sdk_dynamodb::config::Builder::from(&sdk);
        let own = client(own, local.as_ref());
        let trader = Trader::new(&sdk, local);
        Ok(Arc::new(Self {
            own,
            names: Arc::new(names),
            trader,
            context_keys,
            sdk,
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
    pub(crate) fn own_client(&self) -> &Client {
        &self.own
    }

    pub(crate) fn names(&self) -> &Arc<TableNames> {
        &self.names
    }

    /// The text of a secret that this function's role may read.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn secret(&self, id: &str) -> Result<String, InitError> {
        let client = aws_sdk_secretsmanager::Client::new(&self.sdk);
        let answer = client.get_secret_value().secret_id(id).send().await;
        let answer = answer
            .map_err(|error| InitError(format!("the secret {id} can't be read: {error:?}")))?;
        answer
            .secret_string
            .ok_or_else(|| InitError(format!("the secret {id} holds no text")))
    }

    /// The SDK configuration, for clients of services that hold no tenant data (mail).
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }
}
