//! Whatever befalls who keeps an index in step, it comes to be what the table says.

use super::indexed::{indexed, labels, searched};
use super::making::said;
use super::{change, chunk, delete};
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{TestCloud, TestTenant, now};
use tokio::sync::OnceCell;

/// The index has these chunks, and is what searches look through.
async fn assert_indexed(tenant: &TestTenant, chunks: &[(&str, Value)]) {
    assert_eq!(indexed(tenant).await, labels(chunks));
    let (mut found, calls) = searched(tenant, json!([1, 0])).await;
    let mut expected: Vec<&str> = chunks.iter().map(|(id, _)| *id).collect();
    found.sort();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(calls.contains(&"QueryVectors".to_owned()), "{calls:?}");
}

/// A project gets its first vector, and so its index.
struct Made {
    tenant: TestTenant,
    chunk: OnceCell<String>,
}

impl Work for Made {
    async fn ready(cloud: &'static TestCloud) -> Self {
        Self {
            tenant: TestTenant::create(cloud, "acme").await,
            chunk: OnceCell::new(),
        }
    }

    async fn begin(&self, _: &'static TestCloud) {
        let chunk = chunk(&self.tenant, json!([1, 0])).await;
        self.chunk.set(chunk).unwrap();
    }

    /// A run that died keeps the right to make the index for a while, by the time that it is: not as long as its message stays away.
    async fn again(&self, cloud: &'static TestCloud) {
        let until = said(&self.tenant)["building"]["M"]["until"]["N"].clone();
        let until = until.as_str().map_or(0_u64, |until| until.parse().unwrap());
        tokio::time::sleep(Duration::from_secs(until.saturating_sub(now()))).await;
        cloud.come_again().await;
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        let chunk = self.chunk.get().unwrap();
        assert_indexed(&self.tenant, &[(chunk, json!({}))]).await;
    }
}

#[tokio::test]
async fn an_index_is_made_whatever_befalls_who_makes_it() {
    is_done_once_whatever_befalls::<Made>("files-settle").await;
}

/// Two vectors in an index.
struct Two {
    tenant: TestTenant,
    stays: String,
    other: String,
}

impl Two {
    async fn of(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "acme").await;
        let stays = chunk(&tenant, json!([1, 0])).await;
        cloud.settled().await;
        let other = chunk(&tenant, json!([0, 1])).await;
        assert_eq!(indexed(&tenant).await.map(|all| all.len()), Some(2));
        Self {
            tenant,
            stays,
            other,
        }
    }
}

/// One of them is found by something else.
struct Changed(Two);

impl Work for Changed {
    async fn ready(cloud: &'static TestCloud) -> Self {
        Self(Two::of(cloud).await)
    }

    async fn begin(&self, _: &'static TestCloud) {
        change(&self.0.tenant, &self.0.other, json!({"source_type": "web"})).await;
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        let web = json!({"source_type": "web"});
        let both = [(&*self.0.stays, json!({})), (&*self.0.other, web)];
        assert_indexed(&self.0.tenant, &both).await;
    }
}

/// One of them is gone.
struct Removed(Two);

impl Work for Removed {
    async fn ready(cloud: &'static TestCloud) -> Self {
        Self(Two::of(cloud).await)
    }

    async fn begin(&self, _: &'static TestCloud) {
        delete(&self.0.tenant, "chunks", &self.0.other).await;
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        assert_indexed(&self.0.tenant, &[(&self.0.stays, json!({}))]).await;
    }
}

#[tokio::test]
async fn an_index_follows_a_change_whatever_befalls_who_follows() {
    is_done_once_whatever_befalls::<Changed>("files-settle").await;
}

#[tokio::test]
async fn an_index_follows_a_change_whatever_befalls_who_tells_of_it() {
    is_done_once_whatever_befalls::<Changed>("stream-fanout").await;
}

#[tokio::test]
async fn an_index_follows_a_deletion_whatever_befalls_who_follows() {
    is_done_once_whatever_befalls::<Removed>("files-settle").await;
}
