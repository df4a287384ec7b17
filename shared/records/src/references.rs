//! Records that name others: what must hold, and what must be counted, in the same write.
//!
//! A record counts who names it, so that a deletion can be refused in one conditional write, whoever names it at that moment.
//! The count is an update where there would have to be a check anyway (the record named must be there): it costs the same
//! units, and as no index holds it, no index is written.

use crate::collection::Collection;
use crate::field::{Field, OnDelete};
use crate::record::StoredRecord;
use problem::{Kind, Problem};
use serde_json::{Map, Value};
use tenant_context::errors::internal;
use tenant_context::{Condition, Key, ProjectScope, RecordId, StoredItem, Update, Write};

/// A record that is named, and how its counts change.
struct Target {
    key: Key,
    held: i64,
    named: i64,
    /// The fields that name it now.
    fields: Vec<&'static Field>,
    /// How many more records stand at which of its stages.
    stages: Vec<(String, i64)>,
    /// What else must hold for it.
    demands: Vec<Condition>,
}

/// The number, on a record that has stages, of those that stand at one.
pub(crate) fn count_at(stage: &str) -> String {
    format!("at_{stage}")
}

/// The records whose counts a write changes. A transaction names an item once, whatever fields name it.
pub(crate) struct Targets<'a> {
    collection: &'static Collection,
    project: &'a ProjectScope,
    list: Vec<Target>,
}

impl<'a> Targets<'a> {
    pub(crate) fn new(collection: &'static Collection, project: &'a ProjectScope) -> Self {
        Self {
            collection,
            project,
            list: Vec::new(),
        }
    }

    /// Counts what these fields name, or no longer name.
    pub(crate) fn count(&mut self, fields: &Map<String, Value>, by: i64) -> Result<(), Problem> {
        let staged = self.collection.staged();
        for (field, target) in self.collection.references() {
            let Some(value) = fields.get(field.name) else {
                continue;
            };
            let key = key(self.project, target, value)?;
            let Some(known) = self.at(key) else {
                continue;
            };
            match field.on_delete {
                OnDelete::Refuse => known.held += by,
                OnDelete::Clear => known.named += by,
            }
            if by > 0 {
                known.fields.push(field);
            }
            let stage = staged.filter(|(_, reference)| *reference == field.name);
            let stage = stage.and_then(|(stage, _)| fields.get(stage.name)?.as_str());
            if let Some(stage) = stage {
                known.stand_at(stage, by);
            }
        }
        Ok(())
    }

    /// Demands that what these fields cite is there. It is not counted: what a record rests on stays said when it is gone.
    pub(crate) fn cite(&mut self, fields: &Map<String, Value>) -> Result<(), Problem> {
        for (field, part, target) in self.collection.citations() {
            for id in cited(fields, field, part) {
                let key = key(self.project, target, id)?;
                if let Some(known) = self.at(key) {
                    known.fields.push(field);
                }
            }
        }
        Ok(())
    }

    /// Makes the write depend on a condition of a record.
    pub(crate) fn demand(&mut self, key: Key, condition: Condition) {
        if let Some(target) = self.at(key) {
            target.demands.push(condition);
        }
    }

    /// The place of a record, made if there is none.
    fn at(&mut self, key: Key) -> Option<&mut Target> {
        let known = self.list.iter().position(|known| known.key == key);
        let known = known.unwrap_or_else(|| {
            self.list.push(Target {
                key,
                held: 0,
                named: 0,
                fields: Vec::new(),
                stages: Vec::new(),
                demands: Vec::new(),
            });
            self.list.len() - 1
        });
        self.list.get_mut(known)
    }

