//! One tenant's bytes are out of another's reach: with altered URLs, and with AWS credentials of its own.

use super::PDF;
use gateway::DecisionRecord;
use reqwest::Method;
use tests::{Access, Answer, TestCloud, TestTenant};

async fn two(cloud: &'static TestCloud) -> [(TestTenant, String); 2] {
    let mut both = Vec::new();
    for name in ["acme", "globex"] {
        let tenant = TestTenant::create(cloud, name).await;
        let file = tenant.file(&tenant.owner, "a.pdf").await;
        tenant
            .upload(&tenant.owner, &file, PDF, name.as_bytes())
            .await;
        let key = tenant.objects(&file).remove(0);
        both.push((tenant, key));
    }
    both.try_into().unwrap_or_else(|_| unreachable!())
}

/// The latest decision about this tenant's credentials.
fn decision(cloud: &TestCloud, tenant: &TestTenant) -> DecisionRecord {
    let is_theirs = |record: &&DecisionRecord| {
        let principal = record.principal.as_ref();
        let tag = principal.and_then(|principal| principal.tags.get("TenantId"));
        record.service == "s3" && tag.is_some_and(|tag| tag == tenant.uuid())
    };
    let decisions = cloud.gateway().decisions();
    decisions.iter().rfind(is_theirs).unwrap().clone()
}

#[track_caller]
fn assert_denied(answer: &Answer) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, 403, "{text}");
    assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
}

#[tokio::test]
async fn a_url_that_is_altered_to_another_tenants_key_is_refused() {
    let cloud = TestCloud::shared();
    let [(acme, own), (_, foreign)] = two(cloud).await;
    let file = acme.file(&acme.owner, "b.pdf").await;
    acme.upload(&acme.owner, &file, PDF, b"own").await;
    let key = acme.objects(&file).remove(0);
    let download = acme.download_url(&acme.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    for other in [&foreign, &own] {
        let altered = url.replace(&key, other);
        assert_ne!(altered, url);
        let answer = cloud.at(Method::GET, &altered).await.assert_status(403);
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(text.contains("SignatureDoesNotMatch"), "{text}");
    }
}

#[tokio::test]
async fn a_tenants_own_credentials_reach_its_own_objects_alone() {
    let cloud = TestCloud::shared();
    let [(acme, own), (globex, foreign)] = two(cloud).await;
    for access in [Access::Read, Access::Write, Access::Admin] {
        let credentials = acme.credentials(access);
        let s3 = async |method, key: &str, query: &str| {
            cloud.s3(&credentials, method, key, query, b"").await
        };
        let got = s3(Method::GET, &own, "").await.assert_status(200);
        assert_eq!(got.bytes, b"acme");
        assert_eq!(
            decision(cloud, &acme).statement.as_deref(),
            Some("TenantData/TenantReadFiles")
        );
        assert_denied(&s3(Method::GET, &foreign, "").await);
        let reason = decision(cloud, &acme).reason.unwrap();
        let expected = format!(
            "no statement of TenantRole names s3:GetObject on arn:aws:s3:::FilesBucket/{foreign}"
        );
        assert_eq!(reason, expected);
        assert_denied(&s3(Method::PUT, &foreign, "").await);
        assert_denied(&s3(Method::DELETE, &foreign, "").await);
        assert_denied(&s3(Method::DELETE, &own, "").await);
        // Nobody lists, neither another's nor what is their own.
        let prefix = format!("?list-type=2&prefix={}%2F", globex.uuid());
        assert_denied(&s3(Method::GET, "", &prefix).await);
        assert_denied(&s3(Method::GET, "", "?list-type=2").await);
    }
    let text = cloud.gateway().objects("FilesBucket");
    assert!(text.contains(&own) && text.contains(&foreign));
}

#[tokio::test]
async fn credentials_that_only_read_store_nothing() {
    let cloud = TestCloud::shared();
    let [(acme, own), _] = two(cloud).await;
    let put = async |access| {
        let credentials = acme.credentials(access);
        let key = format!("{own}x");
        cloud.s3(&credentials, Method::PUT, &key, "", b"x").await
    };
    assert_denied(&put(Access::Read).await);
    let reason = decision(cloud, &acme).reason.unwrap();
    assert!(reason.contains("TenantWriteFiles"), "{reason}");
    put(Access::Write).await.assert_status(200);
}

#[tokio::test]
async fn an_object_that_no_url_led_to_is_deleted() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let key = format!("{}{}", tenant.object_prefix(&file), uuid::Uuid::now_v7());
    let credentials = tenant.credentials(Access::Write);
    cloud
        .s3(&credentials, Method::PUT, &key, "", b"unchecked")
        .await
        .assert_status(200);
    cloud.settled().await;
    assert!(tenant.objects(&file).is_empty());
}

#[tokio::test]
async fn nobody_reaches_an_object_without_a_signature_or_with_a_forged_one() {
    let cloud = TestCloud::shared();
    let [(acme, own), _] = two(cloud).await;
    let url = format!("{}/s3/FilesBucket/{own}", cloud.aws_url());
    assert_denied(&cloud.at(Method::GET, &url).await);
    let mut forged = acme.credentials(Access::Read);
    forged.secret_access_key.push('x');
    let answer = cloud.s3(&forged, Method::GET, &own, "", b"").await;
    assert_eq!(answer.status, 403);
    // Somebody else's session token beside one's own key.
    let mut mixed = acme.credentials(Access::Read);
    mixed.session_token = acme.credentials(Access::Admin).session_token;
    let answer = cloud.s3(&mixed, Method::GET, &own, "", b"").await;
    assert_eq!(answer.status, 403);
}
