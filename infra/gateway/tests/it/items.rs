//! Single items: own ones work, others' are refused in AWS's own words.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, code, item, key, s};
use aws_sdk_dynamodb::types::ReturnValue;
use gateway::Verdict;

#[tokio::test]
async fn own_items_can_be_written_and_read() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    acme.put_item()
        .table_name("TenantTable")
        .set_item(Some(item(ACME, "CONTACTS", "1", "Ada")))
        .send()
        .await
        .unwrap();
    let read = acme
        .get_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .send()
        .await
        .unwrap();
    assert_eq!(read.item().unwrap()["name"], s("Ada"));
    let updated = acme
        .update_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .update_expression("SET #n = :n")
        .expression_attribute_names("#n", "name")
        .expression_attribute_values(":n", s("Grace"))
        .return_values(ReturnValue::AllNew)
        .send()
        .await
        .unwrap();
    assert_eq!(updated.attributes().unwrap()["name"], s("Grace"));
    let deleted = acme
        .delete_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .return_values(ReturnValue::AllOld)
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.attributes().unwrap()["name"], s("Grace"));
    assert!(cloud.gateway.dump("TenantTable").unwrap().is_empty());
}

#[tokio::test]
async fn foreign_items_are_refused_by_every_operation() {
    let cloud = Cloud::start().await;
    let globex = cloud.tenant(GLOBEX, "write").await;
    globex
        .put_item()
        .table_name("TenantTable")
        .set_item(Some(item(GLOBEX, "CONTACTS", "1", "Bob")))
        .send()
        .await
        .unwrap();

    let acme = cloud.tenant(ACME, "admin").await;
    let foreign = || Some(key(GLOBEX, "CONTACTS", "1"));
    assert_eq!(
        code(
            acme.get_item()
                .table_name("TenantTable")
                .set_key(foreign())
                .send()
                .await
        ),
        DENIED
    );
    assert_eq!(
        code(
            acme.put_item()
                .table_name("TenantTable")
                .set_item(Some(item(GLOBEX, "CONTACTS", "1", "Eve")))
                .send()
                .await
        ),
        DENIED
    );
    let update = acme
        .update_item()
        .table_name("TenantTable")
        .set_key(foreign())
        .update_expression("SET x = :x")
        .expression_attribute_values(":x", s("y"));
    assert_eq!(code(update.send().await), DENIED);
    assert_eq!(
        code(
            acme.delete_item()
                .table_name("TenantTable")
                .set_key(foreign())
                .send()
                .await
        ),
        DENIED
    );

    // The delimiter counts: a longer tenant id that begins with one's own is another tenant.
    let longer = format!("{ACME}b");
    assert_eq!(
        code(
            acme.get_item()
                .table_name("TenantTable")
                .set_key(Some(key(&longer, "", "1")))
                .send()
                .await
        ),
        DENIED
    );
    assert_eq!(
        code(
            acme.get_item()
                .table_name("TenantTable")
                .set_key(Some(key(&longer, "CONTACTS", "1")))
                .send()
                .await
        ),
        DENIED
    );
    // Wildcards in a key are text.
    assert_eq!(
        code(
            acme.get_item()
                .table_name("TenantTable")
                .key("pk", s("TENANT#*"))
                .key("sk", s("1"))
                .send()
                .await
        ),
        DENIED
    );
    assert_eq!(cloud.gateway.dump("TenantTable").unwrap().len(), 1);
}

#[tokio::test]
async fn access_levels_hold() {
    let cloud = Cloud::start().await;
    let put = |client: crate::support::Dynamo, part: &'static str| async move {
        client
            .put_item()
            .table_name("TenantTable")
            .set_item(Some(item(ACME, part, "1", "x")))
            .send()
            .await
    };
    assert_eq!(
        code(put(cloud.tenant(ACME, "read").await, "CONTACTS").await),
        DENIED
    );
    assert_eq!(
        code(put(cloud.tenant(ACME, "write").await, "").await),
        DENIED
    );
    put(cloud.tenant(ACME, "write").await, "CONTACTS")
        .await
        .unwrap();
    put(cloud.tenant(ACME, "admin").await, "").await.unwrap();
    let reader = cloud.tenant(ACME, "read").await;
    assert!(
        reader
            .get_item()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "", "1")))
            .send()
            .await
            .unwrap()
            .item()
            .is_some()
    );
}

