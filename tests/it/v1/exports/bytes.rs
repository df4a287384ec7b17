//! The objects themselves: whose they are, and what URLs to them are good for.

use super::{ask, finished};
use reqwest::Method;
use serde_json::json;
use tests::{Access, Answer, TestCloud, TestTenant};

const BUCKET: &str = "ExportsBucket";

/// The URL of a new export, and its object's key.
async fn made(tenant: &TestTenant) -> (String, String) {
    tenant.contact().await;
    let asked = ask(tenant, &tenant.owner, "contacts", json!({})).await;
    let asked = asked.assert_status(201);
    let seen = finished(tenant.cloud(), &tenant.owner, &asked.id()).await;
    let url = seen.last().unwrap()["download_url"].as_str().unwrap();
    let id = asked.id();
    let prefix = format!(
        "{}/exports/{}/",
        tenant.uuid(),
        id.trim_start_matches("exp_")
    );
    let mut keys = tenant.cloud().gateway().objects(BUCKET);
    keys.retain(|key| key.starts_with(&prefix));
    assert_eq!(keys.len(), 1, "{keys:?}");
    (url.to_owned(), keys.remove(0))
}

#[track_caller]
fn assert_denied(answer: &Answer, code: &str) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, 403, "{text}");
    assert!(text.contains(&format!("<Code>{code}</Code>")), "{text}");
}

#[tokio::test]
async fn one_tenants_exports_are_out_of_anothers_reach() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let ((url, own), (_, foreign)) = (made(&acme).await, made(&globex).await);
    let altered = url.replace(&own, &foreign);
    assert_ne!(altered, url);
    let answer = cloud.at(Method::GET, &altered).await;
    assert_denied(&answer, "SignatureDoesNotMatch");
    for access in [Access::Read, Access::Write, Access::Admin] {
        let credentials = acme.credentials(access);
        let s3 = async |method, key: &str, query: &str| {
            cloud
                .s3_in(BUCKET, &credentials, method, key, query, b"")
                .await
        };
        s3(Method::GET, &own, "").await.assert_status(200);
        assert_denied(&s3(Method::GET, &foreign, "").await, "AccessDenied");
        // Nor does a tenant change or make its own: that is the system's.
        let upload = "?uploadId=1";
        for (method, key, query) in [
            (Method::PUT, &own, ""),
            (Method::DELETE, &own, ""),
            (Method::POST, &own, "?uploads="),
            (Method::PUT, &own, "?partNumber=1&uploadId=1"),
            (Method::POST, &own, upload),
            (Method::DELETE, &own, upload),
            (Method::PUT, &foreign, ""),
        ] {
            assert_denied(&s3(method, key, query).await, "AccessDenied");
        }
        assert_denied(&s3(Method::GET, "", "?list-type=2").await, "AccessDenied");
    }
}

#[tokio::test]
async fn a_url_ends_after_a_quarter_of_an_hour() {
    // The clock is moved, which no other test may see.
    let (cloud, _turn) = crate::apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let (url, _) = made(&tenant).await;
    cloud.at(Method::GET, &url).await.assert_status(200);
    let later = jiff::SignedDuration::from_secs(901);
    cloud.gateway().advance_clock(later);
    let answer = cloud.at(Method::GET, &url).await;
    cloud.gateway().advance_clock(-later);
    assert_denied(&answer, "AccessDenied");
}
