//! What can be done with the records of one collection in one project.

mod batch;
mod change;
mod create;
mod delete;
mod export;
mod extract;
mod inbox;
mod keep;
mod knowledge;
mod pending;
mod restore;
mod room;
mod seal;
mod search;
mod tree;
mod update;

pub use batch::{Batch, Grants, Operation, Outcome};
pub use export::{Export, Format};
pub use extract::{Extract, Piece};
pub use inbox::{InInbox, Inbox};
pub use keep::Keep;
pub use pending::delete_pending_file;
pub use search::{Found, Narrowed, Search};

use crate::collection::Collection;
use crate::entries::Entries;
use crate::filter::Order;
use crate::record::{Record, StoredRecord};
use crate::references::{Targets, not_found};
use crate::secrets::FieldKeys;
use jiff::Timestamp;
use permissions::Grant;
use problem::{Kind, Problem};
use serde_json::{Map, Value};
use tenant_context::{
    Condition, Page, Partition, ProjectScope, RecordId, RecordList, StoredItem, Table,
    TenantContext, UserId, Write,
};

/// How often a write that met a concurrent change is tried again.
const TRIES: usize = 5;

/// Who acts, and how far their permission reaches.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// The verified context.
    pub context: &'a TenantContext,
    /// The reach of the endpoint's permission.
    pub grant: Grant,
}

impl Caller<'_> {
    /// Whether the permission is good for records of this owner.
    pub fn reaches(&self, owner: UserId) -> bool {
        match self.grant {
            Grant::All => true,
            Grant::Own => owner == self.context.user_id(),
            Grant::None => false,
        }
    }
}

/// The records of one collection in one project, for one caller.
pub struct Records<'a> {
    collection: &'static Collection,
    project: ProjectScope,
    caller: Caller<'a>,
    table: Table,
    list: Partition,
    keep: Option<&'a Keep<'a>>,
    secrets: Option<&'a FieldKeys>,
}

impl<'a> Records<'a> {
    /// Opens the collection; the project has been found to be the caller's to see.
    ///
    /// # Errors
    /// When there are no credentials to be had.
    pub async fn open(
        collection: &'static Collection,
        project: ProjectScope,
        caller: Caller<'a>,
    ) -> Result<Self, Problem> {
        let table = caller.context.table().await?;
        Ok(Self {
            collection,
            project,
            caller,
            table,
            list: collection.records(&project, caller.context.user_id()),
            keep: None,
            secrets: None,
        })
    }

    /// The partition, for cursors.
    pub fn partition(&self) -> &Partition {
        &self.list
    }

    fn answer(&self, stored: StoredRecord) -> Record {
        Record::of(stored, self.collection, self.project.id())
    }

    fn user(&self) -> UserId {
        self.caller.context.user_id()
    }

    /// One record. One call.
    ///
    /// # Errors
    /// `not-found` when it is not there, or somebody else's to whom the caller's permission does not reach.
    pub async fn read(&self, id: RecordId) -> Result<Record, Problem> {
        let stored = self.stored(id).await?;
        if !self.caller.reaches(stored.owner_id) {
            return Err(Kind::NotFound.into());
        }
        Ok(self.answer(stored))
    }

    async fn stored(&self, id: RecordId) -> Result<StoredRecord, Problem> {
        let stored: Option<StoredRecord> = self.table.get(&self.list.record(id)).await?;
        stored.ok_or_else(|| Kind::NotFound.into())
    }

    /// A page of records. One call; what is read is returned.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn list(
        &self,
        list: &RecordList,
        after: Option<&str>,
        limit: u32,
        order: Order,
    ) -> Result<Page<Record>, Problem> {
        let backwards = order == Order::NewestFirst;
        let mut page: Page<StoredRecord> =
            self.table.records(list, after, limit, backwards).await?;
        // A list by owner holds no others; this is for the one record that a whole tenant has.
        page.items
            .retain(|stored| self.caller.reaches(stored.owner_id));
        Ok(page.map(|stored| self.answer(stored)))
    }

    /// The index keys of a whole record.
    fn entries(&self, record: &StoredRecord) -> Entries {
        Entries::of(self.collection, &self.project, record)
    }

    /// Where the records of this owner lie: those of a person's own are in a partition of theirs.
    fn home(&self, owner: UserId) -> Partition {
        self.collection.records(&self.project, owner)
    }

    /// What a record names, counted.
    fn targets(&self, fields: &Map<String, Value>) -> Result<Targets<'_>, Problem> {
        let mut targets = Targets::new(self.collection, &self.project);
        targets.count(fields, 1)?;
        Ok(targets)
    }

    /// The check that a named owner is an active member. Only those who may change all records name another than themselves.
    fn owner_check(&self, owner: Option<UserId>) -> Result<Option<Write>, Problem> {
        let Some(owner) = owner.filter(|owner| *owner != self.user()) else {
            return Ok(None);
        };
        if self.caller.grant != Grant::All {
            return Err(not_for_others());
        }
        let key = self.caller.context.keys().member(owner);
        let is_active = Condition::equals("status", "active");
        Ok(Some(Write::check(key, vec![is_active])))
    }

    /// Whether the caller may change this record, at this version.
    fn may_change(&self, record: &StoredRecord, if_match: Option<u64>) -> Result<(), Problem> {
        self.may_change_with(self.caller.grant, record, if_match)
    }

    /// The same with another permission than the endpoint's.
    fn may_change_with(
        &self,
        grant: Grant,
        record: &StoredRecord,
        if_match: Option<u64>,
    ) -> Result<(), Problem> {
        if grant == Grant::None || grant == Grant::Own && record.owner_id != self.user() {
            return Err(not_your_own());
        }
        if if_match.is_some_and(|version| version != record.version) {
            return Err(Kind::VersionMismatch.into());
        }
        Ok(())
    }
}

/// What refused writes of a transaction mean: its targets' begin at `first`, and behind them is the owner's check.
fn unmet(
    targets: &Targets<'_>,
    refused: &[(usize, Option<StoredItem>)],
    first: usize,
) -> Option<Problem> {
    let mut fields: Vec<&str> = targets
        .missing(refused, first)
        .into_iter()
        .map(|field| field.name)
        .collect();
    if refused
        .iter()
        .any(|(position, _)| *position >= first + targets.len())
    {
        fields.push("owner_id");
    }
    (!fields.is_empty()).then(|| not_found(fields))
}

fn not_your_own() -> Problem {
    Problem::new(Kind::PermissionDenied)
        .detail("Your role lets you change only records that you own.")
}

fn not_for_others() -> Problem {
    Problem::new(Kind::PermissionDenied)
        .detail("Your role lets you name nobody but yourself as the owner of a record.")
}

pub(crate) fn not_yours_to_read() -> Problem {
    Problem::new(Kind::PermissionDenied)
        .detail("Your role lets you read only records that you own.")
}

fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

/// A version as it is compared in a condition.
fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
