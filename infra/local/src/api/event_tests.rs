#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;

fn incoming(uri: &str, headers: &[(&str, &str)], body: &[u8]) -> Incoming {
    let mut request = http::Request::post(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    Incoming {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        version: parts.version,
        headers: parts.headers,
        body: Bytes::copy_from_slice(body),
        peer: IpAddr::from([127, 0, 0, 1]),
        port: 3000,
    }
}

fn event(incoming: &Incoming, authorizer: Option<&Value>) -> Value {
    let api = ApiConfig {
        id: "api".into(),
        stage: "$default".into(),
        domain: None,
        cors: None,
    };
    let parameters = BTreeMap::from([("id".to_owned(), "a b".to_owned())]);
    let source = EventSource {
        incoming,
        api: &api,
        route_key: "POST /v1/things/{id}",
        parameters: &parameters,
        request_id: "request",
        trace_id: "trace",
    };
    source.integration(authorizer)
}

#[test]
fn path_query_headers_and_cookies_are_as_api_gateway_gives_them() {
    let headers = [
        ("Host", "acme.localhost:3000"),
        ("X-One", "1"),
        ("x-one", "2"),
        ("Cookie", "a=1; b=2"),
        ("Cookie", "c=3"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("User-Agent", "curl/8"),
    ];
    let event = event(
        &incoming("/v1/things/a%20b?q=1&q=2&r=a+b%26&s", &headers, b""),
        None,
    );
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["rawPath"], "/v1/things/a b");
    assert_eq!(event["rawQueryString"], "q=1&q=2&r=a+b%26&s");
    assert_eq!(
        event["queryStringParameters"],
        json!({"q": "1,2", "r": "a b&", "s": ""})
    );
    assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
    assert_eq!(event["headers"]["x-one"], "1,2");
    assert_eq!(
        event["headers"]["x-forwarded-for"],
        "203.0.113.9, 127.0.0.1"
    );
    assert!(event["headers"].get("cookie").is_none());
    assert_eq!(event["pathParameters"], json!({"id": "a b"}));
    assert_eq!(event["isBase64Encoded"], false);
    assert!(event.get("body").is_none());
    let context = &event["requestContext"];
    assert_eq!(context["domainName"], "acme.localhost");
    assert_eq!(context["domainPrefix"], "acme");
    assert_eq!(context["routeKey"], "POST /v1/things/{id}");
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["http"]["userAgent"], "curl/8");
    assert!(context.get("authorizer").is_none());
    // The clients of this event use this exact form: 12/Mar/2020:19:03:58 +0000.
    assert_eq!(context["time"].as_str().unwrap().len(), 26);
}

#[test]
fn an_escaped_question_mark_cuts_the_raw_path() {
    let event = event(&incoming("/v1/things/a%3Fadmin=1", &[], b""), None);
    assert_eq!(event["rawPath"], "/v1/things/a");
    assert_eq!(event["rawQueryString"], "");
    assert!(event.get("queryStringParameters").is_none());
}

#[test]
fn only_text_is_passed_as_text() {
    let cases: [(&str, &[u8], bool); 8] = [
        ("application/json; charset=utf-8", b"{}", false),
        ("application/merge-patch+json", b"{}", false),
        ("text/csv", b"a,b", false),
        ("", b"{}", false),
        ("application/json", b"{\"a\":\"\xff\"}", true),
        ("application/octet-stream", b"{}", true),
        ("application/x-www-form-urlencoded", b"a=b", true),
        ("image/png", b"\x89PNG", true),
    ];
    for (kind, body, encoded) in cases {
        let headers: &[(&str, &str)] = if kind.is_empty() {
            &[]
        } else {
            &[("content-type", kind)]
        };
        let event = event(&incoming("/v1/things/1", headers, body), None);
        assert_eq!(event["isBase64Encoded"], encoded, "{kind}");
        let expected = if encoded {
            BASE64_STANDARD.encode(body)
        } else {
            String::from_utf8(body.to_vec()).unwrap()
        };
        assert_eq!(event["body"], expected);
    }
}

#[test]
fn the_authorizers_context_is_under_lambda() {
    let event = event(
        &incoming("/v1/things/1", &[], b""),
        Some(&json!({"context": "x.y.z"})),
    );
    assert_eq!(
        event["requestContext"]["authorizer"]["lambda"]["context"],
        "x.y.z"
    );
}

#[test]
fn an_authorizer_sees_no_body() {
    let incoming = incoming("/v1/things/1", &[("authorization", "Bearer t")], b"{}");
    let api = ApiConfig {
        id: "api".into(),
        stage: "$default".into(),
        domain: Some("api.example.com".into()),
        cors: None,
    };
    let source = EventSource {
        incoming: &incoming,
        api: &api,
        route_key: "POST /v1/things/{id}",
        parameters: &BTreeMap::new(),
        request_id: "request",
        trace_id: "trace",
    };
    let event = source.authorizer(&["Bearer t".to_owned()]);
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["identitySource"], json!(["Bearer t"]));
    assert_eq!(
        event["routeArn"],
        "arn:aws:execute-api:us-east-1:000000000000:api/$default/POST/v1/things/{id}"
    );
    assert_eq!(event["requestContext"]["domainName"], "api.example.com");
    assert!(event.get("body").is_none());
}

#[test]
fn the_host_is_read_without_its_port() {
    for (host, name) in [
        ("a.b:1", "a.b"),
        ("a.b", "a.b"),
        ("[::1]:3000", "[::1]"),
        ("[::1]", "[::1]"),
    ] {
        assert_eq!(incoming("/", &[("host", host)], b"").host(), name);
    }
}
