//! What functions do that no request reaches, with a fault at each of their calls: in the end it is done, and once.
//!
//! The calls are those that are seen to be made, so that a new one does not go without. Each try has a cloud to itself.

use super::mishap::{Call, Mishap};
use futures::FutureExt as _;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tests::{TestCloud, function_id};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many tries are under way, of all tests together: most of the time they wait.
const CLOUDS: usize = 6;
/// Of an operation with more calls than that, two at the beginning are tried, one in the middle and the last: it is a loop's.
const EACH: u32 = 4;

/// Longer than it takes until a call is made.
const LONG: Duration = Duration::from_secs(60);

/// After so long a process is started again that was killed while it started.
const RESTART: Duration = Duration::from_millis(500);

/// A piece of work that waits for something to happen.
pub(crate) trait Work: Sized {
    /// All that comes before. What it sets going will have come to rest when the work begins.
    async fn ready(cloud: &'static TestCloud) -> Self;

    /// Lets happen what the function waits for.
    async fn begin(&self, cloud: &'static TestCloud);

    /// Lets what failed be tried again, once.
    async fn again(&self, cloud: &'static TestCloud) {
        cloud.come_again().await;
    }

    /// Fails unless it is done, and once.
    async fn assert_done(&self, cloud: &'static TestCloud);
}

/// A cloud that nobody else uses meanwhile.
struct Taken {
    cloud: &'static TestCloud,
    _permit: SemaphorePermit<'static>,
}

static FREE: Mutex<Vec<&'static TestCloud>> = Mutex::new(Vec::new());

impl Taken {
    async fn one() -> Self {
        static PERMITS: Semaphore = Semaphore::const_new(CLOUDS);
        let permit = PERMITS.acquire().await.expect("never closed");
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self {
            cloud: free.unwrap_or_else(TestCloud::own_indexed),
            _permit: permit,
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.cloud.gateway().forget_faults();
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(self.cloud);
    }
}

/// Has it done, and tells how often the function called which operation.
async fn once<W: Work>(binary: &str, mishap: Option<(Call<'_>, Mishap)>) -> BTreeMap<String, u32> {
    let taken = Taken::one().await;
    let (cloud, gateway) = (taken.cloud, taken.cloud.gateway());
    let work = W::ready(cloud).await;
    cloud.settled().await;
    // One that is started anew has its credentials still to get, and makes the same calls each time.
    let function = function_id(binary);
    cloud.local().kill(&function);
    let log = gateway.last_decision_id();
    if let Some((call, mishap)) = mishap {
        gateway.inject(mishap.fault(binary, call));
    }
    let dies = async {
        if matches!(mishap, Some((_, Mishap::Death))) {
            let met = tokio::time::timeout(LONG, cloud.unanswered(log));
            met.await.expect("a call that gets no answer");
            assert!(cloud.local().kill(&function) > 0, "nothing died");
        }
    };
    tokio::join!(work.begin(cloud), dies);
    cloud.settled().await;
    let made = gateway.decisions_after(log);
    let left = gateway.forget_faults();
    if let Some((call, mishap)) = mishap {
        let is_untouched = mishap.is_untouched(binary, call, &left);
        assert!(!is_untouched, "befell nothing");
        if matches!(mishap, Mishap::Death) {
            tokio::time::sleep(RESTART).await;
        }
        work.again(cloud).await;
    }
    work.assert_done(cloud).await;
    let mut calls = BTreeMap::new();
    let own = made
        .iter()
        .filter(|call| call.caller.route.as_deref() == Some(binary));
    for call in own {
        *calls.entry(call.operation.clone()).or_default() += 1;
    }
    calls
}

/// Which of so many calls of an operation are tried.
fn tried(operation: &str, count: u32) -> Vec<u32> {
    match count {
        // Each process trades once, and how many there are is chance where one step follows another.
        _ if operation == "AssumeRole" => vec![0],
        0..=EACH => (0..count).collect(),
        _ => vec![0, 1, count / 2, count - 1],
    }
}

/// Has it done undisturbed, and with each mishap at each call that the function of this binary makes for it. Tells all that is wrong
/// at once: it takes minutes.
pub(crate) async fn is_done_once_whatever_befalls<W: Work>(binary: &str) {
    let calls = once::<W>(binary, None).await;
    assert!(!calls.is_empty(), "{binary} makes no call");
    let each = calls.iter();
    let each = each.flat_map(|(name, count)| {
        let tried = tried(name, *count).into_iter();
        tried.map(|at| (&**name, at))
    });
    let each = each.flat_map(|call| Mishap::all(call.0).map(move |mishap| (call, mishap)));
    let tries = each.map(async |befalls| {
        let done = AssertUnwindSafe(once::<W>(binary, Some(befalls))).catch_unwind();
        let error = done.await.err()?;
        let reason = error.downcast_ref::<String>().map_or("", String::as_str);
        Some(format!("{befalls:?}: {reason}"))
    });
    let wrong = join_all(tries).await;
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "of {calls:?}, with\n{}", wrong.join("\n"));
}
