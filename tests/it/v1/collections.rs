//! `GET /v1/collections`

use serde_json::{Value, json};
use tests::{Role, TestCloud, TestTenant};

#[tokio::test]
async fn lists_every_collection_with_its_schema() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let viewer = tenant.member(Role::Viewer).await;
    let answer = cloud
        .get("/v1/collections")
        .as_(&viewer)
        .await
        .assert_status(200);
    let names: Vec<&Value> = answer.items().iter().map(|item| &item["name"]).collect();
    let all: Vec<&str> = records::collections::ALL
        .iter()
        .map(|collection| collection.name)
        .collect();
    assert_eq!(names, all);
    let deals = answer
        .items()
        .iter()
        .find(|item| item["name"] == "deals")
        .unwrap();
    assert_eq!(
        deals["references"],
        json!([
            {"field": "account_id", "collection": "accounts"},
            {"field": "contact_id", "collection": "contacts"},
            {"field": "pipeline_id", "collection": "pipelines"},
            {"field": "competitor_id", "collection": "competitors"},
        ])
    );
    assert_eq!(
        deals["schema"]["required"],
        json!(["name", "account_id", "stage"])
    );
    assert_eq!(
        deals["schema"]["properties"]["name"].get("x-personal-data"),
        None
    );
    let contacts = answer
        .items()
        .iter()
        .find(|item| item["name"] == "contacts");
    let fields = &contacts.unwrap()["schema"]["properties"];
    assert_eq!(fields["email"]["x-personal-data"], true);
    for collection in answer.items() {
        let schema = &collection["schema"];
        assert_eq!(schema["additionalProperties"], false);
        assert!(
            collection["description"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{collection}"
        );
        for (name, field) in schema["properties"].as_object().unwrap() {
            assert!(field["description"].is_string(), "{name}: {field}");
        }
    }
}
