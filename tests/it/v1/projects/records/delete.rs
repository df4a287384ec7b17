//! `DELETE /v1/projects/{project_id}/{collection}/{record_id}`

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, TestCloud};

#[tokio::test]
async fn a_deleted_record_is_gone_and_yet_kept_for_thirty_days() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let id = tenant.contact().await;
    let path = tenant.record("contacts", &id);
    let deleted = cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    assert!(deleted.bytes.is_empty());
    cloud
        .get(&path)
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::NotFound);
    cloud
        .patch(&path)
        .as_(&tenant.owner)
        .json(json!({"name": "x"}))
        .await
        .assert_problem(Kind::NotFound);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::NotFound);
    let list = cloud
        .get(tenant.records("contacts"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert!(list.items().is_empty(), "{list}");

    let items = cloud.dump("TenantTable");
    let kept: Vec<&Value> = items
        .iter()
        .filter(|item| item["sk"]["S"] == json!(id.replace("rec_", "RECORD#")))
        .collect();
    assert_eq!(kept.len(), 1);
    assert!(
        kept[0]["pk"]["S"]
            .as_str()
            .unwrap()
            .ends_with("#CONTACTS#DELETED"),
        "{}",
        kept[0]
    );
    assert_eq!(kept[0]["deleted_by"]["S"], json!(tenant.owner.user_id));
    // No index takes it in.
    for key in ["by_owner", "by_status", "label", "changed", "by_inbox"] {
        assert!(kept[0].get(key).is_none(), "{key}: {}", kept[0]);
    }
    let ttl: u64 = kept[0]["ttl"]["N"].as_str().unwrap().parse().unwrap();
    assert!(ttl.abs_diff(tests::now() + 30 * 86_400) < 120, "{ttl}");
}
