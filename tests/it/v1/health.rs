//! `GET /v1/health`

use serde_json::json;
use tests::TestCloud;

#[tokio::test]
async fn says_ok_to_anybody() {
    let answer = TestCloud::shared()
        .get("/v1/health")
        .await
        .assert_status(200);
    assert_eq!(answer.json, json!({"status": "ok"}));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.request_id().is_empty());
}
