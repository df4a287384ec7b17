//! `/v1/invitations`

mod accept;
mod bulk;
mod create;
mod ended;
mod list;
mod preview;
mod resend;
mod seats;

use serde_json::{Value, json};
use tests::{Answer, PASSWORD, Person, TestCloud, TestTenant, unique};

async fn invite(by: &Person, body: Value) -> Answer {
    TestCloud::shared()
        .post("/v1/invitations")
        .as_(by)
        .json(body)
        .await
}

async fn accept_as_new(token: &str) -> Answer {
    let body = json!({"token": token, "name": "Nora New", "password": PASSWORD});
    TestCloud::shared()
        .post("/v1/invitations/accept")
        .json(body)
        .await
}

fn address() -> String {
    format!("nora-{}@customer.example", unique())
}

fn token_in(link: &str) -> &str {
    link.rsplit_once("token=")
        .unwrap()
        .1
        .split(|c: char| c.is_whitespace() || "\"<&".contains(c))
        .next()
        .unwrap()
}

pub(crate) async fn revoke(by: &Person, id: &str) -> Answer {
    TestCloud::shared()
        .delete(format!("/v1/invitations/{id}"))
        .as_(by)
        .await
}

/// Sends an invitation again; the answer holds the link.
async fn resend(by: &Person, id: &str) -> Answer {
    TestCloud::shared()
        .post(format!("/v1/invitations/{id}/resend"))
        .as_(by)
        .json(json!({"send_email": false}))
        .await
}

/// The invitation's time is over.
pub(crate) async fn expire(tenant: &TestTenant, id: &str) {
    let over = json!({"N": (tests::now() - 1).to_string()});
    let partition = format!("TENANT#{}", tenant.uuid());
    let dump = tenant.cloud().dump("TenantTable").into_iter();
    let items = dump.filter(|item| {
        item["pk"]["S"] == json!(partition)
            && (item["id"]["S"] == json!(id) || item["invitation_id"]["S"] == json!(id))
    });
    for item in items.collect::<Vec<_>>() {
        let sort_key = item["sk"]["S"].as_str().unwrap();
        tenant.set(sort_key, "expires_at", over.clone()).await;
    }
}

/// How many members there are, and how many seats are spoken for.
pub(crate) fn counts(tenant: &TestTenant) -> (u64, u64) {
    let partition = format!("TENANT#{}", tenant.uuid());
    let dump = tenant.cloud().dump("TenantTable").into_iter();
    let mut profile = dump
        .filter(|item| item["pk"]["S"] == json!(partition) && item["sk"]["S"] == json!("TENANT"));
    let profile = profile.next().unwrap();
    let number = |name: &str| profile[name]["N"].as_str().unwrap().parse().unwrap();
    (number("members"), number("seats_taken"))
}
