//! Indexes from their making to their end.

use super::*;

#[test]
fn an_index_is_made_once_and_shows_what_it_is() {
    let mut state = memory();
    let arn = format!("{BUCKET}/index/films");
    let configuration = json!({"nonFilterableMetadataKeys": ["text"]});
    let members = json!({"metadataConfiguration": configuration, "distanceMetric": "euclidean"});
    let created = create(&mut state, "films", members);
    assert_eq!(created, Ok(json!({"indexArn": arn})));
    let again = create(&mut state, "films", json!({"dimension": 3}));
    refused(again, 409, "ConflictException", "already exists");
    let shown = run(&mut state, Operation::GetIndex, &json!({"indexArn": arn})).unwrap();
    let expected = json!({
        "vectorBucketName": "vectors", "indexName": "films", "indexArn": arn, "creationTime": NOW, "dataType": "float32",
        "dimension": 2, "distanceMetric": "euclidean", "encryptionConfiguration": {"sseType": "AES256"},
        "indexMode": "ENHANCED", "metadataConfiguration": configuration,
    });
    assert_eq!(shown, json!({"index": expected}));
    for operation in Operation::ALL.into_iter().skip(1) {
        let result = run(&mut state, operation, &of("other", json!({})));
        refused(
            result,
            404,
            "NotFoundException",
            "The specified index could not be found",
        );
    }
}

#[test]
fn what_an_index_cant_be_is_refused() {
    let mut state = memory();
    let long = "k".repeat(64);
    let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
    for (members, said) in [
        (json!({"dataType": "float64"}), "enum value set: [float32]"),
        (json!({"dataType": null}), "/dataType"),
        (json!({"dimension": 0}), "between 1 and 4096"),
        (json!({"dimension": 4097}), "between 1 and 4096"),
        (json!({"dimension": 2.5}), "between 1 and 4096"),
        (json!({"dimension": null}), "/dimension"),
        (
            json!({"distanceMetric": "dot"}),
            "enum value set: [euclidean, cosine]",
        ),
        (json!({"metadataConfiguration": {}}), "not be null"),
        (
            json!({"metadataConfiguration": {"nonFilterableMetadataKeys": []}}),
            "length between 1 and 10",
        ),
        (
            json!({"metadataConfiguration": {"nonFilterableMetadataKeys": many}}),
            "length between 1 and 10",
        ),
        (
            json!({"metadataConfiguration": {"nonFilterableMetadataKeys": [long]}}),
            "length between 1 and 63",
        ),
        (
            json!({"metadataConfiguration": {"nonFilterableMetadataKeys": ["a", "a"]}}),
            "unique",
        ),
        (
            json!({"metadataConfiguration": {"nonFilterableMetadataKeys": [1]}}),
            "list of strings",
        ),
        (
            json!({"metadataConfiguration": {"filterableMetadataKeys": ["a"]}}),
            "filterableMetadataKeys is not offered",
        ),
        (json!({"tags": {"a": "b"}}), "tags is not offered"),
        (
            json!({"encryptionConfiguration": {"sseType": "aws:kms"}}),
            "encryptionConfiguration is not offered",
        ),
    ] {
        invalid(create(&mut state, "films", members), said);
    }
}

#[test]
fn an_index_goes_with_its_vectors() {
    let mut state = films();
    create(&mut state, "books", json!({})).unwrap();
    let vectors = json!({"vectors": [{"key": "one", "data": {"float32": [1, 0]}}]});
    for index in ["films", "books"] {
        run(
            &mut state,
            Operation::PutVectors,
            &of(index, vectors.clone()),
        )
        .unwrap();
    }
    let delete = of("films", json!({}));
    assert_eq!(
        run(&mut state, Operation::DeleteIndex, &delete),
        Ok(json!({}))
    );
    let again = run(&mut state, Operation::DeleteIndex, &delete);
    refused(again, 404, "NotFoundException", "index could not be found");
    create(&mut state, "films", json!({})).unwrap();
    assert_eq!(state.dump("films").unwrap(), Some(BTreeMap::new()));
    assert_eq!(state.dump("books").unwrap().unwrap().len(), 1);
}

#[test]
fn what_is_in_a_folder_is_there_after_a_restart() {
    let folder = std::env::temp_dir().join(format!("tenantry-{}", uuid::Uuid::new_v4()));
    let mut state = State::open(Some(&folder)).unwrap();
    create(&mut state, "films", json!({})).unwrap();
    put(
        &mut state,
        json!([{"key": "one", "data": {"float32": [1, 0.1]}, "metadata": {"year": 2020}}]),
    )
    .unwrap();
    let before = state.dump("films").unwrap();
    drop(state);
    let mut state = State::open(Some(&folder)).unwrap();
    assert_eq!(state.dump("films").unwrap(), before);
    assert_eq!(
        keys(&query(&mut state, json!({"filter": {"year": 2020}})).unwrap()),
        ["one"]
    );
    refused(
        create(&mut state, "films", json!({})),
        409,
        "ConflictException",
        "exists",
    );
    drop(state);
    std::fs::write(
        folder.join("vectors.sqlite"),
        "no database at all, but long enough to be looked at",
    )
    .unwrap();
    let refused = State::open(Some(&folder)).unwrap_err();
    assert!(refused.contains("vectors.sqlite"), "{refused}");
    std::fs::remove_dir_all(folder).unwrap();
}
