//! Two owners who both go, in every way there is.

use super::team::Team;
use super::{at_once, bring_about};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{Person, Request, Role, TestCloud, TestTenant};

/// How an owner stops being one.
const WAYS: [&str; 7] = [
    "leaves",
    "steps down",
    "deactivates themselves",
    "removes themselves",
    "demotes the other",
    "removes the other",
    "hands over to the third",
];

fn go<'a>(
    cloud: &'a TestCloud,
    way: &str,
    who: &Person,
    other: &Person,
    third: &Person,
) -> Request<'a> {
    let member = |person: &Person| format!("/v1/members/{}", person.user_id);
    match way {
        "leaves" => cloud.post("/v1/members/leave").as_(who).json(json!({})),
        "steps down" => cloud
            .patch(member(who))
            .as_(who)
            .json(json!({"role": "admin"})),
        "deactivates themselves" => cloud
            .patch(member(who))
            .as_(who)
            .json(json!({"status": "deactivated"})),
        "removes themselves" => cloud.delete(member(who)).as_(who),
        "demotes the other" => cloud
            .patch(member(other))
            .as_(who)
            .json(json!({"role": "viewer"})),
        "removes the other" => cloud.delete(member(other)).as_(who),
        _ => cloud
            .post("/v1/tenant/transfer-ownership")
            .as_(who)
            .json(json!({"user_id": third.user_id})),
    }
}

async fn round(cloud: &'static TestCloud, tenant: &TestTenant, ways: [&str; 2]) {
    let (second, third) = (
        tenant.member(Role::Owner).await,
        tenant.member(Role::Viewer).await,
    );
    let requests = [
        go(cloud, ways[0], &tenant.owner, &second, &third),
        go(cloud, ways[1], &second, &tenant.owner, &third),
    ];
    let answers = at_once(requests).await;
    for answer in &answers {
        let expected = [200, 204, 403, 404, 409];
        assert!(expected.contains(&answer.status), "{ways:?}: {answer}");
    }
    assert!(
        answers.iter().any(|answer| answer.status < 300),
        "{ways:?}: nobody won: {answers:?}"
    );
    Team::of(tenant, cloud).assert_whole();
}

/// Each pair of ways is a race of its own: 49, and one more of the usual kind.
#[tokio::test]
async fn an_owner_stays_whatever_two_owners_do_at_once() {
    let (cloud, _turn) = apart::cloud().await;
    let pairs = WAYS
        .iter()
        .flat_map(|first| WAYS.iter().map(move |second| [*first, *second]));
    let pairs: Vec<[&str; 2]> = pairs.chain([["leaves", "leaves"]]).collect();
    for (number, some) in pairs.chunks(5).enumerate() {
        let conflicts = u32::try_from(number % 4).unwrap();
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, conflicts)],
        );
        let rounds = some.iter().map(async |ways| {
            let tenant = TestTenant::create(cloud, "owners").await;
            round(cloud, &tenant, *ways).await;
        });
        futures::future::join_all(rounds).await;
    }
}
