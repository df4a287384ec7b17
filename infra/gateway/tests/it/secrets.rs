//! Secrets: each role reads its own.

use crate::support::Cloud;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;

const ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:";

async fn read(cloud: &Cloud, role: &str, secret: &str) -> Result<String, String> {
    let client = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config(Some(&cloud.role(role))));
    match client.get_secret_value().secret_id(secret).send().await {
        Ok(reply) => Ok(reply.secret_string().unwrap().to_owned()),
        Err(error) => Err(error
            .as_service_error()
            .unwrap_or_else(|| panic!("{error:?}"))
            .code()
            .unwrap_or_default()
            .to_owned()),
    }
}

#[tokio::test]
async fn policies_decide_who_reads_which_secret() {
    let cloud = Cloud::start().await;
    let value = Ok("the access key".to_owned());
    assert_eq!(
        read(&cloud, "AuthorizerRole", "AccessKeySecret").await,
        value
    );
    assert_eq!(
        read(&cloud, "AuthorizerRole", &format!("{ARN}AccessKeySecret")).await,
        value
    );
    let denied = Err("AccessDeniedException".to_owned());
    assert_eq!(read(&cloud, "AuthorizerRole", "OtherSecret").await, denied);
    assert_eq!(
        read(&cloud, "EndpointRole", "AccessKeySecret").await,
        denied
    );
    assert_eq!(read(&cloud, "AuthorizerRole", "Nowhere").await, denied);
    // An explicit Deny wins over any Allow, and is worded as one.
    assert_eq!(read(&cloud, "OwnerRole", "OtherSecret").await, denied);
    assert_eq!(cloud.last().statement.as_deref(), Some("Owner/NotThis"));
    let missing = Err("ResourceNotFoundException".to_owned());
    assert_eq!(read(&cloud, "OwnerRole", "Nowhere").await, missing);
    assert_eq!(read(&cloud, "OwnerRole", "EmptySecret").await, missing);
}

#[tokio::test]
async fn nothing_else_is_offered() {
    let cloud = Cloud::start().await;
    let client = |role: &str| {
        aws_sdk_secretsmanager::Client::new(&cloud.sdk_config(Some(&cloud.role(role))))
    };
    let denied = client("AuthorizerRole")
        .put_secret_value()
        .secret_id("AccessKeySecret")
        .secret_string("x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        denied.as_service_error().unwrap().code(),
        Some("AccessDeniedException")
    );
    let unoffered = client("OwnerRole")
        .put_secret_value()
        .secret_id("AccessKeySecret")
        .secret_string("x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        unoffered.as_service_error().unwrap().code(),
        Some("InvalidRequestException")
    );
}
