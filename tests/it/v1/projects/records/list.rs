//! `GET /v1/projects/{project_id}/{collection}`

use super::tenant;
use serde_json::json;
use tests::{Kind, Person, Role, TestCloud};

#[tokio::test]
async fn lists_are_read_page_by_page_in_both_orders() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let mut created = Vec::new();
    for number in 0..5 {
        let record = tenant
            .create_record(
                &tenant.owner,
                "contacts",
                json!({"name": format!("Contact {number}")}),
            )
            .await;
        created.push(record["id"].as_str().unwrap().to_owned());
    }
    for (sort, newest_first) in [
        ("", true),
        ("&sort=-created_at", true),
        ("&sort=created_at", false),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = cloud
                .get(format!(
                    "{}?limit=2{sort}{cursor}",
                    tenant.records("contacts")
                ))
                .as_(&tenant.owner)
                .await
                .assert_status(200);
            seen.extend(
                page.items()
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            match page.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        if newest_first {
            seen.reverse();
        }
        assert_eq!(seen, created, "{sort}");
    }
    let odd = cloud
        .get(format!("{}?sort=name", tenant.records("contacts")))
        .as_(&tenant.owner)
        .await;
    odd.assert_problem(Kind::InvalidQuery)
        .assert_fields(&["?sort"]);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_list_alone() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    for _ in 0..3 {
        tenant.contact().await;
        tenant.account().await;
    }
    let colleague = tenant.member(Role::Admin).await;
    let first = cloud
        .get(format!("{}?limit=1", tenant.records("contacts")))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    let cursor = first.text("/next_cursor");
    let with =
        |path: String, person: &Person| cloud.get(format!("{path}&cursor={cursor}")).as_(person);
    let contacts = tenant.records("contacts");
    with(format!("{contacts}?limit=2"), &tenant.owner)
        .await
        .assert_status(200);
    with(format!("{contacts}?limit=1"), &colleague)
        .await
        .assert_problem(Kind::InvalidCursor);
    with(format!("{contacts}?sort=created_at"), &tenant.owner)
        .await
        .assert_problem(Kind::InvalidCursor);
    with(
        format!("{}?limit=1", tenant.records("accounts")),
        &tenant.owner,
    )
    .await
    .assert_problem(Kind::InvalidCursor);
    with("/v1/projects?limit=1".to_owned(), &tenant.owner)
        .await
        .assert_problem(Kind::InvalidCursor);
    for garbage in ["", "x", "AAAA", "%C3%A9"] {
        let answer = cloud
            .get(format!("{contacts}?cursor={garbage}"))
            .as_(&tenant.owner)
            .await;
        answer.assert_problem(Kind::InvalidCursor);
    }
    // Nothing of the data can be read out of it.
    let last = first.items()[0]["id"].as_str().unwrap();
    assert!(!cursor.contains(last));
}
