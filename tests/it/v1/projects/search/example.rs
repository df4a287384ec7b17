//! The example of `infra/docs/knowledge.md`.

use super::tenant;
use serde_json::Value;
use std::path::Path;

/// The path and the body of each request of the document.
fn requests() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("infra/docs/knowledge.md")).unwrap();
    let requests = text.split("\"$API").skip(1);
    let requests = requests.map(|request| {
        let (path, rest) = request.split_once('"').unwrap();
        let (_, body) = rest.split_once("-d '").unwrap();
        let (body, _) = body.split_once('\'').unwrap();
        (path.to_owned(), serde_json::from_str(body).unwrap())
    });
    requests.collect()
}

#[tokio::test]
async fn the_example_finds_the_chunk_that_it_makes() {
    let tenant = tenant().await;
    let mut answers = Vec::new();
    for (path, body) in requests() {
        let path = path.replace("$PROJECT", &tenant.project_id);
        let request = tenant.cloud().post(path).as_(&tenant.owner);
        answers.push(request.json(body).await);
    }
    let [made, found] = answers.try_into().unwrap();
    let (made, found) = (made.assert_status(201), found.assert_status(200));
    assert_eq!(found.items().len(), 1, "{found}");
    assert_eq!(found.json["items"][0]["chunk"], made.json);
    let score = found.json["items"][0]["score"].as_f64().unwrap();
    assert!(
        (0.9955..0.9965).contains(&score),
        "the document says 0.996: {score}"
    );
}
