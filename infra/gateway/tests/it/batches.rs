//! Batches: each table's part is judged with all the keys in it.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, code, item, key, partition, s};
use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use serde_json::json;

fn put(tenant: &str, sk: &str) -> WriteRequest {
    let request = PutRequest::builder()
        .set_item(Some(item(tenant, "CONTACTS", sk, "x")))
        .build()
        .unwrap();
    WriteRequest::builder().put_request(request).build()
}

fn delete(tenant: &str, sk: &str) -> WriteRequest {
    let request = DeleteRequest::builder()
        .set_key(Some(key(tenant, "CONTACTS", sk)))
        .build()
        .unwrap();
    WriteRequest::builder().delete_request(request).build()
}

#[tokio::test]
async fn one_foreign_key_refuses_the_whole_batch() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let write = |requests: Vec<WriteRequest>| {
        acme.batch_write_item()
            .request_items("TenantTable", requests)
            .send()
    };
    write(vec![put(ACME, "1"), put(ACME, "2")]).await.unwrap();
    assert_eq!(
        code(write(vec![put(ACME, "3"), put(GLOBEX, "1")]).await),
        DENIED
    );
    assert_eq!(
        code(write(vec![delete(ACME, "1"), delete(GLOBEX, "1")]).await),
        DENIED
    );
    assert_eq!(cloud.gateway.dump("TenantTable").unwrap().len(), 2);
    write(vec![delete(ACME, "1"), put(ACME, "4")])
        .await
        .unwrap();

    let read = |keys: Vec<_>| {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .unwrap();
        acme.batch_get_item()
            .request_items("TenantTable", keys)
            .send()
    };
    let found = read(vec![
        key(ACME, "CONTACTS", "2"),
        key(ACME, "CONTACTS", "4"),
        key(ACME, "CONTACTS", "9"),
    ])
    .await
    .unwrap();
    assert_eq!(found.responses().unwrap()["TenantTable"].len(), 2);
    assert_eq!(
        code(
            read(vec![
                key(ACME, "CONTACTS", "2"),
                key(GLOBEX, "CONTACTS", "1")
            ])
            .await
        ),
        DENIED
    );
    assert_eq!(
        cloud.last().leading_keys,
        [partition(ACME, "CONTACTS"), partition(GLOBEX, "CONTACTS")]
    );
}

#[tokio::test]
async fn every_table_of_a_batch_is_judged() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let keys = |key| KeysAndAttributes::builder().keys(key).build().unwrap();
    let both = acme
        .batch_get_item()
        .request_items("TenantTable", keys(key(ACME, "CONTACTS", "1")))
        .request_items(
            "DirectoryTable",
            keys([("pk".to_owned(), s("USER#1")), ("sk".to_owned(), s("1"))].into()),
        );
    assert_eq!(code(both.send().await), DENIED);
    assert_eq!(
        cloud.last().checks.last().unwrap().resource,
        "arn:aws:dynamodb:us-east-1:000000000000:table/DirectoryTable"
    );
}

#[tokio::test]
async fn replies_bear_the_name_the_client_gave() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable";
    acme.batch_write_item()
        .request_items(arn, vec![put(ACME, "1")])
        .send()
        .await
        .unwrap();
    let keys = KeysAndAttributes::builder()
        .keys(key(ACME, "CONTACTS", "1"))
        .build()
        .unwrap();
    let found = acme
        .batch_get_item()
        .request_items(arn, keys)
        .send()
        .await
        .unwrap();
    assert_eq!(found.responses().unwrap()[arn].len(), 1);

    let part = json!({"Keys": [{"pk": {"S": partition(ACME, "CONTACTS")}, "sk": {"S": "1"}}]});
    let twice = json!({"RequestItems": {"TenantTable": part, arn: part}});
    let reply = cloud
        .raw(
            &cloud.tenant_credentials(ACME, "read").await,
            "BatchGetItem",
            &twice.to_string(),
        )
        .await;
    assert_eq!(reply.error(), "ValidationException", "{reply:?}");
}

#[tokio::test]
async fn a_batch_that_is_not_plain_is_refused() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let own = json!({"pk": {"S": partition(ACME, "CONTACTS")}, "sk": {"S": "1"}});
    let foreign = json!({"pk": {"S": partition(GLOBEX, "CONTACTS")}, "sk": {"S": "1"}});
    for (operation, body) in [
        (
            "BatchWriteItem",
            json!({"RequestItems": {"TenantTable": [{"PutRequest": {"Item": own}, "DeleteRequest": {"Key": foreign}}]}}),
        ),
        (
            "BatchWriteItem",
            json!({"RequestItems": {"TenantTable": [{"PutRequest": {"Item": own, "Key": foreign}}]}}),
        ),
        (
            "BatchWriteItem",
            json!({"RequestItems": {"TenantTable": [{"UpdateRequest": {"Key": own}}]}}),
        ),
        (
            "BatchWriteItem",
            json!({"RequestItems": {"TenantTable": [{}]}}),
        ),
        ("BatchWriteItem", json!({"RequestItems": {}})),
        (
            "BatchGetItem",
            json!({"RequestItems": {"TenantTable": {"Keys": [own], "More": [foreign]}}}),
        ),
        (
            "BatchGetItem",
            json!({"RequestItems": {"TenantTable": {"Keys": [{"sk": {"S": "1"}}]}}}),
        ),
        (
            "BatchGetItem",
            json!({"RequestItems": {"TenantTable": {"Keys": [{"pk": {"S": "x", "N": "1"}, "sk": {"S": "1"}}]}}}),
        ),
        (
            "BatchGetItem",
            json!({"RequestItems": {"TenantTable": {"Keys": [own], "AttributesToGet": []}}}),
        ),
        ("BatchGetItem", json!({"RequestItems": []})),
        ("BatchGetItem", json!({})),
    ] {
        let reply = cloud.raw(&credentials, operation, &body.to_string()).await;
        assert!(
            reply.status == 400
                && ["ValidationException", "SerializationException"].contains(&reply.error()),
            "{body}: {reply:?}"
        );
    }
    assert!(cloud.gateway.dump("TenantTable").unwrap().is_empty());
}
