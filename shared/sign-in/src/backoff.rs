//! Whoever guesses is slowed down, and nobody is ever locked out.
//!
//! Each attempt is counted **before** anything of it is checked, so that attempts at the same moment can't outnumber the
//! allowance, and the count is the same whether or not the account exists. Three counts are kept of a guess:
//!
//! | count | stops |
//! |---|---|
//! | of the network | one machine that tries many accounts |
//! | of the account, from this network | one machine that tries one account |
//! | of the account, from everywhere | many machines that try one account |
//!
//! The second is much smaller than the third. So whoever tries somebody else's account from one place uses up their own
//! allowance and not its owner's, who goes on signing in from another.
//!
//! A count is a cell-rate limit (GCRA): the item holds the moment at which all that was spent is earned back. One
//! conditional update spends; a refused attempt costs nothing of the allowance, so a refusal always ends by itself.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use problem::{Kind, Problem};
use ring::digest::{Context, SHA256};
use serde::Deserialize;
use std::net::IpAddr;
use tenant_context::identity::Identity;
use tenant_context::{Condition, Key, StoredItem, Table, Update, Write, WriteError};

/// How often something may be tried.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// So often at once.
    pub burst: i64,
    /// After that, once in so many milliseconds.
    pub every_ms: i64,
}

/// Requests from one network (/24 of IPv4, /64 of IPv6) that try passwords, codes or links, or have mail sent. Generous:
/// a whole company may be behind it.
pub const NETWORK: Allowance = Allowance {
    burst: 100,
    every_ms: 500,
};
/// Guesses at one account's password or code from one network.
pub const ACCOUNT_FROM_NETWORK: Allowance = Allowance {
    burst: 10,
    every_ms: 30_000,
};
/// Guesses at one account's password or code from everywhere.
pub const ACCOUNT: Allowance = Allowance {
    burst: 100,
    every_ms: 3_000,
};
/// Guesses at the codes of one account's authenticator app from one network. Of a million codes three are good at any
/// moment, so fewer can be tried than passwords; a recovery code can't be guessed, and is not held up by this.
pub const CODES_FROM_NETWORK: Allowance = Allowance {
    burst: 10,
    every_ms: 60_000,
};
/// Guesses at the codes of one account's authenticator app from everywhere.
pub const CODES: Allowance = Allowance {
    burst: 30,
    every_ms: 30_000,
};
/// Letters that somebody can have sent to one address.
pub const LETTERS: Allowance = Allowance {
    burst: 5,
    every_ms: 120_000,
};

/// Tenants that one person can found.
pub const FOUNDINGS: Allowance = Allowance {
    burst: 10,
    every_ms: 600_000,
};

/// How often a count that changes under our hands is tried again.
const TRIES: u32 = 8;

/// The counts of one request.
pub struct BackOff<'a> {
    identity: &'a Identity,
    table: &'a Table,
    network: String,
}

/// A guess that may be made.
#[must_use]
pub struct Guess {
    spent: Vec<Key>,
}

impl Guess {
    /// The writes that give an account its whole allowance back, for the transaction of the success. None where nothing
    /// but this guess was spent: that is earned back soon.
    pub fn forgiven(self) -> Vec<Write> {
        let keys = self.spent.into_iter();
        keys.map(|key| Write::Delete(key, Vec::new())).collect()
    }
}

#[derive(Deserialize)]
struct Count {
    /// When all that was spent is earned back, in milliseconds since 1970.
    full_at: i64,
}

/// How an attempt was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spent {
    /// It is the only one.
    Alone,
    /// There were others a short time ago.
    AfterOthers,
}

impl<'a> BackOff<'a> {
    /// For a request from this address; `table` is the function's own.
    pub fn new(identity: &'a Identity, table: &'a Table, source_ip: &str) -> Self {
        let network = network(source_ip);
        Self {
            identity,
            table,
            network,
        }
    }

    /// Counts a request that names no account: one that shows the token of a link.
    ///
    /// # Errors
    /// `too-many-requests` with the time to wait.
    pub async fn request(&self) -> Result<(), Problem> {
        let key = self.identity.network_backoff_key(&self.network);
        self.spend(&key, NETWORK).await.map(|_| ())
    }

    /// Counts a guess at the password of an account, which may not exist: its normalised address or its id.
    ///
    /// # Errors
    /// `too-many-requests` with the time to wait.
    pub async fn guess(&self, account: &str) -> Result<Guess, Problem> {
        self.count("guess", account, ACCOUNT_FROM_NETWORK, ACCOUNT)
            .await
    }

    /// Counts a guess at the code that an account's authenticator app shows.
    ///
    /// # Errors
    /// `too-many-requests` with the time to wait.
    pub async fn code(&self, account: &str) -> Result<Guess, Problem> {
        self.count("code", account, CODES_FROM_NETWORK, CODES).await
    }

    async fn count(
        &self,
        what: &str,
        account: &str,
        from_network: Allowance,
        from_everywhere: Allowance,
    ) -> Result<Guess, Problem> {
        self.request().await?;
        let mut spent = Vec::new();
        let counts = [
            (hash(&[what, account, &self.network]), from_network),
            (hash(&[what, account]), from_everywhere),
        ];
        for (hash, allowance) in counts {
            let key = self.identity.account_backoff_key(&hash);
            if self.spend(&key, allowance).await? == Spent::AfterOthers {
                spent.push(key);
            }
        }
        Ok(Guess { spent })
    }

