//! Making the index of a project that has vectors already, in as many runs as it takes.
//!
//! One run at a time makes it: the one that holds the [`Lease`]. It goes through the partitions page by page and notes after
//! each how far it has come; whoever comes next goes on from there. A run that ends in good time gives the lease back and
//! counts `step` up: the change stream hands that on like a changed vector, and so the next run begins, with a message of its
//! own whose attempts are counted anew. A run that dies has its messages come again, after its lease has ended.
//!
//! Who is told of a vector meanwhile looks at what is said of all:
//!
//! - While the index is not there yet, there is nothing to do: the partitions are read after that look, which saw no
//!   index, so what changed before it is in what is read.
//! - Once it is there, the vector is followed into it, as into one that is whole. It may be in a page of which the builder tells
//!   the index just then. Both look at the table again behind what they told, so whoever tells last, tells what is so.
//! - One thing is left: the builder has read a vector, it is deleted and taken out of the index, the builder puts it there
//!   after all, and dies before it looks again. No list has the vector any more. So what is gone is noted in `gone`, which
//!   the next run looks at first. A page that is done removes it: the run has looked again by then.

use super::in_step::{AT_ONCE, Index, TOGETHER};
use super::lease::{Lease, Place};
use super::{SHARDS, State};
use crate::ids::RecordId;
use crate::keys::RECORD;
use problem::{Kind, Problem};
use std::time::Instant;
use uuid::Uuid;

/// What the holder of the lease does.
pub(super) struct Build<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) lease: Lease<'a>,
    /// What is said of all vectors since it has the lease.
    pub(super) state: State,
}

impl Build<'_> {
    /// Goes on until the index is whole, or the time is over. What is left is another run's, which is woken.
    ///
    /// # Errors
    /// When it can't be done now; whoever is told so comes again.
    pub(super) async fn go_on(self, bucket: &str, deadline: Instant) -> Result<(), Problem> {
        let done = match self.pages(bucket, deadline).await {
            Ok(true) => self.lease.finish().await,
            Ok(false) => self.lease.leave().await,
            // The table goes on being searched.
            Err(problem) if problem.kind() == Kind::PlanLimit => {
                self.lease.give_up().await;
                return Ok(());
            }
            Err(problem) => Err(problem),
        };
        if done.is_err() {
            self.lease.give_up().await;
        }
        done
    }

    /// Whether all pages are done.
    async fn pages(&self, bucket: &str, deadline: Instant) -> Result<bool, Problem> {
        let known = self.state.building_in(bucket);
        let mut place = match known.and_then(|known| known.place()) {
            Some(place) => place.clone(),
            None => self.begin().await?,
        };
        let gone = self.state.gone.iter().filter_map(|id| id.parse().ok());
        for some in gone.collect::<Vec<RecordId>>().chunks(TOGETHER) {
            self.index.follow(some).await?;
        }
        while place.shard < SHARDS {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            place = self.page(place).await?;
            self.lease.reached(&place).await?;
        }
        Ok(true)
    }

    /// Makes an empty index. What an earlier one of this name has may be of vectors that have gone since, which no list names.
    async fn begin(&self) -> Result<Place, Problem> {
        let (vectors, project) = (&self.index.vectors, self.index.project);
        vectors.drop(project).await?;
        vectors.create(project, self.state.dimension).await?;
        let place = Place::default();
        self.lease.reached(&place).await?;
        Ok(place)
    }

    async fn page(&self, place: Place) -> Result<Place, Problem> {
        let partition = self.index.project.vector_shard(place.shard, RECORD);
        let (table, after) = (self.index.table, place.after.as_deref());
        let most = u32::try_from(AT_ONCE * TOGETHER).unwrap_or(u32::MAX);
        let page = table.query(&partition, after, most, false).await?;
        let items = page.items.into_iter().filter_map(|item| {
            let id = item.sort_key_after(RECORD)?.parse::<Uuid>().ok()?;
            Some((RecordId::from(id), item))
        });
        self.index.follow_all(items.collect()).await?;
        Ok(match page.next {
            Some(after) => Place {
                after: Some(after),
                ..place
            },
            None => Place {
                shard: place.shard + 1,
                after: None,
            },
        })
    }
}
