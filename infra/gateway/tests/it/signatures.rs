//! Who is believed, and who is not.

use crate::support::{ACME, Cloud, GLOBEX, Raw, partition};
use gateway::{Credentials, Verdict};
use jiff::SignedDuration;
use serde_json::json;
use std::time::{Duration, SystemTime};

fn own_key() -> String {
    json!({"TableName": "TenantTable", "Key": {"pk": {"S": partition(ACME, "CONTACTS")}, "sk": {"S": "1"}}}).to_string()
}

fn replaced(
    headers: &[(String, String)],
    name: &str,
    change: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(known, value)| {
            (
                known.clone(),
                if known == name {
                    change(value)
                } else {
                    value.clone()
                },
            )
        })
        .collect()
}

fn without(headers: &[(String, String)], name: &str) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(known, _)| known != name)
        .cloned()
        .collect()
}

async fn signed(cloud: &Cloud, credentials: &Credentials) -> Raw {
    cloud.raw(credentials, "GetItem", &own_key()).await
}

#[tokio::test]
async fn a_proper_signature_is_believed() {
    let cloud = Cloud::start().await;
    let reply = signed(&cloud, &cloud.tenant_credentials(ACME, "read").await).await;
    assert_eq!((reply.status, reply.body), (200, json!({})));
}

#[tokio::test]
async fn stolen_and_altered_credentials_are_refused() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant_credentials(ACME, "read").await;
    let globex = cloud.tenant_credentials(GLOBEX, "read").await;
    let changed = |change: &dyn Fn(&mut Credentials)| {
        let mut credentials = acme.clone();
        change(&mut credentials);
        credentials
    };
    let mut flipped = globex.session_token.clone().into_bytes();
    flipped[100] = if flipped[100] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    for (what, credentials, error) in [
        (
            "another's key id, own secret",
            changed(&|c| c.access_key_id.clone_from(&globex.access_key_id)),
            "InvalidSignatureException",
        ),
        (
            "another's key id and token, own secret",
            changed(&|c| {
                c.access_key_id.clone_from(&globex.access_key_id);
                c.session_token.clone_from(&globex.session_token);
            }),
            "InvalidSignatureException",
        ),
        (
            "another's token",
            changed(&|c| c.session_token.clone_from(&globex.session_token)),
            "UnrecognizedClientException",
        ),
        (
            "an altered token",
            changed(&|c| c.session_token.clone_from(&flipped)),
            "UnrecognizedClientException",
        ),
        (
            "a shortened token",
            changed(&|c| {
                c.session_token.pop();
            }),
            "UnrecognizedClientException",
        ),
        (
            "no token",
            changed(&|c| c.session_token.clear()),
            "UnrecognizedClientException",
        ),
        (
            "a wrong secret",
            changed(&|c| c.secret_access_key.push('x')),
            "InvalidSignatureException",
        ),
        (
            "an unknown key id",
            changed(&|c| c.access_key_id = "ASIAXXXXXXXXXXXXXXXX".to_owned()),
            "UnrecognizedClientException",
        ),
    ] {
        let reply = signed(&cloud, &credentials).await;
        assert_eq!(
            (reply.status, reply.error()),
            (400, error),
            "{what}: {reply:?}"
        );
        assert_eq!(cloud.last().decision, Verdict::Denied, "{what}");
        assert!(cloud.last().principal.is_none(), "{what}");
    }
}

