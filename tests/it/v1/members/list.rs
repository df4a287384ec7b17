//! `GET /v1/members`: filters, and pages that are full. `GET /v1/members/{user_id}`.

use super::{patch, remove};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

async fn list(by: &Person, query: &str) -> Answer {
    let path = format!("/v1/members{query}");
    TestCloud::shared().get(path).as_(by).await
}

fn users(answer: &Answer) -> BTreeSet<&str> {
    let items = answer.items().iter();
    items
        .map(|item| item["user_id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn by_role_status_name_and_address() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let owner = &tenant.owner;
    let (manager, seller, viewer) = (
        tenant.member(Role::Manager).await,
        tenant.member(Role::SalesRep).await,
        tenant.member(Role::Viewer).await,
    );
    patch(owner, &viewer, json!({"status": "deactivated"}))
        .await
        .assert_status(200);
    let everybody = [owner, &manager, &seller, &viewer];
    let domain = owner.email.rsplit_once('@').unwrap().1;
    for (query, expected) in [
        (String::new(), &everybody[..]),
        ("?role=manager".to_owned(), &[&manager]),
        ("?status=deactivated".to_owned(), &[&viewer]),
        ("?status=active".to_owned(), &[owner, &manager, &seller]),
        ("?q=OLIVIA".to_owned(), &[owner]),
        ("?q=some%20".to_owned(), &[&manager, &seller, &viewer]),
        (format!("?q=@{domain}"), &everybody),
        ("?q=some&role=viewer&status=active".to_owned(), &[]),
    ] {
        let answer = list(owner, &query).await.assert_status(200);
        let expected: BTreeSet<&str> = expected
            .iter()
            .map(|person| person.user_id.as_str())
            .collect();
        assert_eq!(users(&answer), expected, "{query}");
        assert_eq!(answer.json["next_cursor"], Value::Null, "{query}");
    }
    for (query, field) in [
        ("?role=emperor", "?role"),
        ("?status=asleep", "?status"),
        ("?q=", "?q"),
    ] {
        list(owner, query)
            .await
            .assert_problem(Kind::InvalidQuery)
            .assert_fields(&[field]);
    }
}

#[tokio::test]
async fn pages_are_full_whoever_has_left() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(tenant.member(Role::Viewer).await);
    }
    for gone in [1, 2, 3] {
        remove(&tenant.owner, &people[gone])
            .await
            .assert_status(204);
    }
    let first = list(&tenant.owner, "?limit=3").await.assert_status(200);
    assert_eq!(first.items().len(), 3);
    let cursor = first.text("/next_cursor");
    let rest = list(&tenant.owner, &format!("?limit=3&cursor={cursor}")).await;
    assert_eq!(rest.assert_status(200).items().len(), 1);
    list(&tenant.owner, &format!("?role=viewer&cursor={cursor}"))
        .await
        .assert_problem(Kind::InvalidCursor);
}

#[tokio::test]
async fn one_member_is_read_and_who_has_left_is_not() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (seller, viewer) = (
        tenant.member(Role::SalesRep).await,
        tenant.member(Role::Viewer).await,
    );
    let read = async |person: &Person| {
        let path = format!("/v1/members/{}", person.user_id);
        cloud.get(path).as_(&viewer).await
    };
    let shown = read(&seller).await.assert_status(200);
    assert_eq!(
        (
            &shown.json["email"],
            &shown.json["role"],
            &shown.json["status"]
        ),
        (&json!(seller.email), &json!("sales_rep"), &json!("active"))
    );
    assert_eq!(
        shown.json["project_roles"],
        json!({&tenant.project_id: "reader"})
    );
    remove(&tenant.owner, &seller).await.assert_status(204);
    read(&seller).await.assert_problem(Kind::NotFound);
}
