//! What keeps the gateway from starting, and what it keeps between starts.

use crate::support::{ACME, Cloud, TEMPLATE, standalone_config};
use gateway::Gateway;

fn refused(template: &str) -> String {
    let message = Gateway::new(standalone_config(template))
        .expect_err("the gateway should not start")
        .to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

fn replaced(from: &str, to: &str) -> String {
    assert!(TEMPLATE.contains(from), "{from}");
    TEMPLATE.replace(from, to)
}

#[tokio::test]
async fn what_is_not_understood_is_refused_with_role_and_statement() {
    for (from, to, expected) in [
        (
            "StringEquals: { dynamodb:Select: SPECIFIC_ATTRIBUTES }",
            "StringSoundsLike: { dynamodb:Select: SPECIFIC_ATTRIBUTES }",
            ["AuthorizerRole", "ReadStatus"],
        ),
        (
            "Effect: Allow, Action: \"*\", Resource: \"*\"",
            "Effect: Allow, Action: \"*\", Resource: \"*\", Unless: never",
            ["OwnerRole", "Everything"],
        ),
        (
            "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            ["WorkerRole", "AdministratorAccess"],
        ),
        (
            "MaxSessionDuration: 9000",
            "MaxSessionDuration: 86400",
            ["TenantRole", "MaxSessionDuration"],
        ),
        (
            "MaxSessionDuration: 9000",
            "PermissionsBoundary: arn:aws:iam::aws:policy/ReadOnlyAccess",
            ["TenantRole", "PermissionsBoundary"],
        ),
        (
            "{ AttributeName: gsi1pk, AttributeType: S }",
            "{ AttributeName: gsi1pk, AttributeType: N }",
            ["TenantTable", "gsi1"],
        ),
        (
            "Type: AWS::SecretsManager::Secret\n  IssuerProvider",
            "Type: AWS::IAM::ManagedPolicy\n  IssuerProvider",
            ["EmptySecret", "AWS::IAM::ManagedPolicy"],
        ),
        (
            "StringEquals: { aws:RequestTag/Access: write }",
            "StringEquals: { aws:SourceVpc: vpc-1 }",
            ["SystemRole", "aws:SourceVpc"],
        ),
        (
            "StringEquals: { dynamodb:Select: SPECIFIC_ATTRIBUTES }",
            "Bool: { aws:SecureTransport: true }",
            ["AuthorizerRole", "aws:SecureTransport"],
        ),
        (
            "${Issuer}:sub\": \"tenant:*",
            "${Issuer}:amr\": \"tenant:*",
            ["TenantRole", "issuer.example.com:amr"],
        ),
    ] {
        let message = refused(&replaced(from, to));
        assert!(
            expected.iter().all(|part| message.contains(part)),
            "{message}"
        );
    }
    let mut unknown_secret = standalone_config(TEMPLATE);
    unknown_secret
        .secrets
        .insert("Unknown".to_owned(), "x".to_owned());
    assert!(
        Gateway::new(unknown_secret)
            .unwrap_err()
            .to_string()
            .contains("Unknown")
    );
    let mut other_issuer = standalone_config(TEMPLATE);
    other_issuer.issuer_url = "https://other.example.com".to_owned();
    assert!(
        Gateway::new(other_issuer)
            .unwrap_err()
            .to_string()
            .contains("other.example.com")
    );
}

#[tokio::test]
async fn data_survives_a_restart_unless_the_tables_changed() {
    let folder = std::env::temp_dir().join(format!("gateway-test-{}", uuid::Uuid::new_v4()));
    let with_data = |template: &str| {
        let mut config = standalone_config(template);
        config.data_dir = Some(folder.clone());
        Gateway::new(config)
    };
    let gateway = with_data(TEMPLATE).unwrap();
    let cloud = Cloud::around(gateway).await;
    let owner = cloud.dynamodb(&cloud.role("OwnerRole"));
    owner
        .put_item()
        .table_name("TenantTable")
        .set_item(Some(crate::support::item(ACME, "CONTACTS", "1", "Ada")))
        .send()
        .await
        .unwrap();
    assert_eq!(
        with_data(TEMPLATE)
            .unwrap()
            .dump("TenantTable")
            .unwrap()
            .len(),
        1
    );
    let changed = with_data(&replaced("IndexName: gsi1", "IndexName: gsi2"))
        .unwrap_err()
        .to_string();
    assert!(
        changed.contains("TenantTable") && changed.contains("data directory"),
        "{changed}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}
