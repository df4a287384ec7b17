//! The operations, behind authorisation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod indexes;
mod names;
mod queries;
mod vectors;

use super::*;

const NOW: i64 = 1_800_000_000;
const BUCKET: &str = "arn:aws:s3vectors:us-east-1:000000000000:bucket/vectors";

fn memory() -> State {
    State::open(None).unwrap()
}

fn at(now: i64, state: &mut State, operation: Operation, body: &Value) -> Result<Value, ApiError> {
    let request = Request::new(body.as_object().unwrap());
    let address = Address::of(&request, operation, "us-east-1", "000000000000")?;
    request.only(operation)?;
    let call = Call {
        request,
        address: &address,
        now,
    };
    operations::run(operation, &call, state)
}

fn run(state: &mut State, operation: Operation, body: &Value) -> Result<Value, ApiError> {
    at(NOW, state, operation, body)
}

/// The body with the members that name the index.
fn of(index: &str, members: Value) -> Value {
    let mut body = json!({"vectorBucketName": "vectors", "indexName": index});
    let Value::Object(members) = members else {
        panic!("members are an object");
    };
    body.as_object_mut().unwrap().extend(members);
    body
}

fn create(state: &mut State, index: &str, members: Value) -> Result<Value, ApiError> {
    let mut all = json!({"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"});
    all.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    run(state, Operation::CreateIndex, &of(index, all))
}

/// A state with an index `films` of two dimensions.
fn films() -> State {
    let mut state = memory();
    create(&mut state, "films", json!({})).unwrap();
    state
}

fn put(state: &mut State, vectors: Value) -> Result<Value, ApiError> {
    run(
        state,
        Operation::PutVectors,
        &of("films", json!({"vectors": vectors})),
    )
}

fn keys(answer: &Value) -> Vec<&str> {
    let vectors = answer["vectors"].as_array().unwrap().iter();
    vectors
        .map(|vector| vector["key"].as_str().unwrap())
        .collect()
}

#[track_caller]
fn refused(result: Result<Value, ApiError>, status: u16, code: &str, said: &str) {
    let error = result.expect_err("it should be refused");
    assert_eq!(
        (error.status.as_u16(), error.code),
        (status, code),
        "{error:?}"
    );
    assert!(error.message.contains(said), "{error:?}");
}

#[track_caller]
fn invalid(result: Result<Value, ApiError>, said: &str) {
    refused(result, 400, "ValidationException", said);
}

/// A query of the index `films` whose vector is `[1, 0]`.
fn query(state: &mut State, members: Value) -> Result<Value, ApiError> {
    let mut all = json!({"topK": 100, "queryVector": {"float32": [1, 0]}});
    all.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    run(state, Operation::QueryVectors, &of("films", all))
}
