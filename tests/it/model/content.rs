//! What is written: mostly what may be, now and then what may not.

use super::shapes::SHAPES;
use super::values::{NAMES, plain};
use super::world::{Actor, Place, World};
use super::{objects, totals};
use serde_json::{Map, Value, json};

impl World {
    /// Fields of a new record, or of a change.
    pub(super) fn fields(&mut self, at: Place, by: &Actor, is_change: bool) -> Map<String, Value> {
        let shape = Self::shape(at);
        let often = if is_change { 25 } else { 60 };
        let mut fields = Map::new();
        if !is_change || self.random.chance(often) {
            let number = self.random.below(1000);
            let name = format!("{} {number}", self.random.one(&NAMES));
            fields.insert(shape.label.to_owned(), json!(name));
        }
        for (name, values) in plain(shape) {
            let is_needed = !is_change && shape.needed.contains(&name);
            if is_needed || self.random.chance(often) {
                let value = match name {
                    "lines" => totals::lines(&mut self.random),
                    _ => self.random.one(&values),
                };
                fields.insert(name.to_owned(), value);
            } else if is_change && !shape.needed.contains(&name) && self.random.chance(8) {
                fields.insert(name.to_owned(), Value::Null);
            }
        }
        if let Some(status) = &shape.status {
            let is_needed = !is_change && shape.needed.contains(&status.field);
            if is_needed || self.random.chance(often) {
                let (word, _) = self.random.one(status.words);
                fields.insert(status.field.to_owned(), json!(word));
            } else if is_change && !status.required && self.random.chance(10) {
                fields.insert(status.field.to_owned(), Value::Null);
            }
        }
        for reference in shape.references {
            let is_needed = !is_change && reference.required;
            if is_needed || self.random.chance(often / 2) {
                let id = self.named(at, reference.target);
                fields.insert(reference.field.to_owned(), json!(id));
            } else if is_change && !reference.required && self.random.chance(10) {
                fields.insert(reference.field.to_owned(), Value::Null);
            }
        }
        for object in shape.objects {
            if self.random.chance(often / 2) {
                let value = objects::written(&mut self.random, is_change);
                fields.insert((*object).to_owned(), value);
            }
        }
        if self.random.chance(10) {
            let owner = self.owner(at, by);
            fields.insert("owner_id".to_owned(), json!(owner));
        }
        if self.random.chance(3) {
            self.spoil(at, &mut fields);
        }
        fields
    }

    /// The id of a record to name: most often one that is there.
    fn named(&mut self, at: Place, target: usize) -> String {
        let goal = Place {
            shape: target,
            ..at
        };
        if self.random.chance(8) {
            return self.id(goal);
        }
        let live = self.sides[at.side].projects[at.project].live(target);
        let live: Vec<String> = live.iter().map(|record| record.id.clone()).collect();
        match self.random.pick(&live) {
            Some(id) => id.clone(),
            None => self.id(goal),
        }
    }

    /// An owner: the caller, another one of the tenant, or somebody who can't be.
    fn owner(&mut self, at: Place, by: &Actor) -> String {
        let side = match self.random.below(10) {
            0..4 => return by.person.user_id.clone(),
            4..9 => at.side,
            _ => 1 - at.side,
        };
        let users = self.sides[side].users();
        self.random.one(&users)
    }

    fn spoil(&mut self, at: Place, fields: &mut Map<String, Value>) {
        let shape = &SHAPES[at.shape];
        match self.random.below(5) {
            0 if shape.name == "quotes" => _ = fields.insert("total".to_owned(), json!(1)),
            0 => _ = fields.insert("no_such_field".to_owned(), json!(1)),
            1 => _ = fields.insert(shape.label.to_owned(), json!(7)),
            2 => _ = fields.insert(shape.label.to_owned(), Value::Null),
            3 if !shape.objects.is_empty() => {
                let unknown = json!({"planet": "Mars"});
                fields.insert(shape.objects[0].to_owned(), unknown);
            }
            _ => _ = fields.insert("owner_id".to_owned(), Value::Null),
        }
    }
}
