//! `GET /v1/projects/{project_id}/{collection}/{record_id}`

use super::tenant;
use tests::{Kind, TestCloud};
use uuid::Uuid;

#[tokio::test]
async fn what_is_no_id_or_no_collection_is_not_found() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let id = tenant.contact().await;
    let missing = cloud
        .get(tenant.record("contacts", &format!("rec_{}", Uuid::now_v7())))
        .as_(&tenant.owner)
        .await;
    missing.assert_problem(Kind::NotFound);
    let bare = id.strip_prefix("rec_").unwrap();
    for odd in [
        tenant.record("contacts", bare),
        tenant.record("contacts", &id.to_uppercase()),
        tenant.record("contacts", &format!("{id}%23")),
        tenant.record("contacts", "x"),
        tenant.record("CONTACTS", &id),
        tenant.record("gadgets", &id),
        tenant.record("accounts", &id),
        tenant.record("contacts%23DELETED", &id),
        format!(
            "/v1/projects/{}/contacts/{id}",
            tenant.project_id.to_uppercase()
        ),
        format!("/v1/projects/{}/contacts/{id}", tenant.id),
    ] {
        let answer = cloud.get(&odd).as_(&tenant.owner).await;
        assert_eq!(
            answer.without_request_id(),
            missing.without_request_id(),
            "{odd}"
        );
    }
}
