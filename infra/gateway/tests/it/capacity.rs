//! Capacity units, by the rules in AWS's documentation.

use crate::support::{ACME, Cloud, Dynamo, code, item, key, partition, s};
use aws_sdk_dynamodb::types::{
    ConditionCheck, Get, KeysAndAttributes, Put, PutRequest, ReturnConsumedCapacity,
    TransactGetItem, TransactWriteItem, WriteRequest,
};
use gateway::Units;

const fn reads(read: f64) -> Units {
    Units { read, write: 0.0 }
}

const fn writes(write: f64) -> Units {
    Units { read: 0.0, write }
}

/// An item of about so many kilobytes: a little less, since names and keys count too.
fn sized(
    sk: &str,
    kilobytes: usize,
) -> std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue> {
    let mut item = item(ACME, "FILES", sk, "x");
    item.insert("data".to_owned(), s("x".repeat(kilobytes * 1024 - 200)));
    item
}

async fn put(client: &Dynamo, sk: &str, kilobytes: usize) {
    client
        .put_item()
        .table_name("TenantTable")
        .set_item(Some(sized(sk, kilobytes)))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn reads_count_by_four_kilobytes_and_half_if_not_consistent() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    for (sk, kilobytes, units) in [("1", 1, 1.0), ("4", 4, 1.0), ("5", 5, 2.0), ("9", 9, 3.0)] {
        put(&acme, sk, kilobytes).await;
        for (consistent, expected) in [(true, units), (false, units / 2.0)] {
            acme.get_item()
                .table_name("TenantTable")
                .set_key(Some(key(ACME, "FILES", sk)))
                .consistent_read(consistent)
                .send()
                .await
                .unwrap();
            assert_eq!(
                cloud.last().capacity,
                reads(expected),
                "{kilobytes} KB, consistent {consistent}"
            );
        }
    }
    // What is not there costs as much as the smallest; what is left out by a projection is read all the same.
    acme.get_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "FILES", "none")))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, reads(0.5));
    acme.get_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "FILES", "9")))
        .projection_expression("sk")
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, reads(3.0));
}

#[tokio::test]
async fn a_query_counts_the_sum_and_a_batch_each_item() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    for sk in ["1", "2", "3", "4", "5", "6"] {
        put(&acme, sk, 1).await;
    }
    let query = |consistent: bool| {
        acme.query()
            .table_name("TenantTable")
            .key_condition_expression("pk = :p")
            .expression_attribute_values(":p", s(partition(ACME, "FILES")))
            .consistent_read(consistent)
            .send()
    };
    query(true).await.unwrap();
    assert_eq!(cloud.last().capacity, reads(2.0));
    query(false).await.unwrap();
    assert_eq!(cloud.last().capacity, reads(1.0));
    let keys = KeysAndAttributes::builder().set_keys(Some(
        ["1", "2", "3", "none"]
            .map(|sk| key(ACME, "FILES", sk))
            .to_vec(),
    ));
    acme.batch_get_item()
        .request_items(
            "TenantTable",
            keys.clone().consistent_read(true).build().unwrap(),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, reads(4.0));
    acme.batch_get_item()
        .request_items("TenantTable", keys.build().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, reads(2.0));
}

#[tokio::test]
async fn writes_count_by_the_kilobyte_and_the_larger_of_old_and_new() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    for (kilobytes, expected) in [(1, 1.0), (3, 3.0), (2, 3.0), (2, 2.0)] {
        put(&acme, "1", kilobytes).await;
        assert_eq!(cloud.last().capacity, writes(expected), "{kilobytes} KB");
    }
    acme.update_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "FILES", "1")))
        .update_expression("SET n = :n")
        .expression_attribute_values(":n", s("1"))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(2.0));
    acme.delete_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "FILES", "1")))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(2.0));
    acme.delete_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "FILES", "1")))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(1.0));
    let batch = ["1", "2"].map(|sk| {
        WriteRequest::builder()
            .put_request(
                PutRequest::builder()
                    .set_item(Some(sized(sk, 2)))
                    .build()
                    .unwrap(),
            )
            .build()
    });
    acme.batch_write_item()
        .request_items("TenantTable", batch.to_vec())
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(4.0));
}

#[tokio::test]
async fn a_write_whose_condition_fails_costs_what_is_there() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let create = |sk: &str| {
        acme.put_item()
            .table_name("TenantTable")
            .set_item(Some(sized(sk, 1)))
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(pk)")
            .send()
    };
    assert_eq!(
        code(create("none").await),
        "ConditionalCheckFailedException"
    );
    assert_eq!(cloud.last().capacity, writes(1.0));
    put(&acme, "3", 3).await;
    assert_eq!(code(create("3").await), "ConditionalCheckFailedException");
    assert_eq!(cloud.last().capacity, writes(3.0));
}

