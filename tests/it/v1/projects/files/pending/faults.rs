//! Whatever befalls who sees to it.

use super::{a_week_later, create, days, item, read};
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use serde_json::json;
use tests::{Kind, TestCloud, TestTenant};
use tokio::sync::OnceCell;

/// A new file, of which is noted that it waits.
struct Noted {
    tenant: TestTenant,
    file: OnceCell<String>,
}

impl Work for Noted {
    async fn ready(cloud: &'static TestCloud) -> Self {
        Self {
            tenant: TestTenant::create(cloud, "acme").await,
            file: OnceCell::new(),
        }
    }

    async fn begin(&self, _: &'static TestCloud) {
        let file = self.tenant.file(&self.tenant.owner, "a.pdf").await;
        self.file.set(file).unwrap();
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        let waits = item(&self.tenant, "FILES#PENDING", self.file.get().unwrap());
        assert_eq!(waits.as_ref().map(days), Some(7));
    }
}

#[tokio::test]
async fn a_file_is_waited_for_whatever_befalls_who_notes_it() {
    is_done_once_whatever_befalls::<Noted>("files-settle").await;
}

#[tokio::test]
async fn a_file_is_waited_for_whatever_befalls_who_tells_of_it() {
    is_done_once_whatever_befalls::<Noted>("stream-fanout").await;
}

/// A file that a chunk names, and that has waited long enough.
struct GivenUp {
    tenant: TestTenant,
    file: String,
    chunk: String,
}

impl Work for GivenUp {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "acme").await;
        let file = tenant.file(&tenant.owner, "a.pdf").await;
        let passage = json!({"text": "A passage.", "file_id": file});
        Self {
            chunk: create(&tenant, "chunks", passage).await,
            tenant,
            file,
        }
    }

    async fn begin(&self, _: &'static TestCloud) {
        a_week_later(&self.tenant, &self.file).await;
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        let (tenant, file) = (&self.tenant, &self.file);
        let gone = read(tenant, "files", file).await;
        gone.assert_problem(Kind::NotFound);
        assert!(item(tenant, "FILES#DELETED", file).is_some());
        let chunk = read(tenant, "chunks", &self.chunk).await.assert_status(200);
        assert_eq!(chunk.json["version"], 2);
        assert!(chunk.json.get("file_id").is_none());
    }
}

#[tokio::test]
async fn a_file_without_bytes_is_deleted_whatever_befalls_who_deletes_it() {
    is_done_once_whatever_befalls::<GivenUp>("files-settle").await;
}
