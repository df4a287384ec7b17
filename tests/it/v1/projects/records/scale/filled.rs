//! What there is to be listed, and others who come and go all the while.

use super::tenant;
use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tests::{Answer, Person, Role, TestTenant};
use tokio::sync::watch;

/// Emails stand in every index there is; a notification is its owner's alone.
pub(super) const KINDS: [&str; 2] = ["emails", "notifications"];
/// Batches of each kind, of 25 records.
const BATCHES: usize = 400;
/// How many come, and how many go, at once.
const MOVES: usize = 4;
const STATUSES: [&str; 4] = ["received", "sent", "draft", "read"];
const NAMES: [&str; 5] = ["Ada", "Adam", "Babbage", "Curie", "Dirac"];

/// Who and what the records belong to.
pub(super) struct Filled {
    pub(super) tenant: TestTenant,
    pub(super) owners: [Person; 2],
    /// What the emails name, by the field that names it.
    pub(super) named: Vec<(&'static str, Vec<String>)>,
    /// The records by their ids, as they were answered.
    pub(super) stay: BTreeMap<String, Value>,
}

/// The ids of those who do not stay, by their kind and the number of their owner.
pub(super) type Going = BTreeMap<(&'static str, usize), VecDeque<String>>;

impl Filled {
    /// Ten thousand of each kind that stay, and among them some that do not.
    pub(super) async fn create() -> (Self, Going) {
        let tenant = tenant().await;
        let owners = [tenant.owner.clone(), tenant.member(Role::Manager).await];
        let account = tenant.account().await;
        let mut named = Vec::new();
        for (field, collection, fields) in [
            ("contact_id", "contacts", json!({"name": "Ada"})),
            (
                "deal_id",
                "deals",
                json!({"name": "Engine", "account_id": account, "stage": "proposal"}),
            ),
            (
                "template_id",
                "email-templates",
                json!({"name": "Hello", "subject": "Hello"}),
            ),
            (
                "conversation_id",
                "conversations",
                json!({"channel": "email"}),
            ),
        ] {
            let mut ids = Vec::new();
            for _ in 0..4 {
                let made = tenant.create_record(&tenant.owner, collection, fields.clone());
                ids.push(text(&made.await, "id").to_owned());
            }
            named.push((field, ids));
        }
        let mut filled = Self {
            tenant,
            owners,
            named,
            stay: BTreeMap::new(),
        };
        let goes = (0..BATCHES).step_by(21).map(|batch| (batch, false));
        let mut batches: Vec<(usize, bool)> = goes.chain((0..BATCHES).map(|n| (n, true))).collect();
        batches.sort_unstable();
        let batches = batches
            .iter()
            .flat_map(|batch| KINDS.map(|kind| (kind, *batch)));
        let made: Vec<_> = stream::iter(batches)
            .map(async |(kind, (batch, stays))| {
                let records = json!({"records": filled.fresh(kind, batch)});
                let answer = filled.batch(kind, batch, records).await;
                (kind, batch, stays, answer.items().clone())
            })
            .buffered(4)
            .collect()
            .await;
        let mut going = Going::new();
        for (kind, batch, stays, records) in made {
            let records = records
                .into_iter()
                .map(|record| (text(&record, "id").to_owned(), record));
            if stays {
                filled.stay.extend(records);
            } else {
                let queue = going.entry((kind, batch % 2)).or_default();
                queue.extend(records.map(|(id, _)| id));
            }
        }
        assert_eq!(filled.stay.len(), KINDS.len() * BATCHES * 25);
        (filled, going)
    }

    /// The fields of twenty-five records, each with something else of what lists go by. Those of the same number are the
    /// same, so that they are of one size too.
    fn fresh(&self, kind: &str, batch: usize) -> Vec<Value> {
        let record = |number: usize| {
            let label = format!("{} {kind} {batch}-{number}", NAMES[number % NAMES.len()]);
            if kind == "notifications" {
                let status = ["unread", "read"][number % 2];
                return json!({"title": label, "type": "mention", "status": status});
            }
            let mut email = json!({
                "subject": label,
                "direction": "inbound",
                "status": STATUSES[number % STATUSES.len()],
                "from_address": "ada@customer.example",
                "to_addresses": ["sales@acme.example"],
            });
            for (place, (field, ids)) in self.named.iter().enumerate() {
                email[*field] = ids[batch / (place + 1) % ids.len()].as_str().into();
            }
            email
        };
        (0..25).map(record).collect()
    }

    async fn batch(&self, kind: &str, batch: usize, body: Value) -> Answer {
        let path = format!("{}/batch", self.tenant.records(kind));
        let by = &self.owners[batch % self.owners.len()];
        let answer = self.tenant.cloud().post(path).as_(by).json(body).await;
        answer.assert_status(201)
    }

    /// Others come and go for as long as anybody reads, who is told how often they did. All who did not stay.
    pub(super) async fn come_and_go(
        &self,
        mut going: Going,
        steps: watch::Sender<usize>,
    ) -> BTreeSet<String> {
        let mut guests: BTreeSet<String> = going.values().flatten().cloned().collect();
        for step in 1.. {
            for kind in KINDS {
                let queue = going.entry((kind, step % 2)).or_default();
                // The newest, and some from the midst of those who stay.
                let mut operations: Vec<Value> = (0..MOVES)
                    .filter_map(|number| match number {
                        0..1 => queue.pop_front(),
                        _ => queue.pop_back(),
                    })
                    .map(|id| json!({"delete": {"id": id}}))
                    .collect();
                let come = self.fresh(kind, step % BATCHES).into_iter().take(MOVES);
                operations.extend(come.map(|fields| json!({"create": fields})));
                let body = json!({"operations": operations});
                let answer = self.batch(kind, step, body).await;
                let come = answer.items().iter().skip(MOVES);
                let come = come.map(|record| text(record, "id").to_owned());
                queue.extend(come.inspect(|id| {
                    guests.insert(id.clone());
                }));
            }
            if steps.send(step).is_err() {
                break;
            }
        }
        guests
    }
}

pub(super) fn text<'a>(record: &'a Value, name: &str) -> &'a str {
    record[name].as_str().unwrap()
}

/// The subject of an email, or the title of a notification.
pub(super) fn label(record: &Value) -> &str {
    let label = record.get("subject").or(record.get("title"));
    label.and_then(Value::as_str).unwrap()
}
