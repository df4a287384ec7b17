//! A user's messages, calls and notifications, across collections.

use super::Caller;
use crate::collections;
use crate::entries::is_unread;
use crate::record::{Record, StoredRecord};
use problem::Problem;
use schemars::JsonSchema;
use serde::Serialize;
use tenant_context::errors::internal;
use tenant_context::{Page, ProjectScope, RecordList};

/// Something in an inbox.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InInbox {
    /// The collection that the record is in.
    pub collection: &'static str,
    /// Whether it waits to be read.
    pub unread: bool,
    /// The record.
    pub record: Record,
}

/// The caller's inbox in a project.
pub struct Inbox<'a> {
    project: ProjectScope,
    caller: Caller<'a>,
}

impl<'a> Inbox<'a> {
    /// The inbox; the project has been found to be the caller's to see.
    pub fn new(project: ProjectScope, caller: Caller<'a>) -> Self {
        Self { project, caller }
    }

    /// All of it, or what waits to be read.
    pub fn list(&self, is_unread: bool) -> RecordList {
        self.project.inbox(self.caller.context.user_id(), is_unread)
    }

    /// A page of it, the newest first. One call; what is read is returned.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn page(
        &self,
        list: &RecordList,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<InInbox>, Problem> {
        let table = self.caller.context.table().await?;
        let page: Page<(String, StoredRecord)> =
            table.records_across(list, after, limit, true).await?;
        let items = page.items.into_iter().map(|(part, stored)| {
            // Behind the collection's part there may be the user's.
            let part = part.split('#').next().unwrap_or_default();
            let collection = collections::ALL.iter().find(|known| known.part == part);
            let collection =
                collection.ok_or_else(|| internal("inbox", &"an entry of no collection"))?;
            Ok(InInbox {
                collection: collection.name,
                unread: is_unread(collection, &stored.fields),
                record: Record::of(stored, collection, self.project.id()),
            })
        });
        Ok(Page {
            items: items.collect::<Result<_, Problem>>()?,
            next: page.next,
        })
    }
}
