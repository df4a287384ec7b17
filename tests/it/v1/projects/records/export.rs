//! `GET /v1/projects/{project_id}/{collection}/export`

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud};

#[tokio::test]
async fn json_lines_hold_each_record_as_it_is_read() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let mut records = Vec::new();
    for name in ["Ada", "Bob \"Bobby\"\u{2028}", "Cid"] {
        let contact = json!({"name": name, "tags": ["a", "b"], "notes": "one\ntwo"});
        records.push(
            tenant
                .create_record(&tenant.owner, "contacts", contact)
                .await,
        );
    }
    let path = format!("{}/export", tenant.records("contacts"));
    let export = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(export.header("content-type"), "application/jsonl");
    let disposition = "attachment; filename=\"contacts.jsonl\"";
    assert_eq!(export.header("content-disposition"), disposition);
    let text = String::from_utf8(export.bytes).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, records);
    // What is deleted is not in it.
    let gone = records[1]["id"].as_str().unwrap();
    let delete = cloud.delete(tenant.record("contacts", gone));
    delete.as_(&tenant.owner).await.assert_status(204);
    let export = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    let text = String::from_utf8(export.bytes).unwrap();
    assert!(!text.contains(gone) && text.lines().count() == 2, "{text}");
}

#[tokio::test]
async fn a_table_holds_no_formula() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let contact = json!({
        "name": "=HYPERLINK(\"http://evil.example\")", "phone": "+14155550100", "job_title": "a, \"b\"",
        "tags": ["=1"], "address": {"city": "Bonn"},
    });
    let record = tenant
        .create_record(&tenant.owner, "contacts", contact)
        .await;
    let path = format!("{}/export?format=csv", tenant.records("contacts"));
    let export = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert!(export.header("content-type").starts_with("text/csv"));
    assert!(
        export
            .header("content-disposition")
            .contains("contacts.csv")
    );
    let text = String::from_utf8(export.bytes).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let names = rows.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 1);
    let cell = |name: &str| {
        let column = names.iter().position(|column| column == name).unwrap();
        rows[0].get(column).unwrap()
    };
    assert_eq!(cell("id"), record["id"].as_str().unwrap());
    assert_eq!(cell("name"), "'=HYPERLINK(\"http://evil.example\")");
    assert_eq!(cell("phone"), "'+14155550100");
    assert_eq!(cell("job_title"), "a, \"b\"");
    assert_eq!(
        (cell("tags"), cell("address")),
        ("[\"=1\"]", "{\"city\":\"Bonn\"}")
    );
    assert_eq!(cell("email"), "");
    for cell in rows[0].iter() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
}

#[tokio::test]
async fn what_does_not_fit_into_an_answer_follows_in_the_next() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    // A line break is two bytes in the file, and three in the answer of the function.
    let template = json!({"name": "Long", "subject": "x", "html_body": format!("<p>{}", "x\n".repeat(40_000))});
    let batch = json!({"records": vec![template; 2]});
    for _ in 0..32 {
        let path = format!("{}/batch", tenant.records("email-templates"));
        let post = cloud.post(path).as_(&tenant.owner).json(&batch);
        post.await.assert_status(201);
    }
    let first = format!("{}/export?format=csv", tenant.records("email-templates"));
    let (mut path, mut file, mut parts) = (first, String::new(), 0);
    loop {
        let part = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
        let next = part.headers.get("next-cursor").cloned();
        let link = part.headers.get("link").cloned();
        file += std::str::from_utf8(&part.bytes).unwrap();
        parts += 1;
        let (Some(next), Some(link)) = (next, link) else {
            break;
        };
        let link = link.to_str().unwrap();
        path = link
            .strip_prefix('<')
            .unwrap()
            .split('>')
            .next()
            .unwrap()
            .to_owned();
        assert!(link.ends_with("; rel=\"next\"") && path.ends_with(next.to_str().unwrap()));
        // It is a cursor of this list and this form alone.
        let others = [
            path.replace("csv", "jsonl"),
            path.replace("email-templates", "contacts"),
        ];
        for other in others {
            let other = cloud.get(other).as_(&tenant.owner).await;
            other.assert_problem(Kind::InvalidCursor);
        }
    }
    assert!(parts > 1, "{parts}");
    let mut rows = csv::Reader::from_reader(file.as_bytes());
    let ids = rows
        .records()
        .map(|row| row.unwrap().get(0).unwrap().to_owned());
    let ids: std::collections::BTreeSet<String> = ids.collect();
    assert_eq!(ids.len(), 64, "each once, in {parts} parts");
}

#[tokio::test]
async fn who_may_not_export_exports_nothing() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = format!("{}/export", tenant.records("contacts"));
    for role in [Role::SalesRep, Role::Viewer] {
        let person = tenant.member(role).await;
        let export = cloud.get(&path).as_(&person).await;
        export.assert_problem(Kind::PermissionDenied);
    }
    let wrong = cloud
        .get(format!("{path}?format=xml"))
        .as_(&tenant.owner)
        .await;
    wrong
        .assert_problem(Kind::InvalidQuery)
        .assert_fields(&["?format"]);
}
