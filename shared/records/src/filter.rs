//! Which records a list shows, and in which order: what can be asked for is what an index serves.

use crate::collection::{Collection, Scope};
use permissions::Grant;
use problem::{Kind, Problem};
use tenant_context::{Partition, ProjectScope, RecordId, RecordList, UserId};

/// What can be combined, for those who ask for something else.
const COMBINATIONS: &str = "can be combined thus: one of owner_id, status or reference, with created_from \
    and created_until, sorted by created_at; or created_from and created_until alone, sorted by created_at; or name_prefix alone, \
    in the order of the names; or nothing, sorted by created_at or updated_at";

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Upwards.
    OldestFirst,
    /// Backwards.
    NewestFirst,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The time of creation.
    Created,
    /// The time of the last change.
    Updated,
}

/// What is asked for, each part of it if it was.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only records of this owner.
    pub owner: Option<UserId>,
    /// Only records in this status.
    pub status: Option<String>,
    /// Only records whose field of this name names this record.
    pub reference: Option<(String, RecordId)>,
    /// Only records whose name begins so.
    pub name_prefix: Option<String>,
    /// Only records created then or later, in milliseconds since 1970.
    pub created_from: Option<u64>,
    /// Only records created before.
    pub created_until: Option<u64>,
    /// What the list is sorted by.
    pub sort: Option<(Sort, Order)>,
}

impl Filter {
    /// The same, for who may read no more than this: their own records, where the permission says `:own`.
    ///
    /// # Errors
    /// `permission-denied` when another owner's are asked for.
    pub fn within(
        mut self,
        collection: &Collection,
        grant: Grant,
        user: UserId,
    ) -> Result<Self, Problem> {
        // A person's own list holds nothing else, and what is the whole tenant's has no list by owner.
        if grant == Grant::All || collection.scope != Scope::Project {
            return Ok(self);
        }
        if self.owner.is_some_and(|owner| owner != user) {
            return Err(crate::store::not_yours_to_read());
        }
        self.owner = Some(user);
        Ok(self)
    }

    /// The list that serves this, and its direction.
    ///
    /// # Errors
    /// `invalid-query` when there is none, which says what there is.
    pub fn list(
        &self,
        collection: &'static Collection,
        project: &ProjectScope,
        user: UserId,
    ) -> Result<(RecordList, Order), Problem> {
        let records = &collection.records(project, user);
        if collection.scope == Scope::Tenant
            && let Some(parameter) = self.first()
        {
            let detail = format!("is of no use: {} are one record", collection.name);
            return Err(wrong(parameter, &detail));
        }
        if let (Some(from), Some(until)) = (self.created_from, self.created_until)
            && from >= until
        {
            return Err(wrong("created_until", "is not after created_from"));
        }
        let mut narrowed = Vec::new();
        if let Some(owner) = self.owner {
            narrowed.push(("owner_id", records.owned_by(owner)));
        }
        if let Some(status) = &self.status {
            narrowed.push(("status", in_status(collection, records, status)?));
        }
        if let Some((field, record)) = &self.reference {
            let list = naming(collection, records, field, *record)?;
            narrowed.push(("reference", list));
        }
        if let Some(beginning) = &self.name_prefix {
            narrowed.push(("name_prefix", named(collection, records, beginning)?));
        }
        let (sort, order) = self.sort.unwrap_or((Sort::Created, Order::NewestFirst));
        let by_time = self.created_from.is_some() || self.created_until.is_some();
        let others = usize::from(by_time) + usize::from(self.sort.is_some());
        match narrowed.pop() {
            Some((name, _)) if !narrowed.is_empty() => Err(refused(name)),
            // Names have one order, their own.
            Some(("name_prefix", _)) if others > 0 => Err(refused("name_prefix")),
            Some(("name_prefix", list)) => Ok((list, Order::OldestFirst)),
            Some(_) if sort == Sort::Updated => Err(refused("sort")),
            Some((_, list)) => Ok((list.created(self.created_from, self.created_until), order)),
            None if sort == Sort::Updated && by_time => Err(refused("sort")),
            None if sort == Sort::Updated => Ok((records.by_change(), order)),
            None => {
                let list = records.everything();
                Ok((list.created(self.created_from, self.created_until), order))
            }
        }
    }

    /// The first of what narrows the list or puts it into another order than that of the table.
    fn first(&self) -> Option<&'static str> {
        let asked = [
            (self.owner.is_some(), "owner_id"),
            (self.status.is_some(), "status"),
            (self.reference.is_some(), "reference"),
            (self.name_prefix.is_some(), "name_prefix"),
            (self.created_from.is_some(), "created_from"),
            (self.created_until.is_some(), "created_until"),
            (self.sort.is_some(), "sort"),
        ];
        let mut asked = asked.into_iter().filter(|(is_asked, _)| *is_asked);
        asked.next().map(|(_, name)| name)
    }

    /// The filter as a text that a cursor can be bound to.
    pub fn binding(&self) -> String {
        format!("{self:?}")
    }
}

fn refused(parameter: &str) -> Problem {
    wrong(parameter, COMBINATIONS)
}

fn wrong(parameter: &str, detail: &str) -> Problem {
    Problem::new(Kind::InvalidQuery).field(format!("?{parameter}"), detail.to_owned())
}

fn in_status(
    collection: &Collection,
    records: &Partition,
    status: &str,
) -> Result<RecordList, Problem> {
    let Some(field) = collection.status() else {
        let detail = format!("{} have no status", collection.name);
        return Err(wrong("status", &detail));
    };
    if field.has_word(status) {
        return Ok(records.in_status(status));
    }
    let words = field.words().join(", ");
    Err(wrong("status", &format!("is none of {words}")))
}

fn naming(
    collection: &Collection,
    records: &Partition,
    field: &str,
    record: RecordId,
) -> Result<RecordList, Problem> {
    if collection.scope == Scope::Person {
        let detail = format!("{} are not listed by what they name", collection.name);
        return Err(wrong("reference", &detail));
    }
    let mut references = collection.references().map(|(field, _)| field.name);
    let position = references.position(|name| name == field);
    position
        .and_then(|position| records.naming(position, record))
        .ok_or_else(|| {
            let detail = format!("{field} names no record in {}", collection.name);
            wrong("reference", &detail)
        })
}

fn named(
    collection: &Collection,
    records: &Partition,
    beginning: &str,
) -> Result<RecordList, Problem> {
    let beginning = fields::line(beginning, 200).map_err(|detail| wrong("name_prefix", &detail))?;
    if collection.label().is_none() {
        let detail = format!("{} have no name", collection.name);
        return Err(wrong("name_prefix", &detail));
    }
    Ok(records.named(&beginning))
}
