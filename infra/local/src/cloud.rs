//! The whole cloud: one template, one port for the API, one for AWS.

use crate::{
    api::{ApiGateway, Apis, Declared},
    data::{self, DataFolder},
    error::StartError,
    functions::{self, Declaration},
    functions_build::Binaries,
    issuer::Issuer,
    lambda::{Function, InvokeError, Invoked, Lambda, LogLine, Variables},
    pages::Pages,
};
use gateway::Gateway;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};
use template::{Environment, Resolved, Template};
use tokens::keys::KeyMaterial;
use tokio::{runtime, sync::oneshot, task::JoinHandle};

/// How to start a cloud. The default: free ports, everything in memory, binaries built first.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the API; 0 takes a free one.
    pub api_port: u16,
    /// Port of the AWS endpoint; 0 takes a free one.
    pub aws_port: u16,
    /// Folder that keeps data and keys; without one they are in memory.
    pub data_dir: Option<PathBuf>,
    /// Template file; without one the nearest `template.yaml` in this folder or above it.
    pub template: Option<PathBuf>,
    /// Where the functions' binaries come from.
    pub binaries: Binaries,
    /// Template parameters over those that the cloud fills in.
    pub parameters: BTreeMap<String, String>,
    /// Processes of one function at once.
    pub max_processes: usize,
    /// A process with nothing to do for so long is stopped.
    pub idle_stop: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            api_port: 0,
            aws_port: 0,
            data_dir: None,
            template: None,
            binaries: Binaries::Build,
            parameters: BTreeMap::new(),
            max_processes: 10,
            idle_stop: Duration::from_secs(300),
        }
    }
}

