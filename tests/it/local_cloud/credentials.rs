//! `/_local/credentials`: with them, any SDK is that tenant and no other.

use gateway::Credentials;
use serde_json::{Value, json};
use tests::{TestCloud, TestTenant};

/// The page's answer, as `credential_process` reads it.
async fn credentials(cloud: &TestCloud, tenant: &TestTenant, access: &str) -> Credentials {
    let url = format!(
        "{}/_local/credentials?tenant_id={}&access={access}",
        cloud.aws_url(),
        tenant.id
    );
    let page: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(page["Version"], 1, "{page}");
    let text = |name: &str| {
        page[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {page}"))
            .to_owned()
    };
    assert!(text("Expiration").ends_with('Z'), "{page}");
    Credentials {
        access_key_id: text("AccessKeyId"),
        secret_access_key: text("SecretAccessKey"),
        session_token: text("SessionToken"),
        expiration: None,
    }
}

fn core(tenant: &TestTenant) -> String {
    format!("TENANT#{}", tenant.uuid())
}

fn get(pk: &str) -> Value {
    json!({"TableName": "TenantTable", "Key": {"pk": {"S": pk}, "sk": {"S": "TENANT"}}})
}

fn query(pk: &str) -> Value {
    json!({"TableName": "TenantTable", "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}})
}

fn put(pk: &str) -> Value {
    json!({"TableName": "TenantTable", "Item": {"pk": {"S": pk}, "sk": {"S": "NOTE#1"}}})
}

#[tokio::test]
async fn they_reach_that_tenant_and_no_other() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let read = credentials(cloud, &acme, "read").await;
    let item = cloud
        .dynamodb(&read, "GetItem", get(&core(&acme)))
        .await
        .ok();
    assert_eq!(item["Item"]["slug"]["S"], acme.slug);
    let items = cloud
        .dynamodb(&read, "Query", query(&core(&acme)))
        .await
        .ok();
    assert_eq!(
        items["Count"], 4,
        "profile, owner, project and subscription: {items}"
    );
    for access in ["read", "write", "admin"] {
        let foreign = credentials(cloud, &acme, access).await;
        let both = json!({"RequestItems": {"TenantTable": {"Keys": [get(&core(&acme))["Key"], get(&core(&globex))["Key"]]}}});
        let records = format!("{}#PROJECT#1#CONTACTS", core(&globex));
        for (operation, body) in [
            ("GetItem", get(&core(&globex))),
            ("Query", query(&core(&globex))),
            ("Query", query(&records)),
            ("BatchGetItem", both),
            ("PutItem", put(&core(&globex))),
            ("PutItem", put(&records)),
            ("DeleteItem", get(&core(&globex))),
            ("Scan", json!({"TableName": "TenantTable"})),
            (
                "ExecuteStatement",
                json!({"Statement": "SELECT * FROM \"TenantTable\""}),
            ),
            (
                "GetItem",
                json!({"TableName": "DirectoryTable", "Key": {"pk": {"S": format!("SLUG#{}", acme.slug)}, "sk": {"S": "SLUG"}}}),
            ),
        ] {
            let answer = cloud.dynamodb(&foreign, operation, body).await;
            assert!(
                answer.is_refused(),
                "{access} {operation}: {} {}",
                answer.status,
                answer.json
            );
        }
    }
}

#[tokio::test]
async fn the_access_level_says_what_may_be_written() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "levels").await;
    let records = format!("{}#PROJECT#1#NOTES", core(&tenant));
    for (access, may_write_records, may_write_core) in [
        ("read", false, false),
        ("write", true, false),
        ("admin", true, true),
    ] {
        let credentials = credentials(cloud, &tenant, access).await;
        assert_eq!(
            !cloud
                .dynamodb(&credentials, "PutItem", put(&records))
                .await
                .is_refused(),
            may_write_records,
            "{access}"
        );
        assert_eq!(
            !cloud
                .dynamodb(&credentials, "PutItem", put(&core(&tenant)))
                .await
                .is_refused(),
            may_write_core,
            "{access}"
        );
    }
}

#[tokio::test]
async fn what_is_asked_for_must_be_right() {
    let cloud = TestCloud::shared();
    let id = "0198c5f0-0000-7000-8000-00000000000a";
    for query in [
        "",
        "?tenant_id=x&access=read",
        &format!("?tenant_id={id}&access=root"),
        &format!("?tenant_id={id}"),
        &format!("?tenant_id={id}&access=read&x=1"),
        "?tenant_id=*&access=read",
    ] {
        let answer = reqwest::get(format!("{}/_local/credentials{query}", cloud.aws_url()))
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{query}");
    }
}

#[tokio::test]
async fn changed_by_one_character_they_are_refused() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "signed").await;
    let good = credentials(cloud, &tenant, "read").await;
    let change = |text: &str| {
        let last = text.chars().last().unwrap();
        format!(
            "{}{}",
            &text[..text.len() - 1],
            if last == 'A' { 'B' } else { 'A' }
        )
    };
    for wrong in [
        Credentials {
            access_key_id: change(&good.access_key_id),
            ..good.clone()
        },
        Credentials {
            secret_access_key: change(&good.secret_access_key),
            ..good.clone()
        },
        Credentials {
            session_token: change(&good.session_token),
            ..good.clone()
        },
    ] {
        let answer = cloud.dynamodb(&wrong, "GetItem", get(&core(&tenant))).await;
        assert_eq!(answer.status, 400, "{}", answer.json);
        let kind = answer.json["__type"].as_str().unwrap();
        assert!(
            kind.ends_with("UnrecognizedClientException")
                || kind.ends_with("InvalidSignatureException"),
            "{kind}"
        );
    }
}