#[tokio::test]
async fn a_refusal_is_worded_as_aws_words_it_and_logged_with_its_reason() {
    let cloud = Cloud::start().await;
    let credentials = cloud.tenant_credentials(ACME, "read").await;
    let body = serde_json::json!({"TableName": "TenantTable", "Key": {"pk": {"S": format!("TENANT#{GLOBEX}")}, "sk": {"S": "x"}}});
    let reply = cloud.raw(&credentials, "GetItem", &body.to_string()).await;
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.body,
        serde_json::json!({
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": "User: arn:aws:sts::000000000000:assumed-role/TenantRole/test-session is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable because no identity-based policy allows the dynamodb:GetItem action",
        })
    );
    let record = cloud.last();
    assert_eq!(
        (record.decision, record.status, record.service),
        (Verdict::Denied, 400, "dynamodb")
    );
    assert_eq!(record.leading_keys, [format!("TENANT#{GLOBEX}")]);
    assert_eq!(record.error.as_deref(), Some(DENIED));
    assert_eq!(record.principal.unwrap().tags["TenantId"], ACME);
    let reason = record.reason.unwrap();
    assert!(
        reason.contains("TenantRead") && reason.contains("LeadingKeys"),
        "{reason}"
    );

    let own = body.to_string().replace(GLOBEX, ACME);
    assert_eq!(cloud.raw(&credentials, "GetItem", &own).await.status, 200);
    let record = cloud.last();
    assert_eq!(
        (record.decision, record.statement.as_deref()),
        (Verdict::Allowed, Some("TenantData/TenantRead"))
    );
}

#[tokio::test]
async fn a_table_may_be_named_by_its_arn() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable";
    acme.put_item()
        .table_name(arn)
        .set_item(Some(item(ACME, "CONTACTS", "1", "Ada")))
        .send()
        .await
        .unwrap();
    assert!(
        acme.get_item()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "CONTACTS", "1")))
            .send()
            .await
            .unwrap()
            .item()
            .is_some()
    );
    assert_eq!(
        code(
            acme.get_item()
                .table_name(arn)
                .set_key(Some(key(GLOBEX, "CONTACTS", "1")))
                .send()
                .await
        ),
        DENIED
    );
    for foreign in [
        "arn:aws:dynamodb:eu-west-1:000000000000:table/TenantTable",
        "arn:aws:dynamodb:us-east-1:111111111111:table/TenantTable",
        "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable/index/gsi1",
    ] {
        assert_eq!(
            code(
                acme.get_item()
                    .table_name(foreign)
                    .set_key(Some(key(ACME, "CONTACTS", "1")))
                    .send()
                    .await
            ),
            DENIED,
            "{foreign}"
        );
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_is_only_told_to_those_who_may_know() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    assert_eq!(
        code(
            acme.get_item()
                .table_name("Nowhere")
                .set_key(Some(key(ACME, "CONTACTS", "1")))
                .send()
                .await
        ),
        DENIED
    );
    let owner = cloud.dynamodb(&cloud.role("OwnerRole"));
    assert_eq!(
        code(
            owner
                .get_item()
                .table_name("Nowhere")
                .set_key(Some(key(ACME, "CONTACTS", "1")))
                .send()
                .await
        ),
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn conditions_and_their_failures_reach_the_client() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let create = || {
        acme.put_item()
            .table_name("TenantTable")
            .set_item(Some(item(ACME, "CONTACTS", "1", "Ada")))
            .condition_expression("attribute_not_exists(pk)")
    };
    create().send().await.unwrap();
    assert_eq!(
        code(create().send().await),
        "ConditionalCheckFailedException"
    );
}

#[tokio::test]
async fn expired_items_are_swept() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    for (sk, ttl) in [
        ("old", crate::support::now() - 10),
        ("new", crate::support::now() + 1000),
    ] {
        let mut item = item(ACME, "CONTACTS", sk, "x");
        item.insert(
            "ttl".to_owned(),
            aws_sdk_dynamodb::types::AttributeValue::N(ttl.to_string()),
        );
        acme.put_item()
            .table_name("TenantTable")
            .set_item(Some(item))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(cloud.gateway.sweep_expired().unwrap(), 1);
    assert_eq!(
        cloud.gateway.dump("TenantTable").unwrap()[0]["sk"]["S"],
        "new"
    );
}
