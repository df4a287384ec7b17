//! A cloud that one test at a time has to itself.

use tests::TestCloud;
use tokio::sync::{Mutex, MutexGuard};

static TURN: Mutex<()> = Mutex::const_new(());

/// Waits for its turn. The cloud is the caller's alone while the guard lives: what it counts, it has caused.
pub(crate) async fn cloud() -> (&'static TestCloud, MutexGuard<'static, ()>) {
    let turn = TURN.lock().await;
    (TestCloud::apart(), turn)
}
