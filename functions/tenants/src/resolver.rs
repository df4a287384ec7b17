//! Asking DNS.

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use std::net::SocketAddr;
use std::time::Duration;
use tenant_context::InitError;

/// How long one question may take. A request has ten seconds in all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Nobody could be asked, or nobody who knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// Who knows the texts that stand at a name in DNS (TXT records): the internet's name servers, or a table.
pub trait Resolver: Send + Sync {
    /// The texts at a name; none where there is no such name.
    fn texts(&self, name: &str) -> impl Future<Output = Result<Vec<String>, NoAnswer>> + Send;
}

/// Whether DNS can be asked for a name: in 255 octets at most (RFC 1035, 2.3.4), and what its `xn--` labels stand for is
/// allowed in domain names (RFC 5891).
pub fn is_name(name: &str) -> bool {
    Name::from_utf8(whole(name)).is_ok()
}

/// With a dot at its end the name is whole: no search list is tried.
fn whole(name: &str) -> String {
    format!("{name}.")
}

/// The internet's name servers.
pub struct Dns(TokioResolver);

impl Dns {
    /// With the name server in `DNS_SERVER` (address and port), or else those of this machine. Nothing is kept: whoever
    /// has just set a record asks again.
    ///
    /// # Errors
    /// When neither can be used.
    pub fn from_environment() -> Result<Self, InitError> {
        let failed = |what: String| InitError(format!("DNS: {what}"));
        let mut builder = match std::env::var("DNS_SERVER") {
            Ok(server) => {
                let server: SocketAddr = server
                    .parse()
                    .map_err(|error| failed(format!("DNS_SERVER: {error}")))?;
                let mut connection = ConnectionConfig::udp();
                connection.port = server.port();
                let server = NameServerConfig::new(server.ip(), true, vec![connection]);
                TokioResolver::builder_with_config(
                    ResolverConfig::from_name_servers(vec![server]),
                    TokioRuntimeProvider::default(),
                )
            }
            Err(_) => TokioResolver::builder_tokio().map_err(|error| failed(error.to_string()))?,
        };
        let options = builder.options_mut();
        options.cache_size = 0;
        options.timeout = PATIENCE;
        options.attempts = 1;
        let resolver = builder.build().map_err(|error| failed(error.to_string()))?;
        Ok(Self(resolver))
    }
}

impl Resolver for Dns {
    async fn texts(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let found = match self.0.txt_lookup(whole(name)).await {
            Ok(found) => found,
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            Err(error) => {
                tracing::warn!(%error, "no name server has answered");
                return Err(NoAnswer);
            }
        };
        let texts = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                // A long text comes in parts of up to 255 bytes (RFC 7208, 3.3, has the same rule).
                RData::TXT(text) => String::from_utf8(text.txt_data.concat()).ok(),
                _ => None,
            });
        Ok(texts.collect())
    }
}
