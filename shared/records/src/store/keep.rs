//! Answers that are kept with the write that they answer, so that the request can be repeated.

use super::Records;
use crate::record::{Record, StoredRecord};
use problem::Problem;
use tenant_context::Repeats;

/// Keeps the answer that these records are going to be.
pub type Keep<'a> = dyn Fn(Vec<Record>) -> Result<(), Problem> + Sync + 'a;

impl<'a> Records<'a> {
    /// Every write is announced to `keep`, if the request can be repeated.
    #[must_use]
    pub fn keeping(mut self, keep: &'a Keep<'a>) -> Self {
        self.keep = Some(keep).filter(|_| self.caller.context.is_repeatable());
        self
    }

    /// Announces a write: right before it, and once more before each time that it is tried again.
    pub(super) fn keep<'r>(
        &self,
        records: impl IntoIterator<Item = &'r StoredRecord>,
    ) -> Result<(), Problem> {
        let Some(keep) = self.keep else {
            return Ok(());
        };
        let records = records.into_iter().cloned();
        keep(records.map(|record| self.answer(record)).collect())
    }
}
