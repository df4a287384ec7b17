//! `GET /v1/tenant/payments`

use serde_json::json;
use tests::{Kind, TestCloud, TestTenant, billing_event, unique};

const PATH: &str = "/v1/tenant/payments";

/// Tells of an invoice that was paid, or not, so many seconds ago.
async fn invoice(tenant: &TestTenant, kind: &str, amount: i64, ago: u64) {
    let metadata = json!({"tenant_id": tenant.id});
    let object = json!({
        "id": format!("in_{}", unique()), "object": "invoice", "currency": "eur", "amount_paid": amount, "amount_due": amount,
        "parent": {"subscription_details": {"subscription": "sub_1", "metadata": metadata}},
    });
    let mut event = billing_event(kind, object);
    event["created"] = json!(tests::now() - ago);
    tenant.cloud().bill(&event).await.assert_status(200);
}

#[tokio::test]
async fn payments_are_listed_newest_first_page_by_page() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "pays").await;
    let none = cloud.get(PATH).as_(&tenant.owner).await.assert_status(200);
    assert!(none.items().is_empty());
    // The provider sends them in any order.
    for (kind, amount, ago) in [
        ("invoice.paid", 2, 50),
        ("invoice.paid", 1, 90),
        ("invoice.payment_failed", 3, 10),
    ] {
        invoice(&tenant, kind, amount, ago).await;
    }
    let first = cloud
        .get(format!("{PATH}?limit=2"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    let shown: Vec<_> = first
        .items()
        .iter()
        .map(|item| (item["amount"].clone(), item["status"].clone()))
        .collect();
    assert_eq!(
        shown,
        [(json!(3), json!("failed")), (json!(2), json!("paid"))]
    );
    assert_eq!(first.items()[0]["currency"], "EUR");
    let cursor = first.text("/next_cursor");
    let rest = cloud
        .get(format!("{PATH}?limit=2&cursor={cursor}"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(rest.items().len(), 1);
    assert_eq!(rest.items()[0]["amount"], 1);

    let other = TestTenant::create(cloud, "pays-not").await;
    assert!(
        cloud
            .get(PATH)
            .as_(&other.owner)
            .await
            .assert_status(200)
            .items()
            .is_empty()
    );
    let foreign = cloud
        .get(format!("{PATH}?cursor={cursor}"))
        .as_(&other.owner)
        .await;
    foreign.assert_problem(Kind::InvalidCursor);
}
