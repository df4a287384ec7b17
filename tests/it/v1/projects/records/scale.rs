//! Ten thousand records in one collection: every list is complete, and reads no more than it returns.

use super::tenant;
use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

/// Batches of 25.
const BATCHES: usize = 400;
const STAGES: [&str; 4] = ["lead", "qualified", "customer", "inactive"];
const NAMES: [&str; 5] = ["Ada", "Adam", "Babbage", "Curie", "Dirac"];

/// Who and what the records belong to.
struct Filled {
    tenant: TestTenant,
    owners: [Person; 2],
    accounts: Vec<String>,
    /// The records by their ids, as they were answered.
    stay: BTreeMap<String, Value>,
}

impl Filled {
    async fn create() -> Self {
        let tenant = tenant().await;
        let owners = [tenant.owner.clone(), tenant.member(Role::Manager).await];
        let mut accounts = Vec::new();
        for _ in 0..20 {
            accounts.push(tenant.account().await);
        }
        let mut filled = Self {
            tenant,
            owners,
            accounts,
            stay: BTreeMap::new(),
        };
        let made: Vec<Vec<Value>> = stream::iter(0..BATCHES)
            .map(|batch| filled.batch(batch))
            .buffered(4)
            .collect()
            .await;
        let made = made.into_iter().flatten();
        filled.stay = made
            .map(|record| (text(&record, "id").to_owned(), record))
            .collect();
        assert_eq!(filled.stay.len(), BATCHES * 25);
        filled
    }

    /// Twenty-five records, each with something else of what lists go by.
    async fn batch(&self, batch: usize) -> Vec<Value> {
        let records: Vec<Value> = (0..25)
            .map(|number| {
                json!({
                    "name": format!("{} {batch}-{number}", NAMES[number % NAMES.len()]),
                    "stage": STAGES[number % STAGES.len()],
                    "account_id": self.accounts[batch % self.accounts.len()],
                })
            })
            .collect();
        let cloud = self.tenant.cloud();
        let path = format!("{}/batch", self.tenant.records("contacts"));
        let by = &self.owners[batch % 2];
        let answer = cloud
            .post(path)
            .as_(by)
            .json(json!({"records": records}))
            .await;
        answer.assert_status(201).items().clone()
    }

    async fn page(&self, query: &str, cursor: &str) -> Answer {
        let path = format!("{}?{query}{cursor}", self.tenant.records("contacts"));
        let page = self.tenant.cloud().get(path).as_(&self.tenant.owner);
        page.await.assert_status(200)
    }

    /// All of a list, and what its pages cost.
    async fn read(&self, query: &str) -> Vec<Page> {
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let before = self.tenant.cloud().gateway().last_decision_id();
            let answer = self.page(&format!("limit=100&{query}"), &cursor).await;
            let units = self.units(before);
            let items = answer.items().clone();
            let next = answer.json["next_cursor"].as_str();
            assert!(next.is_none() || items.len() == 100, "?{query}: {answer}");
            pages.push(Page { items, units });
            match next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return pages,
            }
        }
    }

    /// The read units of the only query of this tenant's list since then; one list is read at a time.
    fn units(&self, before: u64) -> f64 {
        let own = format!("TENANT#{}#", self.tenant.uuid());
        let decisions = self.tenant.cloud().gateway().decisions_after(before);
        let queries: Vec<f64> = decisions
            .iter()
            .filter(|decision| decision.operation == "Query")
            .filter(|decision| {
                decision
                    .leading_keys
                    .iter()
                    .any(|key| key.starts_with(&own))
            })
            .map(|decision| decision.capacity.read)
            .collect();
        assert_eq!(queries.len(), 1, "a page is one query");
        queries[0]
    }

    /// The lists there are, and which records belong to each.
    fn lists(&self) -> Vec<(String, Vec<&str>)> {
        let mut moments: Vec<&str> = self
            .stay
            .values()
            .map(|record| text(record, "created_at"))
            .collect();
        moments.sort_unstable();
        let (from, until) = (moments[2_000], moments[7_000]);
        let owner = &self.owners[1].user_id;
        let account = &self.accounts[7];
        let of = |is_meant: &dyn Fn(&Value) -> bool| {
            let records = self.stay.iter().filter(|(_, record)| is_meant(record));
            records.map(|(id, _)| id.as_str()).collect::<Vec<_>>()
        };
        let is = |name: &'static str, value: &str| {
            let value = value.to_owned();
            move |record: &Value| text(record, name) == value
        };
        let between = |record: &Value| (from..until).contains(&text(record, "created_at"));
        vec![
            (String::new(), of(&|_| true)),
            ("sort=created_at".to_owned(), of(&|_| true)),
            ("sort=updated_at".to_owned(), of(&|_| true)),
            ("sort=-updated_at".to_owned(), of(&|_| true)),
            (format!("owner_id={owner}"), of(&is("owner_id", owner))),
            ("status=qualified".to_owned(), of(&is("stage", "qualified"))),
            (
                format!("reference=account_id:{account}&sort=created_at"),
                of(&is("account_id", account)),
            ),
            (
                "name_prefix=aDa".to_owned(),
                of(&|record| text(record, "name").starts_with("Ada")),
            ),
            (
                format!("created_from={from}&created_until={until}"),
                of(&between),
            ),
            (
                format!("status=lead&created_from={from}&sort=created_at"),
                of(&|record| text(record, "stage") == "lead" && text(record, "created_at") >= from),
            ),
        ]
    }

    /// Others come and go all the while: what they made and took away again.
    async fn come_and_go(&self) -> Vec<String> {
        let mut gone = Vec::new();
        for batch in 0..8 {
            for record in self.batch(BATCHES + batch).await {
                let id = text(&record, "id").to_owned();
                let path = self.tenant.record("contacts", &id);
                let delete = self.tenant.cloud().delete(path).as_(&self.tenant.owner);
                delete.await.assert_status(204);
                gone.push(id);
            }
        }
        gone
    }
}

