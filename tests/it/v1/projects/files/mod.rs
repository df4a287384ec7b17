//! `/v1/projects/{project_id}/files/{record_id}/upload-url` and `…/download-url`

mod apart;
mod bytes;
mod limits;
mod pending;
mod signed;

use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud, TestTenant, described};
use uuid::Uuid;

const PDF: &str = "application/pdf";

#[tokio::test]
async fn bytes_go_to_s3_and_come_back_under_their_name() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let seller = tenant.member(Role::SalesRep).await;
    let created = tenant
        .create_record(&seller, "files", json!({"name": "Angebot \"Ü\"/2026.pdf"}))
        .await;
    assert_eq!(created["status"], "pending");
    let file = created["id"].as_str().unwrap();
    let bytes = b"%PDF-1.7 all of it".as_slice();

    let upload = tenant
        .upload_url(&seller, file, &described(PDF, bytes))
        .await
        .assert_status(200);
    assert_eq!(upload.json["method"], "PUT");
    assert_eq!(
        upload.json["headers"]["content-length"],
        bytes.len().to_string()
    );
    assert_eq!(upload.json["headers"]["content-type"], PDF);
    let sent = cloud.send(&upload.json, bytes).await.assert_status(200);
    assert!(!sent.header("etag").is_empty());
    cloud.settled().await;

    let record = cloud
        .get(tenant.record("files", file))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(record.json["status"], "available");
    assert_eq!(record.json["size_bytes"], bytes.len());
    assert_eq!(record.json["content_type"], PDF);
    assert_eq!(record.json["sha256"], tests::sha256(bytes));
    assert_eq!(record.json["updated_by"], json!(seller.user_id));
    assert_eq!(record.json["version"], 2);
    let listed = cloud
        .get(format!("{}?status=available", tenant.records("files")))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(listed.items(), std::slice::from_ref(&record.json));

    let viewer = tenant.member(Role::Viewer).await;
    let download = tenant.download_url(&viewer, file).await.assert_status(200);
    for field in ["size_bytes", "content_type", "sha256"] {
        assert_eq!(download.json[field], record.json[field], "{field}");
    }
    let url = download.json["url"].as_str().unwrap();
    let got = cloud.at(reqwest::Method::GET, url).await.assert_status(200);
    assert_eq!(got.bytes, bytes);
    assert_eq!(got.header("content-type"), PDF);
    assert_eq!(
        got.header("content-disposition"),
        "attachment; filename=\"Angebot ____2026.pdf\"; filename*=UTF-8''Angebot%20%22%C3%9C%22%2F2026.pdf"
    );
}

#[tokio::test]
async fn a_file_without_bytes_says_so() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "empty.pdf").await;
    tenant
        .download_url(&tenant.owner, &file)
        .await
        .assert_problem(Kind::FileNotUploaded);
    // A URL that nobody uses changes nothing.
    tenant
        .upload_url(&tenant.owner, &file, &described(PDF, b"x"))
        .await
        .assert_status(200);
    tenant
        .download_url(&tenant.owner, &file)
        .await
        .assert_problem(Kind::FileNotUploaded);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let with = |field: &str, value: Value| {
        let mut body = described(PDF, b"x");
        body[field] = value;
        body
    };
    for (body, pointer) in [
        (with("size_bytes", json!(5_368_709_121_u64)), "/size_bytes"),
        (with("size_bytes", json!(-1)), "/size_bytes"),
        (with("content_type", json!("pdf")), "/content_type"),
        (
            with("content_type", json!("a/b\r\nx-amz-acl: public-read")),
            "/content_type",
        ),
        (with("sha256", json!("00")), "/sha256"),
        (with("key", json!("x")), "/key"),
    ] {
        let answer = tenant.upload_url(&tenant.owner, &file, &body).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn what_the_product_says_of_bytes_nobody_else_can_say() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    for (field, value) in [
        ("status", json!("available")),
        ("upload_id", json!(Uuid::now_v7())),
        ("size_bytes", json!(1)),
        ("sha256", json!("0".repeat(64))),
        ("content_type", json!("text/html")),
    ] {
        let answer = cloud
            .patch(tenant.record("files", &file))
            .as_(&tenant.owner)
            .json(json!({field: value}))
            .await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[&format!("/{field}")]);
    }
}

#[tokio::test]
async fn roles_hold_for_bytes_as_for_records() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (seller, viewer) = (
        tenant.member(Role::SalesRep).await,
        tenant.member(Role::Viewer).await,
    );
    let (owners, sellers) = (
        tenant.file(&tenant.owner, "a.pdf").await,
        tenant.file(&seller, "b.pdf").await,
    );
    let body = described(PDF, b"x");
    let ask = async |by, file: &str| tenant.upload_url(by, file, &body).await;
    ask(&viewer, &owners)
        .await
        .assert_problem(Kind::PermissionDenied);
    ask(&seller, &owners)
        .await
        .assert_problem(Kind::PermissionDenied);
    ask(&seller, &sellers).await.assert_status(200);
    // A custom role that may change files and nothing else.
    let role = tenant
        .custom_role(&["projects:read", "files:read", "files:update"])
        .await;
    let clerk = tenant.member(Role::Viewer).await;
    cloud
        .patch(format!("/v1/members/{}", clerk.user_id))
        .as_(&tenant.owner)
        .json(json!({"role": role}))
        .await
        .assert_status(200);
    ask(&clerk, &owners).await.assert_status(200);
}

#[tokio::test]
async fn foreign_and_missing_files_are_alike() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let foreign = globex.file(&globex.owner, "theirs.pdf").await;
    globex.upload(&globex.owner, &foreign, PDF, b"theirs").await;
    let missing = format!("rec_{}", Uuid::now_v7());
    let body = described(PDF, b"x");
    let uploads = [
        acme.upload_url(&acme.owner, &foreign, &body).await,
        acme.upload_url(&acme.owner, &missing, &body).await,
    ];
    let downloads = [
        acme.download_url(&acme.owner, &foreign).await,
        acme.download_url(&acme.owner, &missing).await,
    ];
    for [foreign, missing] in [uploads, downloads] {
        foreign.assert_problem(Kind::NotFound);
        assert_eq!(foreign.without_request_id(), missing.without_request_id());
    }
}