#[tokio::test]
async fn an_index_counts_for_itself() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let put = |group: &str, name: &str| {
        let mut item = item(ACME, "CONTACTS", "1", name);
        item.insert("gsi1pk".to_owned(), s(partition(ACME, group)));
        item.insert("gsi1sk".to_owned(), s("x"));
        acme.put_item()
            .table_name("TenantTable")
            .set_item(Some(item))
            .send()
    };
    put("A", "Ada").await.unwrap();
    assert_eq!(
        cloud.last().capacity,
        writes(2.0),
        "a new entry is one write more"
    );
    put("A", "Alan").await.unwrap();
    assert_eq!(
        cloud.last().capacity,
        writes(2.0),
        "a changed attribute is written to the index too"
    );
    put("B", "Alan").await.unwrap();
    assert_eq!(
        cloud.last().capacity,
        writes(3.0),
        "a changed index key is a removal and a new entry"
    );
    put("B", "Alan").await.unwrap();
    assert_eq!(
        cloud.last().capacity,
        writes(1.0),
        "nothing changed in the index"
    );
    acme.query()
        .table_name("TenantTable")
        .index_name("gsi1")
        .key_condition_expression("gsi1pk = :g")
        .expression_attribute_values(":g", s(partition(ACME, "B")))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, reads(0.5));
    acme.delete_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(2.0));
}

#[tokio::test]
async fn transactions_cost_double() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let put = |sk: &str, kilobytes| {
        TransactWriteItem::builder()
            .put(
                Put::builder()
                    .table_name("TenantTable")
                    .set_item(Some(sized(sk, kilobytes)))
                    .build()
                    .unwrap(),
            )
            .build()
    };
    let check = |sk: &str| {
        let check = ConditionCheck::builder()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "FILES", sk)))
            .condition_expression("attribute_exists(pk)")
            .build()
            .unwrap();
        TransactWriteItem::builder().condition_check(check).build()
    };
    acme.transact_write_items()
        .transact_items(put("1", 1))
        .transact_items(put("2", 3))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(8.0));
    acme.transact_write_items()
        .transact_items(put("3", 1))
        .transact_items(check("1"))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, writes(4.0));
    assert_eq!(
        code(
            acme.transact_write_items()
                .transact_items(put("4", 1))
                .transact_items(check("none"))
                .send()
                .await
        ),
        "TransactionCanceledException"
    );
    assert_eq!(cloud.last().capacity, writes(4.0));
    let get = |sk: &str| {
        TransactGetItem::builder()
            .get(
                Get::builder()
                    .table_name("TenantTable")
                    .set_key(Some(key(ACME, "FILES", sk)))
                    .build()
                    .unwrap(),
            )
            .build()
    };
    acme.transact_get_items()
        .transact_items(get("1"))
        .transact_items(get("2"))
        .send()
        .await
        .unwrap();
    assert_eq!(cloud.last().capacity, reads(4.0));
}

#[tokio::test]
async fn clients_are_told_only_what_they_ask_for() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let put = |wanted: Option<ReturnConsumedCapacity>| {
        acme.put_item()
            .table_name("TenantTable")
            .set_item(Some(item(ACME, "CONTACTS", "1", "x")))
            .set_return_consumed_capacity(wanted)
            .send()
    };
    assert!(put(None).await.unwrap().consumed_capacity().is_none());
    assert!(
        put(Some(ReturnConsumedCapacity::None))
            .await
            .unwrap()
            .consumed_capacity()
            .is_none()
    );
    let total = put(Some(ReturnConsumedCapacity::Total)).await.unwrap();
    let total = total.consumed_capacity().unwrap();
    assert_eq!(
        (total.capacity_units(), total.table().is_none()),
        (Some(1.0), true)
    );
    let indexes = put(Some(ReturnConsumedCapacity::Indexes)).await.unwrap();
    assert!(indexes.consumed_capacity().unwrap().table().is_some());
    assert_eq!(
        code(put(Some(ReturnConsumedCapacity::from("SOME"))).await),
        "ValidationException"
    );
}

#[tokio::test]
async fn sums_are_kept_by_route() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    cloud.gateway.clear_decisions();
    let body = serde_json::json!({"TableName": "TenantTable", "Key": {"pk": {"S": partition(ACME, "CONTACTS")}, "sk": {"S": "1"}}}).to_string();
    for route in ["GET /v1/records", "GET /v1/records", "GET /v1/me"] {
        let mut headers = cloud.signed_headers(
            &credentials,
            "dynamodb",
            "GetItem",
            &body,
            std::time::SystemTime::now(),
        );
        headers.push(("x-tenantry-route".to_owned(), route.to_owned()));
        headers.push(("x-tenantry-request-id".to_owned(), "request-1".to_owned()));
        headers.push(("x-tenantry-function".to_owned(), "records-read".to_owned()));
        assert_eq!(cloud.send(&headers, &body).await.status, 200);
    }
    let last = cloud.gateway.last_decision_id();
    assert_eq!(cloud.gateway.decisions_after(last - 1).len(), 1);
    assert!(cloud.gateway.decisions_after(last).is_empty());
    let caller = cloud.last().caller;
    assert_eq!(
        (caller.function.as_deref(), caller.request_id.as_deref()),
        (Some("records-read"), Some("request-1"))
    );
    let routes = cloud.gateway.capacity();
    let sums: Vec<_> = routes
        .iter()
        .map(|route| {
            (
                route.route.as_str(),
                route.dynamodb_calls,
                route.capacity.read,
            )
        })
        .collect();
    assert_eq!(sums, [("GET /v1/me", 1, 0.5), ("GET /v1/records", 2, 1.0)]);
}
