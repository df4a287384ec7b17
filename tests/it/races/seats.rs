//! Who invites, accepts, takes back and is brought back, all for the last seat.

use super::team::Team;
use super::{at_once, bring_about};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{PASSWORD, Person, Request, Role, TestCloud, TestTenant, unique};

const ROUNDS: u32 = 50;

#[tokio::test]
async fn seats_are_never_exceeded_whatever_happens_at_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "seats").await;
    let idle = tenant.member(Role::Viewer).await;
    let (mut won, mut lost) = (0, 0);
    for round in 0..ROUNDS {
        // The owner's seat, two that are promised, and one for whoever comes first.
        tenant.set("TENANT", "seats", json!({"N": "10"})).await;
        patch(cloud, &tenant, &idle, "deactivated")
            .await
            .assert_status(200);
        let (first, second) = (
            tenant.invite(Role::Viewer).await,
            tenant.invite(Role::Manager).await,
        );
        tenant.set("TENANT", "seats", json!({"N": "4"})).await;
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 5)],
        );
        let invite = || {
            let email = format!("guest-{}@{}.example", unique(), tenant.slug);
            let body = json!({"email": email, "role": "viewer", "send_email": false});
            cloud.post("/v1/invitations").as_(&tenant.owner).json(body)
        };
        let accept = |token: &str| {
            let body = json!({"token": token, "name": "Guest", "password": PASSWORD});
            cloud.post("/v1/invitations/accept").json(body)
        };
        let revoke = cloud
            .delete(format!("/v1/invitations/{}", second.id))
            .as_(&tenant.owner);
        let mut requests: Vec<Request<'_>> = vec![
            accept(&first.token),
            invite(),
            patch(cloud, &tenant, &idle, "active"),
            accept(&second.token),
            revoke,
            invite(),
        ];
        let by = usize::try_from(round).unwrap() % requests.len();
        requests.rotate_left(by);
        let answers = at_once(requests).await;
        for answer in &answers {
            let expected = [200, 201, 204, 402, 409, 410];
            assert!(expected.contains(&answer.status), "{answer}");
        }
        won += answers.iter().filter(|answer| answer.status < 300).count();
        lost += answers.iter().filter(|answer| answer.status == 402).count();
        let team = Team::of(&tenant, cloud);
        team.assert_whole();
        assert!(team.number("seats_taken") >= 3, "nobody's seat is lost");
        clear(cloud, &tenant, &team, &idle).await;
    }
    assert!(won > 0 && lost > 0, "{won} won and {lost} lost: no race");
}

fn patch<'a>(
    cloud: &'a TestCloud,
    tenant: &TestTenant,
    whom: &Person,
    status: &str,
) -> Request<'a> {
    cloud
        .patch(format!("/v1/members/{}", whom.user_id))
        .as_(&tenant.owner)
        .json(json!({"status": status}))
}

/// All but the owner and the idle one go.
async fn clear(cloud: &TestCloud, tenant: &TestTenant, team: &Team, idle: &Person) {
    for id in team.pending() {
        let path = format!("/v1/invitations/{id}");
        cloud
            .delete(path)
            .as_(&tenant.owner)
            .await
            .assert_status(204);
    }
    for user in team.others().iter().filter(|user| **user != idle.user_id) {
        let path = format!("/v1/members/{user}");
        cloud
            .delete(path)
            .as_(&tenant.owner)
            .await
            .assert_status(204);
    }
}

/// An invitation is accepted twice, sent again and taken back: at most one of all that is true afterwards.
#[tokio::test]
async fn of_all_that_can_end_an_invitation_one_does() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "ends").await;
    for round in 0..ROUNDS {
        let invited = tenant.invite(Role::Viewer).await;
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 4)],
        );
        let accept = || {
            let body = json!({"token": invited.token, "name": "Guest", "password": PASSWORD});
            cloud.post("/v1/invitations/accept").json(body)
        };
        let path = format!("/v1/invitations/{}", invited.id);
        let revoke = cloud.delete(&path).as_(&tenant.owner);
        let resend = cloud.post(format!("{path}/resend")).as_(&tenant.owner);
        let resend = resend.json(json!({"send_email": false}));
        let mut requests = vec![accept(), revoke, accept(), resend];
        let by = usize::try_from(round).unwrap() % requests.len();
        requests.rotate_left(by);
        let answers = at_once(requests).await;
        let joined = answers.iter().filter(|answer| answer.status == 201).count();
        let revoked = answers.iter().filter(|answer| answer.status == 204).count();
        assert!(joined + revoked <= 1, "{answers:?}");
        let team = Team::of(&tenant, cloud);
        team.assert_whole();
        assert_eq!(team.others().len(), joined);
        for user in team.others() {
            let path = format!("/v1/members/{user}");
            cloud
                .delete(path)
                .as_(&tenant.owner)
                .await
                .assert_status(204);
        }
        for id in team.pending() {
            let path = format!("/v1/invitations/{id}");
            cloud
                .delete(path)
                .as_(&tenant.owner)
                .await
                .assert_status(204);
        }
    }
}
