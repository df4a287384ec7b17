//! A new password, while others sign in with the old one.

use super::{at_once, bring_about, tally};
use crate::apart;
use gateway::FaultError;
use reqwest::Method;
use serde_json::json;
use tests::{Kind, PASSWORD, Person, TestTenant};

#[tokio::test]
async fn no_session_that_began_with_the_old_password_outlives_it() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "renewed").await;
    let owner = &tenant.owner;
    let mut password = PASSWORD.to_owned();
    let mut began = 0;
    for round in 0..10_u8 {
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, 2)],
        );
        let next = format!("orchard number {round}");
        let mut requests: Vec<_> = (0..5)
            .map(|_| {
                cloud
                    .request_from(100 + round, Method::POST, "/v1/auth/login")
                    .json(json!({"email": owner.email, "password": password}))
            })
            .collect();
        let change = cloud
            .post("/v1/me/change-password")
            .as_(owner)
            .json(json!({"current_password": password, "new_password": next}));
        let place = usize::from(round) % 6;
        requests.insert(place, change);
        let mut answers = at_once(requests).await;
        let changed = answers.remove(place);
        assert_eq!(changed.status, 204, "{changed}");
        for answer in &answers {
            assert!(
                [200, 401, 503].contains(&answer.status),
                "{:?}",
                tally(&answers)
            );
            if answer.status == 200 {
                began += 1;
                let person = Person::signed_in(answer, &owner.email);
                let asked = cloud.get("/v1/me").as_(&person).await;
                asked.assert_problem(Kind::SessionRevoked);
            }
        }
        cloud.get("/v1/me").as_(owner).await.assert_status(200);
        password = next;
    }
    assert!(
        began > 0,
        "no log-in came before its change: nothing is shown"
    );
}
