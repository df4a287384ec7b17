//! Every route that takes a key: sent twice it answers the same and has one effect.

use super::requests::{self, Asked};
use super::{REPLAYED, assert_replays, idempotent, send, traces};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use tests::{Answer, Kind, Route, TestCloud, TestTenant, unique};

#[tokio::test]
async fn who_repeats_gets_the_same_answer_and_no_second_effect() {
    let cloud = TestCloud::shared();
    let tried = futures::future::join_all(idempotent().map(|route| repeated(cloud, route))).await;
    assert!(tried.len() >= 16, "{}", tried.len());
}

async fn repeated(cloud: &'static TestCloud, route: Route) {
    let name = &route.route_key;
    let tenant = TestTenant::create(cloud, "acme").await;
    let asked = requests::of(&route, &tenant).await;
    // Where there is no body, another request is one at another path, where the path names something.
    let elsewhere = match &asked.other {
        None if route.path().contains('{') => Some(requests::of(&route, &tenant).await),
        _ => None,
    };
    // Two callers may well think of the same key.
    let key = format!("order-{}", unique());
    let before = traces(cloud, &asked.by);
    let first = send(cloud, &asked, asked.body.as_ref(), &key).await;
    let first = first.assert_status(route.success);
    assert!(!first.headers.contains_key(REPLAYED), "{name}");
    let after = traces(cloud, &asked.by);
    assert_ne!(before, after, "{name} changes nothing");
    nothing_readable(cloud, &asked, &first, &key);

    let again = send(cloud, &asked, asked.body.as_ref(), &key).await;
    assert_replays(&first, &again);
    if let Some(other) = &asked.other {
        let another = send(cloud, &asked, Some(other), &key).await;
        another.assert_problem(Kind::IdempotencyKeyReused);
    }
    if let Some(elsewhere) = elsewhere {
        assert_ne!(elsewhere.path, asked.path, "{name}");
        assert_eq!(elsewhere.by.user_id, asked.by.user_id, "{name}");
        let another = send(cloud, &elsewhere, None, &key).await;
        another.assert_problem(Kind::IdempotencyKeyReused);
    }
    let left = traces(cloud, &asked.by);
    let keys = |traces: &std::collections::BTreeMap<String, Value>| {
        traces.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(&left), keys(&after), "{name}");
    assert_eq!(left, after, "{name}");

    let stranger = TestTenant::create(cloud, "globex").await;
    let asked = requests::of(&route, &stranger).await;
    let own = send(cloud, &asked, asked.body.as_ref(), &key).await;
    let own = own.assert_status(route.success);
    assert!(!own.headers.contains_key(REPLAYED), "{name}");
}

/// The kept answer can be opened by who has the key, and by nobody who reads the table.
fn nothing_readable(cloud: &TestCloud, asked: &Asked, answer: &Answer, key: &str) {
    let (_, user) = asked.by.user_id.split_once('_').unwrap();
    let (_, tenant) = asked.by.tenant_id.split_once('_').unwrap();
    let tables = ["TenantTable", "DirectoryTable"];
    let kept = tables.iter().flat_map(|table| cloud.dump(table));
    let kept = kept.filter(|item| {
        let pk = item["pk"]["S"].as_str().unwrap();
        pk.contains("#IDEMPOTENCY") && (pk.contains(user) || pk.contains(tenant))
    });
    let kept: Vec<Value> = kept.collect();
    assert_eq!(kept.len(), 1, "{}", asked.path);
    assert_sealed(&kept[0], answer, key);
}

/// Neither key nor answer can be read in this item, and it ends in a day.
pub(super) fn assert_sealed(kept: &Value, answer: &Answer, key: &str) {
    assert!(!kept.to_string().contains(key));
    let sealed = BASE64_STANDARD
        .decode(kept["answer"]["B"].as_str().unwrap())
        .unwrap();
    // Long enough to be no chance, and within every body.
    let parts = answer.bytes.windows(8);
    for part in parts {
        assert!(!sealed.windows(8).any(|bytes| bytes == part));
    }
    let ttl: u64 = kept["ttl"]["N"].as_str().unwrap().parse().unwrap();
    assert!((tests::now() + 86_000..=tests::now() + 86_400).contains(&ttl));
}
