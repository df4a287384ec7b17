//! The local AWS endpoint: DynamoDB, S3, S3 Vectors, SQS, STS, Secrets Manager and SES on one address, in the protocols that any AWS SDK speaks.
//!
//! Every request's signature is verified, and the policies of the caller's role, read from the same template that is deployed,
//! decide whether it goes through. What the gateway does not understand with certainty it refuses.
//!
//! # Where it differs from AWS
//!
//! Stricter, always:
//! - A role bound to a tag by its leading keys may not write an index key outside that tag's partitions; IAM does not look at those.
//! - Scan, PartiQL and table administration are judged as their IAM actions and then refused, whoever is allowed them.
//! - Unknown members, repeated JSON members, repeated or unknown form parameters and session policies are refused, not passed over.
//! - Policies with condition keys the gateway does not provide (`aws:SecureTransport`, since it speaks plain HTTP; `aws:SourceIp` …),
//!   permissions boundaries and managed policies other than the ones for logs and traces are refused at the start.
//! - Each element of a transaction is judged by itself, and each table of a batch with all its keys.
//! - Properties of queues, topics and event destinations that are not understood, and queue policies that could deny, are refused at the start.
//! - Of S3 there are single objects and their lists; everything else is refused, checksums other than SHA-256 too. An object has 256 MB at most.
//! - Of S3 Vectors there are indexes and their vectors, in buckets that the template has; a part of a filter names one field, and `$startsWith`,
//!   tags, an index's own encryption and lists in segments are refused. Sizes of metadata are those of its JSON.
//! - Partition keys are strings; what an update writes to an index key must stand in the request itself.
//!
//! Different by nature: one writer, so conflicts and throttling come only from [`Gateway::inject`]; reads are always consistent, though
//! billed as asked; a function's own credentials do not expire; a failed transaction is billed by an estimate, its elements' stored sizes
//! doubled; credentials do not outlive the process. A stream has one shard and keeps all its records. A standard queue gives out each message
//! in order, and a second time only after its visibility time-out. Mail is never sent: what SES says of it follows at once, and the
//! addresses of AWS's mailbox simulator have their fates. A query of vectors looks at all of them, so that it is exact where AWS's is an estimate,
//! and it gives 30 a page, where AWS gives up to 100; an index that was made is there at once, and nothing limits the rates of calls, the indexes
//! of a bucket or the vectors of an index.

mod api_error;
mod caller;
mod clock;
mod condition_keys;
mod credentials;
mod decisions;
mod dynamodb;
mod error;
mod events;
mod faults;
mod form;
mod issuing;
mod judge;
mod principal;
mod random;
mod roles;
mod router;
mod s3;
mod s3vectors;
mod secrets;
mod ses;
mod sigv4;
mod sns;
mod sqs;
mod strict_json;
mod sts;
mod tag_scopes;

pub use credentials::Credentials;
pub use decisions::{Caller, CheckRecord, DecisionRecord, RouteUse, Units, Verdict};
pub use dynamodb::stream::Stream;
pub use error::GatewayError;
pub use faults::{Fault, FaultError};
pub use principal::Principal;
pub use random::RandomFailed;
pub use ses::Message;
pub use sns::{Subscription, Topic};
pub use sqs::Queue;
pub use sts::{JwksFuture, JwksSource};

use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use sts::web_identity::Provider;

/// Where everything is, locally.
const REGION: &str = "us-east-1";
const ACCOUNT_ID: &str = "000000000000";
/// The role that [`Gateway::tenant_credentials`] gives.
const TENANT_ROLE: &str = "TenantRole";
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// What the gateway serves.
pub struct Config {
    /// Where data is kept; in memory only if nothing is given.
    pub data_dir: Option<PathBuf>,
    /// The template with all intrinsics resolved.
    pub resolved: template::Resolved,
    /// The secrets' values, by logical id.
    pub secrets: BTreeMap<String, String>,
    /// The `iss` of tokens that STS accepts.
    pub issuer_url: String,
    /// Where the issuer's public keys are had.
    pub jwks: Arc<dyn JwksSource>,
}

