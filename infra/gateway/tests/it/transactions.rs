//! Transactions: each element is judged by its own action.

use crate::support::{ACME, Cloud, DENIED, Dynamo, GLOBEX, code, item, key, partition, s};
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Get, Put, TransactGetItem, TransactWriteItem, Update,
};

fn put(tenant: &str, part: &str, sk: &str) -> TransactWriteItem {
    let put = Put::builder()
        .table_name("TenantTable")
        .set_item(Some(item(tenant, part, sk, "x")))
        .build()
        .unwrap();
    TransactWriteItem::builder().put(put).build()
}

fn update(tenant: &str, sk: &str) -> TransactWriteItem {
    let update = Update::builder()
        .table_name("TenantTable")
        .set_key(Some(key(tenant, "DEALS", sk)))
        .update_expression("SET x = :x")
        .expression_attribute_values(":x", s("y"))
        .build()
        .unwrap();
    TransactWriteItem::builder().update(update).build()
}

fn delete(tenant: &str, sk: &str) -> TransactWriteItem {
    let delete = Delete::builder()
        .table_name("TenantTable")
        .set_key(Some(key(tenant, "DEALS", sk)))
        .build()
        .unwrap();
    TransactWriteItem::builder().delete(delete).build()
}

fn check(tenant: &str, part: &str, sk: &str) -> TransactWriteItem {
    let check = ConditionCheck::builder()
        .table_name("TenantTable")
        .set_key(Some(key(tenant, part, sk)))
        .condition_expression("attribute_exists(pk)")
        .build()
        .unwrap();
    TransactWriteItem::builder().condition_check(check).build()
}

async fn write(client: &Dynamo, items: Vec<TransactWriteItem>) -> Result<(), String> {
    match client
        .transact_write_items()
        .set_transact_items(Some(items))
        .send()
        .await
    {
        Ok(_) => Ok(()),
        Err(error) => Err(code::<(), _, _>(Err(error))),
    }
}

#[tokio::test]
async fn each_element_is_judged_by_its_own_action() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    write(
        &acme,
        vec![put(ACME, "DEALS", "1"), put(ACME, "ACCOUNTS", "1")],
    )
    .await
    .unwrap();
    write(
        &acme,
        vec![
            check(ACME, "ACCOUNTS", "1"),
            update(ACME, "1"),
            put(ACME, "DEALS", "2"),
        ],
    )
    .await
    .unwrap();
    let record = cloud.last();
    assert_eq!(
        record.actions,
        [
            "dynamodb:ConditionCheckItem",
            "dynamodb:UpdateItem",
            "dynamodb:PutItem"
        ]
    );
    assert_eq!(
        record.statement.as_deref(),
        Some("TenantData/TenantRead, TenantData/TenantWrite")
    );

    let denied = Err(DENIED.to_owned());
    for foreign in [
        put(GLOBEX, "DEALS", "1"),
        update(GLOBEX, "1"),
        delete(GLOBEX, "1"),
        check(GLOBEX, "DEALS", "1"),
    ] {
        assert_eq!(
            write(&acme, vec![put(ACME, "DEALS", "3"), foreign.clone()]).await,
            denied,
            "{foreign:?}"
        );
        assert_eq!(
            write(&acme, vec![foreign.clone(), put(ACME, "DEALS", "3")]).await,
            denied,
            "{foreign:?}"
        );
    }
    // A condition on the core partition is a read; a write there is not this caller's.
    assert_eq!(
        write(&acme, vec![check(ACME, "", "1")]).await,
        Err("TransactionCanceledException".to_owned())
    );
    assert_eq!(write(&acme, vec![put(ACME, "", "1")]).await, denied);
    let reader = cloud.tenant(ACME, "read").await;
    write(&reader, vec![check(ACME, "DEALS", "1")])
        .await
        .unwrap();
    assert_eq!(
        write(&reader, vec![check(ACME, "DEALS", "1"), delete(ACME, "1")]).await,
        denied
    );
    assert_eq!(cloud.gateway.dump("TenantTable").unwrap().len(), 3);
}

#[tokio::test]
async fn reads_in_a_transaction_are_judged_one_by_one() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    write(&acme, vec![put(ACME, "DEALS", "1")]).await.unwrap();
    let read = |tenants: &[&str]| {
        let items = tenants.iter().map(|tenant| {
            let get = Get::builder()
                .table_name("TenantTable")
                .set_key(Some(key(tenant, "DEALS", "1")))
                .build()
                .unwrap();
            TransactGetItem::builder().get(get).build()
        });
        acme.transact_get_items()
            .set_transact_items(Some(items.collect()))
            .send()
    };
    let found = read(&[ACME]).await.unwrap();
    assert!(found.responses()[0].item().is_some());
    assert_eq!(cloud.last().actions, ["dynamodb:GetItem"]);
    assert_eq!(code(read(&[ACME, GLOBEX]).await), DENIED);
}

#[tokio::test]
async fn an_element_with_two_meanings_is_refused() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let own = serde_json::json!({"pk": {"S": partition(ACME, "DEALS")}, "sk": {"S": "1"}});
    let foreign = serde_json::json!({"pk": {"S": partition(GLOBEX, "DEALS")}, "sk": {"S": "1"}});
    for element in [
        serde_json::json!({"Put": {"TableName": "TenantTable", "Item": own}, "Delete": {"TableName": "TenantTable", "Key": foreign}}),
        serde_json::json!({"Put": {"TableName": "TenantTable", "Item": own, "Key": foreign}}),
        serde_json::json!({"Get": {"TableName": "TenantTable", "Key": own}}),
        serde_json::json!({"put": {"TableName": "TenantTable", "Item": own}}),
        serde_json::json!({"Put": {"Item": own}}),
        serde_json::json!({}),
    ] {
        let reply = cloud
            .raw(
                &credentials,
                "TransactWriteItems",
                &serde_json::json!({"TransactItems": [element]}).to_string(),
            )
            .await;
        assert!(
            reply.status == 400
                && ["ValidationException", "SerializationException"].contains(&reply.error()),
            "{element}: {reply:?}"
        );
    }
    assert!(cloud.gateway.dump("TenantTable").unwrap().is_empty());
}

#[tokio::test]
async fn a_repeated_token_is_done_once() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let add = || {
        let update = Update::builder()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "DEALS", "1")))
            .update_expression("ADD n :one")
            .expression_attribute_values(
                ":one",
                aws_sdk_dynamodb::types::AttributeValue::N("1".to_owned()),
            )
            .build()
            .unwrap();
        acme.transact_write_items()
            .transact_items(TransactWriteItem::builder().update(update).build())
            .client_request_token("once")
            .send()
    };
    add().await.unwrap();
    add().await.unwrap();
    assert_eq!(cloud.gateway.dump("TenantTable").unwrap()[0]["n"]["N"], "1");
}
