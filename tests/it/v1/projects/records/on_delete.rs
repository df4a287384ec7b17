//! What becomes of records that name a deleted one: the deletion is refused, or the fields are cleared. Nothing dangles,
//! whoever else writes at that moment.

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, TestCloud, TestTenant};

fn deal(account: &str, contact: Option<&str>) -> Value {
    json!({"name": "Order", "stage": "proposal", "account_id": account, "contact_id": contact})
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_others_cannot_be_without_stays() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (first, second) = (tenant.account().await, tenant.account().await);
    let delete = |account: &str| {
        cloud
            .delete(tenant.record("accounts", account))
            .as_(&tenant.owner)
    };
    let one = id(&tenant
        .create_record(&tenant.owner, "deals", deal(&first, None))
        .await);
    let other = id(&tenant
        .create_record(&tenant.owner, "deals", deal(&first, None))
        .await);
    delete(&first).await.assert_problem(Kind::StillReferenced);
    let rename = |deal: &str, to: &str| {
        cloud
            .patch(tenant.record("deals", deal))
            .as_(&tenant.owner)
            .json(json!({"account_id": to}))
    };
    rename(&one, &second).await.assert_status(200);
    // Naming it again is naming it once.
    rename(&one, &second).await.assert_status(200);
    delete(&first).await.assert_problem(Kind::StillReferenced);
    cloud
        .delete(tenant.record("deals", &other))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    delete(&first).await.assert_status(204);
    delete(&second).await.assert_problem(Kind::StillReferenced);
    cloud
        .delete(tenant.record("deals", &one))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    delete(&second).await.assert_status(204);
}

#[tokio::test]
async fn what_others_can_be_without_is_cleared() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (account, contact) = (tenant.account().await, tenant.contact().await);
    let deal = tenant
        .create_record(&tenant.owner, "deals", deal(&account, Some(&contact)))
        .await;
    let task =
        json!({"subject": "Call", "type": "call", "contact_id": contact, "deal_id": id(&deal)});
    let task = tenant
        .create_record(&tenant.owner, "activities", task)
        .await;
    cloud
        .delete(tenant.record("contacts", &contact))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    for (collection, record) in [("deals", &deal), ("activities", &task)] {
        let read = cloud
            .get(tenant.record(collection, &id(record)))
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        assert!(read.json.get("contact_id").is_none(), "{read}");
        assert_eq!(read.json["version"], 2);
        let named = format!(
            "{}?reference=contact_id:{contact}",
            tenant.records(collection)
        );
        let list = cloud.get(named).as_(&tenant.owner).await.assert_status(200);
        assert!(list.items().is_empty(), "{list}");
    }
    let read = cloud
        .get(tenant.record("activities", &id(&task)))
        .as_(&tenant.owner)
        .await;
    assert_eq!(read.json["deal_id"], deal["id"]);
}

#[tokio::test]
async fn more_than_one_transaction_holds_are_cleared_too() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let account = tenant.account().await;
    let contacts: Vec<Value> = (0..25)
        .map(|number| json!({"name": format!("Contact {number}"), "account_id": account}))
        .collect();
    for _ in 0..7 {
        let batch = cloud
            .post(format!("{}/batch", tenant.records("contacts")))
            .as_(&tenant.owner);
        batch
            .json(json!({"records": contacts}))
            .await
            .assert_status(201);
    }
    cloud
        .delete(tenant.record("accounts", &account))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    let mut cursor = String::new();
    let mut seen = 0;
    loop {
        let page = cloud
            .get(format!("{}?limit=100{cursor}", tenant.records("contacts")))
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        assert!(
            page.items()
                .iter()
                .all(|item| item.get("account_id").is_none())
        );
        seen += page.items().len();
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, 175);
}

/// Nothing names what is not there.
async fn assert_nothing_dangles(tenant: &TestTenant, field: &str, target: &str) {
    let cloud = TestCloud::shared();
    let deals = cloud
        .get(format!("{}?limit=100", tenant.records("deals")))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    for deal in deals.items() {
        let Some(named) = deal[field].as_str() else {
            continue;
        };
        cloud
            .get(tenant.record(target, named))
            .as_(&tenant.owner)
            .await
            .assert_status(200);
    }
}

#[tokio::test]
async fn a_deletion_and_a_reference_at_the_same_moment() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (account, mut both) = (tenant.account().await, (0, 0));
    for round in 0..60 {
        let contact = tenant.contact().await;
        let fresh = tenant.account().await;
        // Round about, one that refuses and one that clears.
        let refuses = round % 2 == 0;
        let named = if refuses {
            deal(&fresh, None)
        } else {
            deal(&account, Some(&contact))
        };
        let gone = if refuses {
            tenant.record("accounts", &fresh)
        } else {
            tenant.record("contacts", &contact)
        };
        let create = async || {
            cloud
                .post(tenant.records("deals"))
                .as_(&tenant.owner)
                .json(&named)
                .await
        };
        let delete = async || cloud.delete(&gone).as_(&tenant.owner).await;
        let (created, deleted, again) = tokio::join!(create(), delete(), create());
        for answer in [&created, &again] {
            match answer.status {
                201 => both.0 += 1,
                _ => _ = answer.assert_problem(Kind::ReferenceNotFound),
            }
        }
        match deleted.status {
            204 => both.1 += 1,
            _ => _ = deleted.assert_problem(Kind::StillReferenced),
        }
        let read = cloud.get(&gone).as_(&tenant.owner).await;
        assert_eq!(
            read.status,
            if deleted.status == 204 { 404 } else { 200 },
            "{round}"
        );
        if refuses && deleted.status == 204 {
            assert!(created.status != 201 && again.status != 201, "{round}");
        }
        // Whoever was first, what is left agrees; and the count that decides it does, too.
        for answer in [created, again]
            .iter()
            .filter(|answer| answer.status == 201)
        {
            let path = tenant.record("deals", &answer.id());
            let deal = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
            if deleted.status == 204 {
                assert!(deal.json.get("contact_id").is_none(), "{round}: {deal}");
            }
            cloud
                .delete(&path)
                .as_(&tenant.owner)
                .await
                .assert_status(204);
        }
        if deleted.status != 204 {
            cloud
                .delete(&gone)
                .as_(&tenant.owner)
                .await
                .assert_status(204);
        }
    }
    assert!(
        both.0 > 0 && both.1 > 0,
        "both sides win at times: {both:?}"
    );
    assert_nothing_dangles(&tenant, "contact_id", "contacts").await;
}
