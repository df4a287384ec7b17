//! S3 Vectors through the real SDK, and requests that no SDK would make.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, Raw, TEMPLATE, standalone_config};
use aws_sdk_s3vectors::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3vectors::types::{DataType, DistanceMetric, IndexMode, PutInputVector, VectorData};
use aws_sdk_s3vectors::{Client, config::http::HttpResponse};
use aws_smithy_types::Document;
use gateway::{Fault, FaultError, Gateway, Verdict};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

const BUCKET: &str = "arn:aws:s3vectors:us-east-1:000000000000:bucket/vectors";

fn index(tenant: &str) -> String {
    format!("{tenant}.films")
}

fn arn(tenant: &str) -> String {
    format!("{BUCKET}/index/{tenant}.films")
}

async fn client(cloud: &Cloud, tenant: &str, access: &str) -> Client {
    let credentials = cloud.tenant_credentials(tenant, access).await;
    Client::new(&cloud.sdk_config(Some(&credentials)))
}

fn code<T: std::fmt::Debug, E>(result: Result<T, SdkError<E, HttpResponse>>) -> String
where
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    let error = result.expect_err("it should be refused");
    error.code().unwrap_or_default().to_owned()
}

fn vector(key: &str, numbers: [f32; 2], year: i64) -> PutInputVector {
    let year = Document::Number(aws_smithy_types::Number::NegInt(year));
    PutInputVector::builder()
        .key(key)
        .data(VectorData::Float32(numbers.to_vec()))
        .metadata(Document::Object(HashMap::from([("year".to_owned(), year)])))
        .build()
        .unwrap()
}

async fn create(client: &Client, tenant: &str) -> String {
    let created = client
        .create_index()
        .vector_bucket_name("vectors")
        .index_name(index(tenant))
        .data_type(DataType::Float32)
        .dimension(2)
        .distance_metric(DistanceMetric::Cosine)
        .send()
        .await
        .unwrap();
    created.index_arn().unwrap().to_owned()
}

async fn put(client: &Client, tenant: &str, vectors: Vec<PutInputVector>) {
    let put = client.put_vectors().index_arn(arn(tenant));
    put.set_vectors(Some(vectors)).send().await.unwrap();
}

fn asked() -> VectorData {
    VectorData::Float32(vec![1.0, 0.0])
}

#[tokio::test]
async fn an_index_is_used_from_its_making_to_its_end() {
    let cloud = Cloud::start().await;
    let acme = client(&cloud, ACME, "write").await;
    assert_eq!(create(&acme, ACME).await, arn(ACME));
    let shown = acme.get_index().index_arn(arn(ACME)).send().await.unwrap();
    let shown = shown.index().unwrap();
    assert_eq!(
        (shown.index_name(), shown.dimension()),
        (index(ACME).as_str(), 2)
    );
    assert_eq!(shown.index_mode(), Some(&IndexMode::Enhanced));

    let vectors = (0..40).map(|number| {
        vector(
            &format!("k{number:02}"),
            [1.0, number as f32],
            2000 + number,
        )
    });
    put(&acme, ACME, vectors.collect()).await;
    let query = || {
        acme.query_vectors()
            .vector_bucket_name("vectors")
            .index_name(index(ACME))
            .top_k(35)
            .query_vector(asked())
    };
    let first = query()
        .return_distance(true)
        .return_metadata(true)
        .send()
        .await
        .unwrap();
    assert_eq!(first.distance_metric(), Some(&DistanceMetric::Cosine));
    let closest = first.vectors().first().unwrap();
    assert_eq!((closest.key(), closest.distance()), ("k00", Some(0.0)));
    let year = closest.metadata().unwrap().as_object().unwrap()["year"]
        .as_number()
        .unwrap()
        .to_f64_lossy();
    assert!((year - 2000.0).abs() < 0.1);
    assert!(first.next_token().is_some());
    let all = query()
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap();
    assert_eq!((all.len(), all.last().unwrap().key()), (35, "k34"));

    let since = Document::Object(HashMap::from([(
        "$gte".to_owned(),
        Document::Number(aws_smithy_types::Number::PosInt(2038)),
    )]));
    let filter = Document::Object(HashMap::from([("year".to_owned(), since)]));
    let found = query().filter(filter).send().await.unwrap();
    let keys: Vec<&str> = found.vectors().iter().map(|vector| vector.key()).collect();
    assert_eq!(keys, ["k38", "k39"]);

    let read = acme
        .get_vectors()
        .index_arn(arn(ACME))
        .keys("k01")
        .keys("never");
    let read = read.return_data(true).send().await.unwrap();
    assert_eq!(read.vectors().len(), 1);
    assert_eq!(
        read.vectors()[0].data(),
        Some(&VectorData::Float32(vec![1.0, 1.0]))
    );
    let delete = acme
        .delete_vectors()
        .index_arn(arn(ACME))
        .keys("k01")
        .keys("never");
    delete.send().await.unwrap();
    let pages = acme
        .list_vectors()
        .index_arn(arn(ACME))
        .max_results(16)
        .into_paginator();
    let listed = pages
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap();
    assert_eq!(listed.len(), 39);
    assert_eq!(cloud.gateway.vectors(&index(ACME)).unwrap().len(), 39);
    acme.delete_index()
        .index_arn(arn(ACME))
        .send()
        .await
        .unwrap();
    let again = acme.delete_index().index_arn(arn(ACME)).send().await;
    assert_eq!(code(again), "NotFoundException");
    assert!(cloud.gateway.vectors(&index(ACME)).is_none());
}

