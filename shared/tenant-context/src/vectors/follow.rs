//! Keeping the indexes of S3 Vectors in step with the table: for the function that the change stream wakes.
//!
//! Whoever is told that a vector has changed looks at what it is by now, tells the index, and looks again: so it does not matter
//! in which order, or how often, one is told.

use super::build::Build;
use super::in_step::Index;
use super::indexed::IndexedVectors;
use super::lease::{Lease, Turn, note_gone};
use super::{Embeddings, VectorsOf};
use crate::aws::{InitError, variable};
use crate::context::ProjectScope;
use crate::ids::{ProjectId, RecordId, TenantId};
use crate::keys::TenantKeys;
use crate::system::System;
use permissions::Access;
use problem::{Kind, Problem};
use std::time::Instant;

/// The environment variable that says from how many vectors on a project has an index.
const INDEX_FROM: &str = "VECTOR_INDEX_FROM";
/// How often it is looked at who makes an index, where that keeps changing.
const TRIES: usize = 5;

/// What lets the indexes follow the table.
pub struct Follower {
    system: System,
    /// The bucket of the indexes, where this deployment has one.
    bucket: Option<String>,
    /// From how many vectors on a project gets one.
    least: i64,
}

impl Follower {
    /// With the tenants' credentials that the function may take on.
    ///
    /// # Errors
    /// When the environment does not say which bucket, or from how many vectors on.
    pub fn new(system: System) -> Result<Self, InitError> {
        let bucket = variable("VECTOR_BUCKET_ARN")?;
        let least = variable(INDEX_FROM)?;
        let least = least.parse();
        Ok(Self {
            system,
            bucket: (!bucket.is_empty()).then_some(bucket),
            least: least.map_err(|_| InitError(format!("{INDEX_FROM} is no whole number")))?,
        })
    }

    /// Makes the index what the table says of these vectors of a project, each named once and up to 100. A project that has no
    /// index yet gets one, of all its vectors, when they are many enough, and keeps it when they are fewer again; where one is being made and nobody works on it, that goes on, also
    /// without any vector named. After `deadline` no further page of it is begun, and another message is on its way.
    ///
    /// An index that is said to be there, and is not, is made anew: somebody has deleted it.
    ///
    /// # Errors
    /// When it can't be done now.
    pub async fn settle(
        &self,
        vectors: VectorsOf,
        chunks: &[RecordId],
        request: &str,
        deadline: Instant,
    ) -> Result<(), Problem> {
        let Some(bucket) = &self.bucket else {
            return Ok(());
        };
        let tenant = self.system.tenant(vectors.tenant(), Access::Write, request);
        let table = tenant.await?.into_table();
        let project = vectors.scope();
        let index = Index {
            vectors: self.of(vectors.tenant(), bucket).await?,
            table: &table,
            project: &project,
        };
        match self.settle_in(&index, bucket, chunks, deadline).await {
            Err(problem) if problem.kind() == Kind::NotFound => {
                Embeddings::of(&project).forget_index(&table).await?;
                Err(Kind::Unavailable.into())
            }
            settled => settled,
        }
    }

    async fn settle_in(
        &self,
        index: &Index<'_>,
        bucket: &str,
        chunks: &[RecordId],
        deadline: Instant,
    ) -> Result<(), Problem> {
        let (table, project) = (index.table, index.project);
        for _ in 0..TRIES {
            let Some(state) = Embeddings::of(project).state(table).await? else {
                return Ok(());
            };
            if state.is_indexed(bucket) {
                return index.follow(chunks).await.map(drop);
            }
            let building = state.building_in(bucket);
            if building.is_none() && state.count < self.least {
                return Ok(());
            }
            let gone = match building.and_then(|building| building.place()) {
                Some(_) => index.follow(chunks).await?,
                // What is read for the index is read from now on.
                None => Vec::new(),
            };
            match Lease::take(table, project, bucket, &state).await? {
                Turn::Own(lease, state) => {
                    let build = Build {
                        index,
                        lease,
                        state,
                    };
                    return build.go_on(bucket, deadline).await;
                }
                Turn::Others(holder) if note_gone(table, project, holder, &gone).await? => {
                    return Ok(());
                }
                Turn::Others(_) | Turn::Unknown => {}
            }
        }
        Err(Kind::Unavailable.into())
    }

    /// Takes the index of a project away that is gone.
    ///
    /// # Errors
    /// When it can't be done now.
    pub async fn drop(&self, tenant: TenantId, project: ProjectId) -> Result<(), Problem> {
        match &self.bucket {
            Some(bucket) => {
                let project = ProjectScope::trusted(TenantKeys::of(tenant), project);
                self.of(tenant, bucket).await?.drop(&project).await
            }
            None => Ok(()),
        }
    }

    async fn of(&self, tenant: TenantId, bucket: &str) -> Result<IndexedVectors, Problem> {
        let (aws, lent) = self.system.lent(tenant, Access::Write).await?;
        Ok(IndexedVectors::patient(aws, lent.credentials, bucket))
    }
}
