//! `/v1/invitations`

mod accept;
mod create;

use serde_json::{Value, json};
use tests::{Answer, PASSWORD, Person, TestCloud, unique};

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
