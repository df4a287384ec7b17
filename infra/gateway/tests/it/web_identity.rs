//! Tokens traded for credentials.

use crate::support::{ACME, Cloud, GLOBEX, ISSUER, TENANT_ROLE, now, tenant_claims};
use aws_sdk_sts::error::ProvideErrorMetadata;
use gateway::Verdict;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// Trades a token and gives the error's code, or nothing if it worked.
async fn trade(cloud: &Cloud, token: &str) -> Option<String> {
    trade_for(cloud, token, TENANT_ROLE, None).await
}

async fn trade_for(cloud: &Cloud, token: &str, role: &str, seconds: Option<i32>) -> Option<String> {
    let reply = cloud
        .sts(None)
        .assume_role_with_web_identity()
        .role_arn(role)
        .role_session_name("session")
        .web_identity_token(token)
        .set_duration_seconds(seconds)
        .send()
        .await;
    reply.err().map(|error| {
        error
            .as_service_error()
            .unwrap_or_else(|| panic!("{error:?}"))
            .code()
            .unwrap_or_default()
            .to_owned()
    })
}

/// Proper claims with some of them changed; null takes one away.
fn changed(change: Value) -> Value {
    let mut claims = tenant_claims(ACME, "read");
    for (name, value) in change.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

#[tokio::test]
async fn a_proper_token_gives_tagged_credentials() {
    let cloud = Cloud::start().await;
    let reply = cloud
        .sts(None)
        .assume_role_with_web_identity()
        .role_arn(TENANT_ROLE)
        .role_session_name("session")
        .web_identity_token(cloud.issuer.sign(&tenant_claims(ACME, "read")))
        .send()
        .await
        .unwrap();
    let credentials = reply.credentials().unwrap();
    assert!(
        credentials.access_key_id().starts_with("ASIA") && credentials.access_key_id().len() == 20
    );
    let life = credentials.expiration().secs() - now();
    assert!((3590..=3601).contains(&life), "{life}");
    assert_eq!(
        reply.assumed_role_user().unwrap().arn(),
        "arn:aws:sts::000000000000:assumed-role/TenantRole/session"
    );
    assert_eq!(
        (reply.subject_from_web_identity_token(), reply.audience()),
        (
            Some(format!("tenant:{ACME}").as_str()),
            Some("sts.amazonaws.com")
        )
    );
    let record = cloud.last();
    assert_eq!(
        (record.service, record.operation.as_str(), record.decision),
        ("sts", "AssumeRoleWithWebIdentity", Verdict::Allowed)
    );
    assert_eq!(
        record.actions,
        ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
    );
    assert_eq!(record.principal.unwrap().tags["TenantId"], ACME);
}

#[tokio::test]
async fn claims_must_be_right() {
    let cloud = Cloud::start().await;
    let now = now();
    let tags = |tags: Value| json!({"https://aws.amazon.com/tags": tags});
    for (change, error) in [
        (
            json!({"iss": "https://elsewhere.example.com"}),
            "InvalidIdentityToken",
        ),
        (json!({"iss": format!("{ISSUER}/")}), "InvalidIdentityToken"),
        (json!({"iss": null}), "InvalidIdentityToken"),
        (json!({"aud": "endpoints"}), "InvalidIdentityToken"),
        (
            json!({"aud": ["sts.amazonaws.com", "endpoints"]}),
            "InvalidIdentityToken",
        ),
        (json!({"aud": null}), "InvalidIdentityToken"),
        (json!({"sub": null}), "InvalidIdentityToken"),
        (json!({"sub": ""}), "InvalidIdentityToken"),
        (json!({"sub": "user:1"}), "AccessDenied"),
        (json!({"exp": now - 61}), "ExpiredTokenException"),
        (json!({"exp": null}), "InvalidIdentityToken"),
        (
            json!({"exp": (now + 60) as f64 + 0.5}),
            "InvalidIdentityToken",
        ),
        (
            json!({"exp": format!("{}", now + 60)}),
            "InvalidIdentityToken",
        ),
        (json!({"iat": now + 120}), "InvalidIdentityToken"),
        (json!({"iat": null}), "InvalidIdentityToken"),
        (json!({"nbf": now + 120}), "InvalidIdentityToken"),
        (
            json!({"https://aws.amazon.com/roles": ["arn:aws:iam::000000000000:role/SystemRole"]}),
            "AccessDenied",
        ),
        (json!({"https://aws.amazon.com/roles": []}), "AccessDenied"),
        (json!({"https://aws.amazon.com/roles": {}}), "AccessDenied"),
        (json!({"https://aws.amazon.com/tags": null}), "AccessDenied"),
        (tags(json!({"principal_tags": {}})), "AccessDenied"),
        (
            tags(json!({"principal_tags": {"TenantId": [ACME]}})),
            "AccessDenied",
        ),
        (
            tags(json!({"principal_tags": {"TenantId": [ACME], "Access": ["owner"]}})),
            "AccessDenied",
        ),
        (
            tags(json!({"principal_tags": {"TenantId": ["*"], "Access": ["read"]}})),
            "ValidationError",
        ),
        (
            tags(json!({"principal_tags": {"TenantId": ["short"], "Access": ["read"]}})),
            "AccessDenied",
        ),
        (
            tags(
                json!({"principal_tags": {"TenantId": [ACME], "Access": ["read"], "More": ["x"]}}),
            ),
            "AccessDenied",
        ),
        (
            tags(json!({"principal_tags": {"TenantId": [ACME, GLOBEX], "Access": ["read"]}})),
            "InvalidIdentityToken",
        ),
        (
            tags(json!({"principal_tags": {"TenantId": ACME, "Access": ["read"]}})),
            "InvalidIdentityToken",
        ),
        (
            tags(json!({"principal_tags": {"TenantId": [], "Access": ["read"]}})),
            "InvalidIdentityToken",
        ),
        (tags(json!({"TenantId": [ACME]})), "InvalidIdentityToken"),
        (
            tags(
                json!({"principal_tags": {"TenantId": [ACME], "Access": ["read"], "tenantid": [GLOBEX]}}),
            ),
            "InvalidParameterValue",
        ),
    ] {
        let token = cloud.issuer.sign(&changed(change.clone()));
        assert_eq!(
            trade(&cloud, &token).await.as_deref(),
            Some(error),
            "{change}"
        );
    }
    for accepted in [
        json!({"exp": now - 30}),
        json!({"aud": ["sts.amazonaws.com"]}),
        json!({"https://aws.amazon.com/roles": null}),
        json!({"nbf": now + 30}),
    ] {
        assert_eq!(
            trade(&cloud, &cloud.issuer.sign(&changed(accepted.clone()))).await,
            None,
            "{accepted}"
        );
    }
}

#[tokio::test]
async fn only_the_issuers_signature_counts() {
    let cloud = Cloud::start().await;
    let claims = tenant_claims(ACME, "read").to_string();
    let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid});
    let proper = cloud
        .issuer
        .sign_with("first", &header("ES256", "first"), &claims);
    assert_eq!(trade(&cloud, &proper).await, None);

    let unpublished = {
        cloud.issuer.add_key("second");
        cloud
            .issuer
            .sign_with("second", &header("ES256", "first"), &claims)
    };
    let (signed, signature) = proper.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let other_claims = cloud.issuer.sign(&tenant_claims(GLOBEX, "admin"));
    let foreign_payload = other_claims.split('.').nth(1).unwrap();
    for (what, token) in [
        ("another key under a known id", unpublished),
        (
            "other claims under a signature",
            format!("{head}.{foreign_payload}.{signature}"),
        ),
        ("no signature", format!("{signed}.")),
        (
            "alg none",
            cloud
                .issuer
                .sign_with("first", &header("none", "first"), &claims),
        ),
        (
            "alg HS256",
            cloud
                .issuer
                .sign_with("first", &header("HS256", "first"), &claims),
        ),
        (
            "no kid",
            cloud
                .issuer
                .sign_with("first", &json!({"alg": "ES256"}), &claims),
        ),
        (
            "crit",
            cloud.issuer.sign_with(
                "first",
                &json!({"alg": "ES256", "kid": "first", "crit": ["x"]}),
                &claims,
            ),
        ),
        (
            "a claim twice",
            cloud.issuer.sign_with(
                "first",
                &header("ES256", "first"),
                &claims.replacen("{\"iss\"", "{\"sub\":\"tenant:x\",\"iss\"", 1),
            ),
        ),
        ("two parts", "a.b".to_owned()),
        ("four parts", format!("{proper}.x")),
        ("nonsense", "nonsense".to_owned()),
    ] {
        assert_eq!(
            trade(&cloud, &token).await.as_deref(),
            Some("InvalidIdentityToken"),
            "{what}"
        );
        assert_eq!(cloud.last().decision, Verdict::Denied, "{what}");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_a_new_id() {
    let cloud = Cloud::start().await;
    let fetches = || cloud.issuer.fetches.load(Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(
            trade(&cloud, &cloud.issuer.sign(&tenant_claims(ACME, "read"))).await,
            None
        );
    }
    assert_eq!(fetches(), 1);
    cloud.issuer.add_key("second");
    let claims = tenant_claims(ACME, "read").to_string();
    let second =
        cloud
            .issuer
            .sign_with("second", &json!({"alg": "ES256", "kid": "second"}), &claims);
    assert_eq!(
        trade(&cloud, &second).await.as_deref(),
        Some("InvalidIdentityToken")
    );
    assert_eq!(fetches(), 2);
    cloud.issuer.publish_all();
    assert_eq!(trade(&cloud, &second).await, None);
    assert_eq!(fetches(), 3);

    cloud.issuer.down.store(true, Ordering::SeqCst);
    assert_eq!(trade(&cloud, &second).await, None);
    let unknown =
        cloud
            .issuer
            .sign_with("second", &json!({"alg": "ES256", "kid": "third"}), &claims);
    assert_eq!(
        trade(&cloud, &unknown).await.as_deref(),
        Some("IDPCommunicationError")
    );
}

#[tokio::test]
async fn durations_and_roles_have_limits() {
    let cloud = Cloud::start().await;
    let token = cloud
        .issuer
        .sign(&changed(json!({"https://aws.amazon.com/roles": null})));
    let seconds = |seconds: i32| trade_for(&cloud, &token, TENANT_ROLE, Some(seconds));
    assert_eq!(seconds(900).await, None);
    assert_eq!(seconds(9000).await, None);
    assert_eq!(seconds(9001).await.as_deref(), Some("ValidationError"));
    assert_eq!(seconds(899).await.as_deref(), Some("ValidationError"));
    for role in ["EndpointRole", "SystemRole", "Nowhere"] {
        let arn = format!("arn:aws:iam::000000000000:role/{role}");
        assert_eq!(
            trade_for(&cloud, &token, &arn, None).await.as_deref(),
            Some("AccessDenied"),
            "{role}"
        );
    }
}
