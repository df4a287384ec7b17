//! `/v1/roles`

mod create;
mod delete;
mod update;

use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

async fn create(by: &Person, name: &str, permissions: &[&str]) -> Answer {
    TestCloud::shared()
        .post("/v1/roles")
        .as_(by)
        .json(json!({"name": name, "permissions": permissions}))
        .await
}

async fn read(by: &Person, role: &str) -> Answer {
    TestCloud::shared()
        .get(format!("/v1/roles/{role}"))
        .as_(by)
        .await
}

async fn update(by: &Person, role: &str, body: Value) -> Answer {
    TestCloud::shared()
        .patch(format!("/v1/roles/{role}"))
        .as_(by)
        .json(body)
        .await
}

async fn delete(by: &Person, role: &str) -> Answer {
    TestCloud::shared()
        .delete(format!("/v1/roles/{role}"))
        .as_(by)
        .await
}

/// Gives a member a role.
async fn give(by: &Person, whom: &Person, role: &str) -> Answer {
    TestCloud::shared()
        .patch(format!("/v1/members/{}", whom.user_id))
        .as_(by)
        .json(json!({"role": role}))
        .await
}

#[tokio::test]
async fn fixed_and_custom_roles_are_one_list() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let id = tenant
        .custom_role(&["contacts:update:own", "records:read"])
        .await;
    let list = cloud.get("/v1/roles").as_(&tenant.owner).await;
    let list = list.assert_status(200);
    let ids: Vec<&str> = list
        .items()
        .iter()
        .map(|role| role["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "owner",
            "admin",
            "manager",
            "sales_rep",
            "viewer",
            id.as_str()
        ]
    );
    for role in list.items() {
        let one = read(&tenant.owner, role["id"].as_str().unwrap()).await;
        assert_eq!(&one.assert_status(200).json, role);
    }
    let viewer = &list.items()[4];
    assert_eq!(
        (&viewer["fixed"], &viewer["permissions"]),
        (&json!(true), &json!(Role::Viewer.permissions().texts()))
    );
    let own = &list.items()[5];
    let carried = json!(["records:read", "contacts:update:own"]);
    assert_eq!(
        (&own["fixed"], &own["permissions"], &own["holders"]),
        (&json!(false), &carried, &json!(0))
    );
    let missing = format!("rol_{}", Uuid::now_v7());
    for wrong in [missing.as_str(), "emperor", "rol_x"] {
        read(&tenant.owner, wrong)
            .await
            .assert_problem(Kind::NotFound);
    }
}

#[tokio::test]
async fn somebody_in_a_custom_role_may_what_it_carries() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let role = tenant
        .custom_role(&[
            "projects:read",
            "contacts:read",
            "contacts:create",
            "members:read",
        ])
        .await;
    let body =
        json!({"email": format!("in@{}.example", tenant.slug), "role": role, "send_email": false});
    let invited = cloud
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(body)
        .await;
    let link = invited.assert_status(201).text("/invitation_link");
    let (_, token) = link.rsplit_once("token=").unwrap();
    let preview = cloud
        .post("/v1/invitations/preview")
        .json(json!({"token": token}));
    let shown = preview.await.assert_status(200);
    let named = read(&tenant.owner, &role).await;
    assert_eq!(
        (shown.text("/role"), shown.text("/role_name")),
        (role.clone(), named.text("/name"))
    );
    let body = json!({"token": token, "name": "Ina", "password": tests::PASSWORD});
    let joined = cloud.post("/v1/invitations/accept").json(body).await;
    let person = Person::signed_in(&joined.assert_status(201), "");
    let me = cloud.get("/v1/me").as_(&person).await.assert_status(200);
    assert_eq!(me.json["role"], json!(role));
    let contact = json!({"name": "Ada"});
    let post = |collection: &str| cloud.post(tenant.records(collection)).as_(&person);
    post("contacts").json(&contact).await.assert_status(201);
    post("accounts")
        .json(&contact)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .get("/v1/members")
        .as_(&person)
        .await
        .assert_status(200);
    cloud
        .get("/v1/roles")
        .as_(&person)
        .await
        .assert_problem(Kind::PermissionDenied);
    assert_eq!(read(&tenant.owner, &role).await.json["holders"], 1);
}
