//! Which index a request is about.

use super::*;
use crate::s3vectors::address::is_name;

#[test]
fn names_are_short_and_plain() {
    for name in [
        "abc",
        "a-b",
        "a.b",
        "0198c5f0-0000-7000-8000-00000000000a.x",
        "1.2",
        &"a".repeat(63),
    ] {
        assert!(is_name(name), "{name}");
    }
    for name in [
        "",
        "ab",
        "Abc",
        "a_b",
        "-ab",
        "ab-",
        ".ab",
        "ab.",
        "a b",
        "a/b",
        "a*b",
        "äbc",
        &"a".repeat(64),
    ] {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn an_index_is_meant_by_its_arn_or_by_two_names() {
    let address = |operation: Operation, body: Value| {
        let body = body.as_object().unwrap().clone();
        let request = Request::new(&body);
        let address = Address::of(&request, operation, "us-east-1", "000000000000");
        address
            .map(|address| (address.arn, address.here))
            .map_err(|error| error.message)
    };
    let arn = format!("{BUCKET}/index/films");
    let here = Ok((arn.clone(), true));
    let get = Operation::GetIndex;
    assert_eq!(address(get, json!({"indexArn": arn})), here);
    assert_eq!(address(get, of("films", json!({}))), here);
    let elsewhere = arn.replace("000000000000", "000000000001");
    assert_eq!(
        address(get, json!({"indexArn": elsewhere})),
        Ok((elsewhere, false))
    );
    let create = Operation::CreateIndex;
    assert_eq!(address(create, of("films", json!({}))), here);
    let by_bucket = json!({"vectorBucketArn": BUCKET, "indexName": "films"});
    assert_eq!(address(create, by_bucket.clone()), here);
    for (operation, body, said) in [
        (get, json!({}), "either indexArn or both"),
        (
            get,
            of("films", json!({"indexArn": arn})),
            "either indexArn or both",
        ),
        (
            get,
            json!({"vectorBucketName": "vectors", "indexArn": arn}),
            "either indexArn or both",
        ),
        (
            get,
            json!({"indexName": "films"}),
            "either indexArn or both",
        ),
        (get, by_bucket, "either indexArn or both"),
        (get, json!({"indexArn": 7}), "be a string"),
        (get, json!({"indexArn": BUCKET}), "Invalid index ARN"),
        (
            get,
            json!({"indexArn": format!("{BUCKET}/index/*")}),
            "Invalid index ARN",
        ),
        (
            get,
            json!({"indexArn": format!("{arn}/index/films")}),
            "Invalid index ARN",
        ),
        (
            get,
            json!({"indexArn": arn.replace("s3vectors", "s3")}),
            "Invalid index ARN",
        ),
        (
            get,
            json!({"vectorBucketName": "vectors", "indexName": "Films"}),
            "Invalid index name",
        ),
        (
            get,
            json!({"vectorBucketName": "vectors", "indexName": "fi"}),
            "between 3 and 63",
        ),
        (
            get,
            json!({"vectorBucketName": "a/b", "indexName": "films"}),
            "Invalid vector bucket name",
        ),
        (create, json!({"vectorBucketName": "vectors"}), "/indexName"),
        (
            create,
            json!({"indexName": "films"}),
            "vectorBucketArn but not both",
        ),
        (
            create,
            of("films", json!({"vectorBucketArn": BUCKET})),
            "vectorBucketArn but not both",
        ),
        (
            create,
            json!({"vectorBucketArn": arn, "indexName": "films"}),
            "Invalid vector bucket ARN",
        ),
    ] {
        let refused = address(operation, body.clone()).unwrap_err();
        assert!(refused.contains(said), "{body}: {refused}");
    }
}
