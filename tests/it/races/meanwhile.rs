//! Who loses their role, their place or their session after a request was let in and before its function looks: by the right
//! of what they were, they give themselves nothing.

use crate::apart;
use gateway::{Fault, FaultError};
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Request, Role, TestCloud, TestTenant, unique};

/// An item by its keys.
fn stored(cloud: &TestCloud, table: &str, (pk, sk): (String, String)) -> Value {
    let mut items = cloud.dump(table).into_iter();
    let is_meant = |item: &Value| item["pk"]["S"] == pk && item["sk"]["S"] == sk;
    items.find(is_meant).unwrap()
}

fn member(cloud: &TestCloud, tenant: &TestTenant, person: &Person) -> Value {
    let user = person.user_id.strip_prefix("usr_").unwrap();
    let keys = (
        format!("TENANT#{}", tenant.uuid()),
        format!("MEMBER#{user}"),
    );
    stored(cloud, "TenantTable", keys)
}

/// Sends the request; as soon as its function reads the table for the first time, and has no answer yet, another request has
/// put `item` there. It is still there afterwards.
async fn meanwhile(cloud: &TestCloud, table: &str, item: Value, request: Request<'_>) -> Answer {
    let before = cloud.gateway().last_decision_id();
    cloud.gateway().inject(Fault {
        operation: "GetItem".to_owned(),
        table: Some(table.to_owned()),
        route: None,
        after: 0,
        times: 1,
        error: FaultError::NoReply,
    });
    let change = async {
        cloud.unanswered(before).await;
        let items = vec![item.to_string()];
        assert_eq!(cloud.gateway().import(table, items).unwrap(), 1);
    };
    let (answer, ()) = tokio::join!(request.into_future(), change);
    let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    let kept = stored(cloud, table, (key("pk"), key("sk")));
    assert_eq!(kept, item, "{answer} changed it");
    answer
}

#[tokio::test]
async fn who_was_demoted_or_deactivated_meanwhile_gives_themselves_nothing() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "meanwhile").await;
    let viewer = tenant.member(Role::Viewer).await;
    for (name, value) in [("role", "viewer"), ("status", "deactivated")] {
        for what in ["role", "status", "ownership"] {
            let owner = tenant.member(Role::Owner).await;
            let own = format!("/v1/members/{}", owner.user_id);
            let request = match what {
                "role" => cloud.patch(own).json(json!({"role": "admin"})),
                "status" => cloud.patch(own).json(json!({"status": "active"})),
                _ => cloud
                    .post("/v1/tenant/transfer-ownership")
                    .json(json!({"user_id": viewer.user_id})),
            };
            let mut less = member(cloud, &tenant, &owner);
            less[name] = json!({"S": value});
            let answer = meanwhile(cloud, "TenantTable", less, request.as_(&owner)).await;
            answer.assert_problem(Kind::PermissionDenied);
        }
    }
}

#[tokio::test]
async fn a_lead_who_was_taken_out_of_a_project_meanwhile_puts_nobody_in() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "meanwhile").await;
    let other = tenant.member(Role::Viewer).await;
    let project = &tenant.project_id;
    let place = |person: &Person| format!("/v1/projects/{project}/members/{}", person.user_id);
    let lead = json!({"role": "lead"});
    for whom in ["themselves", "another"] {
        let leaving = tenant.member(Role::Viewer).await;
        let put = cloud.put(place(&leaving)).as_(&tenant.owner);
        put.json(lead.clone()).await.assert_status(200);
        let mut less = member(cloud, &tenant, &leaving);
        less["project_roles"] = json!({"M": {}});
        less["change"]["M"]["request"] = json!({"S": unique()});
        let path = place(if whom == "another" { &other } else { &leaving });
        let request = cloud.put(path).as_(&leaving).json(lead.clone());
        let answer = meanwhile(cloud, "TenantTable", less, request).await;
        answer.assert_problem(Kind::PermissionDenied);
        let roles = &member(cloud, &tenant, &other)["project_roles"];
        assert_eq!(roles["M"], json!({}), "{whom}");
    }
}

/// A session that was stolen is good for nothing once a new password has ended it, not even for what was under way.
#[tokio::test]
async fn a_session_that_was_ended_meanwhile_changes_no_address() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "meanwhile").await;
    let owner = &tenant.owner;
    let uuid = |id: &str, prefix: &str| id.strip_prefix(prefix).unwrap().to_owned();
    let keys = (
        format!("USER#{}", uuid(&owner.user_id, "usr_")),
        format!("SESSION#{}", uuid(&owner.session_id, "ses_")),
    );
    let mut session = stored(cloud, "DirectoryTable", keys);
    session["revoked_at"] = json!({"S": "2026-01-01T00:00:00Z"});
    let address = format!("{}@elsewhere.example", unique());
    let request = cloud.post("/v1/me/change-email").as_(owner);
    let request = request.json(json!({"email": address}));
    let answer = meanwhile(cloud, "DirectoryTable", session, request).await;
    answer.assert_problem(Kind::SessionRevoked);
    cloud.settled().await;
    let letters = cloud.gateway().mail().into_iter();
    assert!(letters.clone().all(|letter| !letter.to.contains(&address)));
}
