//! A custom role that is changed, given, taken away and deleted at once.

use super::team::Team;
use super::{at_once, bring_about, tally};
use crate::apart;
use gateway::FaultError;
use serde_json::{Value, json};
use tests::{Person, Request, Role, TestCloud, TestTenant, unique};

const ROUNDS: u32 = 50;

fn give<'a>(cloud: &'a TestCloud, by: &Person, whom: &Person, role: &str) -> Request<'a> {
    cloud
        .patch(format!("/v1/members/{}", whom.user_id))
        .as_(by)
        .json(json!({"role": role}))
}

#[tokio::test]
async fn a_role_that_goes_is_nobodys() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "roles").await;
    let owner = &tenant.owner;
    let (first, second) = (
        tenant.member(Role::Viewer).await,
        tenant.member(Role::Viewer).await,
    );
    let mut deleted = 0;
    for round in 0..ROUNDS {
        let role = tenant.custom_role(&["records:read"]).await;
        let path = format!("/v1/roles/{role}");
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 5)],
        );
        let email = format!("guest-{}@{}.example", unique(), tenant.slug);
        let invitation = json!({"email": email, "role": role, "send_email": false});
        let change = json!({"permissions": ["records:read", "records:update"]});
        let mut requests = vec![
            cloud.delete(&path).as_(owner),
            give(cloud, owner, &first, &role),
            cloud.post("/v1/invitations").as_(owner).json(invitation),
            cloud.patch(&path).as_(owner).json(change),
            give(cloud, owner, &second, &role),
        ];
        let by = usize::try_from(round).unwrap() % requests.len();
        requests.rotate_left(by);
        let answers = at_once(requests).await;
        for answer in &answers {
            let expected = [200, 201, 204, 404, 409, 422];
            assert!(expected.contains(&answer.status), "{answer}");
        }
        deleted += answers.iter().filter(|answer| answer.status == 204).count();
        let team = Team::of(&tenant, cloud);
        team.assert_whole();
        for id in team.pending() {
            let path = format!("/v1/invitations/{id}");
            cloud.delete(path).as_(owner).await.assert_status(204);
        }
        for person in [&first, &second] {
            give(cloud, owner, person, "viewer")
                .await
                .assert_status(200);
        }
        if cloud.get(&path).as_(owner).await.status == 200 {
            cloud.delete(&path).as_(owner).await.assert_status(204);
        }
        Team::of(&tenant, cloud).assert_whole();
    }
    assert!(deleted > 0, "nobody ever deleted one: no race");
}

/// Five change a role at once; each that succeeds has built on the one before.
#[tokio::test]
async fn no_edit_of_a_role_is_lost() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "edits").await;
    let owner = &tenant.owner;
    let role = tenant.custom_role(&["records:read"]).await;
    let path = format!("/v1/roles/{role}");
    for round in 0..ROUNDS {
        let before = version(&cloud.get(&path).as_(owner).await.assert_status(200).json);
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 5)],
        );
        let tag = format!("\"{before}\"");
        let edit = |number: u32| {
            let body = match number {
                0 => json!({"name": format!("Name {}", unique())}),
                1 => json!({"permissions": ["records:read", "contacts:update"]}),
                2 => json!({"permissions": ["members:read"]}),
                _ => json!({"description": format!("{}", unique())}),
            };
            let request = cloud.patch(&path).as_(owner);
            // Some say which version they mean.
            let request = match number % 2 {
                0 => request.header("if-match", &tag),
                _ => request,
            };
            request.json(body)
        };
        let answers = at_once((0..5).map(edit)).await;
        let mut versions: Vec<u64> = answers
            .iter()
            .filter(|answer| answer.status == 200)
            .map(|answer| version(&answer.json))
            .collect();
        versions.sort_unstable();
        let expected: Vec<u64> = (before + 1..).take(versions.len()).collect();
        assert!(!versions.is_empty(), "{:?}", tally(&answers));
        assert_eq!(versions, expected, "{:?}", tally(&answers));
        let after = cloud.get(&path).as_(owner).await.assert_status(200).json;
        let last = answers
            .iter()
            .find(|answer| answer.status == 200 && Some(&version(&answer.json)) == versions.last());
        assert_eq!(after, last.unwrap().json);
        Team::of(&tenant, cloud).assert_whole();
    }
}

fn version(role: &Value) -> u64 {
    role["version"].as_u64().unwrap()
}

/// An admin gives a role while an owner makes it one that no admin may give: either it was given before, or not at all.
#[tokio::test]
async fn what_was_judged_is_what_is_given() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "judged").await;
    let (admin, viewer) = (
        tenant.member(Role::Admin).await,
        tenant.member(Role::Viewer).await,
    );
    let (mut given, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let role = tenant.custom_role(&["records:read"]).await;
        let path = format!("/v1/roles/{role}");
        let beyond = json!({"permissions": ["records:read", "tenant:delete"]});
        let widen = cloud.patch(&path).as_(&tenant.owner).json(beyond);
        let mut requests = vec![widen, give(cloud, &admin, &viewer, &role)];
        let by = usize::try_from(round).unwrap() % requests.len();
        requests.rotate_left(by);
        // Conflicts of both kinds push the one behind the other.
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 6)],
        );
        let mut answers = at_once(requests).await;
        answers.rotate_right(by);
        answers[0].clone().assert_status(200);
        let history = changes(&answers[0], &answers[1], cloud, &tenant, &role);
        match answers[1].status {
            200 => {
                given += 1;
                assert_eq!(history, "given before", "round {round}");
            }
            403 | 409 => {
                refused += 1;
                assert_eq!(history, "not given", "round {round}");
            }
            _ => panic!("{}", answers[1]),
        }
        Team::of(&tenant, cloud).assert_whole();
        give(cloud, &tenant.owner, &viewer, "viewer")
            .await
            .assert_status(200);
        let delete = cloud.delete(&path).as_(&tenant.owner).await;
        delete.assert_status(204);
    }
    assert_eq!(given + refused, ROUNDS);
}

/// Who wrote the role's item last tells which came first: the change of what it carries, or the new holder.
fn changes(
    widened: &tests::Answer,
    gave: &tests::Answer,
    cloud: &TestCloud,
    tenant: &TestTenant,
    role: &str,
) -> &'static str {
    let pk = format!("TENANT#{}", tenant.uuid());
    let items = cloud.dump("TenantTable").into_iter();
    let mut found =
        items.filter(|item| item["pk"]["S"] == json!(pk) && item["id"]["S"] == json!(role));
    let item = found.next().unwrap();
    let last = &item["change"]["M"]["request"]["S"];
    match (item["holders"]["N"].as_str().unwrap(), last) {
        ("0", _) => "not given",
        ("1", last) if last == &json!(widened.request_id()) => "given before",
        ("1", last) if last == &json!(gave.request_id()) => "given after",
        _ => panic!("{item}"),
    }
}
