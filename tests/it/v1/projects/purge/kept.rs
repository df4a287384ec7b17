//! A project that is there is never purged, whatever the queue says of it.

use super::{beginning, delete_project, expire, finish, remains, under, under_way, uuid};
use crate::apart;
use serde_json::{Value, json};
use tests::{Access, TestCloud, TestTenant};

/// The item of a project that is there.
fn item(tenant: &TestTenant, project: &str) -> Value {
    let pk = format!("TENANT#{}", tenant.uuid());
    let mut items = under(tenant.cloud(), &pk).into_iter();
    let sort_key = format!("PROJECT#{}", uuid(project));
    items.find(|item| item["sk"]["S"] == sort_key).unwrap()
}

async fn put(tenant: &TestTenant, item: &Value) {
    let body = json!({"TableName": "TenantTable", "Item": item});
    let credentials = tenant.credentials(Access::Admin);
    let cloud = tenant.cloud();
    cloud.dynamodb(&credentials, "PutItem", body).await.ok();
}

async fn filled(cloud: &'static TestCloud) -> TestTenant {
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.contact().await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant
        .upload(&tenant.owner, &file, "application/pdf", b"bytes")
        .await;
    tenant.project().await;
    tenant
}

#[tokio::test]
async fn a_project_that_was_put_back_keeps_what_it_has() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = filled(cloud).await;
    let project = &tenant.project_id;
    let before = under(cloud, &beginning(&tenant, project));
    let there = item(&tenant, project);
    delete_project(&tenant, project).await;
    // Put back, while what says that it is deleted ends by itself.
    put(&tenant, &there).await;
    expire(&tenant, project).await;
    finish(&tenant).await;
    assert_eq!(under(cloud, &beginning(&tenant, project)), before);
    assert_eq!(remains(&tenant, project).len(), before.len() + 1);
}

/// It is deleted again: its time begins anew, though its first end is told only now.
#[tokio::test]
async fn a_project_that_still_can_be_put_back_keeps_what_it_has() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = filled(cloud).await;
    let project = &tenant.project_id;
    let before = under(cloud, &beginning(&tenant, project));
    delete_project(&tenant, project).await;
    let told = json!({
        "table": "TenantTable", "pk": format!("TENANT#{}", tenant.uuid()),
        "sk": format!("DELETED_PROJECT#{}", uuid(project)),
    });
    let queue = cloud.gateway().queue("FilesQueue").unwrap();
    queue.send(told.to_string());
    finish(&tenant).await;
    assert_eq!(under(cloud, &beginning(&tenant, project)), before);
}

/// A purge that was under way finds the project there, and ends.
#[tokio::test]
async fn a_purge_ends_when_its_project_is_there() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = filled(cloud).await;
    let project = &tenant.project_id;
    let before = under(cloud, &beginning(&tenant, project));
    let pk = format!("TENANT#{}#PURGES", tenant.uuid());
    let sk = format!("PROJECT#{}", uuid(project));
    put(
        &tenant,
        &json!({"pk": {"S": pk}, "sk": {"S": sk}, "step": {"N": "3"}}),
    )
    .await;
    finish(&tenant).await;
    assert_eq!(under_way(&tenant), [Value::Null; 0]);
    assert_eq!(under(cloud, &beginning(&tenant, project)), before);
}
