//! What is known of a field.

use super::{Choice, Computation, Field, Part, Wrong};
use crate::kind::{Kind, is_key};
use serde_json::{Value, json};

impl Field {
    /// Whether people look the record up by its first letters.
    pub fn is_label(&self) -> bool {
        matches!(self.part, Part::Label)
    }

    /// Whether records are listed by it as their status.
    pub fn is_status(&self) -> bool {
        matches!(self.part, Part::Status(_) | Part::Staged(_))
    }

    /// The field that names what this one is a stage of.
    pub(crate) fn staged_by(&self) -> Option<&'static str> {
        match self.part {
            Part::Staged(reference) => Some(reference),
            _ => None,
        }
    }

    /// Whether it says how many numbers the record's embedding has.
    pub(crate) fn is_dimension(&self) -> bool {
        matches!(self.part, Part::Dimension)
    }

    /// What it is made of, if it is an object.
    pub(crate) fn members(&self) -> Option<&'static [Field]> {
        match self.kind {
            Kind::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// The part of each of its rows that names a record, if it is a list of such: what a record rests on.
    pub(crate) fn citation(&self) -> Option<(&'static str, &'static str)> {
        let Kind::List { item, .. } = self.kind else {
            return None;
        };
        let mut fields = item.members()?.iter();
        fields.find_map(|field| Some((field.name, field.references?)))
    }

    /// The statuses in which a record waits in its owner's inbox to be read; nothing where it comes to no inbox.
    pub(crate) fn unread(&self) -> Option<Choice> {
        match self.part {
            Part::Status(unread) => unread,
            _ => None,
        }
    }

    /// Whether records can be listed by this status.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        match self.kind {
            Kind::Key(_) => is_key(word),
            _ => self.words().contains(&word),
        }
    }

    /// Whether it can't be written: it follows from another one, or the product itself sets it.
    pub fn is_computed(&self) -> bool {
        self.is_ours || self.computation().is_some()
    }

    /// Whether it is stored sealed, and never shown.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret(_))
    }

    /// From which field it follows, and how.
    pub(crate) fn computation(&self) -> Option<(&'static str, Computation)> {
        match self.part {
            Part::Computed(from, by) => Some((from, by)),
            _ => None,
        }
    }

    /// The value of a new record that has none.
    pub(crate) fn default(&self) -> Option<Value> {
        match self.kind {
            Kind::Status(statuses) => statuses.first().map(|(word, _)| json!(word)),
            _ => None,
        }
    }

    /// The same where the record says in `direction` that it came in: it waits to be read.
    pub(crate) fn default_of_inbound(&self) -> Option<Value> {
        let unread = self.unread().and_then(|unread| unread.first());
        unread.map(|word| json!(word)).or_else(|| self.default())
    }

    /// The words of a choice or a status, or those that a key is where nothing else says what it may be.
    pub fn words(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::Choice(words) | Kind::Key(words) => words.to_vec(),
            Kind::Status(statuses) => statuses.iter().map(|(word, _)| *word).collect(),
            _ => Vec::new(),
        }
    }

    /// The statuses from which this one can be reached, itself among them; nothing where any change is legal.
    pub(crate) fn ways_to(&self, status: &str) -> Option<Vec<&'static str>> {
        let Kind::Status(statuses) = self.kind else {
            return None;
        };
        let leads_there =
            |(word, next): &&(&'static str, Choice)| *word == status || next.contains(&status);
        let ways = statuses.iter().filter(leads_there);
        Some(ways.map(|(word, _)| *word).collect())
    }

    /// The value in its stored form, or else what is wrong with it is added to `wrong`: where, and a sentence.
    pub(crate) fn check(&self, value: &Value, pointer: &str, wrong: &mut Wrong) -> Option<Value> {
        self.kind.check(value, pointer, wrong)
    }

    /// The JSON Schema, with the description.
    pub fn schema(&self) -> Value {
        let mut schema = self.kind.schema();
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), self.description.into());
            if let Some(default) = self.default() {
                let inbound = self.default_of_inbound().filter(|word| *word != default);
                if let Some(inbound) = inbound {
                    let also = format!("{} What came in begins as {inbound}.", self.description);
                    schema.insert("description".to_owned(), also.into());
                }
                schema.insert("default".to_owned(), default);
            }
            if self.is_personal {
                schema.insert("x-personal-data".to_owned(), true.into());
            }
            if let Some(target) = self.references {
                schema.insert("x-references".to_owned(), target.into());
            }
            if self.is_computed() {
                schema.insert("readOnly".to_owned(), true.into());
            }
        }
        schema
    }
}
