//! Ten thousand records in a collection: every list is complete, and reads no more than it returns, while others come and go.

mod filled;
mod lists;
mod sizes;

use super::tenant;
use filled::{Filled, text};
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream;
use lists::List;
use sizes::{Sizes, units};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Answer, Kind, Person, TestCloud};
use tokio::sync::watch;

/// For so many pages, others come and go once at least.
const PACE: usize = 4;

/// What came of reading a list.
struct Read {
    seen: BTreeSet<String>,
    /// How often others came and went between its first page and its last.
    meanwhile: usize,
    /// On how many pages one record more would have cost more.
    telling: usize,
}

impl Filled {
    async fn page(&self, list: &List, limit: usize, cursor: &str) -> Answer {
        let path = self.tenant.records(list.path);
        let path = format!("{path}?limit={limit}&{}{cursor}", list.query);
        let page = self.tenant.cloud().get(path).as_(&self.tenant.owner);
        page.await.assert_status(200)
    }

    /// Reads all of a list. Each page must cost what is on it; their lengths differ, so that what one record more costs,
    /// which is rarely as much as 4 KB, shows on some.
    async fn read(&self, list: &List, sizes: &Sizes, mut steps: watch::Receiver<usize>) -> Read {
        let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
        let (mut begun, mut meanwhile, mut telling) = (None, 0, 0);
        for page in 0.. {
            let limit = 100 - page % 10;
            let before = self.tenant.cloud().gateway().last_decision_id();
            let answer = self.page(list, limit, &cursor).await;
            let cost = self.cost(list, before);
            let items = answer.items().iter();
            let records: Vec<_> = items
                .map(|item| item.get("record").unwrap_or(item))
                .collect();
            let read = records
                .iter()
                .map(|record| sizes.read(filled::label(record), list.index));
            let read: Vec<usize> = read.collect();
            let bytes: usize = read.iter().sum();
            assert_eq!(
                cost,
                units(bytes, list.index),
                "{list}: {} of {bytes} bytes",
                read.len()
            );
            let least = read.iter().min().copied().unwrap_or_default();
            telling += usize::from(units(bytes + least, list.index) > cost);
            for record in &records {
                assert!(self.shows(list, record), "{list} shows {record}");
                let id = text(record, "id");
                assert!(seen.insert(id.to_owned()), "{list} shows {id} twice");
            }
            let Some(next) = answer.json["next_cursor"].as_str() else {
                break;
            };
            assert_eq!(records.len(), limit, "{list}: {answer}");
            cursor = format!("&cursor={next}");
            let begun = *begun.get_or_insert_with(|| *steps.borrow());
            let is_paced = |step: &usize| *step >= begun + page.div_ceil(PACE);
            meanwhile = *steps.wait_for(is_paced).await.unwrap() - begun;
        }
        Read {
            seen,
            meanwhile,
            telling,
        }
    }

    /// The read units of the only query of this tenant's index since then; of each, one list is read at a time.
    fn cost(&self, list: &List, before: u64) -> f64 {
        let own = format!("TENANT#{}#", self.tenant.uuid());
        let mut decisions = self.tenant.cloud().gateway().decisions_after(before);
        decisions.retain(|decision| {
            let index = decision.resources.iter().map(|resource| {
                let index = resource.split_once("/index/");
                index.map_or("", |(_, index)| index)
            });
            decision.operation == "Query"
                && decision
                    .leading_keys
                    .iter()
                    .any(|key| key.starts_with(&own))
                && index.eq([list.index])
        });
        assert_eq!(decisions.len(), 1, "{list}: a page is one query");
        decisions[0].capacity.read
    }
}

#[tokio::test]
async fn ten_thousand_records_are_listed_whole_and_for_what_they_are() {
    let cloud = TestCloud::shared();
    let (filled, going) = Filled::create().await;
    let sizes = Sizes::of(&cloud.dump("TenantTable"), &filled.stay);
    let lists = filled.lists();
    let mut of_index: BTreeMap<&str, Vec<&List>> = BTreeMap::new();
    for list in &lists {
        of_index.entry(list.index).or_default().push(list);
    }
    let (steps, told) = watch::channel(0);
    // Who comes and goes stops when nobody is told any more.
    let readers = async {
        let told = told;
        let readers = of_index.values().map(|lists| {
            let reads = stream::iter(lists)
                .then(async |list| (*list, filled.read(list, &sizes, told.clone()).await));
            reads.collect::<Vec<_>>()
        });
        join_all(readers).await
    };
    let (read, guests) = tokio::join!(readers, filled.come_and_go(going, steps));
    for (list, read) in read.iter().flatten() {
        let mut stay = filled
            .stay
            .iter()
            .filter(|(_, record)| filled.shows(list, record));
        let lacks = stay.find(|(id, _)| !read.seen.contains(*id));
        assert_eq!(lacks, None, "{list}");
        let is_known = |id: &String| filled.stay.contains_key(id) || guests.contains(id);
        assert!(read.seen.iter().all(is_known), "{list}");
        assert!(read.meanwhile >= 3, "{list}: {} steps", read.meanwhile);
        assert!(
            read.telling > 0,
            "{list}: one record more could go unnoticed"
        );
    }
    cursors_are_refused_elsewhere(cloud, &filled).await;
}

/// A cursor from the midst of a list is of use to the one who got it, for that list.
async fn cursors_are_refused_elsewhere(cloud: &'static TestCloud, filled: &Filled) {
    let stranger = tenant().await;
    let (owner, other) = (&filled.tenant.owner, &filled.owners[1]);
    for list in filled.lists() {
        let cursor = filled.page(&list, 50, "").await.text("/next_cursor");
        let ask = |path: String, query: &str, by: &Person| {
            cloud.get(format!("{path}?{query}&cursor={cursor}")).as_(by)
        };
        let (own, query) = (filled.tenant.records(list.path), &list.query);
        let again = ask(own.clone(), query, owner).await;
        again.assert_status(200);
        let emails = filled.tenant.records("emails");
        let mut refused = vec![
            ask(own.clone(), query, other).await,
            ask(emails, "name_prefix=b", owner).await,
            ask(stranger.records(list.path), query, &stranger.owner).await,
            ask("/v1/projects".to_owned(), "", owner).await,
            ask("/v1/members".to_owned(), "", owner).await,
        ];
        let of_all = ["status", "reference", "unread"].iter();
        if !of_all.into_iter().any(|name| query.contains(name)) {
            let accounts = filled.tenant.records("accounts");
            refused.push(ask(accounts, query, owner).await);
        }
        for answer in refused {
            answer.assert_problem(Kind::InvalidCursor);
        }
        ask(own, query, &stranger.owner)
            .await
            .assert_problem(Kind::NotFound);
    }
}
