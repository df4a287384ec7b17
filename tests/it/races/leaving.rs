//! Owners who leave at once.

use super::{at_once, bring_about, calls, everything, tally};
use crate::apart;
use gateway::FaultError;
use serde_json::{Value, json};
use tests::{Kind, Person, Role, TestCloud, TestTenant};

/// The tenant's own count, and the owners there are.
fn owners(cloud: &TestCloud, tenant: &TestTenant) -> (String, String, usize, usize) {
    let all = everything(cloud);
    let core = format!("TenantTable TENANT#{} ", tenant.uuid());
    let number = |name: &str| {
        all[&format!("{core}TENANT")][name]["N"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let members: Vec<&Value> = all
        .iter()
        .filter(|(key, _)| key.starts_with(&format!("{core}MEMBER#")))
        .map(|(_, member)| member)
        .collect();
    let active = members
        .iter()
        .filter(|member| member["status"]["S"] == "active");
    let owners = active
        .clone()
        .filter(|member| member["role"]["S"] == "owner")
        .count();
    (number("owners"), number("members"), owners, active.count())
}

async fn race(cloud: &'static TestCloud, owners_at_first: usize, conflicts: u32) {
    let tenant = TestTenant::create(cloud, "leave").await;
    let mut people: Vec<Person> = vec![tenant.owner.clone()];
    while people.len() < owners_at_first {
        people.push(tenant.member(Role::Owner).await);
    }
    cloud.settled().await;
    bring_about(
        cloud,
        "TransactWriteItems",
        &[(FaultError::TransactionConflict, conflicts)],
    );
    let answers = at_once(
        people
            .iter()
            .map(|person| cloud.post("/v1/members/leave").as_(person).json(json!({}))),
    )
    .await;
    assert_eq!(
        calls(cloud, "TransactWriteItems"),
        owners_at_first + usize::try_from(conflicts).unwrap()
    );
    let left = answers.iter().filter(|answer| answer.status == 204).count();
    assert_eq!(left, owners_at_first - 1, "{:?}", tally(&answers));
    let stays = answers
        .iter()
        .position(|answer| answer.status != 204)
        .unwrap();
    answers[stays].assert_problem(Kind::LastOwner);
    assert_eq!(
        owners(cloud, &tenant),
        ("1".to_owned(), "1".to_owned(), 1, 1)
    );
    cloud
        .get("/v1/members")
        .as_(&people[stays])
        .await
        .assert_status(200);
    for (person, _) in people
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.status == 204)
    {
        cloud
            .get("/v1/members")
            .as_(person)
            .await
            .assert_problem(Kind::NotAMember);
    }
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let (cloud, _turn) = apart::cloud().await;
    for conflicts in [0, 1, 2, 3, 0, 4, 1, 0] {
        race(cloud, 2, conflicts).await;
    }
}

#[tokio::test]
async fn of_four_owners_who_leave_at_once_one_stays() {
    let (cloud, _turn) = apart::cloud().await;
    race(cloud, 4, 5).await;
}
