//! What speaks against a batch, and of which of its operations.

use super::batches::{MOST, Step};
use super::form::{content, is_malformed};
use super::records::Records;
use super::shapes::SHAPES;
use super::world::{Actor, Doing, Place, World};
use permissions::Grant;
use serde_json::Value;
use std::collections::BTreeSet;
use tests::{Answer, Kind};

/// What speaks against a batch: each reason with the operation, if it is that of one.
#[derive(Default)]
pub(super) struct Against {
    pub(super) reasons: Vec<(Kind, Option<usize>)>,
    /// The operations that can't be, whatever there is: all of them are named at once.
    malformed: BTreeSet<usize>,
    /// Those that name a record a second time.
    repeated: BTreeSet<usize>,
}

impl World {
    pub(super) fn against_all(&mut self, at: Place, by: &Actor, steps: &[Step]) -> Against {
        let mut against = Against::default();
        if let Some(kind) = by.turned_away(Doing::Writes, at) {
            against.reasons.push((kind, None));
            return against;
        }
        if steps.len() > MOST {
            against.reasons.push((Kind::ValidationFailed, None));
            return against;
        }
        let owners = self.sides[at.side].users();
        let mut named: Vec<Vec<String>> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let mut reasons = self.against_one(at, by, step);
            if let Step::Create(fields) | Step::Update(_, fields) = step {
                let is_change = matches!(step, Step::Update(..));
                let content = content(by, fields, &owners);
                if is_malformed(Self::shape(at), &content, is_change) {
                    reasons.push(Kind::ValidationFailed);
                    against.malformed.insert(number);
                }
            }
            let reasons = reasons.into_iter().map(|kind| (kind, Some(number)));
            against.reasons.extend(reasons);
            let found = step.existing().map(|existing| &existing.id);
            let found = found.and_then(|id| self.found(at, by, id));
            named.push(self.records(at).named_by_step(at.shape, step, found));
        }
        let ids: Vec<Option<&str>> = steps
            .iter()
            .map(|step| Some(step.existing()?.id.as_str()))
            .collect();
        for (number, id) in ids.iter().enumerate() {
            if id.is_some() && ids[..number].contains(id) {
                against.repeated.insert(number);
            }
            // What is changed is not named by any, itself included.
            for (other, named) in named.iter().enumerate() {
                if id.is_some_and(|id| named.iter().any(|named| named == id)) {
                    let later = number.max(other);
                    let reason = (Kind::ValidationFailed, Some(later));
                    against.reasons.push(reason);
                }
            }
        }
        let repeated = against.repeated.iter();
        let repeated = repeated.map(|number| (Kind::ValidationFailed, Some(*number)));
        against.reasons.extend(repeated);
        against
    }

    /// What speaks against an operation by itself.
    fn against_one(&mut self, at: Place, by: &Actor, step: &Step) -> Vec<Kind> {
        let existing = match step {
            Step::Create(fields) => return self.against(at, by, fields, None),
            Step::Update(existing, _) | Step::Delete(existing) => existing,
        };
        let Some(found) = self.found(at, by, &existing.id) else {
            return vec![Kind::NotFound];
        };
        let mut against = Vec::new();
        let record = &self.records(at).all[found];
        if by.grant(Doing::Writes) == Grant::Own && record.owner != by.person.user_id {
            against.push(Kind::PermissionDenied);
        }
        let version = existing.version;
        if version.is_some_and(|version| version != record.version) {
            against.push(Kind::VersionMismatch);
        }
        match step {
            Step::Update(_, fields) => against.extend(self.against(at, by, fields, Some(found))),
            _ if !self.records(at).is_free(found) => against.push(Kind::StillReferenced),
            _ => {}
        }
        against
    }
}

impl Records {
    /// Whether no record names this one.
    pub(super) fn is_free(&self, place: usize) -> bool {
        self.named(place, false).is_empty() && self.named(place, true).is_empty()
    }

    /// The records that an operation counts or looks at: those that are named before it and after it, and those above.
    fn named_by_step(&self, shape: usize, step: &Step, found: Option<usize>) -> Vec<String> {
        let before = found.map(|found| &self.all[found]);
        let fields = match step {
            Step::Create(fields) | Step::Update(_, fields) => Some(fields),
            Step::Delete(_) => None,
        };
        let mut named = Vec::new();
        let shape_of = &SHAPES[shape];
        for reference in shape_of.references {
            let written = fields.and_then(|fields| fields.get(reference.field));
            let old = before.and_then(|before| before.text(reference.field));
            let is_touched = written.is_some() || fields.is_none();
            named.extend(old.filter(|_| is_touched).map(str::to_owned));
            named.extend(written.and_then(Value::as_str).map(str::to_owned));
        }
        if let (Step::Update(_, fields), Some(tree)) = (step, shape_of.tree())
            && let Some(above) = fields.get(tree.field).and_then(Value::as_str)
        {
            let line = self.line(shape, tree, above);
            named.extend(line.into_iter().map(str::to_owned));
        }
        named
    }
}

impl Against {
    /// The answer names operations against which there is what it says; and of what is found at once all, each where it stands in
    /// what was sent.
    #[track_caller]
    pub(super) fn agree(&self, sent: &Value, answer: &Answer) {
        let is_whole = self
            .reasons
            .iter()
            .any(|(_, operation)| operation.is_none());
        if is_whole {
            return;
        }
        let mut named: BTreeSet<usize> = BTreeSet::new();
        for error in answer.json["errors"].as_array().into_iter().flatten() {
            let pointer = error["pointer"].as_str().unwrap();
            let place = pointer.strip_prefix("/operations/").unwrap();
            let place = place.split('/').next().unwrap().parse().unwrap();
            let kind = error.get("type").unwrap_or(&answer.json["type"]).as_str();
            let kind = kind.and_then(|kind| Kind::from_slug(kind.rsplit('/').next()?));
            let is_so = self.reasons.contains(&(kind.unwrap(), Some(place)));
            assert!(is_so, "operation {place}, of {:?}: {answer}", self.reasons);
            let (within, _) = pointer.rsplit_once('/').unwrap();
            assert!(sent.pointer(within).is_some(), "{pointer}: {answer}");
            named.insert(place);
        }
        assert!(!named.is_empty(), "no operation is named: {answer}");
        let wrong: BTreeSet<usize> = self.malformed.union(&self.repeated).copied().collect();
        if wrong.is_empty() {
            // What is named is looked for after that.
            let seen = self.as_they_stand();
            assert!(seen.is_subset(&named), "{seen:?}: {answer}");
        } else {
            answer.assert_problem(Kind::ValidationFailed);
            assert!(named.is_subset(&wrong), "{wrong:?}: {answer}");
            assert!(self.malformed.is_subset(&named), "{answer}");
        }
    }

    /// The operations that can't be done as the records stand that they are about.
    fn as_they_stand(&self) -> BTreeSet<usize> {
        let reasons = self.reasons.iter().filter(|(kind, _)| {
            matches!(
                kind,
                Kind::NotFound
                    | Kind::PermissionDenied
                    | Kind::VersionMismatch
                    | Kind::IllegalStatusChange
            )
        });
        reasons.filter_map(|(_, operation)| *operation).collect()
    }
}
