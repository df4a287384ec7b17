//! Starts everything in order: ports, keys, template, binaries, AWS endpoint, functions, API.

use crate::{
    api::{ApiGateway, Apis, Declared},
    data::{self, DataFolder},
    dns::Dns,
    error::StartError,
    functions::{self, Declaration},
    issuer::Issuer,
    lambda::{Function, Keep, Lambda},
    listen::{self, listen, serve},
    options::Options,
    pages::Pages,
    sources::{self, AsynchronousSettings, Sources, Target},
    stack,
    variables::variables,
};
use gateway::Gateway;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};
use template::{Environment, Template};
use tokio::{runtime, task::JoinHandle};

const SAVE_EVERY: Duration = Duration::from_millis(200);

/// What the holder of a cloud works with.
pub(crate) struct Parts {
    pub(crate) api_url: String,
    pub(crate) aws_url: String,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) lambda: Arc<Lambda>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) dns: Arc<Dns>,
    pub(crate) handle: runtime::Handle,
}

/// What has to be ended.
pub(crate) struct Running {
    lambda: Arc<Lambda>,
    sources: Arc<Sources>,
    gateway: Arc<Gateway>,
    saver: Option<JoinHandle<()>>,
    servers: [JoinHandle<()>; 2],
    /// Unlocked when everything has ended.
    _data: Option<DataFolder>,
}

impl Running {
    pub(crate) async fn start(options: Options) -> Result<(Parts, Self), StartError> {
        let file = match &options.template {
            Some(file) => file.clone(),
            None => stack::find_template()?,
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
        let (api_url, aws_url) = (listen::url(&api)?, listen::url(&aws)?);
        let data = options
            .data_dir
            .as_deref()
            .map(DataFolder::open)
            .transpose()?;
        let keys = match &data {
            Some(data) => data.keys()?,
            None => data::new_keys()?,
        };
        let parameters = stack::parameters(&template, &api_url, &keys, &options.parameters);
        let environment = Environment {
            queue_endpoint: Some(aws_url.clone()),
            ..Environment::default()
        };
        let resolved = template
            .resolve(&parameters, &environment)
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
        let mut events = Vec::new();
        let mut asynchronous = BTreeMap::new();
        for resource in resources().filter(|r| r.kind == functions::KIND) {
            let (name, properties) = (&resource.logical_id, &resource.properties);
            events.extend(sources::read(name, properties).map_err(wrong)?);
            let settings = AsynchronousSettings::read(properties);
            let settings = settings.map_err(|detail| wrong(format!("{name}: {detail}")))?;
            asynchronous.insert(name.clone(), settings);
        }
        let apis = Apis::read(&declared).map_err(|error| wrong(error.to_string()))?;
        let issuer_url = stack::issuer_url(&resolved);
        let hosts = stack::issuer_hosts(&issuer_url, &apis);
        let functions = with_binaries(declarations, &options, &file)?;

        let issuer = Issuer::new(&issuer_url);
        let config = gateway::Config {
            data_dir: data.as_ref().map(|data| data.path().to_owned()),
            secrets: stack::secrets(&resolved, &keys).map_err(wrong)?,
            issuer_url,
            jwks: issuer.clone(),
            resolved: resolved.clone(),
        };
        let gateway = Gateway::new(config).map_err(|error| wrong(error.to_string()))?;
        check_roles(&functions, &gateway).map_err(wrong)?;
        let target = |function: &Function| {
            let settings = asynchronous.remove(&function.name);
            Target::of(function, settings.unwrap_or_default())
        };
        let targets: Vec<Target> = functions.iter().map(target).collect();
        let dns = Dns::start().await;
        let dns = Arc::new(dns.map_err(|error| {
            StartError::System(format!("the name server can't be opened: {error}"))
        })?);
        let front = options.aws_front.clone().unwrap_or_else(|| aws_url.clone());
        let variables = variables(Arc::clone(&gateway), front, dns.address());
        let keep = Keep {
            idle_stop: options.idle_stop,
            max_idle: options.max_idle_processes,
        };
        let lambda = Lambda::start(functions, variables, keep).await;
        let lambda = lambda.map_err(|error| {
            StartError::System(format!("the Runtime API can't be opened: {error}"))
        })?;
        let api_gateway = ApiGateway::new(apis, Arc::clone(&lambda), listen::port(&api)?, &hosts);
        issuer.connect(&api_gateway);
        let folder = data.as_ref().map(DataFolder::path);
        let sources = Sources::start(events, &targets, &gateway, &lambda, folder);
        let sources = sources.await.map_err(wrong)?;
        let saver = data
            .as_ref()
            .map(|_| tokio::spawn(save_queues(Arc::clone(&gateway))));
        let pages = Pages {
            gateway: Arc::clone(&gateway),
            sources: Arc::clone(&sources),
            dns: Arc::clone(&dns),
            billing_secret: keys.billing_secret.clone(),
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
            gateway: Arc::clone(&gateway),
            lambda: Arc::clone(&lambda),
            sources: Arc::clone(&sources),
            dns,
            handle: runtime::Handle::current(),
        };
        Ok((
            parts,
            Self {
                lambda,
                sources,
                gateway,
                saver,
                servers,
                _data: data,
            },
        ))
    }

    pub(crate) async fn stop(self) {
        for server in &self.servers {
            server.abort();
        }
        self.sources.stop();
        self.lambda.stop().await;
        if let Some(saver) = &self.saver {
            saver.abort();
        }
        self.gateway.save_queues();
    }
}

/// With a data folder, messages are kept as the tables are.
async fn save_queues(gateway: Arc<Gateway>) {
    loop {
        tokio::time::sleep(SAVE_EVERY).await;
        let gateway = Arc::clone(&gateway);
        // An error would be a panic, and has been told.
        let _ = tokio::task::spawn_blocking(move || gateway.save_queues()).await;
    }
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
