//! `/v1/tenant/branding`

use serde_json::{Value, json};
use tests::{Answer, Kind, Role, TestCloud, TestTenant};

async fn put(tenant: &TestTenant, body: Value) -> Answer {
    let cloud = tenant.cloud();
    cloud
        .put("/v1/tenant/branding")
        .as_(&tenant.owner)
        .json(body)
        .await
}

#[tokio::test]
async fn a_look_is_set_and_seen_on_the_log_in_page() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let viewer = tenant.member(Role::Viewer).await;
    let read = async || {
        cloud
            .get("/v1/tenant/branding")
            .as_(&viewer)
            .await
            .assert_status(200)
            .json
    };
    assert_eq!(read().await, json!({}));
    let look = json!({
        "logo_url": "https://cdn.acme.example/logo.png", "primary_color": "#0a7f5a", "accent_color": "#FFCC00",
        "custom_css": ":root { --round: 8px }\nbutton:hover { border-radius: var(--round) }",
    });
    let mut branding = look.clone();
    branding["sender_name"] = json!("Acme People");
    branding["email_footer"] = json!("Acme Ltd, 1 Main Street");
    branding["email_templates"] = json!({
        "invitation": {"subject": "Join {{ tenant_name }}", "text": "Hello!\n\n{{ link }}"},
    });
    let set = put(&tenant, branding.clone()).await.assert_status(200);
    assert_eq!(set.json, branding);
    assert_eq!(read().await, branding);
    let host = format!("/v1/tenant-lookup?host={}.localhost", tenant.slug);
    let face = cloud.get(&host).await.assert_status(200);
    assert_eq!(
        face.json,
        json!({"slug": tenant.slug, "name": tenant.name, "branding": look})
    );
    // What is left out is gone.
    put(&tenant, json!({"primary_color": "#000000"}))
        .await
        .assert_status(200);
    assert_eq!(read().await, json!({"primary_color": "#000000"}));
    cloud
        .put("/v1/tenant/branding")
        .as_(&viewer)
        .json(json!({}))
        .await
        .assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let wording = |text: &str| json!({"subject": "x", "text": text});
    for (body, pointer) in [
        (json!({"logo_url": "http://cdn.example/x.png"}), "/logo_url"),
        (json!({"logo_url": "javascript:alert(1)"}), "/logo_url"),
        (json!({"logo_url": "https://x.example/')"}), "/logo_url"),
        (json!({"primary_color": "red"}), "/primary_color"),
        (json!({"primary_color": "#12345g"}), "/primary_color"),
        (json!({"sender_name": "x".repeat(65)}), "/sender_name"),
        (json!({"sender_name": "a\nb"}), "/sender_name"),
        (json!({"custom_css": "@import 'x';"}), "/custom_css"),
        (
            json!({"email_templates": {"nothing": wording("x")}}),
            "/email_templates/nothing",
        ),
        (
            json!({"email_templates": {"invitation": wording("no way in")}}),
            "/email_templates/invitation/text",
        ),
        (
            json!({"email_templates": {"invitation": wording("{{ password }} {{ link }}")}}),
            "/email_templates/invitation/text",
        ),
        // What is about a person's own account is not the tenant's to word.
        (
            json!({"email_templates": {"reset_password": wording("{{ link }}")}}),
            "/email_templates/reset_password",
        ),
        (json!({"favicon": "x"}), "/favicon"),
    ] {
        put(&tenant, body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
    // A style sheet's fault is told with its line.
    let css = "body { color: red }\n\na { position: fixed }";
    let answer = put(&tenant, json!({"custom_css": css})).await;
    let detail = answer.text("/errors/0/detail");
    assert!(
        detail.starts_with("line 3: ") && detail.contains("position"),
        "{detail}"
    );
}
