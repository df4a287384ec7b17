//! The load of many tenants on one account.

use super::Assumptions;
use super::workload::{Mix, Tenants};
use lru::LruCache;

/// How many requests to a process are looked at, after as many that warm it.
const LOOKED_AT: u32 = 60_000;
/// For how long they are kept: an hour, less five minutes, less half of the fifth that is left to chance.
const KEPT_SECONDS: f64 = 3_300.0 - 360.0;
/// How many more processes there are than are busy on average.
const SPARE: f64 = 1.5;
/// Read units of the authorizer's one call in the tenant's core partition: the tenant and the member.
const CORE_READS: f64 = 2.0;

/// What an account bears.
pub(super) struct Quota {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) most: f64,
    /// Whether AWS has not published it.
    pub(super) is_assumed: bool,
    pub(super) used: fn(&Account) -> f64,
}

/// Sources: the quota pages of API Gateway, Lambda, STS and DynamoDB.
pub(super) const QUOTAS: &[Quota] = &[
    Quota {
        name: "API requests/s",
        meaning: "requests a second of all APIs of a region; raised on request.",
        most: 10_000.0,
        is_assumed: false,
        used: |account| account.requests,
    },
    Quota {
        name: "Lambda concurrency",
        meaning: "authorizer and endpoint at work at the same time; raised on request, to tens of thousands.",
        most: 1_000.0,
        is_assumed: false,
        used: |account| account.concurrency,
    },
    Quota {
        name: "STS calls/s",
        meaning: "tenant tokens traded for credentials. A process keeps so many tenants' credentials and no more, so many small tenants cost more than few large ones. \
                  AWS publishes 600 for AssumeRole and nothing for AssumeRoleWithWebIdentity; the answer to this line is more tenants kept a process, \
                  or functions that serve a cell.",
        most: 600.0,
        is_assumed: true,
        used: |account| account.trades,
    },
    Quota {
        name: "table read units/s",
        meaning: "of the tenant table on demand; raised on request.",
        most: 40_000.0,
        is_assumed: false,
        used: |account| account.table_reads,
    },
    Quota {
        name: "table write units/s",
        meaning: "the same for writing, entries in indexes included.",
        most: 40_000.0,
        is_assumed: false,
        used: |account| account.table_writes,
    },
    Quota {
        name: "hottest core partition, read units/s",
        meaning: "the authorizer reads tenant and member on every request, both in the tenant's core partition: this bounds a tenant, not the account, \
                  and cannot be raised. A tenant beyond it needs the authorizer's cache (`AuthorizerCacheSeconds`).",
        most: 3_000.0,
        is_assumed: false,
        used: |account| account.largest * CORE_READS,
    },
];

/// One account under load.
pub(super) struct Account {
    pub(super) tenants: usize,
    /// Requests a second.
    pub(super) requests: f64,
    /// Functions at work.
    pub(super) concurrency: f64,
    /// Trades at STS a second.
    pub(super) trades: f64,
    pub(super) table_reads: f64,
    pub(super) table_writes: f64,
    /// Requests a second of the largest tenant.
    pub(super) largest: f64,
}

impl Account {
    pub(super) fn simulate(tenants: &Tenants, mix: &Mix, assumed: &Assumptions) -> Self {
        let requests = tenants.all();
        let seconds = (assumed.authorizer_ms + assumed.endpoint_ms) / 1000.0;
        Self {
            tenants: tenants.rates().len(),
            requests,
            concurrency: requests * seconds,
            trades: trades(tenants, mix, assumed),
            table_reads: requests * (mix.mean(|kind| kind.read) + CORE_READS),
            table_writes: requests * mix.mean(|kind| kind.write),
            largest: tenants.rates().first().copied().unwrap_or_default(),
        }
    }
}

/// How often processes meet a tenant for which they have no credentials, a second.
///
/// The processes of a function are alike, and each request goes to any of them: one of each is looked at.
fn trades(tenants: &Tenants, mix: &Mix, assumed: &Assumptions) -> f64 {
    let of_one = mix.kinds().iter().map(|kind| {
        let rate = tenants.all() * kind.share;
        let processes = processes(rate * assumed.endpoint_ms / 1000.0);
        processes * of_one_process(tenants, rate / processes, assumed)
    });
    of_one.sum()
}

/// The same of one process that gets so many requests a second.
fn of_one_process(tenants: &Tenants, rate: f64, assumed: &Assumptions) -> f64 {
    let mut random = fastrand::Rng::with_seed(assumed.seed);
    let mut kept = LruCache::new(assumed.kept);
    let (mut now, mut since, mut traded) = (0.0, 0.0, 0_u32);
    for number in 0..2 * LOOKED_AT {
        if number == LOOKED_AT {
            (since, traded) = (now, 0);
        }
        // The time between requests of many who know nothing of each other.
        now += -(1.0 - random.f64()).ln() / rate;
        let tenant = tenants.at(random.f64());
        if kept.get(&tenant).is_none_or(|until| *until <= now) {
            kept.put(tenant, now + KEPT_SECONDS);
            traded += 1;
        }
    }
    f64::from(traded) / (now - since).max(f64::MIN_POSITIVE)
}

/// How many processes serve what keeps `busy` of them at work on average.
fn processes(busy: f64) -> f64 {
    (busy * SPARE).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::tests::assumed;

    #[test]
    fn there_is_always_a_process() {
        assert_eq!([0.0, 0.9, 10.0].map(processes), [1.0, 2.0, 15.0]);
    }

    #[test]
    fn what_is_kept_is_not_traded_again_until_it_ends() {
        let at = |tenants: u32, kept: &str| {
            let assumed = assumed(&["--skew", "0", "--kept", kept]);
            of_one_process(&Tenants::new(tenants, &assumed), 40.0, &assumed)
        };
        // All of them fit: each is traded once in the time that credentials last.
        assert!(at(10, "10") < 2.0 * 10.0 / KEPT_SECONDS, "{}", at(10, "10"));
        // Of a hundred that are alike, half fit: half of the requests find theirs.
        assert!((at(100, "50") - 20.0).abs() < 0.5, "{}", at(100, "50"));
    }
}
