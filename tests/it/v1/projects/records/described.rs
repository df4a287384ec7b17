//! Records against the OpenAPI document: what the answer of each collection looks like.

use super::collections::make;
use crate::isolation::sweep::records::full;
use crate::isolation::sweep::world::Place;
use records::collections;
use serde_json::{Value, json};
use tests::TestCloud;

fn wrong(schema: &Value, record: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap();
    let errors = validator.iter_errors(record);
    errors
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect()
}

#[tokio::test]
async fn a_record_with_every_field_fits_its_collection_and_one_with_a_secret_does_not() {
    let cloud = TestCloud::shared();
    let place = Place::create(cloud, "acme").await;
    let document = cloud.get("/v1/openapi.json").await.assert_status(200).json;
    let schema = &document["components"]["schemas"]["Record"];
    // What it can look like stands in the order of the collections.
    let shapes = schema["anyOf"].as_array().unwrap();
    assert_eq!(shapes.len(), collections::ALL.len());
    for (collection, shape) in collections::ALL.iter().zip(shapes) {
        let name = collection.name;
        let record = make(&place, collection, &full(collection, &place)).await;
        assert_eq!(wrong(schema, &record.json), [""; 0], "{name}");
        assert_eq!(wrong(shape, &record.json), [""; 0], "{name}");
        for secret in collection.fields.iter().filter(|field| field.is_secret()) {
            let mut shown = record.json.clone();
            shown[secret.name] = json!("s3cret");
            assert_ne!(wrong(schema, &shown), [""; 0], "{name}.{}", secret.name);
        }
    }
}
