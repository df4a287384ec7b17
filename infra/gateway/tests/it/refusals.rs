//! What is never offered, and bodies that two readers might read differently.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, partition};
use gateway::Verdict;
use serde_json::json;

#[tokio::test]
async fn operations_that_leave_the_partition_are_nobodys() {
    let cloud = Cloud::start().await;
    let tenant = cloud.tenant_credentials(ACME, "admin").await;
    let owner = cloud.role("OwnerRole");
    let select = json!({"Statement": format!("SELECT * FROM TenantTable WHERE pk = '{}'", partition(ACME, ""))});
    let table = json!({"TableName": "TenantTable"});
    for (operation, body, actions) in [
        ("Scan", table.clone(), vec!["dynamodb:Scan"]),
        (
            "ExecuteStatement",
            select.clone(),
            vec!["dynamodb:PartiQLSelect"],
        ),
        (
            "ExecuteStatement",
            json!({"Statement": "DELETE FROM TenantTable WHERE pk = 'x'"}),
            vec!["dynamodb:PartiQLDelete"],
        ),
        (
            "BatchExecuteStatement",
            json!({"Statements": [select, {"Statement": "insert into TenantTable value {}"}]}),
            vec!["dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert"],
        ),
        (
            "ExecuteTransaction",
            json!({"TransactStatements": [{"Statement": "UPDATE TenantTable SET a = 1"}]}),
            vec!["dynamodb:PartiQLUpdate"],
        ),
        (
            "SearchVectors",
            table.clone(),
            vec!["dynamodb:SearchVectors"],
        ),
        (
            "DescribeTable",
            table.clone(),
            vec!["dynamodb:DescribeTable"],
        ),
        ("CreateTable", table.clone(), vec!["dynamodb:CreateTable"]),
        ("UpdateTable", table.clone(), vec!["dynamodb:UpdateTable"]),
        ("DeleteTable", table.clone(), vec!["dynamodb:DeleteTable"]),
        ("ListTables", json!({}), vec!["dynamodb:ListTables"]),
        (
            "UpdateTimeToLive",
            table.clone(),
            vec!["dynamodb:UpdateTimeToLive"],
        ),
        (
            "ExportTableToPointInTime",
            json!({"TableArn": "x"}),
            vec!["dynamodb:ExportTableToPointInTime"],
        ),
        ("SomethingNew", table.clone(), vec!["dynamodb:SomethingNew"]),
    ] {
        let refused = cloud.raw(&tenant, operation, &body.to_string()).await;
        assert_eq!(
            (refused.status, refused.error()),
            (400, DENIED),
            "{operation}: {refused:?}"
        );
        let allowed = cloud.raw(&owner, operation, &body.to_string()).await;
        assert_eq!(
            (allowed.status, allowed.error()),
            (400, "UnknownOperationException"),
            "{operation}: {allowed:?}"
        );
        assert!(
            allowed.message().contains("not offered"),
            "{operation}: {allowed:?}"
        );
        let record = cloud.last();
        assert_eq!(
            (
                record
                    .actions
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>(),
                record.decision
            ),
            (actions, Verdict::Denied),
            "{operation}"
        );
    }
    let odd = cloud.raw(&owner, "Get Item/../Scan", "{}").await;
    assert_eq!(odd.error(), "UnknownOperationException");
}

#[tokio::test]
async fn a_body_with_two_readings_is_refused() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let (own, foreign) = (partition(ACME, "CONTACTS"), partition(GLOBEX, "CONTACTS"));
    for body in [
        format!(
            r#"{{"TableName":"TenantTable","Key":{{"pk":{{"S":"{own}"}},"sk":{{"S":"1"}}}},"Key":{{"pk":{{"S":"{foreign}"}},"sk":{{"S":"1"}}}}}}"#
        ),
        format!(
            r#"{{"TableName":"TenantTable","Key":{{"pk":{{"S":"{foreign}"}},"pk":{{"S":"{own}"}},"sk":{{"S":"1"}}}}}}"#
        ),
        format!(
            r#"{{"TableName":"TenantTable","Key":{{"pk":{{"S":"{foreign}","S":"{own}"}},"sk":{{"S":"1"}}}}}}"#
        ),
        format!(
            r#"{{"TableName":"TenantTable","Key":{{"p\u006b":{{"S":"{foreign}"}},"pk":{{"S":"{own}"}},"sk":{{"S":"1"}}}}}}"#
        ),
        format!(
            r#"{{"TableName":"DirectoryTable","TableName":"TenantTable","Key":{{"pk":{{"S":"{own}"}},"sk":{{"S":"1"}}}}}}"#
        ),
        format!(
            r#"{{"TableName":"TenantTable","key":{{}},"Key":{{"pk":{{"S":"{own}"}},"sk":{{"S":"1"}}}}}}"#
        ),
        format!(
            r#"{{"TableName":"TenantTable","Key":{{"pk":{{"S":"{own}"}},"sk":{{"S":"1"}}}}}} {{}}"#
        ),
        "[]".to_owned(),
        String::new(),
        "nonsense".to_owned(),
    ] {
        let reply = cloud.raw(&credentials, "GetItem", &body).await;
        assert_eq!(
            (reply.status, reply.error()),
            (400, "SerializationException"),
            "{body}: {reply:?}"
        );
    }
}

#[tokio::test]
async fn a_key_that_is_not_one_string_is_refused() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let own = partition(ACME, "CONTACTS");
    for key in [
        json!({"sk": {"S": "1"}}),
        json!({"pk": {"S": own, "N": "1"}, "sk": {"S": "1"}}),
        json!({"pk": {"N": "1"}, "sk": {"S": "1"}}),
        json!({"pk": {"B": "AAAA"}, "sk": {"S": "1"}}),
        json!({"pk": own, "sk": {"S": "1"}}),
        json!({"pk": null, "sk": {"S": "1"}}),
        json!({"PK": {"S": own}, "sk": {"S": "1"}}),
        json!({"pk": {"S": own}}),
        json!({"pk": {"S": own}, "sk": {"S": "1"}, "more": {"S": "1"}}),
    ] {
        for (operation, member) in [
            ("GetItem", "Key"),
            ("DeleteItem", "Key"),
            ("UpdateItem", "Key"),
        ] {
            let reply = cloud
                .raw(
                    &credentials,
                    operation,
                    &json!({"TableName": "TenantTable", member: key}).to_string(),
                )
                .await;
            assert_eq!(
                (reply.status, reply.error()),
                (400, "ValidationException"),
                "{operation} {key}: {reply:?}"
            );
        }
    }
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let body = json!({"TableName": "x".repeat(16 * 1024 * 1024)}).to_string();
    let reply = cloud.raw(&credentials, "GetItem", &body).await;
    assert_eq!(
        (reply.status, reply.error()),
        (413, "RequestEntityTooLargeException")
    );
}

#[tokio::test]
async fn other_services_are_told_apart() {
    let cloud = Cloud::start().await;
    let headers = [
        (
            "x-amz-target".to_owned(),
            "DynamoDBStreams_20120810.GetRecords".to_owned(),
        ),
        (
            "content-type".to_owned(),
            "application/x-amz-json-1.0".to_owned(),
        ),
    ];
    let reply = cloud.send(&headers, "{}").await;
    assert_eq!(
        (reply.status, reply.error()),
        (400, "UnknownOperationException")
    );
    assert_eq!(
        reqwest::get(format!("{}/", cloud.url))
            .await
            .unwrap()
            .status(),
        405
    );
}
