//! `/v1/projects/{project_id}/{collection}` and the records in it.

use serde_json::{Value, json};
use tests::{Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

async fn tenant() -> TestTenant {
    TestTenant::create(TestCloud::shared(), "acme").await
}

#[tokio::test]
async fn a_created_record_is_found_by_its_location() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let fields = json!({"name": " Ada Lovelace ", "email": "ada@example.com", "phone": "+44 20 7946 0018", "stage": "lead"});
    let created = cloud
        .post(tenant.records("contacts"))
        .as_(&tenant.owner)
        .json(fields)
        .await
        .assert_status(201);
    assert_eq!(created.header("etag"), "\"1\"");
    assert_eq!(
        created.header("location"),
        tenant.record("contacts", &created.id())
    );
    assert_eq!(created.json["name"], "Ada Lovelace");
    assert_eq!(created.json["phone"], "+442079460018");
    assert_eq!(created.json["version"], 1);
    assert_eq!(created.json["project_id"], json!(tenant.project_id));
    for author in ["owner_id", "created_by", "updated_by"] {
        assert_eq!(
            created.json[author],
            json!(tenant.owner.user_id),
            "{author}"
        );
    }
    assert_eq!(created.json["created_at"], created.json["updated_at"]);
    let read = cloud
        .get(created.header("location"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(read.json, created.json);
    assert_eq!(read.header("etag"), "\"1\"");
}

#[tokio::test]
async fn everything_wrong_is_named_at_once() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let body = json!({"email": "x", "stage": "king", "shoe/size": 44, "id": "rec_1", "version": 7, "tenant_id": tenant.id});
    let answer = cloud
        .post(tenant.records("contacts"))
        .as_(&tenant.owner)
        .json(body)
        .await;
    answer.assert_problem(Kind::ValidationFailed);
    answer.assert_fields(&[
        "/email",
        "/stage",
        "/shoe~1size",
        "/id",
        "/version",
        "/tenant_id",
        "/name",
    ]);
    let money = json!({"name": "x", "annual_revenue": 1.5, "currency": "EURO", "website": "javascript:alert(1)"});
    let answer = cloud
        .post(tenant.records("accounts"))
        .as_(&tenant.owner)
        .json(money)
        .await;
    answer
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/annual_revenue", "/currency", "/website"]);
}

#[tokio::test]
async fn a_merge_patch_sets_keeps_and_removes() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let fields = json!({"name": "Ada", "email": "ada@example.com", "notes": "first"});
    let created = tenant
        .create_record(&tenant.owner, "contacts", fields)
        .await;
    let path = tenant.record("contacts", created["id"].as_str().unwrap());
    let manager = tenant.member(Role::Manager).await;
    let patch = json!({"notes": "second", "email": null, "job_title": "Countess"});
    let request = cloud
        .patch(&path)
        .as_(&manager)
        .body("application/merge-patch+json", patch.to_string());
    let changed = request.await.assert_status(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.json["version"], 2);
    assert_eq!(
        (
            &changed.json["name"],
            &changed.json["notes"],
            &changed.json["job_title"]
        ),
        (&json!("Ada"), &json!("second"), &json!("Countess"))
    );
    assert!(changed.json.get("email").is_none());
    assert_eq!(changed.json["updated_by"], json!(manager.user_id));
    assert_eq!(changed.json["created_by"], json!(tenant.owner.user_id));
    assert!(changed.json["updated_at"].as_str() >= changed.json["created_at"].as_str());
    let read = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(read.json, changed.json);

    let wrong = cloud
        .patch(&path)
        .as_(&tenant.owner)
        .json(json!({"name": null, "version": 9, "email": 7}))
        .await;
    wrong
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/name", "/version", "/email"]);
}

