//! `GET /v1/invitations`

use super::{accept_as_new, expire, revoke};
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

async fn list(by: &Person, query: &str) -> Answer {
    TestCloud::shared()
        .get(format!("/v1/invitations{query}"))
        .as_(by)
        .await
}

fn ids(answer: &Answer) -> Vec<&str> {
    let items = answer.items().iter();
    items.map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_newest_come_first_and_each_says_where_it_stands() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let mut made = Vec::new();
    for _ in 0..4 {
        made.push(tenant.invite(Role::Viewer).await);
    }
    accept_as_new(&made[0].token).await.assert_status(201);
    revoke(&tenant.owner, &made[1].id).await.assert_status(204);
    expire(&tenant, &made[2].id).await;
    let all = list(&tenant.owner, "").await.assert_status(200);
    let expected: Vec<(&str, &str)> = made
        .iter()
        .map(|invitation| invitation.id.as_str())
        .zip(["accepted", "revoked", "expired", "pending"])
        .rev()
        .collect();
    let found: Vec<(&str, &str)> = all
        .items()
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap();
            (text("id"), text("status"))
        })
        .collect();
    assert_eq!(found, expected);
    let newest = &all.items()[0];
    assert_eq!(newest["email"], json!(made[3].email));
    assert_eq!(newest["invited_by"], json!(tenant.owner.user_id));
    for secret in ["hash", "nonce", "link"] {
        assert!(!all.to_string().contains(secret), "{all}");
    }

    let page = list(&tenant.owner, "?limit=3").await.assert_status(200);
    let rest = format!("?limit=3&cursor={}", page.text("/next_cursor"));
    let rest = list(&tenant.owner, &rest).await.assert_status(200);
    assert_eq!([ids(&page), ids(&rest)].concat(), ids(&all));
    assert_eq!(rest.json["next_cursor"], Value::Null);

    let pending = list(&tenant.owner, "?status=pending").await;
    assert_eq!(ids(&pending.assert_status(200)), [made[3].id.as_str()]);
}

#[tokio::test]
async fn pending_ones_come_in_full_pages() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(tenant.invite(Role::Viewer).await.id);
    }
    expire(&tenant, &made[1]).await;
    made.remove(1);
    let first = list(&tenant.owner, "?status=pending&limit=3").await;
    assert_eq!(first.items().len(), 3);
    let cursor = first.text("/next_cursor");
    // A cursor is good for its own list only.
    list(&tenant.owner, &format!("?cursor={cursor}"))
        .await
        .assert_problem(Kind::InvalidCursor);
    let rest = list(
        &tenant.owner,
        &format!("?status=pending&limit=3&cursor={cursor}"),
    )
    .await;
    let mut found = [ids(&first), ids(&rest)].concat();
    found.sort_unstable();
    made.sort_unstable();
    assert_eq!(found, made);
    list(&tenant.owner, "?status=accepted")
        .await
        .assert_problem(Kind::InvalidQuery)
        .assert_fields(&["?status"]);
}
