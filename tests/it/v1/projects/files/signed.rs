//! What a URL is signed for, and nothing else.

use super::PDF;
use crate::apart;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, TestCloud, TestTenant, described};

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

#[track_caller]
fn assert_refused(answer: &Answer, code: &str) {
    assert!((400..500).contains(&answer.status), "{answer:?}");
    let said = text(answer);
    assert!(said.contains(&format!("<Code>{code}</Code>")), "{said}");
}

async fn url_for(tenant: &TestTenant, bytes: &[u8]) -> (String, Value) {
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let upload = tenant
        .upload_url(&tenant.owner, &file, &described(PDF, bytes))
        .await
        .assert_status(200);
    (file, upload.json)
}

#[tokio::test]
async fn other_bytes_than_described_are_refused() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (file, upload) = url_for(&tenant, b"right").await;
    // Of another length: the signature covers it.
    assert_refused(
        &cloud.send(&upload, b"longer").await,
        "SignatureDoesNotMatch",
    );
    // Of the same length: the checksum does not fit.
    assert_refused(&cloud.send(&upload, b"wrong").await, "BadDigest");
    for (header, value) in [
        ("content-type", "text/html"),
        (
            "x-amz-checksum-sha256",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ),
        ("x-amz-meta-by", "usr_0198c5f0-0000-7000-8000-00000000000a"),
    ] {
        let mut other = upload.clone();
        other["headers"][header] = json!(value);
        assert_refused(&cloud.send(&other, b"right").await, "SignatureDoesNotMatch");
        other["headers"].as_object_mut().unwrap().remove(header);
        assert_refused(&cloud.send(&other, b"right").await, "SignatureDoesNotMatch");
    }
    // What is not signed may not be added.
    let mut more = upload.clone();
    more["headers"]["x-amz-acl"] = json!("public-read");
    assert_refused(&cloud.send(&more, b"right").await, "SignatureDoesNotMatch");
    assert!(tenant.objects(&file).is_empty());
    cloud.send(&upload, b"right").await.assert_status(200);
}

#[tokio::test]
async fn a_url_is_for_one_method_one_key_and_one_name() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (file, upload) = url_for(&tenant, b"x").await;
    cloud.send(&upload, b"x").await.assert_status(200);
    cloud.settled().await;
    let url = upload["url"].as_str().unwrap();
    for method in [Method::GET, Method::DELETE] {
        assert_refused(&cloud.at(method, url).await, "SignatureDoesNotMatch");
    }
    let download = tenant.download_url(&tenant.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    for altered in [
        url.replace("a.pdf", "a.html"),
        url.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        format!("{url}&response-content-type=text%2Fhtml"),
        url.replace("/FilesBucket/", "/OtherBucket/"),
    ] {
        assert_ne!(altered, url);
        let answer = cloud.at(Method::GET, &altered).await;
        assert_refused(&answer, "SignatureDoesNotMatch");
    }
    cloud.at(Method::HEAD, url).await.assert_status(403);
    cloud.at(Method::GET, url).await.assert_status(200);
}

#[tokio::test]
async fn a_url_ends_after_a_quarter_of_an_hour() {
    // The clock is moved, which no other test may see.
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let (file, upload) = url_for(&tenant, b"x").await;
    cloud.send(&upload, b"x").await.assert_status(200);
    cloud.settled().await;
    let download = tenant.download_url(&tenant.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    cloud.at(Method::GET, url).await.assert_status(200);
    let later = jiff::SignedDuration::from_secs(901);
    cloud.gateway().advance_clock(later);
    let answers = [
        cloud.at(Method::GET, url).await,
        cloud.send(&upload, b"x").await,
    ];
    cloud.gateway().advance_clock(-later);
    for answer in answers {
        assert_refused(&answer, "AccessDenied");
        assert!(text(&answer).contains("Request has expired"));
    }
}
