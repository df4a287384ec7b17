//! The issuer's API: what AWS STS reads to check tenant tokens. Locally it shares the port of the main API.

use serde_json::{Value, json};
use tests::tokens::{VerifyingKeys, access, context};
use tests::{Access, Forge, Role, TestCloud, TestTenant};

const HOST: &str = "issuerapi.execute-api.us-east-1.amazonaws.com";

#[tokio::test]
async fn discovery_names_the_issuer_that_the_roles_trust() {
    let answer = TestCloud::shared()
        .get("/.well-known/openid-configuration")
        .await
        .assert_status(200);
    assert_eq!(
        answer.json,
        json!({
            "issuer": format!("https://{HOST}"),
            "jwks_uri": format!("https://{HOST}/.well-known/jwks.json"),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    );
    assert_eq!(
        TestCloud::shared().forge().await.issuer_url,
        format!("https://{HOST}")
    );
}

#[tokio::test]
async fn the_published_keys_verify_neither_context_nor_access_tokens() {
    let cloud = TestCloud::shared();
    let answer = cloud.get("/.well-known/jwks.json").await.assert_status(200);
    for key in answer.json["keys"].as_array().unwrap() {
        assert_eq!(
            (&key["kty"], &key["alg"], &key["use"]),
            (&json!("EC"), &json!("ES256"), &json!("sig"))
        );
        assert!(key["kid"].is_string());
        // Private parts, and what AWS does not take.
        for absent in ["d", "key_ops"] {
            assert!(key.get(absent).is_none(), "{absent}");
        }
    }
    let keys = VerifyingKeys::from_jwks(&answer.json.to_string()).unwrap();
    let tenant = TestTenant::create(cloud, "acme").await;
    let claims = Forge::context_claims(
        &tenant.owner,
        "GET /v1/me",
        "r",
        Role::Owner,
        Access::Read,
        &[],
    );
    let forge = cloud.forge().await;
    let (told, held) = (
        claims.sign(&forge.context).unwrap(),
        &tenant.owner.access_token,
    );
    assert!(context::Claims::verify(&keys, &told).is_err());
    assert!(access::Claims::verify(&keys, held).is_err());
    let published = |token: &str| {
        let mut keys = answer.json["keys"].as_array().unwrap().iter();
        keys.any(|key| key["kid"] == key_id(token))
    };
    assert!(!published(&told) && !published(held));
    assert!(published(&forge.tenant_token(&tenant.id, Access::Read)));
}

/// The `kid` in a token's header.
fn key_id(token: &str) -> Value {
    use base64::Engine as _;
    let header = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].clone()
}
