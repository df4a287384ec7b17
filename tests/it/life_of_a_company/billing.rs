//! Events of the billing provider, signed as it signs them (Stripe's scheme).

use ring::hmac;
use serde_json::{Value, json};
use tests::{Answer, TestCloud, now, unique};

/// A subscription of a tenant.
pub(super) fn subscription(tenant_id: &str, status: &str, seats: u32) -> Value {
    json!({
        "id": format!("sub_{}", tenant_id.replace(['_', '-'], "")), "object": "subscription", "status": status,
        "customer": "cus_life", "current_period_start": now(), "current_period_end": now() + 30 * 86_400,
        "items": {"data": [{"quantity": seats}]},
        "metadata": {"tenant_id": tenant_id, "plan": "team"},
    })
}

/// Sends an event.
pub(super) async fn event(cloud: &'static TestCloud, kind: &str, object: Value) -> Answer {
    let secret: Value = serde_json::from_str(
        &cloud
            .secret("BillingWebhookRole", "BillingWebhookSecret")
            .await,
    )
    .unwrap();
    let secret = secret["signing_secrets"][0].as_str().unwrap();
    let time = now();
    let body = json!({"id": format!("evt_{}", unique()), "type": kind, "created": time, "data": {"object": object}}).to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    cloud
        .post("/v1/billing/webhook")
        .header("stripe-signature", &format!("t={time},v1={hex}"))
        .body("application/json", body)
        .await
}
