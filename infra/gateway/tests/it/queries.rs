//! Queries in every way of writing them.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, code, item, partition, s};
use serde_json::{Value, json};

async fn filled() -> Cloud {
    let cloud = Cloud::start().await;
    for (tenant, names) in [
        (ACME, ["Ada", "Alan", "Grace"]),
        (GLOBEX, ["Bob", "Bill", "Brian"]),
    ] {
        let client = cloud.tenant(tenant, "write").await;
        for (number, name) in names.into_iter().enumerate() {
            let mut item = item(tenant, "CONTACTS", &format!("{number}"), name);
            item.insert("gsi1pk".to_owned(), s(partition(tenant, "NAMES")));
            item.insert("gsi1sk".to_owned(), s(name));
            client
                .put_item()
                .table_name("TenantTable")
                .set_item(Some(item))
                .send()
                .await
                .unwrap();
        }
    }
    cloud
}

fn query(condition: &str, tenant: &str) -> Value {
    let mut body = json!({
        "TableName": "TenantTable",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {":p": {"S": partition(tenant, "CONTACTS")}},
    });
    if condition.contains('#') {
        body["ExpressionAttributeNames"] = json!({"#p": "pk"});
    }
    if condition.contains(":s") {
        body["ExpressionAttributeValues"][":s"] = json!({"S": "1"});
    }
    body
}

#[tokio::test]
async fn every_form_of_condition_reads_ones_own_and_only_that() {
    let cloud = filled().await;
    let credentials = cloud.tenant_credentials(ACME, "read").await;
    for (condition, count) in [
        ("pk = :p", 3),
        (":p = pk", 3),
        ("#p = :p", 3),
        (":p = #p", 3),
        ("(pk = :p)", 3),
        ("((#p) = (:p))", 3),
        ("pk = :p AND sk = :s", 1),
        (":s < sk AND :p = pk", 1),
        ("(sk >= :s) and (pk = :p)", 2),
        ("sk BETWEEN :s AND :s AND pk = :p", 1),
        ("begins_with(sk, :s) AND #p = :p", 1),
    ] {
        let own = cloud
            .raw(&credentials, "Query", &query(condition, ACME).to_string())
            .await;
        assert_eq!(
            (own.status, own.body["Count"].as_u64()),
            (200, Some(count)),
            "{condition}: {own:?}"
        );
        let foreign = cloud
            .raw(&credentials, "Query", &query(condition, GLOBEX).to_string())
            .await;
        assert_eq!(foreign.error(), DENIED, "{condition}: {foreign:?}");
        assert_eq!(
            cloud.last().leading_keys,
            [partition(GLOBEX, "CONTACTS")],
            "{condition}"
        );
    }
}

#[tokio::test]
async fn the_older_form_is_judged_alike() {
    let cloud = filled().await;
    let credentials = cloud.tenant_credentials(ACME, "read").await;
    let body = |tenant: &str| {
        json!({"TableName": "TenantTable", "KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": partition(tenant, "CONTACTS")}]}}}).to_string()
    };
    let own = cloud.raw(&credentials, "Query", &body(ACME)).await;
    assert_eq!(own.body["Count"], 3, "{own:?}");
    assert_eq!(
        cloud
            .raw(&credentials, "Query", &body(GLOBEX))
            .await
            .error(),
        DENIED
    );
}

#[tokio::test]
async fn a_query_without_a_certain_partition_is_refused() {
    let cloud = filled().await;
    let credentials = cloud.tenant_credentials(ACME, "read").await;
    let mut both = query("pk = :p", ACME);
    both["KeyConditions"] = json!({"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": partition(GLOBEX, "CONTACTS")}]}});
    let mut two_types = query("pk = :p", ACME);
    two_types["ExpressionAttributeValues"][":p"]["N"] = json!("1");
    let refused = [
        query("pk = :p OR pk = :p", ACME),
        query("sk = :s", ACME),
        query("pk > :p", ACME),
        query("begins_with(pk, :p)", ACME),
        query("pk = :unknown", ACME),
        both,
        two_types,
        json!({"TableName": "TenantTable"}),
    ];
    for body in refused {
        let reply = cloud.raw(&credentials, "Query", &body.to_string()).await;
        assert_eq!(
            (reply.status, reply.error()),
            (400, "ValidationException"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_index_is_judged_by_its_own_key_and_arn() {
    let cloud = filled().await;
    let acme = cloud.tenant(ACME, "read").await;
    let ask = |tenant: &str| {
        acme.query()
            .table_name("TenantTable")
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :g")
            .expression_attribute_values(":g", s(partition(tenant, "NAMES")))
    };
    let found = ask(ACME).send().await.unwrap();
    assert_eq!(
        found
            .items()
            .iter()
            .map(|item| item["name"].as_s().unwrap().as_str())
            .collect::<Vec<_>>(),
        ["Ada", "Alan", "Grace"]
    );
    assert_eq!(
        cloud.last().resources,
        ["arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable/index/gsi1"]
    );
    assert_eq!(code(ask(GLOBEX).send().await), DENIED);
    // The table's key says nothing about the index.
    let by_table_key = acme
        .query()
        .table_name("TenantTable")
        .index_name("gsi1")
        .key_condition_expression("pk = :g")
        .expression_attribute_values(":g", s(partition(ACME, "CONTACTS")));
    assert_eq!(code(by_table_key.send().await), "ValidationException");
    // An index that is not there has no key to judge by.
    let unknown = acme
        .query()
        .table_name("TenantTable")
        .index_name("gsi9")
        .key_condition_expression("gsi1pk = :g")
        .expression_attribute_values(":g", s(partition(ACME, "NAMES")));
    assert_eq!(code(unknown.send().await), DENIED);
    let owner = cloud.dynamodb(&cloud.role("OwnerRole"));
    let unknown = owner
        .query()
        .table_name("TenantTable")
        .index_name("gsi9")
        .key_condition_expression("gsi1pk = :g")
        .expression_attribute_values(":g", s(partition(ACME, "NAMES")));
    assert_eq!(code(unknown.send().await), "ValidationException");
}

#[tokio::test]
async fn pages_go_on_inside_the_partition_only() {
    let cloud = filled().await;
    let acme = cloud.tenant(ACME, "read").await;
    let ask = || {
        acme.query()
            .table_name("TenantTable")
            .key_condition_expression("pk = :p")
            .expression_attribute_values(":p", s(partition(ACME, "CONTACTS")))
            .limit(2)
    };
    let first = ask().send().await.unwrap();
    let rest = ask()
        .set_exclusive_start_key(first.last_evaluated_key().cloned())
        .send()
        .await
        .unwrap();
    assert_eq!((first.count(), rest.count()), (2, 1));
    let foreign = crate::support::key(GLOBEX, "CONTACTS", "0");
    assert_eq!(
        code(ask().set_exclusive_start_key(Some(foreign)).send().await),
        "ValidationException"
    );
}