#[tokio::test]
async fn anothers_index_is_not_to_be_told_from_none() {
    let cloud = Cloud::start().await;
    let acme = client(&cloud, ACME, "write").await;
    create(&acme, ACME).await;
    let globex = client(&cloud, GLOBEX, "write").await;
    let missing = format!("{BUCKET}/index/{ACME}.none");
    let elsewhere = arn(ACME).replace("bucket/vectors", "bucket/nowhere");
    for foreign in [&arn(ACME), &missing, &elsewhere] {
        let get = globex.get_index().index_arn(foreign).send().await;
        assert_eq!(code(get), DENIED, "{foreign}");
        let refusal = cloud.last();
        assert_eq!((refusal.service, refusal.status), ("s3vectors", 403));
        assert_eq!(
            (refusal.decision, refusal.operation.as_str()),
            (Verdict::Denied, "GetIndex")
        );
        assert_eq!(refusal.error.as_deref(), Some(DENIED));
        let reason = refusal.reason.unwrap();
        let expected = format!("no statement of TenantRole names s3vectors:GetIndex on {foreign}");
        assert_eq!(reason, expected);
    }
    let query = globex
        .query_vectors()
        .index_arn(arn(ACME))
        .top_k(1)
        .query_vector(asked());
    assert_eq!(code(query.send().await), DENIED);
    let put = globex
        .put_vectors()
        .index_arn(arn(ACME))
        .vectors(vector("k", [1.0, 0.0], 1));
    assert_eq!(code(put.send().await), DENIED);
    assert_eq!(
        code(globex.delete_index().index_arn(arn(ACME)).send().await),
        DENIED
    );
    // What is one's own and isn't there is said to be missing.
    let own = globex.get_index().index_arn(arn(GLOBEX)).send().await;
    assert_eq!(code(own), "NotFoundException");
    assert_eq!(
        (cloud.last().decision, cloud.last().status),
        (Verdict::Allowed, 404)
    );
    assert!(cloud.gateway.vectors(&index(ACME)).unwrap().is_empty());
}

#[tokio::test]
async fn filters_and_metadata_need_the_right_to_read_vectors() {
    let cloud = Cloud::start().await;
    create(&client(&cloud, ACME, "write").await, ACME).await;
    let reader = client(&cloud, ACME, "read").await;
    let query = || {
        reader
            .query_vectors()
            .index_arn(arn(ACME))
            .top_k(1)
            .query_vector(asked())
    };
    query().return_distance(true).send().await.unwrap();
    assert_eq!(cloud.last().actions, ["s3vectors:QueryVectors"]);
    let year = Document::Object(HashMap::from([("year".to_owned(), Document::from(2000))]));
    assert_eq!(code(query().filter(year).send().await), DENIED);
    let refusal = cloud.last();
    assert_eq!(
        refusal.actions,
        ["s3vectors:QueryVectors", "s3vectors:GetVectors"]
    );
    assert_eq!(refusal.statement.as_deref(), Some("TenantVectors/Use"));
    let reason = refusal.reason.unwrap();
    let expected = "Read matched s3vectors:GetVectors on bucket/vectors/index/";
    assert!(reason.starts_with(expected), "{reason}");
    assert_eq!(code(query().return_metadata(true).send().await), DENIED);
    let list = || reader.list_vectors().index_arn(arn(ACME));
    list().return_data(false).send().await.unwrap();
    assert_eq!(code(list().return_data(true).send().await), DENIED);
    assert_eq!(code(list().return_metadata(true).send().await), DENIED);
    let get = reader.get_vectors().index_arn(arn(ACME)).keys("k");
    assert_eq!(code(get.send().await), DENIED);
}

fn fault(operation: &str, place: Option<&str>, error: FaultError) -> Fault {
    Fault {
        operation: operation.to_owned(),
        table: place.map(str::to_owned),
        route: None,
        after: 0,
        times: 1,
        error,
    }
}

