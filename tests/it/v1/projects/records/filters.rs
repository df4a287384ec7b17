//! The filters and orders of `GET /v1/projects/{project_id}/{collection}`.

use super::tenant;
use serde_json::{Value, json};
use tests::{Answer, Kind, Role, TestCloud};

fn names(list: &Answer) -> Vec<&str> {
    let items = list.items().iter();
    items.map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_filter_shows_what_it_says_in_its_order() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let account = tenant.account().await;
    let mut created = Vec::new();
    for (name, by, fields) in [
        ("Ärger", &tenant.owner, json!({"stage": "lead"})),
        (
            "ada",
            &seller,
            json!({"stage": "lead", "account_id": account}),
        ),
        (
            "Adam",
            &tenant.owner,
            json!({"stage": "customer", "account_id": account}),
        ),
        ("Bea", &seller, json!({})),
    ] {
        let mut fields: Value = fields;
        fields["name"] = name.into();
        created.push(tenant.create_record(by, "contacts", fields).await);
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    let at = |number: usize| created[number]["created_at"].as_str().unwrap();
    let patch = cloud.patch(tenant.record("contacts", created[1]["id"].as_str().unwrap()));
    patch
        .as_(&tenant.owner)
        .json(json!({"notes": "changed"}))
        .await
        .assert_status(200);
    let list = |query: &str| {
        cloud
            .get(format!("{}?{query}", tenant.records("contacts")))
            .as_(&tenant.owner)
    };
    for (query, expected) in [
        (format!("owner_id={}", seller.user_id), vec!["Bea", "ada"]),
        (
            format!("owner_id={}&sort=created_at", seller.user_id),
            vec!["ada", "Bea"],
        ),
        (
            format!("owner_id={}&created_from={}", seller.user_id, at(3)),
            vec!["Bea"],
        ),
        ("status=lead".to_owned(), vec!["ada", "Ärger"]),
        ("status=inactive".to_owned(), vec![]),
        (
            format!("reference=account_id:{account}"),
            vec!["Adam", "ada"],
        ),
        (
            format!("reference=account_id:{account}&created_until={}", at(2)),
            vec!["ada"],
        ),
        ("name_prefix=AD".to_owned(), vec!["ada", "Adam"]),
        ("name_prefix=%C3%A4".to_owned(), vec!["Ärger"]),
        ("name_prefix=ad%25".to_owned(), vec![]),
        (
            "sort=updated_at".to_owned(),
            vec!["Ärger", "Adam", "Bea", "ada"],
        ),
        (
            "sort=-updated_at".to_owned(),
            vec!["ada", "Bea", "Adam", "Ärger"],
        ),
        (
            format!("created_from={}&created_until={}", at(1), at(3)),
            vec!["Adam", "ada"],
        ),
        (
            format!("created_until={}&sort=created_at", at(2)),
            vec!["Ärger", "ada"],
        ),
    ] {
        let answer = list(&query).await.assert_status(200);
        assert_eq!(names(&answer), expected, "{query}");
    }
}

#[tokio::test]
async fn what_no_index_serves_is_refused_and_says_what_is_served() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let owner = format!("owner_id={}", tenant.owner.user_id);
    let account = tenant.account().await;
    let time = "created_from=2026-01-01T00:00:00Z";
    for (collection, query, parameter) in [
        ("contacts", format!("{owner}&status=lead"), "?status"),
        (
            "contacts",
            format!("status=lead&reference=account_id:{account}"),
            "?reference",
        ),
        ("contacts", format!("{owner}&name_prefix=a"), "?name_prefix"),
        ("contacts", format!("name_prefix=a&{time}"), "?name_prefix"),
        (
            "contacts",
            "name_prefix=a&sort=created_at".to_owned(),
            "?name_prefix",
        ),
        ("contacts", format!("{owner}&sort=updated_at"), "?sort"),
        ("contacts", format!("{time}&sort=-updated_at"), "?sort"),
        (
            "contacts",
            format!("{time}&created_until=2026-01-01T00:00:00Z"),
            "?created_until",
        ),
        (
            "contacts",
            "created_from=yesterday".to_owned(),
            "?created_from",
        ),
        ("contacts", "owner_id=me".to_owned(), "?owner_id"),
        ("contacts", "status=won".to_owned(), "?status"),
        ("contacts", "name_prefix=".to_owned(), "?name_prefix"),
        ("contacts", "reference=account_id".to_owned(), "?reference"),
        (
            "contacts",
            format!("reference=deal_id:{account}"),
            "?reference",
        ),
        ("contacts", "email=ada@example.com".to_owned(), "?email"),
        ("folders", "status=open".to_owned(), "?status"),
        (
            "workflow-executions",
            "name_prefix=a".to_owned(),
            "?name_prefix",
        ),
    ] {
        let answer = cloud
            .get(format!("{}?{query}", tenant.records(collection)))
            .as_(&tenant.owner)
            .await;
        answer
            .assert_problem(Kind::InvalidQuery)
            .assert_fields(&[parameter]);
        if query.contains('&') && parameter != "?created_until" {
            assert!(
                answer
                    .text("/errors/0/detail")
                    .contains("can be combined thus"),
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_filter_alone() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    for _ in 0..3 {
        tenant.contact().await;
    }
    let list = |query: &str| {
        cloud
            .get(format!("{}?{query}", tenant.records("contacts")))
            .as_(&tenant.owner)
    };
    let owner = format!("owner_id={}", tenant.owner.user_id);
    let queries = [
        "sort=created_at",
        "sort=updated_at",
        "name_prefix=a",
        "name_prefix=ad",
        &owner,
        "created_from=2020-01-01T00:00:00Z",
    ];
    for query in queries {
        let first = list(&format!("{query}&limit=1")).await.assert_status(200);
        let cursor = first.text("/next_cursor");
        list(&format!("{query}&cursor={cursor}"))
            .await
            .assert_status(200);
        for other in queries.iter().filter(|other| **other != query) {
            list(&format!("{other}&cursor={cursor}"))
                .await
                .assert_problem(Kind::InvalidCursor);
        }
    }
}
