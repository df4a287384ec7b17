//! The runs of a purge, and what each deletes.

use super::GoneProject;
use crate::context::ProjectScope;
use crate::expression::{Condition, Update};
use crate::files::waiting_in;
use crate::ids::UserId;
use crate::keys::{MEMBER, Partition, VECTORS};
use crate::system::System;
use crate::table::{Table, Write, WriteError};
use crate::vectors::SHARDS;
use permissions::Access;
use problem::Problem;
use serde::Deserialize;
use std::time::Instant;
use uuid::Uuid;

/// How many items are looked at in one call.
const PAGE: usize = 100;

/// Purges, for the function that the change stream wakes.
pub struct Purges {
    system: System,
}

/// How far a purge has come.
#[derive(Debug, Default, Deserialize)]
struct Progress {
    /// The sort key of the last member whose own records are gone; none while others' may be left.
    #[serde(default)]
    after: Option<String>,
}

impl Purges {
    /// With the tenants' credentials that the function may take on.
    pub fn new(system: System) -> Self {
        Self { system }
    }

    /// The deleted project whose item has these keys in the change stream.
    pub fn of_deleted(&self, pk: &str, sk: &str) -> Option<GoneProject> {
        GoneProject::of_deleted(pk, sk)
    }

    /// The project the item with these keys says of how far its purge has come.
    pub fn of_purge(&self, pk: &str, sk: &str) -> Option<GoneProject> {
        GoneProject::of_purge(pk, sk)
    }

    /// Begins a run: the first, or that of this step. Nothing if that step is over, or the project is there after all.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn begin(
        &self,
        project: GoneProject,
        step: Option<i64>,
        request: &str,
    ) -> Result<Option<Purge>, Problem> {
        let tenant = self.system.tenant(project.tenant, Access::Admin, request);
        let table = tenant.await?.into_table();
        let mut progress = Progress::default();
        if let Some(step) = step {
            let begun = Update::new().add("attempt", 1);
            let begun = begun.when(Condition::equals("step", step));
            match table
                .update(&project.keys().purge(project.project), begun)
                .await
            {
                Ok(found) => progress = found,
                Err(WriteError::Refused(_)) => return Ok(None),
                Err(WriteError::Failed(problem)) => return Err(problem),
            }
        }
        let purge = Purge {
            project,
            table,
            step,
            after: progress.after,
            erased: 0,
        };
        if purge.is_due().await? {
            return Ok(Some(purge));
        }
        if step.is_some() {
            purge.end().await?;
        }
        Ok(None)
    }
}

/// One run of a purge.
pub struct Purge {
    project: GoneProject,
    table: Table,
    step: Option<i64>,
    after: Option<String>,
    erased: usize,
}

impl Purge {
    /// Whether the project is nowhere: neither there, nor waiting to be put back. In one moment: looked at one after the other, one
    /// that moves between the two could be missed in both.
    async fn is_due(&self) -> Result<bool, Problem> {
        let (keys, id) = (self.project.keys(), self.project.project);
        let places = [keys.project(id), keys.deleted_project(id)];
        let nowhere = places.map(|key| Write::check(key, vec![Condition::Missing]));
        match self.table.transact(nowhere.to_vec()).await {
            Ok(()) => Ok(true),
            Err(WriteError::Refused(_)) => Ok(false),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }

    /// The project, which is nobody's to see any more.
    pub fn project(&self) -> ProjectScope {
        self.project.scope()
    }

    /// How much has been deleted in this run.
    pub fn erased(&self) -> usize {
        self.erased
    }

    /// Counts what was deleted elsewhere.
    pub fn count(&mut self, more: usize) {
        self.erased += more;
    }

    /// What says that the project has vectors: the first to go, so that no index is made for those which follow.
    pub fn vectors(&self) -> Partition {
        self.project().records(VECTORS)
    }

    /// What the project has beside its records.
    pub fn others(&self) -> Vec<Partition> {
        let project = self.project();
        let shards = (0..SHARDS).map(|shard| project.vector_shard(shard, ""));
        shards.chain([waiting_in(&project)]).collect()
    }

    /// Deletes some items of a partition, at most `most` and a hundred, and begins none after `until`: whether that was all.
    ///
    /// # Errors
    /// When a call fails. What is deleted is deleted; it can be repeated.
    pub async fn clear(
        &mut self,
        partition: &Partition,
        most: usize,
        until: Instant,
    ) -> Result<bool, Problem> {
        // Whatever its sort keys begin with.
        let whole = Partition {
            prefix: "",
            ..partition.clone()
        };
        let page = self.table.sort_keys(&whole, None, most.clamp(1, PAGE));
        let page = page.await?;
        let found = page.items.len();
        let erased = self.table.erase_all(&whole, page.items, until);
        let (erased, done) = erased.await;
        self.erased += erased;
        done.map(|()| page.next.is_none() && erased == found)
    }

    /// Whether nothing is left but what is people's own, as an earlier run has found.
    pub fn is_among_people(&self) -> bool {
        self.after.is_some()
    }

    /// The next people who are or were members of the tenant; none if there are no more.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn people(&self) -> Result<Vec<UserId>, Problem> {
        let members = self.project.keys().members();
        let mut after = self.after.clone();
        loop {
            let page = self.table.sort_keys(&members, after.as_deref(), PAGE);
            let page = page.await?;
            let ids = page.items.iter().filter_map(|sort_key| {
                let id = sort_key.strip_prefix(MEMBER)?;
                Some(id.parse::<Uuid>().ok()?.into())
            });
            let ids: Vec<UserId> = ids.collect();
            match page.next {
                Some(next) if ids.is_empty() => after = Some(next),
                _ => return Ok(ids),
            }
        }
    }

    /// Nothing is left of what is this person's own, nor of those before.
    pub fn passed(&mut self, person: UserId) {
        self.after = Some(self.project.keys().member(person).sk);
    }

    /// Ends the run; another one goes on, which the change of this item wakes.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn hand_on(self) -> Result<(), Problem> {
        let mut update = Update::new().add("step", 1);
        if let Some(step) = self.step {
            update = update.when(Condition::equals("step", step));
        }
        update = match &self.after {
            Some(after) => update.set("after", after)?,
            None => update.remove("after"),
        };
        match self
            .table
            .update::<Progress>(&self.project.purge(), update)
            .await
        {
            // Another run of this step has handed it on.
            Ok(_) | Err(WriteError::Refused(_)) => Ok(()),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }

    /// Ends the purge.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn end(self) -> Result<(), Problem> {
        self.table.erase(&self.project.purge()).await
    }
}
