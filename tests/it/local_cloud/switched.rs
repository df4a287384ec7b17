//! The parameter `VectorStore`, changed while projects have what the other setting does not see.

use super::run::{Folder, Running};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::{PASSWORD, unique};

/// What a cloud is asked as.
struct Owner<'a> {
    cloud: &'a Running,
    token: &'a str,
}

impl Owner<'_> {
    async fn send(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/v1/{path}", self.cloud.api);
        let mut request = Client::new().request(method, url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.bearer_auth(self.token).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    async fn chunk(&self, project: &str, embedding: Value) -> Value {
        let path = format!("projects/{project}/chunks");
        let body = json!({"text": "A passage.", "embedding": embedding});
        let chunk = self.send(Method::POST, &path, body).await;
        chunk["id"].clone()
    }

    async fn label(&self, project: &str, chunk: &Value, source_type: &str) {
        let path = format!("projects/{project}/chunks/{}", chunk.as_str().unwrap());
        let body = json!({"source_type": source_type});
        self.send(Method::PATCH, &path, body).await;
    }

    /// The ids of what is found.
    async fn found(&self, project: &str, filters: Value) -> Vec<Value> {
        let path = format!("projects/{project}/search");
        let body = json!({"embedding": [1, 0], "filters": filters});
        let found = self.send(Method::POST, &path, body).await;
        let items = found["items"].as_array().unwrap().iter();
        items.map(|item| item["chunk"]["id"].clone()).collect()
    }

    /// How many indexes have been searched since the cloud has started.
    async fn searched(&self) -> usize {
        let request = Client::new().get(format!("{}/_local/iam", self.cloud.aws));
        let calls = request.header("accept", "application/json").send();
        let calls: Vec<Value> = calls.await.unwrap().json().await.unwrap();
        let queries = calls
            .into_iter()
            .filter(|call| call["operation"] == "QueryVectors");
        let mut indexes: Vec<String> = queries.map(|call| call["resources"].to_string()).collect();
        indexes.sort();
        indexes.dedup();
        indexes.len()
    }

    /// Searches these projects until each of them has been searched by its index.
    async fn indexed(&self, projects: &[&str]) {
        let begun = Instant::now();
        while self.searched().await < projects.len() {
            for project in projects {
                self.found(project, json!({})).await;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "no index");
        }
    }
}

#[tokio::test]
async fn an_index_that_has_missed_writes_is_not_searched() {
    let folder = Folder::new();
    let data = folder.0.join("kept").display().to_string();
    let table = ["--data", &data];
    let indexes = [
        "--parameter",
        "VectorStore=s3vectors",
        "--parameter",
        "VectorIndexFrom=1",
    ];
    let indexes = [&table[..], &indexes[..]].concat();

    let first = Running::start(&indexes);
    let slug = format!("switched-{}", unique());
    let body = json!({"name": "Switched", "slug": slug, "owner_name": "Olivia Owner", "owner_email": format!("o@{slug}.example"), "owner_password": PASSWORD});
    let signed_up = Client::new()
        .post(format!("{}/v1/tenants", first.api))
        .json(&body);
    let signed_up: Value = signed_up.send().await.unwrap().json().await.unwrap();
    let token = signed_up["access_token"].as_str().unwrap();
    let owner = Owner {
        cloud: &first,
        token,
    };
    // As many as the smallest plan has.
    let mut projects: Vec<String> = Vec::new();
    let there = owner.send(Method::GET, "projects", Value::Null).await;
    projects.push(there["items"][0]["id"].as_str().unwrap().to_owned());
    for name in ["New", "Changed"] {
        let made = owner.send(Method::POST, "projects", json!({"name": name}));
        projects.push(made.await["id"].as_str().unwrap().to_owned());
    }
    let [labels, new, other] = [0, 1, 2].map(|at| projects[at].as_str());
    let mut chunks = Vec::new();
    for project in [labels, new, other] {
        chunks.push(owner.chunk(project, json!([1, 0])).await);
    }
    owner.indexed(&[labels, new, other]).await;
    assert_eq!(first.stop(), Some(0));

    // One write of each kind that no index is told of.
    let second = Running::start(&table);
    let owner = Owner {
        cloud: &second,
        token,
    };
    owner.label(labels, &chunks[0], "web").await;
    let added = owner.chunk(new, json!([1, 0.1])).await;
    let path = format!("projects/{other}/chunks/{}", chunks[2].as_str().unwrap());
    let changed = json!({"embedding": [1, 0.5], "source_type": "web"});
    owner.send(Method::PATCH, &path, changed).await;
    assert_eq!(second.stop(), Some(0));

    let third = Running::start(&indexes);
    let owner = Owner {
        cloud: &third,
        token,
    };
    let web = json!({"source_type": "web"});
    assert_eq!(owner.found(labels, web.clone()).await, [chunks[0].clone()]);
    assert_eq!(
        owner.found(new, json!({})).await,
        [chunks[1].clone(), added]
    );
    assert_eq!(owner.found(other, web).await, [chunks[2].clone()]);
    // The next change makes it anew.
    owner.label(labels, &chunks[0], "document").await;
    owner.indexed(&[labels]).await;
    let document = json!({"source_type": "document"});
    assert_eq!(owner.found(labels, document).await, [chunks[0].clone()]);
    assert_eq!(third.stop(), Some(0));
}
