//! What is left of a deleted project when its time to be put back is over: nothing, whatever befalls those who see to it.

mod cut_off;
mod everything;
mod kept;

use serde_json::Value;
use tests::{Person, TestCloud, TestTenant};

/// More rounds than any purge here has runs.
const ROUNDS: usize = 20;

fn uuid(project: &str) -> &str {
    project.strip_prefix("prj_").unwrap()
}

/// What the partition keys of a project begin with.
fn beginning(tenant: &TestTenant, project: &str) -> String {
    format!("TENANT#{}#PROJECT#{}#", tenant.uuid(), uuid(project))
}

fn text<'a>(item: &'a Value, key: &str) -> &'a str {
    item[key]["S"].as_str().unwrap()
}

/// The items whose partition keys begin so, in order.
fn under(cloud: &TestCloud, beginning: &str) -> Vec<Value> {
    let mut items = cloud.dump("TenantTable");
    items.retain(|item| text(item, "pk").starts_with(beginning));
    items.sort_by_cached_key(|item| (text(item, "pk").to_owned(), text(item, "sk").to_owned()));
    items
}

/// The keys of what there is of a project, in S3 too.
fn remains(tenant: &TestTenant, project: &str) -> Vec<String> {
    let cloud = tenant.cloud();
    let items = under(cloud, &beginning(tenant, project)).into_iter();
    let keys = items.map(|item| format!("{} {}", text(&item, "pk"), text(&item, "sk")));
    let mut objects = cloud.gateway().objects("FilesBucket");
    let of_project = format!("{}/{}/", tenant.uuid(), uuid(project));
    objects.retain(|key| key.starts_with(&of_project));
    keys.chain(objects).collect()
}

/// What notes how far a purge of the tenant's has come.
fn under_way(tenant: &TestTenant) -> Vec<Value> {
    let pk = format!("TENANT#{}#PURGES", tenant.uuid());
    under(tenant.cloud(), &pk)
}

async fn delete(tenant: &TestTenant, by: &Person, path: String) {
    let deleted = tenant.cloud().delete(path).as_(by).await;
    deleted.assert_status(204);
}

/// The project is deleted by its owner.
async fn delete_project(tenant: &TestTenant, project: &str) {
    let path = format!("/v1/projects/{project}");
    delete(tenant, &tenant.owner, path).await;
    tenant.cloud().settled().await;
}

/// It can no longer be put back.
async fn expire(tenant: &TestTenant, project: &str) {
    let sort_key = format!("DELETED_PROJECT#{}", uuid(project));
    tenant.expire("", &sort_key).await;
}

/// Waits until no run of a purge brings about another one.
async fn finish(tenant: &TestTenant) {
    for _ in 0..ROUNDS {
        tenant.cloud().settled().await;
        if under_way(tenant).is_empty() {
            return;
        }
    }
}

/// What has come to the dead-letter queue, by the project that it names.
fn given_up(cloud: &TestCloud, project: &str) -> Vec<String> {
    let queue = cloud.gateway().queue("FilesDeadLetterQueue").unwrap();
    let mut bodies = queue.bodies();
    bodies.retain(|body| body.contains(uuid(project)));
    bodies
}
