//! The billing provider, as the product hears of it: signed events (Stripe's scheme).

use crate::client::{Answer, Request};
use crate::cloud::TestCloud;
use crate::tenant::{TestTenant, unique};
use ring::hmac;
use serde_json::{Value, json};

/// An event that was never sent before, made now.
pub fn billing_event(kind: &str, object: Value) -> Value {
    json!({
        "id": format!("evt_{}", unique()), "object": "event", "type": kind, "created": crate::now(),
        "livemode": false, "data": {"object": object},
    })
}

impl TestTenant {
    /// A subscription of this tenant, as the provider describes it.
    pub fn provided(&self, status: &str, seats: i64) -> Value {
        json!({
            "id": format!("sub_{}", self.uuid().replace('-', "")), "object": "subscription", "customer": "cus_1",
            "status": status, "current_period_start": crate::now(), "current_period_end": crate::now() + 30 * 86_400,
            "items": {"object": "list", "data": [{"id": "si_1", "quantity": seats}]},
            "metadata": {"tenant_id": self.id, "plan": "team"},
        })
    }

    /// Tells the product that an invoice of this amount was paid.
    pub async fn paid(&self, amount: i64) {
        let invoice = json!({
            "id": format!("in_{}", unique()), "object": "invoice", "currency": "eur", "amount_paid": amount,
            "metadata": {"tenant_id": self.id},
        });
        let event = billing_event("invoice.paid", invoice);
        self.cloud().bill(&event).await.assert_status(200);
    }

    /// Tells the product that the subscription is so now.
    pub async fn subscribed(&self, status: &str, seats: i64) {
        let event = billing_event(
            "customer.subscription.updated",
            self.provided(status, seats),
        );
        self.cloud().bill(&event).await.assert_status(200);
    }
}

impl TestCloud {
    /// The value of `stripe-signature` for this body, made at a time.
    pub async fn billing_signature(&self, body: &[u8], at: u64) -> String {
        let secret = self
            .secret("BillingWebhookRole", "BillingWebhookSecret")
            .await;
        let secret: Value = serde_json::from_str(&secret).expect("JSON");
        let secret = secret["signing_secrets"][0].as_str().expect("a secret");
        format!("t={at},v1={}", billing_tag(secret, body, at))
    }

    /// An event as the provider sends it.
    pub async fn billing_request(&self, event: &Value) -> Request<'_> {
        let body = event.to_string().into_bytes();
        let signature = self.billing_signature(&body, crate::now()).await;
        self.post("/v1/billing/webhook")
            .header("stripe-signature", &signature)
            .body("application/json; charset=utf-8", body)
    }

    /// Sends an event as the provider does.
    pub async fn bill(&self, event: &Value) -> Answer {
        self.billing_request(event).await.await
    }
}

/// A signature of a body, made at a time with a secret.
pub fn billing_tag(secret: &str, body: &[u8], at: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, &[format!("{at}.").as_bytes(), body].concat());
    tag.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
