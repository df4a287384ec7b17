#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use serde_json::json;

fn declared() -> Value {
    json!({
        "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:Authorizer",
        "AuthorizerPayloadFormatVersion": "2.0",
        "EnableSimpleResponses": true,
        "EnableFunctionDefaultPermissions": true,
        "Identity": {"Headers": ["Authorization"], "Context": ["routeKey", "domainName"], "ReauthorizeEvery": "15"},
    })
}

#[test]
fn the_templates_form_is_read() {
    let authorizer = Authorizer::read("Api", "A", &declared()).unwrap();
    assert_eq!(authorizer.function, "Authorizer");
    assert_eq!(authorizer.keep, Duration::from_secs(15));
    assert_eq!(
        authorizer.sources,
        [
            IdentitySource::Header(http::header::AUTHORIZATION),
            IdentitySource::RouteKey,
            IdentitySource::DomainName
        ]
    );
}

#[test]
fn what_is_unknown_is_refused() {
    for (key, value) in [
        ("EnableSimpleResponses", json!(false)),
        ("AuthorizerPayloadFormatVersion", json!("1.0")),
        ("Identity", json!({"StageVariables": ["x"]})),
        ("JwtConfiguration", json!({})),
    ] {
        let mut declared = declared();
        declared
            .as_object_mut()
            .unwrap()
            .insert(key.to_owned(), value);
        assert!(Authorizer::read("Api", "A", &declared).is_err(), "{key}");
    }
}

#[test]
fn only_a_clear_yes_allows() {
    assert_eq!(
        read(br#"{"isAuthorized":true,"context":{"a":"b"}}"#),
        Verdict::Allowed(json!({"a": "b"}))
    );
    assert_eq!(read(br#"{"isAuthorized":false}"#), Verdict::Forbidden);
    for broken in [
        "",
        "null",
        "{}",
        r#"{"isAuthorized":"true"}"#,
        r#"{"isAuthorized":true,"context":[]}"#,
    ] {
        assert_eq!(read(broken.as_bytes()), Verdict::Failed, "{broken}");
    }
}

#[test]
fn cached_answers_are_found_by_every_identity_source_and_expire() {
    let authorizer = Authorizer::read("Api", "A", &declared()).unwrap();
    let one = vec!["Bearer x".to_owned(), "GET /a".to_owned()];
    authorizer.keep(one.clone(), &Verdict::Forbidden);
    assert_eq!(authorizer.cached(&one), Some(Verdict::Forbidden));
    assert_eq!(
        authorizer.cached(&["Bearer x".to_owned(), "GET /b".to_owned()]),
        None
    );
    authorizer.keep(vec!["y".to_owned()], &Verdict::Failed);
    assert_eq!(authorizer.cached(&["y".to_owned()]), None);
}
