//! `cargo xtask`: makes the files that follow from the endpoints' declarations, and checks them.

mod access_table;
mod bench;
mod describe;
mod examples;
mod failure;
mod keys;
mod limits;
mod openapi;
mod outputs;
mod package;
mod permissions_table;
mod phone_plans;
mod planned;
mod plans_table;
mod resolved;
mod routes;
mod schemas;
mod simulate;
mod template_part;
mod test;
mod worker_part;
mod workers;
mod workspace;

use clap::{Parser, Subcommand};
use failure::{Result, read, write};
use std::path::PathBuf;
use std::process::ExitCode;
use workspace::Workspace;

/// Makes and checks what follows from the endpoints' declarations.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the functions, asks each what it is, and writes template.yaml's part, openapi.json, routes.json and the tables.
    Generate,
    /// Does the same without writing: names every file that is stale, and counts AWS's limits.
    Check,
    /// Counts resources, integrations and sizes against AWS's limits, for today's template and for the finished product.
    Limits,
    /// Writes who may do what, from the template's roles, to infra/docs/access.md.
    Access,
    /// Makes the signing keys of a deployment in DIR, for the stack's secrets and parameters.
    Keys {
        /// Folder for the files; made if it is not there.
        dir: PathBuf,
    },
    /// Builds the functions for release into target/lambda/, from where `sam deploy` takes them.
    Package {
        /// Target triple, such as aarch64-unknown-linux-gnu. This machine's own when left out.
        #[arg(long)]
        target: Option<String>,
    },
    /// Builds the functions for release and measures each endpoint on the local cloud: calls, units, times, memory, cost.
    Bench {
        /// Arguments for the bench; `--help` names them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Works out how the load of many tenants meets AWS's quotas, in one account and in cells.
    Simulate {
        #[command(flatten)]
        assumed: simulate::Assumptions,
        /// Writes the report and its picture to infra/docs/.
        #[arg(long)]
        keep: bool,
    },
    /// Builds what the tests need and runs them all.
    Test {
        /// Arguments for `cargo test`, such as the name of a test.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    if let Command::Keys { dir } = &command {
        print!("{}", keys::make(dir)?);
        return Ok(());
    }
    let workspace = Workspace::find()?;
    match command {
        Command::Generate => {
            let outputs = made(&workspace)?;
            let written = outputs::write_changed(&workspace.root, &outputs)?;
            if written.is_empty() {
                println!("Everything is up to date.");
            }
            for path in written {
                println!("wrote {path}");
            }
            Ok(())
        }
        Command::Check => {
            let outputs = made(&workspace)?;
            outputs::check(&workspace.root, &outputs)?;
            println!("The generated files are up to date.");
            limits(&workspace)
        }
        Command::Limits => limits(&workspace),
        Command::Access => {
            let template = read(&workspace.root.join(outputs::TEMPLATE))?;
            write(
                &workspace.root.join(outputs::ACCESS),
                &access_table::render(&template)?,
            )
        }
        Command::Package { target } => {
            print!("{}", package::make(&workspace, target.as_deref())?);
            Ok(())
        }
        Command::Simulate { assumed, keep } => {
            print!("{}", simulate::run(&workspace.root, &assumed, keep)?);
            Ok(())
        }
        Command::Bench { arguments } => bench::run(&workspace, &arguments),
        Command::Test { arguments } => test::run(&workspace, &arguments),
        Command::Keys { .. } => Ok(()),
    }
}

/// Builds and asks the functions, and makes every generated file.
fn made(workspace: &Workspace) -> Result<outputs::Outputs> {
    let executables = workspace.build_functions(&[])?;
    let functions = describe::ask(&executables, workspace)?;
    outputs::make(&workspace.root, &functions)
}

fn limits(workspace: &Workspace) -> Result<()> {
    let template = read(&workspace.root.join(outputs::TEMPLATE))?;
    let plan = planned::Plan::of_the_product()?;
    print!(
        "{}",
        limits::report(&resolved::Stack::parse(&template)?, &template, &plan)?
    );
    Ok(())
}
