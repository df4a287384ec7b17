//! What a plan allows to be uploaded.

use crate::record::FileItem;
use endpoint::prelude::*;
use plans::Plan;
use tenant_context::usage::Storage;
use tenant_context::{ProjectScope, RecordId};

/// A file that is to get bytes, and how much its tenant may store.
pub struct Allowance {
    /// The file.
    pub file: FileItem,
    plan: Plan,
    stored: u64,
}

/// One of the items that are read together.
#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    File(Box<FileItem>),
    Tenant { plan: String },
    Storage(Storage),
}

impl Allowance {
    /// One call: the record, the tenant's plan, and how many bytes there are.
    ///
    /// # Errors
    /// `not-found` when the file is not there.
    pub async fn read(
        caller: &TenantContext,
        project: &ProjectScope,
        file: RecordId,
    ) -> Result<Self, Problem> {
        let keys = [
            FileItem::key(project, file),
            caller.keys().tenant(),
            caller.keys().storage(),
        ];
        let found: Vec<Option<Part>> = caller.table().await?.get_all(&keys).await?;
        let (mut file, mut plan, mut stored) = (None, None, 0);
        for part in found.into_iter().flatten() {
            match part {
                Part::File(found) => file = Some(*found),
                Part::Tenant { plan: name } => plan = Plan::named(&name),
                Part::Storage(storage) => stored = u64::try_from(storage.bytes).unwrap_or_default(),
            }
        }
        Ok(Self {
            file: file.ok_or(Kind::NotFound)?,
            plan: plan.unwrap_or(Plan::Free),
            stored,
        })
    }

    /// Whether the file may have so many bytes, in the place of those that it has. They are counted when they are there: what
    /// is asked for at the same moment is not seen, so that a tenant may get beyond its limit by what is under way.
    ///
    /// # Errors
    /// `plan-limit`.
    pub fn check(&self, size: u64) -> Result<(), Problem> {
        let figures = self.plan.figures();
        let beyond = |what: String| Err(Problem::new(Kind::PlanLimit).detail(what));
        let plan = self.plan.as_str();
        if size > figures.file_bytes {
            let most = figures.file_bytes;
            return beyond(format!("The plan {plan} allows {most} bytes in one file."));
        }
        let others = self
            .stored
            .saturating_sub(self.file.size().unwrap_or_default());
        if others.saturating_add(size) > figures.storage_bytes {
            let most = figures.storage_bytes;
            return beyond(format!(
                "The plan {plan} allows {most} bytes in all files together, deleted ones included until they are purged; there are {}.",
                self.stored
            ));
        }
        Ok(())
    }
}