    /// Counts a letter that somebody has sent to an address, which may be nobody's.
    ///
    /// # Errors
    /// `too-many-requests` with the time to wait.
    pub async fn letter(&self, address: &str) -> Result<(), Problem> {
        self.request().await?;
        self.further_letter(address).await
    }

    /// The same in a request that was counted already.
    ///
    /// # Errors
    /// `too-many-requests` with the time to wait.
    pub async fn further_letter(&self, address: &str) -> Result<(), Problem> {
        let key = self
            .identity
            .account_backoff_key(&hash(&["letter", address]));
        self.spend(&key, LETTERS).await.map(|_| ())
    }

    /// Counts a tenant that a person founds.
    ///
    /// # Errors
    /// `too-many-requests` with the time to wait.
    pub async fn founding(&self, user: &str) -> Result<(), Problem> {
        let key = self
            .identity
            .account_backoff_key(&hash(&["founding", user]));
        self.spend(&key, FOUNDINGS).await.map(|_| ())
    }

    async fn spend(&self, key: &Key, allowance: Allowance) -> Result<Spent, Problem> {
        for _ in 0..TRIES {
            let now = jiff::Timestamp::now().as_millisecond();
            let Some(refused) = self.write(key, allowance.alone(now)?).await? else {
                return Ok(Spent::Alone);
            };
            // What it was refused for tells whether it is of any use to ask again.
            if let Some(count) = refused.into_iter().find_map(|(_, item)| item) {
                let full_at = count.read::<Count>()?.full_at;
                if let Some(seconds) = allowance.wait(full_at, now) {
                    tracing::warn!(
                        event = "backed_off",
                        seconds,
                        "attempts were too many for the time"
                    );
                    return Err(Problem::new(Kind::TooManyRequests).retry_after(seconds));
                }
            }
            if self
                .write(key, allowance.after_others(now)?)
                .await?
                .is_none()
            {
                return Ok(Spent::AfterOthers);
            }
        }
        // Many at once, and none of them was refused yet: this one waits its turn.
        Err(Problem::new(Kind::TooManyRequests).retry_after(1))
    }

    /// Nothing if it was written, else what stands in its way.
    async fn write(
        &self,
        key: &Key,
        update: Update,
    ) -> Result<Option<Vec<(usize, Option<StoredItem>)>>, Problem> {
        match self.table.update::<Count>(key, update).await {
            Ok(_) => Ok(None),
            Err(WriteError::Refused(refused)) => Ok(Some(refused)),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }
}

impl Allowance {
    /// What may be spent beyond the first attempt, in milliseconds.
    fn slack(self) -> i64 {
        self.every_ms.saturating_mul(self.burst.saturating_sub(1))
    }

    /// Spends one where all was earned back.
    fn alone(self, now: i64) -> Result<Update, Problem> {
        Ok(self
            .kept(now)?
            .set("full_at", now.saturating_add(self.every_ms))?
            .when(Condition::absent_or_at_most("full_at", now)))
    }

    /// Spends one where others were spent and some are left.
    fn after_others(self, now: i64) -> Result<Update, Problem> {
        let most = now.saturating_add(self.slack());
        Ok(self
            .kept(now)?
            .add("full_at", self.every_ms)
            .when(Condition::greater_than("full_at", now))
            .when(Condition::absent_or_at_most("full_at", most)))
    }

    /// Kept until all is earned back, whatever was spent.
    fn kept(self, now: i64) -> Result<Update, Problem> {
        let whole = self.every_ms.saturating_mul(self.burst);
        Ok(Update::new().set("ttl", now.saturating_add(whole).saturating_div(1000) + 60)?)
    }

    /// Seconds until the next attempt may be made, if none may now.
    fn wait(self, full_at: i64, now: i64) -> Option<u64> {
        let missing = full_at.saturating_sub(now.saturating_add(self.slack()));
        (missing > 0).then(|| u64::try_from(missing).unwrap_or_default().div_ceil(1000))
    }
}

/// The network that counts as one: /24 of IPv4, /64 of IPv6, which is what one subscriber gets.
fn network(address: &str) -> String {
    match address
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
    {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => "unknown".to_owned(),
    }
}

/// The parts, none of which can run into the next.
fn hash(parts: &[&str]) -> String {
    let mut digest = Context::new(&SHA256);
    for part in parts {
        digest.update(&part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    BASE64_URL_SAFE_NO_PAD.encode(digest.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Allowance = Allowance {
        burst: 3,
        every_ms: 10_000,
    };

    #[test]
    fn the_time_to_wait_is_true() {
        let now = 1_000_000;
        // One, two and three spent at `now`.
        assert_eq!(SMALL.wait(now + 10_000, now), None);
        assert_eq!(SMALL.wait(now + 20_000, now), None);
        assert_eq!(SMALL.wait(now + 30_000, now), Some(10));
        assert_eq!(SMALL.wait(now + 30_000, now + 9_001), Some(1));
        assert_eq!(SMALL.wait(now + 30_000, now + 10_000), None);
    }

    #[test]
    fn what_counts_as_one_network() {
        assert_eq!(network("203.0.113.7"), "203.0.113.0/24");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:12:34::1"), "2001:db8:12:34::/64");
        assert_eq!(network("garbage"), "unknown");
    }

    #[test]
    fn counts_of_different_things_are_apart() {
        let all = [
            hash(&["guess", "ada@example.com"]),
            hash(&["letter", "ada@example.com"]),
            hash(&["guess", "ada@example.com", "203.0.113.0/24"]),
            hash(&["guess", "ada@example.com203.0.113.0/24"]),
            hash(&["guess", "bob@example.com"]),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }
}
