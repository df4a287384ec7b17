//! `/v1/members`

mod list;
mod remove;
mod update;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

/// Changes a member.
async fn patch(by: &Person, whom: &Person, body: Value) -> Answer {
    let path = format!("/v1/members/{}", whom.user_id);
    TestCloud::shared().patch(path).as_(by).json(body).await
}

/// Ends a membership.
async fn remove(by: &Person, whom: &Person) -> Answer {
    let path = format!("/v1/members/{}", whom.user_id);
    TestCloud::shared().delete(path).as_(by).await
}

/// Whether somebody is in.
async fn is_in(person: &Person) -> bool {
    let me = TestCloud::shared().get("/v1/me").as_(person).await;
    if me.status == 200 {
        return true;
    }
    me.assert_problem(Kind::NotAMember);
    false
}

#[tokio::test]
async fn lists_the_active_members() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let people = [
        tenant.member(Role::Manager).await,
        tenant.member(Role::Viewer).await,
        tenant.member(Role::SalesRep).await,
    ];
    let answer = cloud
        .get("/v1/members")
        .as_(&people[1])
        .await
        .assert_status(200);
    let found: BTreeSet<(String, String)> = answer
        .items()
        .iter()
        .map(|item| {
            (
                item["user_id"].as_str().unwrap().to_owned(),
                item["role"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = BTreeSet::from([
        (tenant.owner.user_id.clone(), "owner".to_owned()),
        (people[0].user_id.clone(), "manager".to_owned()),
        (people[1].user_id.clone(), "viewer".to_owned()),
        (people[2].user_id.clone(), "sales_rep".to_owned()),
    ]);
    assert_eq!(found, expected);
    let seller = answer
        .items()
        .iter()
        .find(|item| item["role"] == "sales_rep")
        .unwrap();
    assert_eq!(seller["email"], json!(people[2].email));
    assert_eq!(seller["project_ids"], json!([tenant.project_id]));
    assert_eq!(seller["status"], "active");
    let text = answer.to_string();
    assert!(!text.contains("hash"), "{text}");

    tenant.remove(&people[0]).await;
    let answer = cloud
        .get("/v1/members")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(answer.items().len(), 3);
    let page = cloud
        .get("/v1/members?limit=2")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    let cursor = page.text("/next_cursor");
    cloud
        .get(format!("/v1/members?limit=2&cursor={cursor}"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    cloud
        .get(format!("/v1/members?limit=2&cursor={cursor}"))
        .as_(&people[1])
        .await
        .assert_problem(Kind::InvalidCursor);
}

#[tokio::test]
async fn who_leaves_is_out_at_once_and_frees_a_seat() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let person = tenant.member(Role::Viewer).await;
    tenant.set("TENANT", "seats", json!({"N": "2"})).await;
    let full = json!({"email": "late@acme.example", "role": "viewer", "send_email": false});
    cloud
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(&full)
        .await
        .assert_problem(Kind::SeatLimit);
    cloud
        .post("/v1/members/leave")
        .as_(&person)
        .await
        .assert_status(204);
    for path in ["/v1/me", "/v1/members", &tenant.records("contacts")] {
        cloud
            .get(path)
            .as_(&person)
            .await
            .assert_problem(Kind::NotAMember);
    }
    cloud
        .post("/v1/members/leave")
        .as_(&person)
        .await
        .assert_problem(Kind::NotAMember);
    cloud
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(&full)
        .await
        .assert_status(201);
}

#[tokio::test]
async fn who_left_can_be_invited_again() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let person = globex.join(&acme.owner, Role::Viewer).await;
    cloud
        .post("/v1/members/leave")
        .as_(&person)
        .await
        .assert_status(204);
    let home = acme.log_in(&acme.owner).await;
    let again = globex.join(&home, Role::Manager).await;
    let me = cloud.get("/v1/me").as_(&again).await.assert_status(200);
    assert_eq!(me.json["role"], "manager");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.member(Role::Admin).await;
    cloud
        .post("/v1/members/leave")
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::LastOwner);
    let second = tenant.member(Role::Owner).await;
    cloud
        .post("/v1/members/leave")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    cloud
        .post("/v1/members/leave")
        .as_(&second)
        .await
        .assert_problem(Kind::LastOwner);
    cloud.get("/v1/me").as_(&second).await.assert_status(200);
}
