//! Batches of new records, changes and deletions: all or none, and what is wrong is named by its place.

use super::operations::{changed, judged, text};
use super::records::Records;
use super::world::{Actor, Doing, Place, World};
use permissions::Grant;
use serde_json::{Map, Value, json};
use tests::{Answer, Kind};

/// How many operations a batch takes.
pub(super) const MOST: usize = 25;

/// One operation.
pub(super) enum Step {
    Create(Map<String, Value>),
    Update(Existing, Map<String, Value>),
    Delete(Existing),
}

/// A record that is to be there, and the version that is meant.
pub(super) struct Existing {
    pub(super) id: String,
    pub(super) version: Option<u64>,
}

impl Step {
    pub(super) fn existing(&self) -> Option<&Existing> {
        match self {
            Self::Create(_) => None,
            Self::Update(existing, _) | Self::Delete(existing) => Some(existing),
        }
    }

    fn body(&self) -> Value {
        let named = |existing: &Existing| match existing.version {
            Some(version) => json!({"id": existing.id, "version": version}),
            None => json!({"id": existing.id}),
        };
        match self {
            Self::Create(fields) => json!({"create": fields}),
            Self::Update(existing, fields) => {
                let mut body = named(existing);
                body["fields"] = json!(fields);
                json!({"update": body})
            }
            Self::Delete(existing) => json!({"delete": named(existing)}),
        }
    }
}

impl World {
    pub(super) async fn do_several(&mut self, at: Place, by: &Actor) {
        let count = match self.random.chance(3) {
            true => MOST + 1,
            false => 1 + self.random.below(5),
        };
        let mut steps: Vec<Step> = Vec::new();
        for _ in 0..count {
            let step = match self.random.below(10) {
                0..4 => Step::Create(self.fields(at, by, false)),
                4..8 => {
                    let existing = self.existing(at, by, &steps, false);
                    Step::Update(existing, self.fields(at, by, true))
                }
                _ => Step::Delete(self.existing(at, by, &steps, true)),
            };
            steps.push(step);
        }
        let against = self.against_all(at, by, &steps);
        let operations: Vec<Value> = steps.iter().map(Step::body).collect();
        let path = format!("{}/batch", self.path(at));
        let what = format!("POST {path} {}", json!(operations));
        let request = self.noted(self.cloud.post(&path), &what, by);
        let body = json!({"operations": operations});
        let answer = request.json(&body).await;
        let kinds: Vec<Kind> = against.reasons.iter().map(|(kind, _)| *kind).collect();
        if judged(&answer, 201, &kinds) {
            self.batches.0 += 1;
            self.done(at, by, &steps, &answer);
        } else {
            self.batches.1 += 1;
            against.agree(&body, &answer);
        }
    }

    /// A record for an operation: most often one that can be changed, or deleted, and that no other operation is about.
    fn existing(&mut self, at: Place, by: &Actor, steps: &[Step], deletes: bool) -> Existing {
        let is_limited = by.grant(Doing::Writes) == Grant::Own;
        let user = &by.person.user_id;
        let records = &self.sides[at.side].projects[at.project];
        let others: Vec<&str> = steps
            .iter()
            .filter_map(|step| Some(step.existing()?.id.as_str()))
            .collect();
        // Now and then one that others name.
        let only_free = deletes && !self.random.chance(30);
        let mut fit = Vec::new();
        for (place, record) in records.all.iter().enumerate() {
            let is_there = record.shape == at.shape && !record.is_deleted;
            let is_reached = records.is_seen(place, user) && (!is_limited || record.owner == *user);
            let is_fit = is_there && is_reached && !others.contains(&record.id.as_str());
            if is_fit && (!only_free || records.is_free(place)) {
                fit.push((record.id.clone(), record.version));
            }
        }
        let is_careful = self.random.chance(90);
        let picked = self.random.pick(&fit).filter(|_| is_careful).cloned();
        let (id, version) = picked.unwrap_or_else(|| (self.id(at), 1));
        let version = match self.random.below(20) {
            0..6 => Some(version),
            6 => Some(version + 1),
            _ => None,
        };
        Existing { id, version }
    }

    /// All of it was done.
    fn done(&mut self, at: Place, by: &Actor, steps: &[Step], answer: &Answer) {
        assert_eq!(answer.items().len(), steps.len());
        for (step, outcome) in steps.iter().zip(answer.items()) {
            let found = step.existing().map(|existing| &existing.id);
            let found = found.and_then(|id| self.found(at, by, id));
            match step {
                Step::Create(fields) => self.made(at, by, fields, outcome),
                Step::Update(_, fields) => {
                    let records = self.records(at);
                    let record = &mut records.all[found.unwrap()];
                    Records::write(record, fields);
                    changed(record, by, outcome);
                    record.see(&records.id, outcome);
                }
                Step::Delete(existing) => {
                    assert_eq!(outcome["id"], existing.id);
                    assert!(!text(outcome, "deleted_at").is_empty());
                    self.records(at).delete(found.unwrap(), &by.person.user_id);
                }
            }
        }
    }
}
