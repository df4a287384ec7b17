//! Who makes the index of a project, and how far it has come: `building`, an attribute of what is said of all its vectors.

use super::State;
use crate::context::ProjectScope;
use crate::ids::RecordId;
use crate::table::{StoredItem, Table, WriteError};
use crate::{Condition, Update};
use jiff::Timestamp;
use problem::{Kind, Problem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many seconds it is held at most: longer than the function may run (30 seconds), and shorter than its messages stay
/// away after it has died (180 seconds).
const LONGEST: i64 = 45;

/// An index that is being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Building {
    /// The bucket that it is in.
    bucket: String,
    /// Who holds the lease, or held it last.
    by: Uuid,
    /// Until when, in seconds since 1970.
    until: i64,
    /// Where to go on; nothing until the index is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Place>,
}

/// A place in the list of all vectors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) shard: u8,
    /// The sort key before it, without what all begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
}

impl Building {
    pub(super) fn is_in(&self, bucket: &str) -> bool {
        self.bucket == bucket
    }

    /// Where to go on. Without that, the index is not there yet.
    pub(super) fn place(&self) -> Option<&Place> {
        self.from.as_ref()
    }
}

/// Who may go on.
pub(super) enum Turn<'a> {
    /// This run, with what is said of all vectors since.
    Own(Lease<'a>, State),
    /// Another one, which holds this lease.
    Others(Uuid),
    /// Something has changed a moment ago.
    Unknown,
}

/// The right to make a project's index.
pub(super) struct Lease<'a> {
    table: &'a Table,
    project: &'a ProjectScope,
    bucket: &'a str,
    by: Uuid,
}

impl<'a> Lease<'a> {
    /// Takes it, if it is free.
    ///
    /// # Errors
    /// When the call fails.
    pub(super) async fn take(
        table: &'a Table,
        project: &'a ProjectScope,
        bucket: &'a str,
        state: &State,
    ) -> Result<Turn<'a>, Problem> {
        let now = Timestamp::now().as_second();
        let known = state.building_in(bucket);
        if let Some(held) = known.filter(|known| known.until > now) {
            return Ok(Turn::Others(held.by));
        }
        let lease = Self {
            table,
            project,
            bucket,
            by: Uuid::new_v4(),
        };
        let building = Building {
            bucket: bucket.to_owned(),
            by: lease.by,
            until: now + LONGEST,
            from: known.and_then(|known| known.from.clone()),
        };
        let update = unchanged(state, Update::new().set("building", &building)?);
        match lease.note(update).await {
            Ok(state) => Ok(Turn::Own(lease, state)),
            Err(WriteError::Refused(found)) => match first(&found) {
                // It was done, and the answer was lost.
                Some(state) if lease.is_held(&state) => Ok(Turn::Own(lease, state)),
                _ => Ok(Turn::Unknown),
            },
            Err(WriteError::Failed(problem)) => {
                lease.give_up().await;
                Err(problem)
            }
        }
    }

    /// Notes how far it has come, and that what was gone until now has been looked at.
    ///
    /// # Errors
    /// When the call fails; `conflict` when another one holds the lease.
    pub(super) async fn reached(&self, place: &Place) -> Result<(), Problem> {
        let update = Update::new().set("building.from", place)?.remove("gone");
        self.note_own(update).await
    }

    /// The index is whole, and is searched from now on.
    ///
    /// # Errors
    /// As [`Lease::reached`].
    pub(super) async fn finish(&self) -> Result<(), Problem> {
        let update = Update::new().set("indexed", self.bucket)?;
        let update = update.remove("building").remove("gone");
        match self.note(update.when(self.is_own())).await {
            Ok(_) => Ok(()),
            // It was done, and the answer was lost.
            Err(WriteError::Refused(found))
                if first(&found).is_some_and(|state| state.is_indexed(self.bucket)) =>
            {
                Ok(())
            }
            Err(error) => Err(error.or(|_| Kind::Conflict.into())),
        }
    }

    /// Gives it back and wakes the next run, in one write: neither is done without the other.
    ///
    /// # Errors
    /// As [`Lease::reached`].
    pub(super) async fn leave(&self) -> Result<(), Problem> {
        let update = Update::new().set("building.until", 0)?.add("step", 1);
        self.note_own(update).await
    }

    /// Gives it back, so that who comes again need not wait for its end. If that fails too, it ends by itself.
    pub(super) async fn give_up(&self) {
        let given = match Update::new().set("building.until", 0) {
            Ok(update) => self.note_own(update).await,
            Err(error) => Err(error.into()),
        };
        if given.is_err() {
            tracing::warn!("the lease on an index that is being made was not given back");
        }
    }

    async fn note_own(&self, update: Update) -> Result<(), Problem> {
        let noted = self.note(update.when(self.is_own())).await;
        noted.map_err(|error| error.or(|_| Kind::Conflict.into()))?;
        Ok(())
    }

    async fn note(&self, update: Update) -> Result<State, WriteError> {
        self.table.update(&self.project.vectors(), update).await
    }

    fn is_own(&self) -> Condition {
        held_by(self.by)
    }

    fn is_held(&self, state: &State) -> bool {
        let building = state.building.as_ref();
        building.is_some_and(|building| building.by == self.by)
    }
}

/// Notes that vectors are gone, for whoever holds the lease next. `false` if by now this one is held by nobody: then nothing is
/// noted.
///
/// # Errors
/// When the call fails.
pub(super) async fn note_gone(
    table: &Table,
    project: &ProjectScope,
    holder: Uuid,
    gone: &[RecordId],
) -> Result<bool, Problem> {
    if gone.is_empty() {
        return Ok(true);
    }
    let gone = gone.iter().map(RecordId::to_string).collect();
    let update = Update::new().insert_all("gone", gone);
    let update = update.when(held_by(holder));
    let noted = table.update::<State>(&project.vectors(), update).await;
    match noted {
        Ok(_) => Ok(true),
        Err(WriteError::Refused(_)) => Ok(false),
        Err(WriteError::Failed(problem)) => Err(problem),
    }
}

/// The change, if nobody has had the lease since: neither another one who goes on, nor one who has finished, whose index would
/// be made again.
fn unchanged(state: &State, update: Update) -> Update {
    let building = match &state.building {
        Some(seen) => held_by(seen.by),
        None => Condition::HasNot("building"),
    };
    let indexed = match &state.indexed {
        Some(other) => Condition::equals("indexed", other.as_str()),
        None => Condition::HasNot("indexed"),
    };
    update.when(Condition::Exists).when(building).when(indexed)
}

fn held_by(by: Uuid) -> Condition {
    Condition::equals("building.by", by.to_string())
}

fn first(found: &[(usize, Option<StoredItem>)]) -> Option<State> {
    let (_, item) = found.first()?;
    State::found(item.as_ref())
}

#[cfg(test)]
#[path = "lease_tests.rs"]
mod tests;
