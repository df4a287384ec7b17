//! Which bytes a file has, and what becomes of those that it no longer has.

use super::PDF;
use crate::apart;
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use serde_json::Value;
use std::time::Duration;
use tests::{Kind, TestCloud, TestTenant, described};

#[tokio::test]
async fn newer_bytes_take_the_place_of_older_ones_which_are_deleted() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"first").await;
    let first = tenant.objects(&file);
    tenant.upload(&tenant.owner, &file, PDF, b"second").await;
    let second = tenant.objects(&file);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    let download = tenant.download_url(&tenant.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    let got = cloud.at(reqwest::Method::GET, url).await;
    assert_eq!(got.bytes, b"second");
}

#[tokio::test]
async fn a_file_without_a_byte_is_a_file_like_another() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "empty.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"").await;
    let path = tenant.record("files", &file);
    let record = cloud.get(path).as_(&tenant.owner).await;
    assert_eq!(record.json["status"], "available");
    assert_eq!(record.json["size_bytes"], 0);
    assert_eq!(record.json["sha256"], tests::sha256(b""));
    let download = tenant.download_url(&tenant.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    let got = cloud.at(reqwest::Method::GET, url).await;
    assert_eq!(got.assert_status(200).bytes, b"");
}

#[tokio::test]
async fn an_upload_that_comes_late_does_not_replace_a_newer_one() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let ask = async |bytes| {
        let answer = tenant
            .upload_url(&tenant.owner, &file, &described(PDF, bytes))
            .await;
        answer.assert_status(200).json
    };
    let older = ask(b"older").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let newer = ask(b"newer").await;
    for (upload, bytes) in [(&newer, b"newer"), (&older, b"older")] {
        cloud.send(upload, bytes).await.assert_status(200);
        cloud.settled().await;
    }
    assert_eq!(tenant.objects(&file).len(), 1);
    let download = tenant.download_url(&tenant.owner, &file).await;
    assert_eq!(download.json["sha256"], tests::sha256(b"newer"));
}

#[tokio::test]
async fn an_upload_to_a_file_that_was_deleted_meanwhile_is_deleted_too() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let upload = tenant
        .upload_url(&tenant.owner, &file, &described(PDF, b"x"))
        .await;
    cloud
        .delete(tenant.record("files", &file))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    cloud.send(&upload.json, b"x").await.assert_status(200);
    cloud.settled().await;
    assert!(tenant.objects(&file).is_empty());
}

/// The time is over in which a deleted file can be restored.
async fn purge(tenant: &TestTenant, file: &str) {
    let project = tenant.project_id.trim_start_matches("prj_");
    let part = format!("#PROJECT#{project}#FILES#DELETED");
    let sort_key = format!("RECORD#{}", file.trim_start_matches("rec_"));
    tenant.expire(&part, &sort_key).await;
}

#[tokio::test]
async fn bytes_come_back_with_a_restored_file_and_go_with_a_purged_one() {
    // Purged items are looked for in the whole table.
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"kept").await;
    let path = tenant.record("files", &file);
    let delete = async || {
        let answer = cloud.delete(&path).as_(&tenant.owner).await;
        answer.assert_status(204);
        cloud.settled().await;
    };
    delete().await;
    assert_eq!(tenant.objects(&file).len(), 1);
    let restored = cloud.post(format!("{path}/restore")).as_(&tenant.owner);
    let restored = restored.await.assert_status(200);
    assert_eq!(restored.json["status"], "available");
    cloud.settled().await;
    assert_eq!(tenant.objects(&file).len(), 1);

    delete().await;
    purge(&tenant, &file).await;
    assert!(tenant.objects(&file).is_empty());
}

/// Bytes take the place of others.
struct Replaced {
    tenant: TestTenant,
    file: String,
    upload: Value,
}

impl Work for Replaced {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "acme").await;
        let file = tenant.file(&tenant.owner, "a.pdf").await;
        tenant.upload(&tenant.owner, &file, PDF, b"first").await;
        let described = described(PDF, b"second");
        let upload = tenant.upload_url(&tenant.owner, &file, &described).await;
        Self {
            upload: upload.assert_status(200).json,
            tenant,
            file,
        }
    }

    async fn begin(&self, cloud: &'static TestCloud) {
        let sent = cloud.send(&self.upload, b"second").await;
        sent.assert_status(200);
    }

    /// What is noted of them is right, and the others are gone.
    async fn assert_done(&self, cloud: &'static TestCloud) {
        let (tenant, file) = (&self.tenant, &self.file);
        let path = tenant.record("files", file);
        let record = cloud.get(path).as_(&tenant.owner).await;
        assert_eq!(record.json["sha256"], tests::sha256(b"second"));
        assert_eq!(record.json["version"], 3);
        assert_eq!(tenant.objects(file).len(), 1);
        let usage = cloud.get("/v1/tenant/usage").as_(&tenant.owner).await;
        assert_eq!(usage.json["storage_bytes"]["used"], 6);
    }
}

#[tokio::test]
async fn an_upload_is_noted_whatever_befalls_who_notes_it() {
    is_done_once_whatever_befalls::<Replaced>("files-settle").await;
}

/// A deleted file with bytes is gone for good.
struct Gone {
    tenant: TestTenant,
    file: String,
}

impl Work for Gone {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "acme").await;
        let file = tenant.file(&tenant.owner, "a.pdf").await;
        tenant.upload(&tenant.owner, &file, PDF, b"bytes").await;
        let path = tenant.record("files", &file);
        let deleted = cloud.delete(path).as_(&tenant.owner).await;
        deleted.assert_status(204);
        Self { tenant, file }
    }

    async fn begin(&self, _: &'static TestCloud) {
        purge(&self.tenant, &self.file).await;
    }

    async fn assert_done(&self, cloud: &'static TestCloud) {
        assert!(self.tenant.objects(&self.file).is_empty());
        let usage = cloud.get("/v1/tenant/usage").as_(&self.tenant.owner);
        assert_eq!(usage.await.json["storage_bytes"]["used"], 0);
    }
}

#[tokio::test]
async fn bytes_go_with_their_file_whatever_befalls_who_deletes_them() {
    is_done_once_whatever_befalls::<Gone>("files-settle").await;
}

#[tokio::test]
async fn a_url_leads_nowhere_once_its_bytes_are_replaced() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"first").await;
    let download = tenant.download_url(&tenant.owner, &file).await;
    tenant.upload(&tenant.owner, &file, PDF, b"second").await;
    let url = download.json["url"].as_str().unwrap();
    cloud.at(reqwest::Method::GET, url).await.assert_status(403);
    tenant
        .download_url(&tenant.owner, &file)
        .await
        .assert_status(200);
    let deleted = cloud
        .delete(tenant.record("files", &file))
        .as_(&tenant.owner);
    deleted.await.assert_status(204);
    tenant
        .download_url(&tenant.owner, &file)
        .await
        .assert_problem(Kind::NotFound);
}
