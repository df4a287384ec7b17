//! Who loses their role after a request was let in and before its function looks: by the right of what they were, they give
//! themselves nothing.

use crate::apart;
use gateway::{Fault, FaultError};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Answer, Kind, Person, Request, Role, TestCloud, TestTenant};

/// The stored member.
fn stored(cloud: &TestCloud, tenant: &TestTenant, person: &Person) -> Value {
    let user = person.user_id.strip_prefix("usr_").unwrap();
    let pk = format!("TENANT#{}", tenant.uuid());
    let sk = format!("MEMBER#{user}");
    let mut items = cloud.dump("TenantTable").into_iter();
    let is_meant = |item: &Value| item["pk"]["S"] == pk && item["sk"]["S"] == sk;
    items.find(is_meant).unwrap()
}

/// Sends the request; as soon as its function asks who the caller is, and has no answer yet, another request has made them
/// something else.
async fn meanwhile(
    cloud: &TestCloud,
    tenant: &TestTenant,
    person: &Person,
    becomes: (&str, &str),
    request: Request<'_>,
) -> Answer {
    let mut member = stored(cloud, tenant, person);
    member[becomes.0] = json!({"S": becomes.1});
    let before = cloud.gateway().last_decision_id();
    cloud.gateway().inject(Fault {
        operation: "GetItem".to_owned(),
        table: Some("TenantTable".to_owned()),
        times: 1,
        error: FaultError::NoReply,
    });
    let change = async {
        let asked = || {
            let decisions = cloud.gateway().decisions_after(before);
            decisions.iter().any(|made| made.operation == "GetItem")
        };
        while !asked() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let items = vec![member.to_string()];
        assert_eq!(cloud.gateway().import("TenantTable", items).unwrap(), 1);
    };
    let (answer, ()) = tokio::join!(request.into_future(), change);
    assert_eq!(
        stored(cloud, tenant, person),
        member,
        "{answer} changed them"
    );
    answer
}

#[tokio::test]
async fn who_was_demoted_or_deactivated_meanwhile_gives_themselves_nothing() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "meanwhile").await;
    let viewer = tenant.member(Role::Viewer).await;
    let losses = [("role", "viewer"), ("status", "deactivated")];
    for loss in losses {
        for what in ["role", "status", "ownership", "removal"] {
            let owner = tenant.member(Role::Owner).await;
            let own = format!("/v1/members/{}", owner.user_id);
            let request = match what {
                "role" => cloud.patch(own).json(json!({"role": "admin"})),
                "status" => cloud.patch(own).json(json!({"status": "active"})),
                "removal" => cloud.delete(own),
                _ => cloud
                    .post("/v1/tenant/transfer-ownership")
                    .json(json!({"user_id": viewer.user_id})),
            };
            let answer = meanwhile(cloud, &tenant, &owner, loss, request.as_(&owner)).await;
            answer.assert_problem(Kind::PermissionDenied);
        }
    }
}