/// A running cloud. It has a runtime and threads of its own, so it may be started, used and dropped from anywhere.
pub struct Cloud {
    api_url: String,
    aws_url: String,
    gateway: Arc<Gateway>,
    lambda: Arc<Lambda>,
    handle: runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Cloud {
    /// Starts a cloud and returns when both ports answer.
    ///
    /// # Errors
    /// When a port is busy, the template is wrong, a binary is missing, or the data folder can't be used.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let (started, answer) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let system = |error: std::io::Error| {
            StartError::System(format!("the local cloud can't be started: {error}"))
        };
        let thread = thread::Builder::new()
            .name("local-cloud".to_owned())
            .spawn(move || run(options, &started, stopped))
            .map_err(system)?;
        let parts = answer.recv().map_err(|_| {
            StartError::System("the local cloud ended while it started".to_owned())
        })??;
        Ok(Self {
            api_url: parts.api_url,
            aws_url: parts.aws_url,
            gateway: parts.gateway,
            lambda: parts.lambda,
            handle: parts.handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Address of the API, without a slash at its end.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Address of the AWS endpoint, without a slash at its end.
    pub fn aws_url(&self) -> &str {
        &self.aws_url
    }

    /// The AWS endpoint itself: decisions, mail, credentials.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// Invokes a function directly, past the API and its authorizer, with any event.
    ///
    /// # Errors
    /// When there is no such function, the event is too large, or the cloud is being stopped.
    pub async fn invoke(
        &self,
        function_logical_id: &str,
        event: &serde_json::Value,
    ) -> Result<Invoked, InvokeError> {
        let (lambda, name) = (Arc::clone(&self.lambda), function_logical_id.to_owned());
        let event = event.to_string();
        // On the cloud's own runtime: the caller's may end before the function's process does.
        let task = self
            .handle
            .spawn(async move { lambda.invoke(&name, event.into()).await });
        task.await.unwrap_or(Err(InvokeError::Stopped))
    }

    /// What the functions wrote to stdout and stderr, oldest first.
    pub fn function_logs(&self) -> Vec<LogLine> {
        self.lambda.log().lines()
    }

    /// Stops everything and waits until it has ended. Dropping the cloud does the same.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.end();
    }
}

struct Parts {
    api_url: String,
    aws_url: String,
    gateway: Arc<Gateway>,
    lambda: Arc<Lambda>,
    handle: runtime::Handle,
}

/// The cloud's thread, from start to end.
fn run(
    options: Options,
    started: &mpsc::Sender<Result<Parts, StartError>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("local-cloud")
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = started.send(Err(StartError::System(format!(
                "the local cloud can't be started: {error}"
            ))));
            return;
        }
    };
    runtime.block_on(async {
        match Running::start(options).await {
            Ok((parts, running)) => {
                if started.send(Ok(parts)).is_ok() {
                    // Also when the sender is dropped.
                    let _ = stopped.await;
                }
                running.stop().await;
            }
            Err(error) => {
                let _ = started.send(Err(error));
            }
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
}

struct Running {
    lambda: Arc<Lambda>,
    servers: [JoinHandle<()>; 2],
    /// Unlocked when everything has ended.
    _data: Option<DataFolder>,
}

impl Running {
    async fn start(options: Options) -> Result<(Parts, Self), StartError> {
        let file = match &options.template {
            Some(file) => file.clone(),
            None => find_template()?,
        };
        let wrong = |detail: String| StartError::Template {
            file: file.clone(),
            detail,
        };
        let text = std::fs::read_to_string(&file)
            .map_err(|error| wrong(format!("can't be read: {error}")))?;
        let template = Template::parse(&text).map_err(|error| wrong(error.to_string()))?;
        // Before the build: a busy port should not cost a minute.
        let api = listen(options.api_port, "--api-port")?;
        let aws = listen(options.aws_port, "--aws-port")?;
        let (api_url, aws_url) = (url(&api)?, url(&aws)?);
        let data = options
            .data_dir
            .as_deref()
            .map(DataFolder::open)
            .transpose()?;
        let keys = match &data {
            Some(data) => data.keys()?,
            None => data::new_keys()?,
        };
        let parameters = parameters(&template, &api_url, &keys, &options.parameters);
        let resolved = template
            .resolve(&parameters, &Environment::default())
            .map_err(|error| wrong(error.to_string()))?;
        let resources = || resolved.resources.values();
        let declarations = functions::declarations(
            resources().map(|r| (r.logical_id.as_str(), r.kind.as_str(), &r.properties)),
        )
        .map_err(wrong)?;
        let declared: Vec<Declared<'_>> = resources()
            .map(|r| Declared {
                logical_id: &r.logical_id,
                kind: &r.kind,
                properties: &r.properties,
            })
            .collect();
        let apis = Apis::read(&declared).map_err(|error| wrong(error.to_string()))?;
        let issuer_url = issuer_url(&resolved);
        let hosts = issuer_hosts(&issuer_url, &apis);
        let functions = with_binaries(declarations, &options, &file)?;

        let issuer = Issuer::new(&issuer_url);
        let config = gateway::Config {
            data_dir: data.as_ref().map(|data| data.path().to_owned()),
            secrets: secrets(&resolved, &keys),
            issuer_url,
            jwks: issuer.clone(),
            resolved: resolved.clone(),
        };
        let gateway = Gateway::new(config).map_err(|error| wrong(error.to_string()))?;
        check_roles(&functions, &gateway).map_err(wrong)?;
        let variables = variables(Arc::clone(&gateway), aws_url.clone());
        let lambda = Lambda::start(functions, variables, options.idle_stop).await;
        let lambda = lambda.map_err(|error| {
            StartError::System(format!("the Runtime API can't be opened: {error}"))
        })?;
        let api_gateway = ApiGateway::new(apis, Arc::clone(&lambda), port(&api)?, &hosts);
        issuer.connect(&api_gateway);
        let pages = Pages {
            gateway: Arc::clone(&gateway),
            api_url: api_url.clone(),
            aws_url: aws_url.clone(),
        };
        let servers = [
            serve(api, api_gateway.router())?,
            serve(aws, pages.router().fallback_service(gateway.router()))?,
        ];
        let parts = Parts {
            api_url,
            aws_url,
            gateway,
            lambda: Arc::clone(&lambda),
            handle: runtime::Handle::current(),
        };
        Ok((
            parts,
            Self {
                lambda,
                servers,
                _data: data,
            },
        ))
    }

    async fn stop(self) {
        for server in &self.servers {
            server.abort();
        }
        self.lambda.stop().await;
    }
}

fn find_template() -> Result<PathBuf, StartError> {
    let here = std::env::current_dir().map_err(|_| StartError::NoTemplate)?;
    here.ancestors()
        .map(|folder| folder.join("template.yaml"))
        .find(|file| file.is_file())
        .ok_or(StartError::NoTemplate)
}

/// Loopback only: the cloud holds every tenant's data and hands out credentials.
fn listen(port: u16, option: &'static str) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortBusy { port, option },
        _ => StartError::Port { port, error },
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|error| StartError::Port { port, error })?;
    Ok(listener)
}

fn port(listener: &TcpListener) -> Result<u16, StartError> {
    let address = listener
        .local_addr()
        .map_err(|error| StartError::System(error.to_string()))?;
    Ok(address.port())
}

fn url(listener: &TcpListener) -> Result<String, StartError> {
    Ok(format!("http://127.0.0.1:{}", port(listener)?))
}

fn serve(listener: TcpListener, router: axum::Router) -> Result<JoinHandle<()>, StartError> {
    let listener = tokio::net::TcpListener::from_std(listener)
        .map_err(|error| StartError::System(error.to_string()))?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, service).await {
            tracing::error!("a server stopped: {error}");
        }
    }))
}

