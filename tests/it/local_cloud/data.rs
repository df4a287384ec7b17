//! `--data`: what was stored is there again.

use super::run::{Folder, Running, fails};
use reqwest::Client;
use serde_json::{Value, json};
use tests::{PASSWORD, unique};

async fn post(url: String, token: Option<&str>, body: Value) -> (u16, Value) {
    let mut request = Client::new().post(url).json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(url: String, token: &str) -> (u16, Value) {
    let answer = Client::new()
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn data_and_sessions_outlive_the_cloud_that_made_them() {
    let folder = Folder::new();
    let data = folder.0.join("kept").display().to_string();
    let first = Running::start(&["--data", &data]);
    let slug = format!("kept-{}", unique());
    let body = json!({"name": "Kept", "slug": slug, "owner_name": "Olivia Owner", "owner_email": format!("o@{slug}.example"), "owner_password": PASSWORD});
    let (status, signed_up) = post(format!("{}/v1/tenants", first.api), None, body.clone()).await;
    assert_eq!(status, 201, "{signed_up}");
    let token = signed_up["access_token"].as_str().unwrap();
    let (_, projects) = get(format!("{}/v1/projects", first.api), token).await;
    let project = projects["items"][0]["id"].as_str().unwrap();
    let contacts = format!("/v1/projects/{project}/contacts");
    let (status, contact) = post(
        format!("{}{contacts}", first.api),
        Some(token),
        json!({"name": "Ada Lovelace"}),
    )
    .await;
    assert_eq!(status, 201, "{contact}");

    // The folder has one user at a time.
    let (code, text) = fails(&["--data", &data]);
    assert!(
        code == Some(1) && text.lines().count() == 1 && text.contains("in use"),
        "{text}"
    );
    assert_eq!(first.stop(), Some(0));

    let second = Running::start(&["--data", &data]);
    // The access token is good still: the keys were kept as well.
    let (status, again) = get(
        format!(
            "{}{contacts}/{}",
            second.api,
            contact["id"].as_str().unwrap()
        ),
        token,
    )
    .await;
    assert_eq!((status, &again), (200, &contact));
    let (status, taken) = post(format!("{}/v1/tenants", second.api), None, body).await;
    assert_eq!(status, 409, "{taken}");
    let refresh = json!({"refresh_token": signed_up["refresh_token"]});
    let (status, refreshed) = post(format!("{}/v1/auth/refresh", second.api), None, refresh).await;
    assert_eq!(status, 200, "{refreshed}");
    assert_eq!(second.stop(), Some(0));

    // Without the folder nothing is there.
    let third = Running::start(&[]);
    let (status, _) = get(format!("{}/v1/me", third.api), token).await;
    assert_eq!(status, 403, "a token of other keys");
}
