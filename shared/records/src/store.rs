//! What can be done with the records of one collection in one project.

use crate::collection::Collection;
use crate::record::{DeletedRecord, NewFields, PatchFields, Record, StoredRecord};
use crate::validate::{Valid, validate};
use jiff::{SignedDuration, Timestamp};
use permissions::Grant;
use problem::{Kind, Problem};
use tenant_context::errors::internal;
use tenant_context::{
    Condition, Page, Partition, ProjectScope, RecordId, StoredItem, Table, TenantContext, Update,
    UserId, Write,
};

/// How long a deleted record can be restored before it is purged.
const RESTORABLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often a deletion that met a concurrent change is tried again.
const DELETE_TRIES: usize = 5;

/// Who acts, and how far their permission reaches.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// The verified context.
    pub context: &'a TenantContext,
    /// The reach of the endpoint's permission.
    pub grant: Grant,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By time of creation.
    OldestFirst,
    /// By time of creation, backwards.
    NewestFirst,
}

/// The records of one collection in one project, for one caller.
pub struct Records<'a> {
    collection: &'static Collection,
    project: ProjectScope,
    caller: Caller<'a>,
    table: Table,
    list: Partition,
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
            list: project.records(collection.part),
        })
    }

    /// The partition, for cursors.
    pub fn partition(&self) -> &Partition {
        &self.list
    }

    fn answer(&self, stored: StoredRecord) -> Record {
        Record::of(stored, self.project.id())
    }

    fn user(&self) -> UserId {
        self.caller.context.user_id()
    }

    /// One record. One call.
    ///
    /// # Errors
    /// `not-found` when it is not there.
    pub async fn read(&self, id: RecordId) -> Result<Record, Problem> {
        let stored: Option<StoredRecord> = self.table.get(&self.list.record(id)).await?;
        stored
            .map(|stored| self.answer(stored))
            .ok_or_else(|| Kind::NotFound.into())
    }

    /// A page of records. One call; what is read is returned.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn list(
        &self,
        after: Option<&str>,
        limit: u32,
        order: Order,
    ) -> Result<Page<Record>, Problem> {
        let page: Page<StoredRecord> = self
            .table
            .list(&self.list, after, limit, order == Order::NewestFirst)
            .await?;
        Ok(Page {
            items: page
                .items
                .into_iter()
                .map(|stored| self.answer(stored))
                .collect(),
            next: page.next,
        })
    }

    /// Creates a record. One call: a plain put, or one transaction that also finds the references and the owner there.
    ///
    /// # Errors
    /// `validation-failed`, `reference-not-found`, or `permission-denied` for a foreign owner.
    pub async fn create(&self, fields: NewFields) -> Result<Record, Problem> {
        let valid = validate(self.collection, fields.0, false)?;
        let (checks, named) = self.checks(&valid)?;
        let now = now();
        let stored = StoredRecord {
            id: RecordId::generate(),
            owner_id: valid.owner.unwrap_or(self.user()),
            created_at: now.clone(),
            created_by: self.user(),
            updated_at: now,
            updated_by: self.user(),
            version: 1,
            fields: valid.set,
        };
        let key = self.list.record(stored.id);
        let written = if checks.is_empty() {
            self.table.create(key, &stored).await
        } else {
            let writes = [vec![Write::create(key, &stored)?], checks].concat();
            self.table.transact(writes).await
        };
        written.map_err(|error| error.or(|refused| missing_references(&refused, &named)))?;
        Ok(self.answer(stored))
    }

    /// Changes a record by a merge patch. One call for a plain change; where references or the owner change, one
    /// transaction and the read of its result.
    ///
    /// # Errors
    /// `not-found`, `version-mismatch`, `permission-denied` (not your own), `validation-failed`, `reference-not-found`.
    pub async fn update(
        &self,
        id: RecordId,
        if_match: Option<u64>,
        patch: PatchFields,
    ) -> Result<Record, Problem> {
        let valid = validate(self.collection, patch.0, true)?;
        let (checks, named) = self.checks(&valid)?;
        let key = self.list.record(id);
        let update = self.change(valid, if_match)?;
        if checks.is_empty() {
            let stored = self.table.update(&key, update).await;
            return stored.map(|stored| self.answer(stored)).map_err(|error| {
                error.or(|mut refused| {
                    self.refusal(refused.pop().and_then(|(_, item)| item), if_match)
                })
            });
        }
        let writes = [vec![Write::update(key, update)], checks].concat();
        self.table.transact(writes).await.map_err(|error| {
            error.or(|mut refused| match refused.first() {
                Some((0, _)) => self.refusal(refused.swap_remove(0).1, if_match),
                _ => missing_references(&refused, &named),
            })
        })?;
        self.read(id).await
    }

    fn change(&self, valid: Valid, if_match: Option<u64>) -> Result<Update, Problem> {
        let failed = |error| internal("update", &error);
        let mut update = Update::new().add("version", 1).when(Condition::Exists);
        update = update
            .set("updated_at", now())
            .and_then(|u| u.set("updated_by", self.user()))
            .map_err(failed)?;
        for (name, value) in valid.set {
            update = update
                .set(format!("fields.{name}"), value)
                .map_err(failed)?;
        }
        for name in valid.remove {
            update = update.remove(format!("fields.{name}"));
        }
        if let Some(owner) = valid.owner {
            update = update.set("owner_id", owner).map_err(failed)?;
        }
        Ok(self.guards(if_match).into_iter().fold(update, Update::when))
    }

    /// The conditions of a write to an existing record.
    fn guards(&self, if_match: Option<u64>) -> Vec<Condition> {
        let mut guards = Vec::new();
        if let Some(version) = if_match {
            guards.push(Condition::equals(
                "version",
                i64::try_from(version).unwrap_or(i64::MAX),
            ));
        }
        if self.caller.grant == Grant::Own {
            guards.push(Condition::equals("owner_id", self.user().to_string()));
        }
        guards
    }

    /// What a refused write to a record means, seen from the record as it stands.
    fn refusal(&self, found: Option<StoredItem>, if_match: Option<u64>) -> Problem {
        let Some(found) = found else {
            return Kind::NotFound.into();
        };
        match found.read::<StoredRecord>() {
            Ok(stored) if self.caller.grant == Grant::Own && stored.owner_id != self.user() => {
                not_your_own()
            }
            Ok(stored) if if_match.is_some_and(|version| version != stored.version) => {
                Kind::VersionMismatch.into()
            }
            Ok(_) => Kind::Conflict.into(),
            Err(problem) => problem,
        }
    }

    /// Deletes a record: it moves out of the list, where it can be restored for 30 days. Two calls: what moves must be
    /// read first.
    ///
    /// # Errors
    /// `not-found`, `version-mismatch`, `permission-denied` (not your own), or `conflict` when it keeps changing.
    pub async fn delete(&self, id: RecordId, if_match: Option<u64>) -> Result<(), Problem> {
        let key = self.list.record(id);
        for _ in 0..DELETE_TRIES {
            let record: StoredRecord = self
                .table
                .get(&key)
                .await?
                .ok_or_else(|| Problem::new(Kind::NotFound))?;
            if self.caller.grant == Grant::Own && record.owner_id != self.user() {
                return Err(not_your_own());
            }
            if if_match.is_some_and(|version| version != record.version) {
                return Err(Kind::VersionMismatch.into());
            }
            let purge = Timestamp::now() + RESTORABLE;
            let version = i64::try_from(record.version).unwrap_or(i64::MAX);
            let deleted = DeletedRecord {
                record,
                deleted_at: now(),
                deleted_by: self.user(),
                ttl: purge.as_second(),
            };
            let writes = vec![
                Write::Delete(key.clone(), vec![Condition::equals("version", version)]),
                Write::create(self.list.deleted().record(id), &deleted)?,
            ];
            match self.table.transact(writes).await {
                Ok(()) => return Ok(()),
                Err(tenant_context::WriteError::Refused(_)) => {}
                Err(tenant_context::WriteError::Failed(problem)) => return Err(problem),
            }
        }
        Err(Kind::Conflict.into())
    }

    /// The checks that must hold in the same write: each referenced record is there, and a named owner is a member.
    /// Also the fields they stand for, in the same order.
    fn checks(&self, valid: &Valid) -> Result<(Vec<Write>, Vec<&'static str>), Problem> {
        let (mut checks, mut named) = (Vec::new(), Vec::new());
        for field in self.collection.fields {
            let (Some(target), Some(value)) = (field.references, valid.set.get(field.name)) else {
                continue;
            };
            let id = value.as_str().and_then(|text| text.parse().ok());
            let id: RecordId =
                id.ok_or_else(|| internal("reference", &"a checked reference is no id"))?;
            let target = crate::collections::ALL
                .iter()
                .find(|collection| collection.name == target);
            let target =
                target.ok_or_else(|| internal("reference", &"a field names no collection"))?;
            let key = self.project.records(target.part).record(id);
            // A transaction names an item once: two fields may well name the same record.
            if !checks
                .iter()
                .any(|check| matches!(check, Write::Check(known, _) if *known == key))
            {
                checks.push(Write::check(key, vec![Condition::Exists]));
                named.push(field.name);
            }
        }
        if let Some(owner) = valid.owner.filter(|owner| *owner != self.user()) {
            if self.caller.grant != Grant::All {
                return Err(not_your_own());
            }
            let key = self.caller.context.keys().member(owner);
            checks.push(Write::check(
                key,
                vec![Condition::equals("status", "active")],
            ));
            named.push("owner_id");
        }
        Ok((checks, named))
    }
}

/// Which of the checks behind the first write of a transaction failed.
fn missing_references(refused: &[(usize, Option<StoredItem>)], named: &[&'static str]) -> Problem {
    let fields = refused
        .iter()
        .filter_map(|(position, _)| named.get(position.checked_sub(1)?));
    fields.fold(Problem::new(Kind::ReferenceNotFound), |problem, field| {
        problem.field(format!("/{field}"), "names nothing that is in this project")
    })
}

fn not_your_own() -> Problem {
    Problem::new(Kind::PermissionDenied)
        .detail("Your role lets you change only records that you own.")
}

fn now() -> String {
    format!("{:.3}", Timestamp::now())
}
