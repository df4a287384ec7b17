//! The token issuer as the local STS sees it: its documents are fetched through our own API, as AWS would over HTTPS.

use crate::api::ApiGateway;
use axum::body::Bytes;
use futures::future::BoxFuture;
use gateway::JwksSource;
use serde::Deserialize;
use std::{
    sync::{Arc, OnceLock, Weak},
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// How long fetched keys are used.
const KEEP: Duration = Duration::from_secs(300);

/// Fetches the issuer's keys by its discovery document.
pub(crate) struct Issuer {
    url: String,
    /// Set once the API is up. Weak: the API's functions get their credentials from the gateway, which holds us.
    api: OnceLock<Weak<ApiGateway>>,
    kept: Mutex<Option<(Instant, String)>>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    pub(crate) fn new(url: &str) -> Arc<Self> {
        Arc::new(Self {
            url: url.to_owned(),
            api: OnceLock::new(),
            kept: Mutex::new(None),
        })
    }

    pub(crate) fn connect(&self, api: &Arc<ApiGateway>) {
        // Set only once, right after the API is made.
        let _ = self.api.set(Arc::downgrade(api));
    }

    async fn keys(&self) -> Result<String, String> {
        // Held while fetching, so that a burst of calls fetches once.
        let mut kept = self.kept.lock().await;
        if let Some((since, keys)) = &*kept
            && since.elapsed() < KEEP
        {
            return Ok(keys.clone());
        }
        let keys = self.fetch_keys().await?;
        *kept = Some((Instant::now(), keys.clone()));
        Ok(keys)
    }

    async fn fetch_keys(&self) -> Result<String, String> {
        let document = self.get("/.well-known/openid-configuration").await?;
        let discovery: Discovery = serde_json::from_slice(&document)
            .map_err(|error| format!("the discovery document can't be understood: {error}"))?;
        if discovery.issuer != self.url {
            return Err(format!(
                "the discovery document names the issuer {}, not {}",
                discovery.issuer, self.url
            ));
        }
        let path = discovery
            .jwks_uri
            .strip_prefix(&self.url)
            .filter(|path| path.starts_with('/'));
        let path = path.ok_or_else(|| {
            format!(
                "jwks_uri {} is not on the issuer's host",
                discovery.jwks_uri
            )
        })?;
        let keys = self.get(path).await?;
        String::from_utf8(keys.to_vec()).map_err(|_| "the JWKS is not UTF-8".to_owned())
    }

    async fn get(&self, path: &str) -> Result<Bytes, String> {
        let api = self
            .api
            .get()
            .and_then(Weak::upgrade)
            .ok_or("the API is not up")?;
        let host = self.url.strip_prefix("https://").unwrap_or(&self.url);
        let (status, body) = api.get(host, path).await;
        if status.is_success() {
            Ok(body)
        } else {
            Err(format!("{path} was answered with {}", status.as_u16()))
        }
    }
}

impl JwksSource for Issuer {
    fn fetch(&self) -> BoxFuture<'_, Result<String, String>> {
        Box::pin(self.keys())
    }
}