#[tokio::test]
async fn if_match_holds_the_version() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = tenant.record("contacts", &tenant.contact().await);
    let patch = |version: &str, name: &str| {
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .header("if-match", version)
            .json(json!({"name": name}))
    };
    patch("\"1\"", "second").await.assert_status(200);
    patch("\"1\"", "lost update")
        .await
        .assert_problem(Kind::VersionMismatch);
    patch("\"2\"", "third").await.assert_status(200);
    for odd in ["2", "*", "W/\"3\"", "\"x\"", "\"3\", \"4\"", "\"-1\""] {
        patch(odd, "odd")
            .await
            .assert_problem(Kind::InvalidHeader)
            .assert_fields(&["If-Match"]);
    }
    let stale = cloud
        .delete(&path)
        .as_(&tenant.owner)
        .header("if-match", "\"1\"")
        .await;
    stale.assert_problem(Kind::VersionMismatch);
    let read = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(
        (&read.json["name"], &read.json["version"]),
        (&json!("third"), &json!(3))
    );
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .header("if-match", "\"3\"")
        .await
        .assert_status(204);
    patch("\"3\"", "gone").await.assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn of_concurrent_updates_with_one_version_one_wins() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = tenant.record("contacts", &tenant.contact().await);
    let updates = (0..10).map(|number| {
        let body = json!({"notes": format!("by {number}")});
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .header("if-match", "\"1\"")
            .json(body)
            .into_future()
    });
    let answers = futures::future::join_all(updates).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        lost.assert_problem(Kind::VersionMismatch);
    }
    let read = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(read.json["version"], 2);
}

