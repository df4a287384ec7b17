//! Notifications, which their addressee alone sees, and `GET /v1/projects/{project_id}/inbox`.

use super::tenant;
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestTenant};

async fn notify(tenant: &TestTenant, person: &Person) -> String {
    let notification = json!({"title": "Look", "type": "mention", "owner_id": person.user_id});
    let created = tenant
        .create_record(&tenant.owner, "notifications", notification)
        .await;
    created["id"].as_str().unwrap().to_owned()
}

async fn inbox(tenant: &TestTenant, person: &Person, query: &str) -> Answer {
    let path = tenant.records("inbox") + query;
    let inbox = tenant.cloud().get(path).as_(person).await;
    inbox.assert_status(200)
}

fn ids(inbox: &Answer) -> Vec<String> {
    let items = inbox.items().iter();
    items
        .map(|item| item["record"]["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn read(tenant: &TestTenant, person: &Person, id: &str, body: Value) -> Answer {
    let path = format!("{}/read", tenant.record("notifications", id));
    tenant.cloud().post(path).as_(person).json(body).await
}

#[tokio::test]
async fn a_notification_is_its_addressees_alone() {
    let tenant = tenant().await;
    let (cloud, seller) = (tenant.cloud(), tenant.member(Role::SalesRep).await);
    let id = notify(&tenant, &seller).await;
    let (one, all) = (
        tenant.record("notifications", &id),
        tenant.records("notifications"),
    );
    // Whoever it is from and whatever they may do.
    for person in [&tenant.owner, &tenant.member(Role::Admin).await] {
        for query in [
            String::new(),
            "?status=unread".to_owned(),
            "?sort=updated_at".to_owned(),
            "?name_prefix=look".to_owned(),
            format!("?owner_id={}", seller.user_id),
        ] {
            let list = cloud.get(format!("{all}{query}")).as_(person).await;
            assert!(list.assert_status(200).items().is_empty(), "{query}");
        }
        let export = cloud.get(format!("{all}/export")).as_(person).await;
        assert!(export.assert_status(200).bytes.is_empty());
        let get = cloud.get(&one).as_(person).await;
        get.assert_problem(Kind::NotFound);
        let patch = cloud.patch(&one).as_(person);
        let patch = patch.json(json!({"title": "x"})).await;
        patch.assert_problem(Kind::NotFound);
        let delete = cloud.delete(&one).as_(person).await;
        delete.assert_problem(Kind::NotFound);
        let noted = read(&tenant, person, &id, json!({})).await;
        noted.assert_problem(Kind::NotFound);
    }
    let list = cloud.get(&all).as_(&seller).await.assert_status(200);
    assert_eq!(list.items().len(), 1);
    let found = cloud.get(&one).as_(&seller).await.assert_status(200);
    assert_eq!(found.json["status"], "unread");
    let handed_on = json!({"owner_id": tenant.owner.user_id});
    let handed_on = cloud.patch(&one).as_(&seller).json(handed_on).await;
    handed_on
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/owner_id"]);
    cloud.delete(&one).as_(&seller).await.assert_status(204);
    let restore = cloud.post(format!("{one}/restore"));
    restore.as_(&seller).await.assert_status(200);
}

#[tokio::test]
async fn a_notification_is_read_and_unread() {
    let tenant = tenant().await;
    let viewer = tenant.member(Role::Viewer).await;
    let id = notify(&tenant, &viewer).await;
    let unread = async || ids(&inbox(&tenant, &viewer, "?unread=true").await);
    assert_eq!(unread().await, std::slice::from_ref(&id));
    let noted = read(&tenant, &viewer, &id, json!({})).await;
    let noted = noted.assert_status(200);
    assert_eq!(noted.json["status"], "read");
    assert!(noted.json["read_at"].is_string(), "{noted}");
    assert!(unread().await.is_empty());
    // It is still in the inbox, as one that is read.
    let all = inbox(&tenant, &viewer, "").await;
    assert_eq!(all.items()[0]["unread"], false);
    let again = read(&tenant, &viewer, &id, json!({"read": false})).await;
    let again = again.assert_status(200);
    assert_eq!(again.json["status"], "unread");
    assert!(again.json.get("read_at").is_none());
    assert_eq!(unread().await, [id]);
    let missing = "rec_0198c5f0-0000-7000-8000-00000000000a";
    let missing = read(&tenant, &viewer, missing, json!({})).await;
    missing.assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn an_inbox_is_one_list_of_four_collections() {
    let tenant = tenant().await;
    let seller = tenant.member(Role::SalesRep).await;
    let mut sent = Vec::new();
    for (collection, record) in [
        (
            "emails",
            json!({"subject": "Hello", "direction": "inbound", "status": "received", "from_address": "a@b.example", "to_addresses": ["c@d.example"]}),
        ),
        (
            "sms-messages",
            json!({"direction": "inbound", "from_number": "72345", "to_number": "+14155550101", "body": "Hi"}),
        ),
        (
            "calls",
            json!({"direction": "inbound", "status": "no_answer", "to_number": "+14155550101"}),
        ),
        (
            "emails",
            json!({"subject": "Answer", "direction": "outbound", "from_address": "c@d.example", "to_addresses": ["a@b.example"]}),
        ),
    ] {
        let record = tenant.create_record(&seller, collection, record).await;
        sent.push((collection, record));
        // Not theirs.
        tenant.contact_of(&seller).await;
    }
    let notification = notify(&tenant, &seller).await;
    notify(&tenant, &tenant.owner).await;
    let all = inbox(&tenant, &seller, "").await;
    let mut expected: Vec<String> = vec![notification.clone()];
    expected.extend(
        sent.iter()
            .rev()
            .map(|(_, record)| record["id"].as_str().unwrap().to_owned()),
    );
    assert_eq!(ids(&all), expected);
    for ((collection, record), item) in sent.iter().rev().zip(all.items().iter().skip(1)) {
        assert_eq!(item["collection"], *collection);
        assert_eq!(item["record"], *record);
    }
    // Page by page it is the same.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = inbox(&tenant, &seller, &format!("?limit=1{cursor}")).await;
        paged.extend(ids(&page));
        let Some(next) = page.json["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, expected);
    let unread = ids(&inbox(&tenant, &seller, "?unread=true").await);
    let email = &sent[0].1;
    let message = &sent[1].1;
    let waiting = [&json!(notification), &message["id"], &email["id"]];
    assert_eq!(unread, waiting.map(|id| id.as_str().unwrap().to_owned()));
    // What is read, deleted or handed on is waited for no more.
    let cloud = tenant.cloud();
    let path = |collection: &str, record: &Value| {
        tenant.record(collection, record["id"].as_str().unwrap())
    };
    for status in ["read", "received", "read"] {
        let patch = cloud.patch(path("emails", email)).as_(&seller);
        let patch = patch.json(json!({"status": status})).await;
        patch.assert_status(200);
        let unread = ids(&inbox(&tenant, &seller, "?unread=true").await);
        let id = email["id"].as_str().unwrap().to_owned();
        assert_eq!(unread.contains(&id), status == "received");
    }
    let hand_on = cloud
        .patch(path("sms-messages", message))
        .as_(&tenant.owner);
    let hand_on = hand_on
        .json(json!({"owner_id": tenant.owner.user_id}))
        .await;
    hand_on.assert_status(200);
    let delete = cloud.delete(tenant.record("notifications", &notification));
    delete.as_(&seller).await.assert_status(204);
    assert!(ids(&inbox(&tenant, &seller, "?unread=true").await).is_empty());
    let handed = ids(&inbox(&tenant, &tenant.owner, "?unread=true&limit=1").await);
    assert_eq!(handed.len(), 1);
    let mine = ids(&inbox(&tenant, &tenant.owner, "").await);
    assert!(mine.contains(&message["id"].as_str().unwrap().to_owned()));
    let wrong = cloud.get(tenant.records("inbox") + "?unread=maybe");
    let wrong = wrong.as_(&seller).await;
    wrong
        .assert_problem(Kind::InvalidQuery)
        .assert_fields(&["?unread"]);
}
