//! Seats: held from the invitation on, and given back when it ends.

use super::{accept_as_new, address, counts, expire, invite, revoke, token_in};
use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud, TestTenant};

fn body() -> Value {
    json!({"email": address(), "role": "viewer", "send_email": false})
}

#[tokio::test]
async fn seats_are_counted_when_invited_and_when_accepted() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    tenant.set("TENANT", "seats", json!({"N": "3"})).await;
    let (first, second) = (
        tenant.invite(Role::Viewer).await,
        tenant.invite(Role::Viewer).await,
    );
    invite(&tenant.owner, body())
        .await
        .assert_problem(Kind::SeatLimit);
    assert_eq!(counts(&tenant), (1, 3));
    accept_as_new(&first.token).await.assert_status(201);
    assert_eq!(counts(&tenant), (2, 3));
    invite(&tenant.owner, body())
        .await
        .assert_problem(Kind::SeatLimit);
    // An invitation that is taken back gives its seat back.
    revoke(&tenant.owner, &second.id).await.assert_status(204);
    assert_eq!(counts(&tenant), (2, 2));
    let third = invite(&tenant.owner, body()).await.assert_status(201);
    accept_as_new(token_in(&third.text("/invitation_link")))
        .await
        .assert_status(201);
    assert_eq!(counts(&tenant), (3, 3));
}

#[tokio::test]
async fn who_accepts_finds_a_seat_or_is_told() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (first, second) = (
        tenant.invite(Role::Viewer).await,
        tenant.invite(Role::Viewer).await,
    );
    tenant.set("TENANT", "seats", json!({"N": "2"})).await;
    accept_as_new(&first.token).await.assert_status(201);
    accept_as_new(&second.token)
        .await
        .assert_problem(Kind::SeatLimit);
    // The invitation is not used up: it is good again when there is a seat.
    tenant.set("TENANT", "seats", json!({"N": "3"})).await;
    accept_as_new(&second.token).await.assert_status(201);
}

#[tokio::test]
async fn invitations_past_their_end_give_their_seats_to_who_needs_one() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let person = tenant.member(Role::Viewer).await;
    tenant.set("TENANT", "seats", json!({"N": "4"})).await;
    let (first, second) = (
        tenant.invite(Role::Viewer).await,
        tenant.invite(Role::Manager).await,
    );
    expire(&tenant, &first.id).await;
    invite(&tenant.owner, body()).await.assert_status(201);
    assert_eq!(counts(&tenant), (2, 4));
    invite(&tenant.owner, body())
        .await
        .assert_problem(Kind::SeatLimit);
    // So does whoever is brought back.
    let patch = async |status: &str| {
        let path = format!("/v1/members/{}", person.user_id);
        let request = cloud.patch(path).as_(&tenant.owner);
        request.json(json!({"status": status})).await
    };
    patch("deactivated").await.assert_status(200);
    invite(&tenant.owner, body()).await.assert_status(201);
    patch("active").await.assert_problem(Kind::SeatLimit);
    expire(&tenant, &second.id).await;
    patch("active").await.assert_status(200);
    assert_eq!(counts(&tenant), (2, 4));
}

#[tokio::test]
async fn the_other_owners_are_told_once_that_all_seats_are_taken() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (other, admin) = (
        tenant.member(Role::Owner).await,
        tenant.member(Role::Admin).await,
    );
    let told = async |expected: usize| {
        cloud.settled().await;
        let letters = cloud.letters(&other.email).into_iter();
        let about_seats = letters.filter(|letter| letter.subject.contains("seats"));
        assert_eq!(about_seats.count(), expected);
    };
    tenant.set("TENANT", "seats", json!({"N": "3"})).await;
    for inviter in [&tenant.owner, &admin] {
        invite(inviter, body())
            .await
            .assert_problem(Kind::SeatLimit);
        told(1).await;
    }
    // More seats that are taken again are news.
    tenant.set("TENANT", "seats", json!({"N": "4"})).await;
    invite(&admin, body()).await.assert_status(201);
    told(1).await;
    invite(&admin, body()).await.assert_problem(Kind::SeatLimit);
    told(2).await;
    let to_the_admin = cloud.letters(&admin.email).into_iter();
    assert!(
        !to_the_admin
            .into_iter()
            .any(|letter| letter.subject.contains("seats"))
    );
}