/// What the cloud knows of the template's parameters. A template without one of them does not get it.
fn parameters(
    template: &Template,
    api_url: &str,
    keys: &KeyMaterial,
    given: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::from([
        ("ConsoleUrl".to_owned(), api_url.to_owned()),
        (
            "IssuerPublicKeys".to_owned(),
            keys.issuer_public_keys.clone(),
        ),
        (
            "AccessPublicKeys".to_owned(),
            keys.access_public_keys.clone(),
        ),
    ]);
    parameters.retain(|name, _| template.parameters().any(|(declared, _)| declared == name));
    parameters.extend(given.clone());
    parameters
}

fn secrets(resolved: &Resolved, keys: &KeyMaterial) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::from([
        ("IssuerKeySecret".to_owned(), keys.issuer_secret.clone()),
        ("AccessKeySecret".to_owned(), keys.access_secret.clone()),
    ]);
    secrets.retain(|name, _| resolved.resources.contains_key(name));
    secrets
}

/// The token issuer that the template's roles trust. Without one nothing can be traded, and the address is never used.
fn issuer_url(resolved: &Resolved) -> String {
    let provider = resolved
        .resources
        .values()
        .find(|resource| resource.kind == "AWS::IAM::OIDCProvider");
    let url = provider
        .and_then(|provider| provider.properties.get("Url"))
        .and_then(serde_json::Value::as_str);
    url.unwrap_or("https://no-issuer.invalid").to_owned()
}

/// The issuer's API answers under the host that the roles name, not under the one it was asked by.
fn issuer_hosts(issuer_url: &str, apis: &Apis) -> BTreeMap<String, String> {
    let host = issuer_url.strip_prefix("https://").unwrap_or(issuer_url);
    let id = host.split('.').next().unwrap_or_default();
    apis.named(id)
        .map(|name| (name.to_owned(), host.to_owned()))
        .into_iter()
        .collect()
}

fn with_binaries(
    declarations: Vec<Declaration>,
    options: &Options,
    template: &Path,
) -> Result<Vec<Function>, StartError> {
    let names: BTreeSet<&str> = declarations
        .iter()
        .map(|declaration| declaration.binary.as_str())
        .collect();
    let folder = template
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let found = if names.is_empty() {
        BTreeMap::new()
    } else {
        options.binaries.find(&names, folder)?
    };
    let mut functions = Vec::new();
    for declaration in declarations {
        let Some(binary) = found.get(&declaration.binary).cloned() else {
            return Err(StartError::Functions {
                detail: format!("{} has no binary", declaration.name),
            });
        };
        functions.push(declaration.with_binary(binary, options.max_processes));
    }
    Ok(functions)
}

/// A function whose role is missing would fail at its first call: say so now.
fn check_roles(functions: &[Function], gateway: &Gateway) -> Result<(), String> {
    functions.iter().try_for_each(|function| {
        gateway
            .role_credentials(&function.role, &function.name)
            .map(|_| ())
            .map_err(|error| format!("{}: {error}", function.name))
    })
}

/// What a process needs to reach this cloud's AWS endpoint with its execution role.
fn variables(gateway: Arc<Gateway>, aws_url: String) -> Variables {
    Arc::new(move |function, _| {
        let mut variables = vec![
            ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION".to_owned(), "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL".to_owned(), aws_url.clone()),
            // The SDK puts this into its User-Agent: the decision log names the function by it.
            (
                "AWS_SDK_UA_APP_ID".to_owned(),
                function.name.chars().take(50).collect(),
            ),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
            ("TENANTRY_LOCAL".to_owned(), "1".to_owned()),
        ];
        match gateway.role_credentials(&function.role, &function.name) {
            Ok(credentials) => variables.extend([
                ("AWS_ACCESS_KEY_ID".to_owned(), credentials.access_key_id),
                (
                    "AWS_SECRET_ACCESS_KEY".to_owned(),
                    credentials.secret_access_key,
                ),
                ("AWS_SESSION_TOKEN".to_owned(), credentials.session_token),
            ]),
            // The process starts without credentials, and AWS calls say so.
            Err(error) => tracing::error!("{} gets no credentials: {error}", function.name),
        }
        variables
    })
}
