//! `/v1/projects/{project_id}/{collection}` and the records in it.

mod create;
mod delete;
mod list;
mod owner;
mod read;
mod references;
mod update;

use tests::{TestCloud, TestTenant};

async fn tenant() -> TestTenant {
    TestTenant::create(TestCloud::shared(), "acme").await
}
