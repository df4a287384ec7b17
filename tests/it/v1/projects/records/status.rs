//! The statuses of a record, and which may follow which.

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, TestCloud};

#[tokio::test]
async fn a_status_is_followed_by_what_may_follow_it() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let quote = json!({"name": "Offer", "currency": "EUR", "lines": []});
    let quote = tenant.create_record(&tenant.owner, "quotes", quote).await;
    assert_eq!(quote["status"], "draft");
    let path = tenant.record("quotes", quote["id"].as_str().unwrap());
    let patch = |body: Value| cloud.patch(&path).as_(&tenant.owner).json(body);
    patch(json!({"status": "accepted"}))
        .await
        .assert_problem(Kind::IllegalStatusChange)
        .assert_fields(&["/status"]);
    patch(json!({"status": "draft", "notes": "still"}))
        .await
        .assert_status(200);
    patch(json!({"status": "sent"})).await.assert_status(200);
    patch(json!({"status": "draft"}))
        .await
        .assert_problem(Kind::IllegalStatusChange);
    // Together with a reference it is another way of writing, and the same rule.
    let account = tenant.account().await;
    patch(json!({"status": "draft", "account_id": account}))
        .await
        .assert_problem(Kind::IllegalStatusChange);
    let accepted = patch(json!({"status": "accepted", "account_id": account}))
        .await
        .assert_status(200);
    assert_eq!(
        (&accepted.json["status"], &accepted.json["version"]),
        (&json!("accepted"), &json!(4))
    );
    patch(json!({"status": null}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/status"]);
    let list = |status: &str| {
        cloud
            .get(format!("{}?status={status}", tenant.records("quotes")))
            .as_(&tenant.owner)
    };
    assert_eq!(list("accepted").await.items(), &[accepted.json]);
    assert!(list("draft").await.items().is_empty());
}

#[tokio::test]
async fn of_concurrent_changes_none_skips_a_status() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let quote = json!({"name": "Offer", "currency": "EUR", "lines": [], "status": "sent"});
    let quote = tenant.create_record(&tenant.owner, "quotes", quote).await;
    let path = tenant.record("quotes", quote["id"].as_str().unwrap());
    // Each of these may follow `sent`, and none another.
    let changes = ["accepted", "declined", "expired"]
        .into_iter()
        .cycle()
        .take(12);
    let changes = changes.map(|status| {
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .json(json!({"status": status}))
            .into_future()
    });
    let answers = futures::future::join_all(changes).await;
    let reached: std::collections::BTreeSet<&str> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.json["status"].as_str().unwrap())
        .collect();
    assert_eq!(reached.len(), 1, "{reached:?}");
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        lost.assert_problem(Kind::IllegalStatusChange);
    }
}

#[tokio::test]
async fn totals_follow_from_the_lines() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let line = json!({"description": "Bolt", "quantity": 3, "unit_price": 333, "discount_basis_points": 1000, "tax_basis_points": 1900});
    let quote = json!({"name": "Offer", "currency": "EUR", "lines": [line]});
    let quote = tenant.create_record(&tenant.owner, "quotes", quote).await;
    let totals = |quote: &Value| {
        ["subtotal", "discount_total", "tax_total", "total"].map(|name| quote[name].clone())
    };
    assert_eq!(totals(&quote), [999, 100, 171, 1070].map(Value::from));
    let path = tenant.record("quotes", quote["id"].as_str().unwrap());
    let patch = |body: Value| cloud.patch(&path).as_(&tenant.owner).json(body);
    let same = patch(json!({"name": "Better offer"}))
        .await
        .assert_status(200);
    assert_eq!(totals(&same.json), totals(&quote));
    let none = patch(json!({"lines": []})).await.assert_status(200);
    assert_eq!(totals(&none.json), [0, 0, 0, 0].map(Value::from));
    patch(json!({"total": 1}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/total"]);
    let dear =
        json!({"description": "Moon", "quantity": 1_000_000, "unit_price": 1_000_000_000_000_i64});
    patch(json!({"lines": [dear]}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/lines"]);
}