struct Page {
    items: Vec<Value>,
    units: f64,
}

fn text<'a>(record: &'a Value, name: &str) -> &'a str {
    record[name].as_str().unwrap()
}

/// What DynamoDB counts of an item: its names and values.
fn size(value: &Value) -> usize {
    let Some(members) = value.as_object() else {
        return 0;
    };
    members
        .iter()
        .map(|(name, value)| name.len() + size_of_value(value))
        .sum()
}

fn size_of_value(value: &Value) -> usize {
    let Some((kind, content)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return 0;
    };
    match kind.as_str() {
        "S" => content.as_str().unwrap_or_default().len(),
        "N" => content.as_str().unwrap_or_default().len().div_ceil(2) + 1,
        "M" => 3 + size(content) + content.as_object().map_or(0, serde_json::Map::len),
        "L" => {
            let items = content.as_array().into_iter().flatten();
            3 + items.map(|item| 1 + size_of_value(item)).sum::<usize>()
        }
        _ => 1,
    }
}

fn stored_sizes(cloud: &TestCloud) -> BTreeMap<String, usize> {
    let items = cloud.dump("TenantTable").into_iter();
    let records = items.filter_map(|item| {
        let id = item["sk"]["S"].as_str()?.strip_prefix("RECORD#")?;
        Some((format!("rec_{id}"), size(&item)))
    });
    records.collect()
}

#[tokio::test]
async fn ten_thousand_records_are_listed_whole_and_for_what_they_are() {
    let cloud = TestCloud::shared();
    let filled = Filled::create().await;
    let lists = filled.lists();
    let reads = stream::iter(&lists)
        .then(|(query, _)| filled.read(query))
        .collect::<Vec<_>>();
    let (read, gone) = tokio::join!(reads, filled.come_and_go());
    // Guests are smaller by now than they were when they were read: what is deleted has left the indexes.
    let mut sizes = stored_sizes(cloud);
    sizes.retain(|id, _| filled.stay.contains_key(id));
    for ((query, expected), pages) in lists.iter().zip(&read) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for item in pages.iter().flat_map(|page| &page.items) {
            *seen.entry(text(item, "id")).or_default() += 1;
        }
        assert!(seen.values().all(|times| *times == 1), "?{query}: twice");
        let missing = expected.iter().filter(|id| !seen.contains_key(*id)).count();
        assert_eq!(missing, 0, "?{query} lacks records");
        let others = seen.keys().filter(|id| !filled.stay.contains_key(**id));
        let is_guest = |id: &&str| gone.iter().any(|gone| gone == id);
        assert!(others.clone().all(is_guest), "?{query}");
        assert_eq!(seen.len(), expected.len() + others.count(), "?{query}");
        // A consistent read, which only the table serves, is a unit for 4 KB, and any other half of one.
        let is_consistent = ![
            "owner_id",
            "status",
            "reference",
            "name_prefix",
            "updated_at",
        ]
        .iter()
        .any(|word| query.contains(word));
        for page in pages {
            let bytes: usize = page
                .items
                .iter()
                .map(|item| sizes.get(text(item, "id")).copied().unwrap_or(4096))
                .sum();
            let whole = f64::from(u32::try_from(bytes.div_ceil(4096)).unwrap());
            let most = if is_consistent { whole } else { whole / 2.0 } + 1.0;
            assert!(
                page.units <= most,
                "?{query}: {} units for {} items of {bytes} bytes",
                page.units,
                page.items.len()
            );
        }
    }
    cursors_are_refused_elsewhere(cloud, &filled).await;
}

/// A cursor from the midst of a list is of use to the one who got it, for that list.
async fn cursors_are_refused_elsewhere(cloud: &'static TestCloud, filled: &Filled) {
    let stranger = tenant().await;
    for (query, _) in filled.lists() {
        let page = filled.page(&format!("limit=50&{query}"), "").await;
        let cursor = page.text("/next_cursor");
        let own = filled.tenant.records("contacts");
        let ask = |path: String, query: &str, by: &Person| {
            cloud.get(format!("{path}?{query}&cursor={cursor}")).as_(by)
        };
        ask(own.clone(), &query, &filled.tenant.owner)
            .await
            .assert_status(200);
        let (owner, other) = (&filled.tenant.owner, &filled.owners[1]);
        let another = if query.starts_with("name_prefix") {
            "name_prefix=adam"
        } else {
            "name_prefix=ada"
        };
        let refused = [
            ask(own.clone(), &query, other).await,
            ask(own.clone(), another, owner).await,
            ask(stranger.records("contacts"), &query, &stranger.owner).await,
            ask("/v1/projects".to_owned(), "", owner).await,
            ask("/v1/members".to_owned(), "", owner).await,
        ];
        for answer in refused {
            answer.assert_problem(Kind::InvalidCursor);
        }
        if !query.contains("status") && !query.contains("reference") {
            let accounts = filled.tenant.records("accounts");
            ask(accounts, &query, owner)
                .await
                .assert_problem(Kind::InvalidCursor);
        }
        ask(own, &query, &stranger.owner)
            .await
            .assert_problem(Kind::NotFound);
    }
}
