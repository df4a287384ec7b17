//! One key, many at once: one effect, and one answer for all.

use super::requests;
use super::{REPLAYED, send, traces};
use futures::future::join_all;
use serde_json::json;
use tests::{Answer, Kind, Role, Route, TestCloud, TestTenant};

const MANY: usize = 50;

/// How many of these answers were not given before.
fn first_given(answers: &[Answer]) -> usize {
    let given_before = |answer: &&Answer| !answer.headers.contains_key(REPLAYED);
    answers.iter().filter(given_before).count()
}

#[tokio::test]
async fn fifty_at_once_have_one_effect_and_one_answer() {
    let cloud = TestCloud::shared();
    for key in [
        "POST /v1/projects/{project_id}/{collection}",
        "POST /v1/projects/{project_id}/{collection}/batch",
        "POST /v1/invitations",
    ] {
        let tenant = TestTenant::create(cloud, "acme").await;
        let asked = requests::of(&Route::named(key), &tenant).await;
        let alone = TestTenant::create(cloud, "globex").await;
        let asked_once = requests::of(&Route::named(key), &alone).await;
        let before = traces(cloud, &alone.owner).len();
        let once = send(cloud, &asked_once, asked_once.body.as_ref(), "k").await;
        once.assert_status(201);
        let of_one = traces(cloud, &alone.owner).len() - before;

        let before = traces(cloud, &tenant.owner).len();
        let all = (0..MANY).map(|_| send(cloud, &asked, asked.body.as_ref(), "k"));
        let answers = join_all(all).await;
        for answer in &answers {
            let answer = answer.clone().assert_status(201);
            assert_eq!(answer.bytes, answers[0].bytes, "{answer}");
        }
        assert_eq!(first_given(&answers), 1, "{key}");
        let of_all = traces(cloud, &tenant.owner).len() - before;
        assert_eq!(of_all, of_one, "{key}");
    }
}

#[tokio::test]
async fn of_two_requests_with_one_key_one_wins_and_the_other_is_told() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let route = Route::named("POST /v1/projects/{project_id}/{collection}");
    let asked = requests::of(&route, &tenant).await;
    let bodies = [asked.body.as_ref(), asked.other.as_ref()];
    let all = (0..MANY).map(|number| send(cloud, &asked, bodies[number % 2], "k"));
    let answers = join_all(all).await;
    let (made, told): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), told.len()), (MANY / 2, MANY / 2));
    assert_eq!(first_given(&made), 1);
    for answer in told {
        answer.assert_problem(Kind::IdempotencyKeyReused);
    }
    let list = cloud.get(tenant.records("contacts")).as_(&tenant.owner);
    assert_eq!(list.await.assert_status(200).items().len(), 1);
}

/// The one whose effect leaves no room for a second: the loser meets the state that the winner has made.
#[tokio::test]
async fn who_comes_too_late_for_the_state_gets_the_winners_answer() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let next = tenant.member(Role::Admin).await.user_id;
    let body = json!({"user_id": next, "keep_owner": true});
    let all = (0..MANY).map(|_| {
        let request = cloud.post("/v1/tenant/transfer-ownership");
        let request = request.as_(&tenant.owner).header(super::KEY, "k");
        request.json(&body).into_future()
    });
    let answers = join_all(all).await;
    for answer in &answers {
        answer.clone().assert_status(200);
    }
    assert_eq!(first_given(&answers), 1);
}
