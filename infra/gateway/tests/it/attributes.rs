//! Conditions on the attributes a request names.

use crate::support::{ACME, Cloud, DENIED, code, key};
use aws_sdk_dynamodb::types::KeysAndAttributes;

#[tokio::test]
async fn only_the_allowed_attributes_can_be_asked_for() {
    let cloud = Cloud::start().await;
    let authorizer = cloud.dynamodb(&cloud.role("AuthorizerRole"));
    let get = |projection: Option<&str>| {
        let mut get = authorizer
            .get_item()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "", "1")))
            .set_projection_expression(projection.map(str::to_owned));
        if projection.is_some_and(|projection| projection.contains('#')) {
            get = get.expression_attribute_names(
                "#x",
                if projection == Some("#x") {
                    "status"
                } else {
                    "name"
                },
            );
        }
        get.send()
    };
    get(Some("pk, sk, #x"))
        .await
        .expect_err("name is not among them");
    get(Some("#x")).await.unwrap();
    assert_eq!(code(get(None).await), DENIED);
    assert_eq!(code(get(Some("pk, secret")).await), DENIED);

    let batch = |projection: Option<&str>| {
        let part = KeysAndAttributes::builder()
            .keys(key(ACME, "", "1"))
            .set_projection_expression(projection.map(str::to_owned))
            .build()
            .unwrap();
        authorizer
            .batch_get_item()
            .request_items("TenantTable", part)
            .send()
    };
    assert_eq!(code(batch(None).await), DENIED);
    assert_eq!(code(batch(Some("pk, secret")).await), DENIED);
    // `role` is one of DynamoDB's reserved words, which the store refuses, not IAM.
    assert_ne!(code(batch(Some("pk, role")).await), DENIED);
    batch(Some("pk, sk")).await.unwrap();
}
