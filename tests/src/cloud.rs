//! The local clouds of a test process.

use crate::client::Request;
use crate::forge::Forge;
use gateway::{Fault, FaultError};
use jiff::SignedDuration;
use local::{Binaries, Cloud, Options};
use reqwest::Method;
use serde_json::Value;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// A local cloud in memory, on free ports. It lives as long as the test process.
pub struct TestCloud {
    cloud: Cloud,
    http: reqwest::Client,
    /// Clients in other networks.
    elsewhere: Mutex<HashMap<u8, reqwest::Client>>,
    /// Connections live here, and not in the runtime of the test that opened them, which ends with its test.
    runtime: Runtime,
    forge: OnceCell<Forge>,
}

impl TestCloud {
    /// The cloud that runs the product's functions. Started by the first test that asks.
    pub fn shared() -> &'static TestCloud {
        static CLOUD: OnceLock<TestCloud> = OnceLock::new();
        CLOUD.get_or_init(|| TestCloud::start(functions()))
    }

    /// A further cloud of the same functions, for tests that bring about faults or count calls. They take turns.
    pub fn apart() -> &'static TestCloud {
        static CLOUD: OnceLock<TestCloud> = OnceLock::new();
        CLOUD.get_or_init(|| TestCloud::start(functions()))
    }

    /// A further cloud, for one test alone that keeps it for minutes.
    #[expect(
        clippy::disallowed_methods,
        reason = "it lives as long as the test process, as every cloud here"
    )]
    pub fn own() -> &'static TestCloud {
        Box::leak(Box::new(TestCloud::start(functions())))
    }

    /// A further cloud, for one try at a time, whose searches look through S3 Vectors from a project's first vector on.
    #[expect(
        clippy::disallowed_methods,
        reason = "it lives as long as the test process, as every cloud here"
    )]
    pub fn own_indexed() -> &'static TestCloud {
        Box::leak(Box::new(TestCloud::indexed_from(1)))
    }

    /// A further cloud, for a test that fills it with thousands of tenants: no other has to look through them.
    pub fn crowded() -> &'static TestCloud {
        static CLOUD: OnceLock<TestCloud> = OnceLock::new();
        CLOUD.get_or_init(|| TestCloud::start(functions()))
    }

    /// A further cloud, whose searches look through S3 Vectors from a project's first vector on.
    pub fn indexed() -> &'static TestCloud {
        static CLOUD: OnceLock<TestCloud> = OnceLock::new();
        CLOUD.get_or_init(|| TestCloud::indexed_from(1))
    }

    /// A further cloud, whose searches do so from a project's twentieth vector on.
    pub fn indexed_late() -> &'static TestCloud {
        static CLOUD: OnceLock<TestCloud> = OnceLock::new();
        CLOUD.get_or_init(|| TestCloud::indexed_from(20))
    }

    fn indexed_from(vectors: u32) -> TestCloud {
        let store = ("VectorStore".to_owned(), "s3vectors".to_owned());
        let from = ("VectorIndexFrom".to_owned(), vectors.to_string());
        TestCloud::start_with(functions(), [store, from])
    }

    /// A second cloud, whose functions were built with their own checks off: what is still refused, IAM refuses.
    pub fn unguarded() -> &'static TestCloud {
        static CLOUD: OnceLock<TestCloud> = OnceLock::new();
        CLOUD.get_or_init(|| TestCloud::start(Binaries::Folder(unguarded_functions())))
    }

    /// A cloud of the caller's own, started with these options.
    #[expect(
        clippy::disallowed_methods,
        reason = "it lives as long as the test process, as every cloud here"
    )]
    pub fn with(options: Options) -> &'static TestCloud {
        Box::leak(Box::new(TestCloud::open(options)))
    }

    fn start(binaries: Binaries) -> TestCloud {
        TestCloud::start_with(binaries, [])
    }

    fn start_with<const N: usize>(
        binaries: Binaries,
        parameters: [(String, String); N],
    ) -> TestCloud {
        // A letter whose sender died is looked at again within the life of a test.
        let soon = ("EmailRetrySeconds".to_owned(), "10".to_owned());
        TestCloud::open(Options {
            binaries,
            // Two cores gain nothing by more, and each process has to be started.
            max_processes: 4,
            // All functions stay warm: starts are not what the tests are about.
            max_idle_processes: 250,
            parameters: parameters.into_iter().chain([soon]).collect(),
            ..Options::default()
        })
    }

    fn open(options: Options) -> TestCloud {
        let options = Options {
            template: Some(root().join("template.yaml")),
            ..options
        };
        let cloud = Cloud::start(options).unwrap_or_else(|error| panic!("{error}"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("test-client")
            .enable_all()
            .build()
            .expect("a runtime");
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        TestCloud {
            cloud,
            http,
            elsewhere: Mutex::default(),
            runtime,
            forge: OnceCell::new(),
        }
    }

    /// The cloud itself: direct invocations and the functions' logs.
    pub fn local(&self) -> &Cloud {
        &self.cloud
    }

    /// Its AWS endpoint: decisions, capacity, mail, and what stands in the tables.
    pub fn gateway(&self) -> &Arc<gateway::Gateway> {
        self.cloud.gateway()
    }

    /// Address of the API, without a slash at its end.
    pub fn api_url(&self) -> &str {
        self.cloud.api_url()
    }

    /// Address of the AWS endpoint, without a slash at its end.
    pub fn aws_url(&self) -> &str {
        self.cloud.aws_url()
    }

    /// A request to the API, sent by `.await`.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Request<'_> {
        self.request_from(network_of_this_test(), method, path)
    }

    /// The same from another network: `127.0.<network>.0/24`, each of which is counted by itself where guesses are.
    pub fn request_from(&self, network: u8, method: Method, path: impl AsRef<str>) -> Request<'_> {
        let path = path.as_ref();
        let url = format!("{}{path}", self.api_url());
        let mut clients = self.elsewhere.lock().expect("the clients");
        let client = clients.entry(network).or_insert_with(|| {
            reqwest::Client::builder()
                .no_proxy()
                .local_address(IpAddr::from([127, 0, network, 1]))
                .build()
                .expect("a client")
        });
        Request::new(
            self,
            format!("{method} {path}"),
            client.request(method, url),
        )
    }

    /// `GET path`
    pub fn get(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// `POST path`
    pub fn post(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::POST, path)
    }

    /// `PATCH path`
    pub fn patch(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::PATCH, path)
    }

    /// `PUT path`
    pub fn put(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::PUT, path)
    }

    /// `DELETE path`
    pub fn delete(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    /// The keys of this cloud, to sign tokens that nobody issued.
    pub async fn forge(&self) -> &Forge {
        self.forge.get_or_init(|| Forge::of(self)).await
    }

    /// Every item of a table, whoever's it is, in DynamoDB's JSON.
    pub fn dump(&self, table: &str) -> Vec<Value> {
        self.gateway()
            .dump(table)
            .unwrap_or_else(|error| panic!("{table}: {error}"))
    }

    /// Waits until nothing is on its way to a function: what was written before this call has had its effects, such as mail. What is
    /// left to a visibility time-out after a failure is not waited for; `gateway().advance_clock(…)` ends those.
    pub async fn settled(&self) {
        self.cloud
            .settled()
            .await
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// The next calls of this operation, so many, meet with this.
    pub fn inject(&self, operation: &str, times: u32, error: FaultError) {
        self.gateway().inject(Fault {
            operation: operation.to_owned(),
            table: None,
            route: None,
            after: 0,
            times,
            error,
        });
    }

    /// Messages that failed come again, once. Longer than they are hidden, and shorter than what a signature may be old.
    pub async fn come_again(&self) {
        let hidden = SignedDuration::from_secs(181);
        self.settled().await;
        self.gateway().advance_clock(hidden);
        self.settled().await;
        self.gateway().advance_clock(-hidden);
    }

    /// Waits until a call was made, after this decision, that gets no answer ([`gateway::FaultError::NoReply`]).
    pub async fn unanswered(&self, after: u64) {
        let is_made = || {
            let decisions = self.gateway().decisions_after(after);
            decisions.iter().any(|decision| decision.unanswered)
        };
        while !is_made() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Runs a scheduled function once, now, by its binary's name; it must not fail.
    pub async fn run_scheduled(&self, binary: &str) {
        let function = crate::direct::function_id(binary);
        let run = self.cloud.run_scheduled(&function).await;
        let run = run.unwrap_or_else(|| panic!("{function} has no schedule"));
        let invoked = run.unwrap_or_else(|error| panic!("{function}: {error}"));
        let text = String::from_utf8_lossy(&invoked.payload);
        assert_eq!(invoked.function_error, None, "{function}: {text}");
    }

    /// What the functions wrote while they served this request.
    pub fn log_of(&self, request_id: &str) -> Vec<String> {
        let lines = self.cloud.function_logs().into_iter();
        lines
            .map(|line| line.line)
            .filter(|line| line.contains(request_id))
            .collect()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

/// Guesses are counted by network, so each test has one of its own, told by the name of its thread. The upper ones are left
/// to the tests that name theirs.
fn network_of_this_test() -> u8 {
    let mut hasher = DefaultHasher::new();
    std::thread::current().name().hash(&mut hasher);
    u8::try_from(hasher.finish() % 200).unwrap_or_default()
}

/// The product's functions: from `TENANTRY_FUNCTIONS_DIR`, or built now.
fn functions() -> Binaries {
    let folder = std::env::var_os("TENANTRY_FUNCTIONS_DIR");
    folder.map_or(Binaries::Build, |folder| Binaries::Folder(folder.into()))
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The functions with their own checks off: from `TENANTRY_UNGUARDED_DIR`, as `cargo xtask test` leaves them, or built now.
fn unguarded_functions() -> PathBuf {
    if let Some(folder) = std::env::var_os("TENANTRY_UNGUARDED_DIR") {
        return folder.into();
    }
    let target = target_folder();
    let kept = target.join("unguarded");
    if is_fresh(&kept.join("authorizer")) {
        return kept;
    }
    // In a target folder of their own, so that they never stand where the real functions are expected.
    let own = target.join("unguarded-build");
    let mut command = crate::cargo();
    command.args([
        "build",
        "--quiet",
        "--bins",
        "--features",
        "endpoint/unguarded",
    ]);
    command.arg("--target-dir").arg(&own);
    for package in function_packages() {
        command.args(["--package", &package]);
    }
    let status = command.status().expect("cargo");
    assert!(
        status.success(),
        "the functions can't be built with their checks off"
    );
    own.join("debug")
}

/// The test executable is in `<target>/debug/deps`.
fn target_folder() -> PathBuf {
    let executable = std::env::current_exe().expect("the path of this program");
    executable
        .ancestors()
        .nth(3)
        .expect("a target folder")
        .to_owned()
}

/// Names of the packages under `functions/`: each is its folder's name, `-functions` behind it where it has more than one.
fn function_packages() -> Vec<String> {
    let manifests = files(&root().join("functions")).filter(|path| path.ends_with("Cargo.toml"));
    let mut names = Vec::new();
    for manifest in manifests {
        let has_binaries = manifest
            .parent()
            .is_some_and(|folder| folder.join("src/bin").is_dir());
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let name = text.lines().find_map(|line| line.strip_prefix("name = "));
        names.extend(
            name.filter(|_| has_binaries)
                .map(|name| name.trim_matches('"').to_owned()),
        );
    }
    names
}

/// Whether a binary is younger than everything it is made from.
fn is_fresh(binary: &Path) -> bool {
    let changed = |path: &Path| {
        path.metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    let Some(built) = changed(binary) else {
        return false;
    };
    let sources = [
        "functions",
        "shared",
        "infra/routes.json",
        "infra/openapi.json",
    ];
    let newest = sources
        .iter()
        .flat_map(|folder| files(&root().join(folder)))
        .filter_map(|file| changed(&file))
        .max();
    newest.unwrap_or(SystemTime::UNIX_EPOCH) < built
}

/// Every file under a folder, or the file itself.
fn files(path: &Path) -> Box<dyn Iterator<Item = PathBuf>> {
    match std::fs::read_dir(path) {
        Err(_) => Box::new(std::iter::once(path.to_owned())),
        Ok(entries) => Box::new(entries.flatten().flat_map(|entry| files(&entry.path()))),
    }
}