/// The local AWS endpoint.
pub struct Gateway {
    region: String,
    account_id: String,
    clock: Arc<clock::Clock>,
    credentials: credentials::CredentialStore,
    roles: roles::Roles,
    provider: Option<Provider>,
    jwks: Arc<dyn JwksSource>,
    jwks_cache: sts::jwks::JwksCache,
    tables: Arc<dynamodb::tables::Tables>,
    store: dynamodb::store::Store,
    secrets: secrets::Secrets,
    mailbox: ses::Mailbox,
    queues: sqs::Queues,
    kept_queues: Option<sqs::KeptQueues>,
    topics: sns::Topics,
    buckets: s3::Buckets,
    vectors: s3vectors::Vectors,
    configuration_sets: ses::ConfigurationSets,
    decisions: decisions::DecisionLog,
    faults: faults::Faults,
    latency_ms: AtomicU64,
    /// Dropped with the gateway, which ends the thread that sweeps.
    _alive: Sender<()>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Gateway").finish_non_exhaustive()
    }
}

impl Gateway {
    /// Reads roles, tables and secrets from the template and opens the store. What is not understood is refused here.
    pub fn new(config: Config) -> Result<Arc<Self>, GatewayError> {
        let resolved = &config.resolved;
        let provider = Provider::read(resolved, &config.issuer_url, ACCOUNT_ID)?;
        let roles = roles::Roles::read(resolved, &config.issuer_url, ACCOUNT_ID)?;
        let tables = Arc::new(dynamodb::tables::Tables::read(
            resolved, REGION, ACCOUNT_ID,
        )?);
        let store = dynamodb::store::Store::open(config.data_dir.as_deref(), &tables)?;
        let (alive, gateway_lives) = mpsc::channel();
        let swept = store.clone();
        std::thread::Builder::new()
            .name("ttl-sweep".to_owned())
            .spawn(move || sweep(&swept, &gateway_lives))
            .map_err(|error| GatewayError::Store(error.to_string()))?;
        let clock = Arc::new(clock::Clock::default());
        let queues = sqs::Queues::read(resolved, &clock, REGION, ACCOUNT_ID)?;
        let folder = config.data_dir.as_deref();
        let kept_queues = folder.map(|folder| sqs::KeptQueues::open(folder, &queues));
        let buckets = s3::Buckets::read(resolved, &queues, ACCOUNT_ID, folder)?;
        let topics = sns::Topics::read(resolved, &clock, REGION, ACCOUNT_ID)?;
        let configuration_sets =
            ses::ConfigurationSets::read(resolved, &topics, REGION, ACCOUNT_ID)?;
        Ok(Arc::new(Self {
            region: REGION.to_owned(),
            account_id: ACCOUNT_ID.to_owned(),
            clock,
            credentials: credentials::CredentialStore::default(),
            roles,
            provider,
            jwks: config.jwks,
            jwks_cache: sts::jwks::JwksCache::default(),
            tables,
            store,
            secrets: secrets::Secrets::read(resolved, &config.secrets, REGION, ACCOUNT_ID)?,
            mailbox: ses::Mailbox::default(),
            queues,
            kept_queues: kept_queues.transpose()?,
            topics,
            buckets,
            vectors: s3vectors::Vectors::read(resolved, folder)?,
            configuration_sets,
            decisions: decisions::DecisionLog::default(),
            faults: faults::Faults::default(),
            latency_ms: AtomicU64::new(0),
            _alive: alive,
        }))
    }

