//! What is in a project goes when it can no longer be put back: the bytes of its files, the index of its vectors, and every item in
//! its partitions. All of it can be repeated, and cut off at any point; see [`tenant_context::purge`].

use crate::settle::count_no_more;
use futures::stream::{self, StreamExt as _};
use problem::Problem;
use records::{partitions, partitions_of};
use std::time::Instant;
use tenant_context::Partition;
use tenant_context::files::FileStore;
use tenant_context::purge::{GoneProject, Purge, Purges};
use tenant_context::vectors::Follower;

/// How many items one run deletes before the next one takes over. A run is short, so that uploads which wait behind it do not wait long.
const MOST: usize = 1_000;
/// Of how many files at most the bytes are counted no more before they are deleted.
const TOGETHER: usize = 32;
/// Of how many of them at once.
const AT_ONCE: usize = 16;

/// What is needed to purge a project.
pub struct Tools<'a> {
    /// The bytes.
    pub store: &'a FileStore,
    /// The indexes of vectors.
    pub indexes: &'a Follower,
    /// The items.
    pub purges: &'a Purges,
}

/// What became of a part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    Something,
}

impl Tools<'_> {
    /// Makes one run of a purge: the first, or that of this step. What is left when it is `until`, or [`MOST`] items are deleted, is for the
    /// next.
    ///
    /// # Errors
    /// When it can't be done now, and nothing was.
    pub async fn purge(
        &self,
        project: GoneProject,
        step: Option<i64>,
        until: Instant,
        request: &str,
    ) -> Result<(), Problem> {
        let Some(purge) = self.purges.begin(project, step, request).await? else {
            return Ok(());
        };
        let mut run = Run {
            tools: self,
            project,
            purge,
            until,
            request,
        };
        match run.work().await {
            Ok(Left::Nothing) => run.purge.end().await,
            Ok(Left::Something) => run.purge.hand_on().await,
            Err(problem) if run.purge.erased() == 0 => Err(problem),
            // It came further: the next run begins with all its tries.
            Err(_) => run.purge.hand_on().await,
        }
    }
}

struct Run<'a> {
    tools: &'a Tools<'a>,
    project: GoneProject,
    purge: Purge,
    until: Instant,
    request: &'a str,
}

impl Run<'_> {
    async fn work(&mut self) -> Result<Left, Problem> {
        if !self.purge.is_among_people() && self.shared().await? == Left::Something {
            return Ok(Left::Something);
        }
        self.people().await
    }

    /// Whether this run has done its part.
    fn is_over(&self) -> bool {
        self.purge.erased() >= MOST || Instant::now() >= self.until
    }

    /// What is not one person's own.
    async fn shared(&mut self) -> Result<Left, Problem> {
        if self.bytes().await? == Left::Something {
            return Ok(Left::Something);
        }
        let project = self.purge.project();
        let vectors = self.purge.vectors();
        if self.clear(vec![vectors]).await? == Left::Something {
            return Ok(Left::Something);
        }
        let (tenant, id) = (self.project.tenant(), self.project.id());
        if self.is_over() {
            return Ok(Left::Something);
        }
        self.tools.indexes.drop(tenant, id).await?;
        let others = self.purge.others();
        self.clear([partitions(&project), others].concat()).await
    }

    /// What is people's own, one after the other.
    async fn people(&mut self) -> Result<Left, Problem> {
        let project = self.purge.project();
        loop {
            let people = self.purge.people().await?;
            if people.is_empty() {
                return Ok(Left::Nothing);
            }
            for person in people {
                let own = partitions_of(&project, person);
                if self.clear(own).await? == Left::Something {
                    return Ok(Left::Something);
                }
                self.purge.passed(person);
            }
        }
    }

    /// The bytes of files. They are deleted of as many as time has allowed to count no more: that is slow while S3 is, and each
    /// round comes to an end with what it has begun.
    async fn bytes(&mut self) -> Result<Left, Problem> {
        let (store, request) = (self.tools.store, self.request);
        loop {
            let files = store.some_of(self.project).await?;
            if files.is_empty() {
                return Ok(Left::Nothing);
            }
            if self.is_over() {
                return Ok(Left::Something);
            }
            let mut counted = Vec::new();
            // One after the other: each changes the one item that counts the tenant's bytes.
            for file in files.into_iter().take(TOGETHER) {
                // One at least, or slow runs would follow each other and delete nothing.
                if !counted.is_empty() && self.is_over() {
                    break;
                }
                count_no_more(store, file, request).await?;
                counted.push(file);
            }
            let gone = counted.into_iter().map(|file| store.delete(file, None));
            let mut gone = stream::iter(gone).buffer_unordered(AT_ONCE);
            while let Some(one) = gone.next().await {
                one?;
                self.purge.count(1);
            }
        }
    }

    async fn clear(&mut self, partitions: Vec<Partition>) -> Result<Left, Problem> {
        for partition in partitions {
            loop {
                if self.is_over() {
                    return Ok(Left::Something);
                }
                let most = MOST.saturating_sub(self.purge.erased());
                if self.purge.clear(&partition, most, self.until).await? {
                    break;
                }
            }
        }
        Ok(Left::Nothing)
    }
}
