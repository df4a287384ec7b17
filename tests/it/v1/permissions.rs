//! `GET /v1/permissions`

use serde_json::{Value, json};
use tests::{Role, TestCloud, TestTenant};

#[tokio::test]
async fn every_permission_that_it_lists_can_be_given() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let list = cloud.get("/v1/permissions").as_(&tenant.owner).await;
    let list = list.assert_status(200).json;
    let resources = list["resources"].as_array().unwrap();
    let names: Vec<&str> = resources
        .iter()
        .map(|resource| resource["name"].as_str().unwrap())
        .collect();
    let fixed = [
        "tenant",
        "subscription",
        "members",
        "invitations",
        "roles",
        "projects",
        "records",
    ];
    assert_eq!(names[..7], fixed);
    let collections = cloud.get("/v1/collections").as_(&tenant.owner).await;
    assert_eq!(names.len(), 7 + collections.items().len());
    for resource in resources {
        let body = json!({"name": resource["name"], "permissions": resource["permissions"]});
        let made = cloud.post("/v1/roles").as_(&tenant.owner).json(body).await;
        let id = made.assert_status(201).id();
        cloud
            .delete(format!("/v1/roles/{id}"))
            .as_(&tenant.owner)
            .await
            .assert_status(204);
    }
    let of = |list: &Value, role: &str| {
        let roles = list.as_array().unwrap().iter();
        let found = roles.clone().find(|entry| entry["role"] == role);
        found.unwrap()["permissions"].clone()
    };
    for role in Role::ALL {
        let expected = json!(role.permissions().texts());
        assert_eq!(of(&list["roles"], role.as_str()), expected);
    }
    let reader = of(&list["project_roles"], "reader");
    assert_eq!(reader, json!(["projects:read", "records:read"]));
}