    /// The endpoint: `POST /`, `POST /v2/email/outbound-emails`, S3 under `/s3/<bucket>/<key>`, and S3 Vectors under its operations' names.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        router::router(self.clone())
    }

    /// The most recent decisions, oldest first.
    pub fn decisions(&self) -> Vec<DecisionRecord> {
        self.decisions.after(0)
    }

    /// The decisions made after the one with this id, oldest first.
    pub fn decisions_after(&self, id: u64) -> Vec<DecisionRecord> {
        self.decisions.after(id)
    }

    /// The id of the latest decision; 0 before the first.
    pub fn last_decision_id(&self) -> u64 {
        self.decisions.last_id()
    }

    /// What each route's requests used since the start.
    pub fn capacity(&self) -> Vec<RouteUse> {
        self.decisions.routes()
    }

    /// Forgets decisions and sums, so that what follows can be counted alone.
    pub fn clear_decisions(&self) {
        self.decisions.clear();
    }

    /// The mail captured so far, oldest first.
    pub fn mail(&self) -> Vec<Message> {
        self.mailbox.messages()
    }

    /// Removes the items whose time to live has passed, as also happens by itself every half minute. Gives their number.
    pub fn sweep_expired(&self) -> Result<usize, GatewayError> {
        self.store
            .sweep_expired()
            .map_err(|error| GatewayError::Store(error.to_string()))
    }

    /// The keys of all objects in a bucket, whoever's they are. For tests in the same process; nothing offers it over HTTP.
    pub fn objects(&self, bucket: &str) -> Vec<String> {
        let bucket = self.buckets.named(bucket);
        bucket.map(s3::Bucket::keys).unwrap_or_default()
    }

    /// The keys of the objects of a bucket whose parts are on their way. For tests in the same process; nothing offers it over HTTP.
    pub fn uploads(&self, bucket: &str) -> Vec<String> {
        let bucket = self.buckets.named(bucket);
        bucket.map(s3::Bucket::under_way).unwrap_or_default()
    }

    /// The vectors of the index of this name in any bucket, whoever's it is: `{"float32": […], "metadata": {…}}` by key. Nothing if there is no
    /// such index. For tests in the same process; nothing offers it over HTTP.
    pub fn vectors(&self, index: &str) -> Option<BTreeMap<String, serde_json::Value>> {
        self.vectors.dump(index)
    }

    /// Every item of a table, whoever's it is. For tests in the same process; nothing offers it over HTTP.
    pub fn dump(&self, table: &str) -> Result<Vec<serde_json::Value>, GatewayError> {
        self.store
            .dump(table)
            .map_err(|error| GatewayError::Store(error.to_string()))
    }

    /// Puts whole items into a table, in DynamoDB's JSON and whoever's they are, past IAM and the table's stream; gives their number. To
    /// fill a cloud from the same process; nothing offers it over HTTP.
    pub fn import(&self, table: &str, items: Vec<String>) -> Result<usize, GatewayError> {
        self.store
            .import(table, &items)
            .map_err(|error| GatewayError::Store(error.to_string()))
    }

    /// Brings about an error in calls to come. For tests.
    pub fn inject(&self, fault: Fault) {
        self.faults.inject(fault);
    }

    /// Forgets the errors that are still to come, and gives them. For tests.
    pub fn forget_faults(&self) -> Vec<Fault> {
        self.faults.forget()
    }

    /// How long each answer takes at least, in whole milliseconds, as if the services were further away. For tests.
    pub fn set_latency(&self, latency: Duration) {
        let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self.latency_ms.store(ms, Ordering::Relaxed);
    }

    /// Moves the gateway's clock, by which signatures and credentials are judged. For tests.
    pub fn advance_clock(&self, by: SignedDuration) {
        self.clock.advance(by.as_secs());
        for queue in self.queues.iter() {
            queue.wake();
        }
    }
}

/// Removes expired items from time to time, until the gateway is gone and with it the other end of the channel.
fn sweep(store: &dynamodb::store::Store, gateway_lives: &Receiver<()>) {
    let mut pause = SWEEP_EVERY;
    while gateway_lives.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let begun = Instant::now();
        if let Err(error) = store.sweep_expired() {
            tracing::warn!(%error, "expired items could not be removed");
        }
        // It reads every item: with millions of them it would be all that the machine does.
        pause = SWEEP_EVERY.max(begun.elapsed() * 50);
    }
}