#[tokio::test]
async fn references_must_be_there_when_written() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let other = TestTenant::create(cloud, "globex").await;
    let (account, contact) = (tenant.account().await, tenant.contact().await);
    let deal = |account: &str, contact: &str| json!({"name": "First order", "stage": "proposal", "account_id": account, "contact_id": contact});
    let create = |body: Value| {
        cloud
            .post(tenant.records("deals"))
            .as_(&tenant.owner)
            .json(body)
    };
    let missing = format!("rec_{}", Uuid::now_v7());
    let foreign = other.account().await;
    create(deal(&missing, &contact))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id"]);
    create(deal(&foreign, &contact))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id"]);
    // A contact is no account.
    create(deal(&contact, &account))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id", "/contact_id"]);
    let elsewhere = tenant.project().await;
    let path = format!("/v1/projects/{elsewhere}/deals");
    let answer = cloud
        .post(path)
        .as_(&tenant.owner)
        .json(deal(&account, &contact))
        .await;
    answer
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id", "/contact_id"]);

    let created = create(deal(&account, &contact)).await.assert_status(201);
    let path = tenant.record("deals", &created.id());
    let patch = |body: Value| cloud.patch(&path).as_(&tenant.owner).json(body);
    patch(json!({"contact_id": missing}))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/contact_id"]);
    let second = tenant.contact().await;
    let changed = patch(json!({"contact_id": second, "stage": "won"}))
        .await
        .assert_status(200);
    assert_eq!(
        (&changed.json["contact_id"], &changed.json["version"]),
        (&json!(second), &json!(2))
    );
    patch(json!({"contact_id": null})).await.assert_status(200);
    patch(json!({"account_id": null}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/account_id"]);

    // A deleted record can't be referred to.
    cloud
        .delete(tenant.record("contacts", &second))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    create(deal(&account, &second))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/contact_id"]);
}

#[tokio::test]
async fn a_deleted_record_is_gone_and_yet_kept_for_thirty_days() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let id = tenant.contact().await;
    let path = tenant.record("contacts", &id);
    let deleted = cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    assert!(deleted.bytes.is_empty());
    cloud
        .get(&path)
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::NotFound);
    cloud
        .patch(&path)
        .as_(&tenant.owner)
        .json(json!({"name": "x"}))
        .await
        .assert_problem(Kind::NotFound);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::NotFound);
    let list = cloud
        .get(tenant.records("contacts"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert!(list.items().is_empty(), "{list}");

    let items = cloud.dump("TenantTable");
    let kept: Vec<&Value> = items
        .iter()
        .filter(|item| item["id"]["S"] == json!(id))
        .collect();
    assert_eq!(kept.len(), 1);
    assert!(
        kept[0]["pk"]["S"]
            .as_str()
            .unwrap()
            .ends_with("#CONTACTS#DELETED"),
        "{}",
        kept[0]
    );
    assert_eq!(kept[0]["deleted_by"]["S"], json!(tenant.owner.user_id));
    let ttl: u64 = kept[0]["ttl"]["N"].as_str().unwrap().parse().unwrap();
    assert!(ttl.abs_diff(tests::now() + 30 * 86_400) < 120, "{ttl}");
}

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

#[tokio::test]
async fn own_means_the_records_one_owns() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let foreign = tenant.record("contacts", &tenant.contact().await);
    let own = tenant.record("contacts", &tenant.contact_of(&seller).await);
    cloud.get(&foreign).as_(&seller).await.assert_status(200);
    let patch = |path: &str, body: Value| cloud.patch(path).as_(&seller).json(body);
    patch(&foreign, json!({"name": "mine now"}))
        .await
        .assert_problem(Kind::PermissionDenied);
    patch(&foreign, json!({"owner_id": seller.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .delete(&foreign)
        .as_(&seller)
        .await
        .assert_problem(Kind::PermissionDenied);
    patch(&own, json!({"name": "still mine"}))
        .await
        .assert_status(200);
    patch(&own, json!({"owner_id": tenant.owner.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
    let for_another = json!({"name": "x", "owner_id": tenant.owner.user_id});
    cloud
        .post(tenant.records("contacts"))
        .as_(&seller)
        .json(for_another)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud.delete(&own).as_(&seller).await.assert_status(204);
    let untouched = cloud.get(&foreign).as_(&seller).await.assert_status(200);
    assert_eq!(
        (&untouched.json["name"], &untouched.json["version"]),
        (&json!("Ada Lovelace"), &json!(1))
    );
}

#[tokio::test]
async fn a_record_can_be_given_to_an_active_member_only() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let stranger = TestTenant::create(cloud, "globex").await.owner;
    let path = tenant.record("contacts", &tenant.contact().await);
    let give = |to: &str| {
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .json(json!({"owner_id": to}))
    };
    let given = give(&seller.user_id).await.assert_status(200);
    assert_eq!(given.json["owner_id"], json!(seller.user_id));
    cloud
        .patch(&path)
        .as_(&seller)
        .json(json!({"name": "Mine"}))
        .await
        .assert_status(200);
    for other in [stranger.user_id, format!("usr_{}", Uuid::now_v7())] {
        give(&other)
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&["/owner_id"]);
    }
    give("somebody")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/owner_id"]);
    tenant.remove(&seller).await;
    give(&seller.user_id)
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/owner_id"]);
}

#[tokio::test]
async fn what_is_no_id_or_no_collection_is_not_found() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let id = tenant.contact().await;
    let missing = cloud
        .get(tenant.record("contacts", &format!("rec_{}", Uuid::now_v7())))
        .as_(&tenant.owner)
        .await;
    missing.assert_problem(Kind::NotFound);
    let bare = id.strip_prefix("rec_").unwrap();
    for odd in [
        tenant.record("contacts", bare),
        tenant.record("contacts", &id.to_uppercase()),
        tenant.record("contacts", &format!("{id}%23")),
        tenant.record("contacts", "x"),
        tenant.record("CONTACTS", &id),
        tenant.record("gadgets", &id),
        tenant.record("accounts", &id),
        tenant.record("contacts%23DELETED", &id),
        format!(
            "/v1/projects/{}/contacts/{id}",
            tenant.project_id.to_uppercase()
        ),
        format!("/v1/projects/{}/contacts/{id}", tenant.id),
    ] {
        let answer = cloud.get(&odd).as_(&tenant.owner).await;
        assert_eq!(
            answer.without_request_id(),
            missing.without_request_id(),
            "{odd}"
        );
    }
}

#[tokio::test]
async fn fields_may_hold_any_text_and_come_back_as_they_were() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    for text in [
        "Søren Åström",
        "名前 🙂",
        "a\"b\\c</script>{{x}}",
        "TENANT#x#*?${aws:PrincipalTag/TenantId}",
        "' OR 1=1 --",
    ] {
        let record = tenant
            .create_record(
                &tenant.owner,
                "contacts",
                json!({"name": text, "notes": format!("{text}\n{text}")}),
            )
            .await;
        let read = cloud
            .get(tenant.record("contacts", record["id"].as_str().unwrap()))
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        assert_eq!(
            (read.json["name"].as_str(), read.json["notes"].as_str()),
            (Some(text), Some(format!("{text}\n{text}").as_str()))
        );
    }
}
