//! The command line: `cargo local`.

use crate::{Binaries, Cloud, Generator, Options, StartError, demo};
use clap::Parser;
use std::{future::Future, io::Write, path::PathBuf, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Runs the product on this machine: the API, the functions and what they need of AWS, as template.yaml describes them.
#[derive(Debug, Parser)]
#[command(name = "cargo local", version, args_override_self = true)]
struct Arguments {
    /// Port of the API.
    #[arg(long, default_value_t = 3000)]
    api_port: u16,
    /// Port of the AWS endpoint and of the pages under /_local/.
    #[arg(long, default_value_t = 4566)]
    aws_port: u16,
    /// Keep data and keys in this folder; without it they are gone when the cloud stops.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Create two tenants with people and records, and print their logins.
    #[arg(long)]
    demo: bool,
    /// Fill in so many tenants, with the items that the product writes for one.
    #[arg(long, value_name = "NUMBER")]
    tenants: Option<usize>,
    /// So many records for each of them, in tens.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 10,
        requires = "tenants"
    )]
    records: usize,
    /// Don't build the functions; take what was built before.
    #[arg(long)]
    no_build: bool,
    /// Take the functions' binaries from this folder and build nothing.
    #[arg(long, value_name = "DIR")]
    functions_dir: Option<PathBuf>,
    /// The template; by default the nearest template.yaml in this folder or above it.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Set a parameter of the template.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// Show what the functions write.
    #[arg(long, short)]
    verbose: bool,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Arguments {
    fn options(&self) -> Options {
        let binaries = match (&self.functions_dir, self.no_build) {
            (Some(folder), _) => Binaries::Folder(folder.clone()),
            (None, true) => Binaries::Built,
            (None, false) => Binaries::Build,
        };
        Options {
            api_port: self.api_port,
            aws_port: self.aws_port,
            data_dir: self.data.clone(),
            template: self.template.clone(),
            binaries,
            parameters: self.parameters.iter().cloned().collect(),
            ..Options::default()
        }
    }
}

/// Runs the command line to its end.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let level = if arguments.verbose {
        "warn,function=info"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .compact()
        .init();
    let options = arguments.options();
    let cloud = match Cloud::start(options) {
        Ok(cloud) => cloud,
        Err(error) => return fail(&error),
    };
    let result = until_told_to_stop(async {
        if arguments.demo {
            match demo::create(cloud.api_url()).await {
                Ok(table) => say(&table),
                Err(error) => tracing::warn!("the demo data could not be created: {error}"),
            }
        }
        if let Some(tenants) = arguments.tenants {
            match fill(&cloud, tenants, arguments.records).await {
                Ok(text) => say(&text),
                Err(error) => tracing::warn!("the tenants could not be filled in: {error}"),
            }
        }
        let (api, aws) = (cloud.api_url(), cloud.aws_url());
        say(&format!("ready  API {api}  AWS {aws}  pages {aws}/_local/"));
        std::future::pending().await
    });
    cloud.stop();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&StartError::System(error.to_string())),
    }
}

/// Fills in tenants; says how many, and who can log in.
async fn fill(cloud: &Cloud, tenants: usize, records: usize) -> Result<String, String> {
    let mut generator = Generator::new(cloud).await?;
    let filled = generator.fill(cloud, tenants, records);
    let filled = filled.map_err(|error| error.to_string())?;
    let ((first, password), (last, _)) = (generator.owner(1), generator.owner(tenants));
    Ok(format!(
        "{filled}\nlog in as {first} to {last}, password {password}"
    ))
}

/// Runs `work` until it ends or the system asks us to stop.
fn until_told_to_stop(work: impl Future<Output = ()>) -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut hang_up = signal(SignalKind::hangup())?;
            tokio::select! {
                () = work => Ok(()),
                pressed = tokio::signal::ctrl_c() => pressed,
                _ = terminate.recv() => Ok(()),
                _ = hang_up.recv() => Ok(()),
            }
        })
}

/// Writes to stdout. A reader that is gone (a closed pipe) is no reason to stop.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn fail(error: &StartError) -> ExitCode {
    let text = error.to_string();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr(), "error: {line}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
        let arguments = Arguments::parse_from(["local"]);
        assert_eq!(
            (arguments.api_port, arguments.aws_port, arguments.demo),
            (3000, 4566, false)
        );
        let arguments = Arguments::parse_from([
            "local",
            "--no-build",
            "--functions-dir",
            "x",
            "--parameter",
            "A=b=c",
        ]);
        assert!(matches!(arguments.options().binaries, Binaries::Folder(_)));
        assert_eq!(arguments.options().parameters.get("A").unwrap(), "b=c");
        assert!(Arguments::try_parse_from(["local", "--parameter", "A"]).is_err());
    }
}