    /// Whether a record itself is among those it names.
    pub(crate) fn names(&self, key: &Key) -> Option<&'static Field> {
        let itself = self.list.iter().find(|target| target.key == *key)?;
        itself.fields.first().copied()
    }

    /// The writes; each demands that the record named is there.
    pub(crate) fn writes(&self) -> impl Iterator<Item = Write> {
        self.list.iter().map(|target| {
            let conditions = [vec![Condition::Exists], target.demands.clone()].concat();
            let mut stages = target.stages.iter().filter(|(_, by)| *by != 0).peekable();
            if target.held == 0 && target.named == 0 && stages.peek().is_none() {
                return Write::check(target.key.clone(), conditions);
            }
            let mut update = conditions.into_iter().fold(Update::new(), Update::when);
            for (stage, by) in stages {
                update = update.add(count_at(stage), *by);
            }
            if target.held != 0 {
                update = update.add("held_by", target.held);
            }
            if target.named != 0 {
                update = update.add("named_by", target.named);
            }
            Write::update(target.key.clone(), update)
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Forgets those that were noted behind so many.
    pub(crate) fn truncate(&mut self, to: usize) {
        self.list.truncate(to);
    }

    /// Whether one of these is among the records whose counts change: a transaction names an item once.
    pub(crate) fn touch(&self, keys: &[Key]) -> bool {
        self.list.iter().any(|target| keys.contains(&target.key))
    }

    /// Which of these fields name the record at this place, given what it was found to be: the stage, if it is that which
    /// is not there.
    pub(crate) fn fields_at(
        &self,
        position: usize,
        found: Option<&StoredItem>,
        fields: &Map<String, Value>,
    ) -> Vec<&'static str> {
        let Some(target) = self.list.get(position) else {
            return Vec::new();
        };
        if let (Some(found), Some((stage, _))) = (found, self.collection.staged()) {
            let found = found.clone().read::<StoredRecord>().ok();
            let stages = found.and_then(|found| found.fields.get("stage_keys").cloned());
            let stages = stages.unwrap_or_default();
            let is_there = |value| stages.as_array().is_some_and(|all| all.contains(value));
            if fields.get(stage.name).is_none_or(is_there) {
                return Vec::new();
            }
            return vec![stage.name];
        }
        let names_it = |field: &&&'static Field| {
            let value = fields.get(field.name);
            let key = value.and_then(|value| key(self.project, field.references?, value).ok());
            key.is_some_and(|key| key == target.key)
        };
        let cites_it = |field: &&&'static Field| {
            let mut citations = self.collection.citations();
            let citation = citations.find(|(citing, ..)| citing.name == field.name);
            citation.is_some_and(|(field, part, of)| {
                cited(fields, field, part)
                    .any(|id| key(self.project, of, id).is_ok_and(|key| key == target.key))
            })
        };
        let mut names: Vec<&str> = target
            .fields
            .iter()
            .filter(|field| names_it(field) || cites_it(field))
            .map(|f| f.name)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The fields whose records were not there, given which of the writes that began at `first` were refused.
    pub(crate) fn missing(
        &self,
        refused: &[(usize, Option<StoredItem>)],
        first: usize,
    ) -> Vec<&'static Field> {
        let mut missing = Vec::new();
        for (position, found) in refused {
            let position = position.checked_sub(first);
            let Some(target) = position.and_then(|position| self.list.get(position)) else {
                continue;
            };
            // What is there and yet refused has not the stage that is asked for.
            match self.collection.staged().filter(|_| found.is_some()) {
                Some((stage, _)) if !target.stages.is_empty() => missing.push(stage),
                _ => missing.extend(target.fields.iter().copied()),
            }
        }
        missing
    }
}

impl Target {
    /// Counts a record that stands at a stage now, or no longer.
    fn stand_at(&mut self, stage: &str, by: i64) {
        if by > 0 {
            let stages = Condition::has_member("fields.stage_keys", stage);
            self.demands.push(stages);
        }
        match self.stages.iter_mut().find(|(known, _)| known == stage) {
            Some((_, count)) => *count += by,
            None => self.stages.push((stage.to_owned(), by)),
        }
    }
}

/// The ids that the rows of a field cite.
fn cited<'v>(
    fields: &'v Map<String, Value>,
    field: &Field,
    part: &'static str,
) -> impl Iterator<Item = &'v Value> {
    let rows = fields.get(field.name).and_then(Value::as_array);
    let rows = rows.into_iter().flatten();
    rows.filter_map(move |row| row.get(part))
}

/// The key of the record that a checked field names.
fn key(project: &ProjectScope, target: &str, value: &Value) -> Result<Key, Problem> {
    let id = value.as_str().and_then(|text| text.parse().ok());
    let id: RecordId = id.ok_or_else(|| internal("reference", &"a checked reference is no id"))?;
    let target = Collection::named(target)
        .ok_or_else(|| internal("reference", &"a field names no collection"))?;
    Ok(project.records(target.part).record(id))
}

/// What to say of fields that name nothing.
pub(crate) fn not_found<'f>(fields: impl IntoIterator<Item = &'f str>) -> Problem {
    let problem = Problem::new(Kind::ReferenceNotFound);
    fields.into_iter().fold(problem, |problem, field| {
        problem.field(format!("/{field}"), names_nothing(field))
    })
}

/// The same of one field.
pub(crate) fn names_nothing(field: &str) -> &'static str {
    let mut all = crate::collections::ALL.iter();
    match all.any(|known| known.staged().is_some_and(|(stage, _)| stage.name == field)) {
        true => "is no stage of the pipeline that is named",
        false => "names nothing that is in this project",
    }
}

/// The fields of other collections that name records of this one and are cleared when they are deleted: the collection,
/// the field, and its place among those of its collection that name records.
pub(crate) fn cleared_with(
    collection: &'static Collection,
) -> impl Iterator<Item = (&'static Collection, &'static Field, usize)> {
    let all = crate::collections::ALL.iter().copied();
    all.flat_map(move |other| {
        let fields = other.references().enumerate();
        fields.filter_map(move |(position, (field, target))| {
            let is_so = target == collection.name && field.on_delete == OnDelete::Clear;
            is_so.then_some((other, field, position))
        })
    })
}
