//! Vectors: put, read and deleted.

use super::*;

#[test]
fn vectors_are_put_read_replaced_and_deleted() {
    let mut state = films();
    let one = json!({"key": "one", "data": {"float32": [1, 0.5]}, "metadata": {"genre": "drama", "year": 2020}});
    let two = json!({"key": "two", "data": {"float32": [0, 1]}});
    assert_eq!(put(&mut state, json!([one, two])), Ok(json!({})));
    let get = |state: &mut State, members: Value| {
        run(state, Operation::GetVectors, &of("films", members)).unwrap()
    };
    let found = get(&mut state, json!({"keys": ["two", "three", "one"]}));
    assert_eq!(found, json!({"vectors": [{"key": "two"}, {"key": "one"}]}));
    let whole = json!({"keys": ["one", "two"], "returnData": true, "returnMetadata": true});
    let found = get(&mut state, whole.clone());
    let expected = json!([
        {"key": "one", "data": {"float32": [1.0, 0.5]}, "metadata": {"genre": "drama", "year": 2020}},
        {"key": "two", "data": {"float32": [0.0, 1.0]}, "metadata": {}},
    ]);
    assert_eq!(found["vectors"], expected);
    // The whole vector is replaced, its metadata too.
    put(
        &mut state,
        json!([{"key": "one", "data": {"float32": [2, 2]}}]),
    )
    .unwrap();
    let found = get(&mut state, whole.clone());
    assert_eq!(
        found["vectors"][0],
        json!({"key": "one", "data": {"float32": [2.0, 2.0]}, "metadata": {}})
    );
    let delete = of("films", json!({"keys": ["one", "never"]}));
    assert_eq!(
        run(&mut state, Operation::DeleteVectors, &delete),
        Ok(json!({}))
    );
    assert_eq!(keys(&get(&mut state, whole)), ["two"]);
    let dumped = state.dump("films").unwrap().unwrap();
    let expected = json!({"float32": [0.0, 1.0], "metadata": {}});
    assert_eq!(dumped, BTreeMap::from([("two".to_owned(), expected)]));
    assert_eq!(state.dump("other").unwrap(), None);
}

#[test]
fn what_a_vector_cant_be_is_refused_and_nothing_is_put() {
    let mut state = films();
    let members = json!({"metadataConfiguration": {"nonFilterableMetadataKeys": ["text"]}});
    create(&mut state, "books", members).unwrap();
    let good = json!({"key": "good", "data": {"float32": [1, 1]}});
    let with =
        |metadata: Value| json!({"key": "k", "data": {"float32": [1, 1]}, "metadata": metadata});
    let data = |numbers: Value| json!({"key": "k", "data": {"float32": numbers}});
    let many: BTreeMap<String, i32> = (0..51).map(|number| (format!("k{number}"), 1)).collect();
    for (vector, said) in [
        (json!("vector"), "be an object"),
        (json!({"data": {"float32": [1, 1]}}), "/vectors/1/key"),
        (json!({"key": "k"}), "/vectors/1/data"),
        (
            json!({"key": "", "data": {"float32": [1, 1]}}),
            "length between 1 and 1024",
        ),
        (
            json!({"key": "k".repeat(1025), "data": {"float32": [1, 1]}}),
            "length between 1 and 1024",
        ),
        (
            json!({"key": 7, "data": {"float32": [1, 1]}}),
            "be a string",
        ),
        (
            json!({"key": "k", "data": {"float32": [1, 1]}, "vector": []}),
            "vector is not offered",
        ),
        (
            json!({"key": "k", "data": {"float64": [1, 1]}}),
            "float64 is not offered",
        ),
        (json!({"key": "k", "data": {}}), "/vectors/1/data/float32"),
        (
            json!({"key": "good", "data": {"float32": [1, 1]}}),
            "given twice",
        ),
        (
            data(json!([1])),
            "Invalid record for key 'k': vector must have length 2, but has length 1",
        ),
        (data(json!([1, 1, 1])), "but has length 3"),
        (data(json!([0, 0])), "zero vectors"),
        (data(json!([0, 1e-60])), "zero vectors"),
        (data(json!([1, 1e39])), "finite"),
        (data(json!([1, "NaN"])), "finite"),
        (data(json!([1, null])), "finite"),
        (with(json!([])), "metadata must be an object"),
        (with(json!({"a": null})), "a list of strings"),
        (with(json!({"a": {"b": 1}})), "a list of strings"),
        (with(json!({"a": [1]})), "a list of strings"),
        (with(json!({"a": []})), "a list of strings"),
        (with(json!({"$a": 1})), "no metadata key"),
        (with(json!({"": 1})), "no metadata key"),
        (with(json!(many)), "at most 50 keys"),
        (
            with(json!({"a": "x".repeat(2041)})),
            "Filterable metadata must have at most 2048 bytes",
        ),
    ] {
        invalid(put(&mut state, json!([good, vector])), said);
    }
    invalid(put(&mut state, json!([])), "length between 1 and 500");
    let many: Vec<Value> = (0..501)
        .map(|number| json!({"key": number.to_string(), "data": {"float32": [1, 1]}}))
        .collect();
    invalid(put(&mut state, json!(many)), "length between 1 and 500");
    assert_eq!(state.dump("films").unwrap(), Some(BTreeMap::new()));

    put(&mut state, json!([with(json!({"a": "x".repeat(2040)}))])).unwrap();
    put(&mut state, json!(many[..500])).unwrap();
    // What no filter may name has more room, to an end.
    let text = |long: usize| {
        of(
            "books",
            json!({"vectors": [with(json!({"text": "x".repeat(long)}))]}),
        )
    };
    run(&mut state, Operation::PutVectors, &text(40_000)).unwrap();
    let result = run(&mut state, Operation::PutVectors, &text(41_000));
    invalid(result, "Metadata must have at most 40960 bytes");
}
