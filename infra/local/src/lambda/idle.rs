//! The processes of all functions that wait for work. Their number is bounded: each keeps tens of megabytes, and the product has many
//! functions, while a new start costs some 25 ms.

use super::environment::Environment;
use crate::sync::locked;
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

/// A process is replaced before the credentials it was started with can expire.
const MAX_AGE: Duration = Duration::from_secs(45 * 60);

/// What waits, over all functions.
pub(crate) struct IdleProcesses {
    most: usize,
    /// Most recently used last.
    waiting: Mutex<Vec<Idle>>,
}

struct Idle {
    environment: Environment,
    since: Instant,
}

impl IdleProcesses {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            waiting: Mutex::default(),
        }
    }

    /// The function's most recently used process that still runs.
    pub(crate) fn take(&self, function: &str) -> Option<Environment> {
        loop {
            let mut found = {
                let mut waiting = locked(&self.waiting);
                let last = waiting
                    .iter()
                    .rposition(|idle| idle.environment.function() == function)?;
                waiting.remove(last)
            };
            if found.environment.is_running() && found.environment.age() < MAX_AGE {
                return Some(found.environment);
            }
        }
    }

    /// Adds a process, and gives back those that are one too many: the ones not used for longest.
    #[must_use = "a process that is given back has to be stopped"]
    pub(crate) fn put(&self, environment: Environment) -> Vec<Environment> {
        let mut waiting = locked(&self.waiting);
        waiting.push(Idle {
            environment,
            since: Instant::now(),
        });
        let surplus = waiting.len().saturating_sub(self.most);
        waiting
            .drain(..surplus)
            .map(|idle| idle.environment)
            .collect()
    }

    /// Takes out what had nothing to do for `limit`, and what is too old to be used again.
    pub(crate) fn take_stale(&self, limit: Duration) -> Vec<Environment> {
        let mut waiting = locked(&self.waiting);
        let (stale, fresh): (Vec<_>, Vec<_>) = waiting
            .drain(..)
            .partition(|idle| idle.since.elapsed() >= limit || idle.environment.age() >= MAX_AGE);
        *waiting = fresh;
        stale.into_iter().map(|idle| idle.environment).collect()
    }

    /// How many processes of a function wait.
    pub(crate) fn count(&self, function: &str) -> usize {
        let waiting = locked(&self.waiting);
        let of_function = waiting
            .iter()
            .filter(|idle| idle.environment.function() == function);
        of_function.count()
    }
}
