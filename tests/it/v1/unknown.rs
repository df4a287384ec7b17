//! What is no route.

use tests::{TestCloud, TestTenant};

#[tokio::test]
async fn is_answered_by_the_gateway_whoever_asks() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let record = tenant.record("contacts", &tenant.contact().await);
    for (method, path) in [
        ("GET", "/".to_owned()),
        ("GET", "/v1".to_owned()),
        ("GET", "/v1/nothing".to_owned()),
        ("GET", "/v1/me/".to_owned()),
        ("GET", "/V1/me".to_owned()),
        ("GET", "//v1/me".to_owned()),
        ("PUT", "/v1/me".to_owned()),
        ("PUT", record.clone()),
        ("HEAD", "/v1/me".to_owned()),
        ("GET", format!("{record}/")),
        ("GET", format!("{record}/more")),
        ("GET", "/_local/iam".to_owned()),
    ] {
        let request = || cloud.request(method.parse().unwrap(), &path);
        for answer in [request().await, request().as_(&tenant.owner).await] {
            assert_eq!(answer.status, 404, "{answer}");
            if method != "HEAD" {
                answer.assert_gateway(404, "Not Found");
            }
        }
    }
}
