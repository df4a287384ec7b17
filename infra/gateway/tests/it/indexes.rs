//! Index keys of writes, which IAM does not look at.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, code, item, key, partition, s};
use aws_sdk_dynamodb::types::{Put, PutRequest, TransactWriteItem, Update, WriteRequest};

fn indexed(
    owner: &str,
) -> std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue> {
    let mut item = item(ACME, "CONTACTS", "1", "Ada");
    item.insert("gsi1pk".to_owned(), s(partition(owner, "NAMES")));
    item.insert("gsi1sk".to_owned(), s("Ada"));
    item
}

#[tokio::test]
async fn a_write_may_not_put_an_entry_into_anothers_index() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    acme.put_item()
        .table_name("TenantTable")
        .set_item(Some(indexed(ACME)))
        .send()
        .await
        .unwrap();

    assert_eq!(
        code(
            acme.put_item()
                .table_name("TenantTable")
                .set_item(Some(indexed(GLOBEX)))
                .send()
                .await
        ),
        DENIED
    );
    let record = cloud.last();
    assert!(
        record
            .reason
            .as_deref()
            .unwrap()
            .contains("IAM does not check this; the local gateway does"),
        "{record:?}"
    );

    let batch = WriteRequest::builder()
        .put_request(
            PutRequest::builder()
                .set_item(Some(indexed(GLOBEX)))
                .build()
                .unwrap(),
        )
        .build();
    assert_eq!(
        code(
            acme.batch_write_item()
                .request_items("TenantTable", vec![batch])
                .send()
                .await
        ),
        DENIED
    );
    let put = Put::builder()
        .table_name("TenantTable")
        .set_item(Some(indexed(GLOBEX)))
        .build()
        .unwrap();
    assert_eq!(
        code(
            acme.transact_write_items()
                .transact_items(TransactWriteItem::builder().put(put).build())
                .send()
                .await
        ),
        DENIED
    );
}

#[tokio::test]
async fn an_update_may_not_either() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    acme.put_item()
        .table_name("TenantTable")
        .set_item(Some(indexed(ACME)))
        .send()
        .await
        .unwrap();
    let update = |expression: &str, owner: &str| {
        let mut update = acme
            .update_item()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "CONTACTS", "1")))
            .update_expression(expression)
            .expression_attribute_values(":g", s(partition(owner, "NAMES")));
        if expression.contains('#') {
            update = update.expression_attribute_names("#g", "gsi1pk");
        }
        update.send()
    };
    for expression in [
        "SET gsi1pk = :g",
        "SET #g = :g",
        "SET spare = :g, gsi1pk = (:g)",
        "SET gsi1pk = if_not_exists(gsi1pk, :g)",
        "REMOVE spare SET #g = :g",
    ] {
        update(expression, ACME)
            .await
            .unwrap_or_else(|error| panic!("{expression}: {error:?}"));
        assert_eq!(
            code(update(expression, GLOBEX).await),
            DENIED,
            "{expression}"
        );
    }
    // What the request does not show cannot be judged: the value may have been put under another name before.
    update("SET spare = :g", GLOBEX).await.unwrap();
    for expression in [
        "SET gsi1pk = spare, x = :g",
        "SET gsi1pk = if_not_exists(spare, :g)",
        "SET x = :g, gsi1pk = if_not_exists(gsi1pk, spare)",
    ] {
        assert_eq!(code(update(expression, ACME).await), DENIED, "{expression}");
    }
    let in_transaction = Update::builder()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .update_expression("SET gsi1pk = :g")
        .expression_attribute_values(":g", s(partition(GLOBEX, "NAMES")))
        .build()
        .unwrap();
    assert_eq!(
        code(
            acme.transact_write_items()
                .transact_items(TransactWriteItem::builder().update(in_transaction).build())
                .send()
                .await
        ),
        DENIED
    );
    let legacy = serde_json::json!({
        "TableName": "TenantTable",
        "Key": {"pk": {"S": partition(ACME, "CONTACTS")}, "sk": {"S": "1"}},
        "AttributeUpdates": {"gsi1pk": {"Action": "PUT", "Value": {"S": partition(GLOBEX, "NAMES")}}},
    });
    let reply = cloud
        .raw(
            &cloud.tenant_credentials(ACME, "write").await,
            "UpdateItem",
            &legacy.to_string(),
        )
        .await;
    assert_eq!(reply.error(), DENIED, "{reply:?}");

    let stored = cloud.gateway.dump("TenantTable").unwrap();
    assert_eq!(stored[0]["gsi1pk"]["S"], partition(ACME, "NAMES"));
}

#[tokio::test]
async fn a_sort_key_may_say_anything_but_another_tenants_name() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let put = |sort: String| {
        let mut item = indexed(ACME);
        item.insert("gsi1sk".to_owned(), s(sort));
        acme.put_item()
            .table_name("TenantTable")
            .set_item(Some(item))
            .send()
    };
    put("2026-01-01".to_owned()).await.unwrap();
    put(partition(ACME, "X")).await.unwrap();
    assert_eq!(code(put(partition(GLOBEX, "X")).await), DENIED);
}

#[tokio::test]
async fn a_role_outside_any_tenant_is_free() {
    let cloud = Cloud::start().await;
    let owner = cloud.dynamodb(&cloud.role("OwnerRole"));
    owner
        .put_item()
        .table_name("TenantTable")
        .set_item(Some(indexed(GLOBEX)))
        .send()
        .await
        .unwrap();
}