#[tokio::test]
async fn whatever_was_signed_cannot_be_changed() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant_credentials(ACME, "read").await;
    let body = own_key();
    let headers = cloud.signed_headers(&acme, "dynamodb", "GetItem", &body, SystemTime::now());
    assert_eq!(cloud.send(&headers, &body).await.status, 200);

    let other_body = body.replace("CONTACTS", "DEALS");
    assert_eq!(
        cloud.send(&headers, &other_body).await.error(),
        "InvalidSignatureException"
    );
    let other_operation = replaced(&headers, "x-amz-target", |_| {
        "DynamoDB_20120810.DeleteItem".to_owned()
    });
    assert_eq!(
        cloud.send(&other_operation, &body).await.error(),
        "InvalidSignatureException"
    );
    let unsigned_target = replaced(&headers, "authorization", |value| {
        value
            .replace("x-amz-target;", "")
            .replace(";x-amz-target", "")
    });
    assert_eq!(
        cloud.send(&unsigned_target, &body).await.error(),
        "InvalidSignatureException"
    );
    let mut added = headers.clone();
    added.push(("x-amz-something".to_owned(), "new".to_owned()));
    assert_eq!(
        cloud.send(&added, &body).await.error(),
        "InvalidSignatureException"
    );
    let mut lies_about_body = headers.clone();
    lies_about_body.push((
        "x-amz-content-sha256".to_owned(),
        "UNSIGNED-PAYLOAD".to_owned(),
    ));
    assert_eq!(
        cloud.send(&lies_about_body, &body).await.error(),
        "InvalidSignatureException"
    );
    let lie = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let signed_lie =
        cloud.signed_headers_and(&acme, "dynamodb", "GetItem", &body, SystemTime::now(), &lie);
    let reply = cloud.send(&signed_lie, &body).await;
    assert!(
        reply.error() == "InvalidSignatureException" && reply.message().contains("Sha256"),
        "{reply:?}"
    );
    let other_scope = cloud.signed_headers(&acme, "sts", "GetItem", &body, SystemTime::now());
    let reply = cloud.send(&other_scope, &body).await;
    assert_eq!(reply.error(), "InvalidSignatureException");
    assert!(reply.message().contains("'dynamodb'"), "{reply:?}");
}

#[tokio::test]
async fn a_broken_header_is_told_apart() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant_credentials(ACME, "read").await;
    let body = own_key();
    let headers = cloud.signed_headers(&acme, "dynamodb", "GetItem", &body, SystemTime::now());
    assert_eq!(
        cloud
            .send(&without(&headers, "authorization"), &body)
            .await
            .error(),
        "MissingAuthenticationTokenException"
    );
    assert_eq!(
        cloud
            .send(&without(&headers, "x-amz-date"), &body)
            .await
            .error(),
        "IncompleteSignatureException"
    );
    for broken in [
        "",
        "Bearer x",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA512 x",
    ] {
        let reply = cloud
            .send(
                &replaced(&headers, "authorization", |_| broken.to_owned()),
                &body,
            )
            .await;
        assert_eq!(
            (reply.status, reply.error()),
            (400, "IncompleteSignatureException"),
            "{broken:?}: {reply:?}"
        );
    }
}

#[tokio::test]
async fn old_and_early_signatures_are_refused() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant_credentials(ACME, "read").await;
    let body = own_key();
    let now = SystemTime::now();
    for (time, accepted) in [
        (now - Duration::from_secs(240), true),
        (now - Duration::from_secs(330), false),
        (now + Duration::from_secs(240), true),
        (now + Duration::from_secs(330), false),
    ] {
        let reply = cloud
            .send(
                &cloud.signed_headers(&acme, "dynamodb", "GetItem", &body, time),
                &body,
            )
            .await;
        assert_eq!(reply.status == 200, accepted, "{reply:?}");
        if !accepted {
            assert_eq!(reply.error(), "InvalidSignatureException");
            assert!(reply.message().starts_with("Signature "), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn expired_credentials_are_called_expired() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant_credentials(ACME, "read").await;
    let body = own_key();
    let later = |seconds: u64| {
        cloud.signed_headers(
            &acme,
            "dynamodb",
            "GetItem",
            &body,
            SystemTime::now() + Duration::from_secs(seconds),
        )
    };
    cloud.gateway.advance_clock(SignedDuration::from_secs(3590));
    assert_eq!(cloud.send(&later(3590), &body).await.status, 200);
    cloud.gateway.advance_clock(SignedDuration::from_secs(20));
    let reply = cloud.send(&later(3610), &body).await;
    assert_eq!(
        (reply.status, reply.error()),
        (400, "ExpiredTokenException")
    );
}

#[tokio::test]
async fn a_functions_own_credentials_do_not_expire() {
    let cloud = Cloud::start().await;
    let owner = cloud.role("OwnerRole");
    cloud
        .gateway
        .advance_clock(SignedDuration::from_hours(1000));
    let body = own_key();
    let headers = cloud.signed_headers(
        &owner,
        "dynamodb",
        "GetItem",
        &body,
        SystemTime::now() + Duration::from_secs(3_600_000),
    );
    assert_eq!(cloud.send(&headers, &body).await.status, 200);
    assert_eq!(
        cloud.last().caller.function.as_deref(),
        Some("some-function")
    );
}
