//! The bench: `cargo xtask bench` builds the functions for release and runs it.
//!
//! It sends the requests of the budget's table to a local cloud and measures what has no exact figure: processor time, latency,
//! starts, memory. Calls, their depth and units are counted before that, while there is little in the cloud: in a whole run they
//! are those of the table, which a test holds.

mod chart;
mod front;
mod measure;
mod outcome;
mod price;
mod process;
mod report;
mod targets;

use clap::Parser;
use front::Front;
use local::{Binaries, Options};
use measure::Bench;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use tests::TestCloud;
use tests::budget::{BUDGET, RECORDS, Stage};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Measures what each endpoint costs and how long it takes.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// Folder of the functions' binaries.
    #[arg(long, hide = true)]
    functions_dir: PathBuf,
    /// Only routes that contain this text.
    #[arg(long, default_value = "")]
    route: String,
    /// How often a request is repeated with canned answers of the store.
    #[arg(long, default_value_t = 300)]
    repeat: usize,
    /// Writes JSON to this file too.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Writes table, JSON and picture to infra/docs/.
    #[arg(long)]
    keep: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let front = Front::start().await?;
    let cloud = TestCloud::with(Options {
        binaries: Binaries::Folder(arguments.functions_dir.clone()),
        aws_front: Some(front.url()),
        // One process a function: what it uses is the request's.
        max_processes: 1,
        max_idle_processes: 250,
        ..Options::default()
    });
    front.lead_to(cloud.aws_url());
    let bench = |stage| Bench {
        cloud,
        front: &front,
        stage,
        functions: &arguments.functions_dir,
        repeat: arguments.repeat,
    };
    // The last rows end a tenant.
    let (first, stage) = (Stage::set(cloud).await, Stage::set(cloud).await);
    let (counting, bench) = (bench(&first), bench(&stage));
    let any = BUDGET.iter().find(|row| row.route == RECORDS);
    let authorizer = bench.authorizer(any.ok_or("no list of records")?).await?;
    let rows = || {
        let rows = BUDGET.iter();
        rows.filter(|row| row.route.contains(&arguments.route))
    };
    let (mut counts, mut differ) = (Vec::new(), Vec::new());
    for row in rows() {
        let count = counting.count(row).await?;
        if count.cost != row.cost {
            differ.push(format!("{} ({}): {:?}", row.route, row.case, count.cost));
        }
        counts.push(count);
    }
    if arguments.keep && !differ.is_empty() {
        return Err(format!("not what the budget says:\n{}", differ.join("\n")).into());
    }
    let mut outcomes = Vec::new();
    for (row, count) in rows().zip(&counts) {
        eprintln!("{} {}", row.route, row.case);
        outcomes.push(bench.endpoint(row, count, &authorizer).await?);
    }
    outcomes.insert(0, authorizer);
    print!("{}", report::table(&outcomes));
    if let Some(file) = &arguments.json {
        std::fs::write(file, report::json(&outcomes)?)?;
    }
    if arguments.keep {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
        std::fs::write(format!("{docs}/bench.md"), report::page(&outcomes))?;
        std::fs::write(format!("{docs}/bench.json"), report::json(&outcomes)?)?;
        std::fs::write(format!("{docs}/bench.svg"), chart::draw(&outcomes)?)?;
    }
    Ok(())
}
