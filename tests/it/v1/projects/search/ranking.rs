//! The order of what is found, against a plain computation over all.

use super::{change, delete, restore, search, tenant};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::TestTenant;

const DIMENSION: usize = 24;

/// Numbers that look like chance and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most).unwrap()).unwrap()
    }

    fn embedding(&mut self) -> Vec<f64> {
        let number = |_| f64::from(u16::try_from(self.next() >> 48).unwrap()) / 32_768.0 - 1.0;
        (0..DIMENSION).map(number).collect()
    }
}

fn cosine(left: &[f64], right: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    dot(left, right) / (dot(left, left).sqrt() * dot(right, right).sqrt())
}

struct Known {
    embedding: Vec<f64>,
    source_type: &'static str,
}

/// What there is, as it should be.
struct Model {
    tenant: TestTenant,
    numbers: Numbers,
    live: BTreeMap<String, Known>,
    deleted: BTreeMap<String, Known>,
}

const TYPES: [&str; 3] = ["file", "web", "manual"];

impl Model {
    async fn fill(&mut self, count: usize) {
        let known: Vec<Known> = (0..count)
            .map(|at| Known {
                embedding: self.numbers.embedding(),
                source_type: TYPES[at % 3],
            })
            .collect();
        let records: Vec<Value> = known
            .iter()
            .map(|one| json!({"text": "A passage.", "embedding": one.embedding, "source_type": one.source_type}))
            .collect();
        let path = format!("{}/batch", self.tenant.records("chunks"));
        let request = self.tenant.cloud().post(path).as_(&self.tenant.owner);
        let made = request
            .json(json!({"records": records}))
            .await
            .assert_status(201);
        for (chunk, known) in made.items().iter().zip(known) {
            assert_eq!(chunk["dimension"], DIMENSION);
            assert_eq!(chunk.get("embedding"), None);
            let id = chunk["id"].as_str().unwrap().to_owned();
            self.live.insert(id, known);
        }
    }

    fn some(&mut self, is_live: bool) -> Option<String> {
        let from = if is_live { &self.live } else { &self.deleted };
        let count = from.len().max(1);
        let at = self.numbers.below(count);
        let from = if is_live { &self.live } else { &self.deleted };
        from.keys().nth(at).cloned()
    }

    /// One operation, chosen by chance.
    async fn step(&mut self) {
        match self.numbers.below(4) {
            0 => {
                let Some(id) = self.some(true) else { return };
                delete(&self.tenant, "chunks", &id).await;
                let known = self.live.remove(&id).unwrap();
                self.deleted.insert(id, known);
            }
            1 => {
                let Some(id) = self.some(false) else { return };
                restore(&self.tenant, &id).await.assert_status(200);
                let known = self.deleted.remove(&id).unwrap();
                self.live.insert(id, known);
            }
            2 => {
                let Some(id) = self.some(true) else { return };
                let embedding = self.numbers.embedding();
                change(&self.tenant, &id, json!({"embedding": embedding})).await;
                self.live.get_mut(&id).unwrap().embedding = embedding;
            }
            _ => {
                let Some(id) = self.some(true) else { return };
                let source_type = TYPES[self.numbers.below(3)];
                change(&self.tenant, &id, json!({"source_type": source_type})).await;
                self.live.get_mut(&id).unwrap().source_type = source_type;
            }
        }
    }

    /// A search finds what a plain look at all finds, in the same order, with the same scores.
    async fn compare(&mut self, limit: usize, source_type: Option<&str>) {
        let wanted = self.numbers.embedding();
        let mut body = json!({"embedding": wanted, "limit": limit});
        if let Some(source_type) = source_type {
            body["filters"] = json!({"source_type": source_type});
        }
        let answer = search(&self.tenant, &self.tenant.owner, body).await;
        let answer = answer.assert_status(200);
        let live = self.live.iter();
        let meant = live.filter(|(_, one)| source_type.is_none_or(|word| word == one.source_type));
        let mut expected: Vec<(f64, &str)> = meant
            .map(|(id, one)| (cosine(&wanted, &one.embedding), id.as_str()))
            .collect();
        expected.sort_by(|(score, _), (other, _)| other.total_cmp(score));
        expected.truncate(limit);
        assert_eq!(answer.items().len(), expected.len(), "{answer}");
        for (item, (score, id)) in answer.items().iter().zip(expected) {
            assert_eq!(item["chunk"]["id"], id, "limit {limit}, {source_type:?}");
            let shown = item["score"].as_f64().unwrap();
            assert!((shown - score).abs() < 1e-6, "{shown} and not {score}");
        }
    }
}

#[tokio::test]
async fn what_is_found_is_what_a_plain_look_at_all_finds() {
    let mut model = Model {
        tenant: tenant().await,
        numbers: Numbers(0x5EED_2026),
        live: BTreeMap::new(),
        deleted: BTreeMap::new(),
    };
    for _ in 0..6 {
        model.fill(20).await;
    }
    for round in 0..6 {
        for (limit, source_type) in [(1, None), (10, None), (50, None), (10, Some("web"))] {
            model.compare(limit, source_type).await;
        }
        for _ in 0..(if round < 5 { 8 } else { 0 }) {
            model.step().await;
        }
    }
}

#[tokio::test]
async fn what_is_too_far_away_is_left_out() {
    let tenant = tenant().await;
    let near = super::chunk(&tenant, json!([1, 0.1])).await;
    let far = super::chunk(&tenant, json!([0.1, 1])).await;
    let ask = |more: Value| {
        let mut body = json!({"embedding": [1, 0]});
        let all = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(all);
        body
    };
    let found = async |more| super::found(&tenant, ask(more)).await;
    assert_eq!(found(json!({})).await, [&near, &far].map(String::as_str));
    assert_eq!(found(json!({"min_score": 0.5})).await, [near.as_str()]);
    assert_eq!(found(json!({"limit": 1})).await, [near.as_str()]);
    assert_eq!(found(json!({"min_score": 1})).await, [""; 0]);
}