#[tokio::test]
async fn faults_befall_what_is_allowed() {
    let cloud = Cloud::start().await;
    let acme = client(&cloud, ACME, "write").await;
    create(&acme, ACME).await;
    let put = |key: &str| {
        acme.put_vectors()
            .index_arn(arn(ACME))
            .vectors(vector(key, [1.0, 0.0], 1))
            .send()
    };
    let keys = || {
        let vectors = cloud.gateway.vectors(&index(ACME)).unwrap();
        vectors.into_keys().collect::<Vec<String>>()
    };
    let films = index(ACME);
    for (place, error, expected) in [
        (
            Some("Vectors"),
            FaultError::ThroughputExceeded,
            "TooManyRequestsException",
        ),
        (
            Some(films.as_str()),
            FaultError::InternalServerError,
            "InternalServerException",
        ),
    ] {
        cloud
            .gateway
            .inject(fault("PutVectors", Some("Elsewhere"), error));
        cloud.gateway.inject(fault("PutVectors", place, error));
        let globex = client(&cloud, GLOBEX, "write").await;
        assert_eq!(
            code(globex.get_index().index_arn(arn(ACME)).send().await),
            DENIED
        );
        assert_eq!(code(put("one").await), expected);
        cloud.gateway.forget_faults();
    }
    assert!(keys().is_empty());
    cloud
        .gateway
        .inject(fault("PutVectors", None, FaultError::LostReply));
    assert_eq!(code(put("one").await), "InternalServerException");
    assert_eq!(keys(), ["one"]);
    for (error, kept) in [
        (FaultError::Silent, vec!["one"]),
        (FaultError::NoReply, vec!["one", "two"]),
    ] {
        cloud.gateway.inject(fault("PutVectors", None, error));
        let waited = tokio::time::timeout(Duration::from_secs(1), put("two")).await;
        assert!(waited.is_err() && cloud.last().unanswered);
        assert_eq!(keys(), kept);
    }
    put("three").await.unwrap();
}

/// Makes a signed request with any body.
async fn raw(cloud: &Cloud, service: &str, path: &str, body: String) -> (Raw, String) {
    use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let identity = aws_credential_types::Credentials::new(
        credentials.access_key_id,
        credentials.secret_access_key,
        Some(credentials.session_token),
        None,
        "test",
    );
    let identity = identity.into();
    let parameters = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name(service)
        .time(std::time::SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let url = format!("{}{path}", cloud.url);
    let signed = SignableBody::Bytes(body.as_bytes());
    let request = SignableRequest::new("POST", &url, std::iter::empty(), signed).unwrap();
    let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
    let mut request = reqwest::Client::new().post(&url).body(body.clone());
    for (name, value) in instructions.headers() {
        request = request.header(name, value);
    }
    let reply = request.send().await.unwrap();
    let kind = reply.headers().get("x-amzn-errortype");
    let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
    let status = reply.status().as_u16();
    let body = serde_json::from_str(&reply.text().await.unwrap()).unwrap_or(Value::Null);
    (Raw { status, body }, kind.unwrap_or_default())
}

#[tokio::test]
async fn what_is_not_understood_is_refused() {
    let cloud = Cloud::start().await;
    create(&client(&cloud, ACME, "write").await, ACME).await;
    let arn = arn(ACME);
    let own = json!({"indexArn": arn}).to_string();
    let (reply, kind) = raw(&cloud, "s3vectors", "/GetIndex", own.clone()).await;
    assert_eq!((reply.status, kind.as_str()), (200, ""));
    for (service, path, body, status, expected) in [
        (
            "s3",
            "/GetIndex",
            own.clone(),
            403,
            "InvalidSignatureException",
        ),
        (
            "s3vectors",
            "/GetIndex",
            format!("{{\"indexArn\":\"{arn}\",\"indexArn\":\"{arn}\"}}"),
            400,
            "ValidationException",
        ),
        (
            "s3vectors",
            "/GetIndex",
            "[]".to_owned(),
            400,
            "ValidationException",
        ),
        (
            "s3vectors",
            "/GetIndex",
            String::new(),
            400,
            "ValidationException",
        ),
        (
            "s3vectors",
            "/GetIndex",
            json!({"indexArn": arn, "tags": {}}).to_string(),
            400,
            "ValidationException",
        ),
        (
            "s3vectors",
            "/ListVectors",
            json!({"indexArn": arn, "segmentCount": 2}).to_string(),
            400,
            "ValidationException",
        ),
        (
            "s3vectors",
            "/GetIndex",
            " ".repeat(20 * 1024 * 1024 + 1),
            413,
            "RequestEntityTooLargeException",
        ),
        ("s3vectors", "/ListIndexes", "{}".to_owned(), 404, ""),
    ] {
        let (reply, kind) = raw(&cloud, service, path, body).await;
        assert_eq!(
            (reply.status, kind.as_str()),
            (status, expected),
            "{path} {reply:?}"
        );
        assert_eq!(reply.message().is_empty(), expected.is_empty());
    }
}

#[tokio::test]
async fn vectors_survive_a_restart() {
    let folder = std::env::temp_dir().join(format!("gateway-test-{}", uuid::Uuid::new_v4()));
    let gateway = || {
        let mut config = standalone_config(TEMPLATE);
        config.data_dir = Some(folder.clone());
        Gateway::new(config).unwrap()
    };
    let cloud = Cloud::around(gateway()).await;
    let owner = Client::new(&cloud.sdk_config(Some(&cloud.role("OwnerRole"))));
    create(&owner, ACME).await;
    put(&owner, ACME, vec![vector("one", [1.0, 0.5], 2000)]).await;
    drop(cloud);
    let kept = gateway().vectors(&index(ACME)).unwrap();
    assert_eq!(
        kept["one"],
        json!({"float32": [1.0, 0.5], "metadata": {"year": 2000}})
    );
    std::fs::remove_dir_all(&folder).unwrap();
}
