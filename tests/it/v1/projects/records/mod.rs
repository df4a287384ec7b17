//! `/v1/projects/{project_id}/{collection}` and the records in it.

mod apart;
mod batch;
mod bounds;
mod changes;
mod collections;
mod create;
mod delete;
mod described;
mod export;
mod filters;
mod inbox;
mod list;
mod merge;
mod on_delete;
mod owner;
mod pages;
mod read;
mod references;
mod restore;
mod scale;
mod size;
mod stages;
mod status;
mod telephony_settings;
mod tree;
mod update;

use tests::{TestCloud, TestTenant};

async fn tenant() -> TestTenant {
    TestTenant::create(TestCloud::shared(), "acme").await
}
