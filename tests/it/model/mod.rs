//! Random sequences of operations by several tenants and their people, against the real functions and a model in memory:
//! each answer is what the model says, at the end the table holds what the model holds, and nobody sees another tenant.
//!
//! Each worker has two tenants of its own, and does one thing after the other, so that the model knows what must come of it;
//! the workers do so at the same time. A failure prints its seed and what was done last:
//! `TENANTRY_MODEL_SEED=… cargo xtask test model` repeats it. `TENANTRY_MODEL_OPERATIONS` sets how many there are.

mod batches;
mod content;
mod creates;
mod cursors;
mod end;
mod form;
mod inbox;
mod lists;
mod objects;
mod operations;
mod random;
mod reasons;
mod records;
mod shapes;
mod totals;
mod values;
mod world;

use futures::FutureExt as _;
use futures::future::join_all;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Arc, Mutex};
use tests::TestCloud;
use world::World;

const OPERATIONS: usize = 10_400;
const WORKERS: usize = 8;
/// How much of what was done is told of a failure.
const TOLD: usize = 12;

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
    )
}

async fn work(
    cloud: &'static TestCloud,
    seed: u64,
    operations: usize,
    trace: Arc<Mutex<Vec<String>>>,
) -> (usize, usize) {
    let mut world = World::create(cloud, seed, trace).await;
    for _ in 0..operations {
        world.operate().await;
    }
    world.compare_tables();
    world.batches
}

#[tokio::test]
async fn random_operations_agree_with_the_model() {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let seed: u64 = setting("TENANTRY_MODEL_SEED").unwrap_or(now);
    let operations = setting("TENANTRY_MODEL_OPERATIONS").unwrap_or(OPERATIONS);
    let cloud = TestCloud::shared();
    let workers = (0..WORKERS).map(async |number| {
        let trace = Arc::<Mutex<Vec<String>>>::default();
        let own = seed
            .wrapping_mul(1_000)
            .wrapping_add(u64::try_from(number).unwrap());
        let work = work(cloud, own, operations.div_ceil(WORKERS), Arc::clone(&trace));
        AssertUnwindSafe(work)
            .catch_unwind()
            .await
            .unwrap_or_else(|failure| {
                let trace = trace
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                let last = trace.len().saturating_sub(TOLD);
                println!(
                    "TENANTRY_MODEL_SEED={seed}, worker {number}, operation {}:",
                    trace.len()
                );
                for line in &trace[last..] {
                    println!("  {line}");
                }
                resume_unwind(failure)
            })
    });
    let batches = join_all(workers).await;
    println!("batches that were done, and refused: {batches:?}");
    let done: usize = batches.iter().map(|(done, _)| done).sum();
    let refused: usize = batches.iter().map(|(_, refused)| refused).sum();
    // Seven of a hundred operations are batches, and about a quarter of those is not refused.
    assert!(
        done >= operations / 130 && refused >= operations / 130,
        "{done}, {refused}"
    );
}
