//! `POST /v1/projects/{project_id}/{collection}`

use super::tenant;
use serde_json::json;
use tests::{Kind, TestCloud};

#[tokio::test]
async fn a_created_record_is_found_by_its_location() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let fields = json!({
        "name": " Ada Lovelace ", "email": "ada@example.com", "phone": "+44 20 7946 0018", "stage": "lead",
        "address": {"line1": "12 St James's Square", "city": "London", "country": "GB", "postal_code": "SW1Y 4LB"},
        "notes": "First.", "tags": ["engine"], "job_title": "Analyst", "time_zone": "Europe/London",
    });
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
    // What has not changed is the same to the byte.
    assert_eq!(read.bytes, created.bytes);
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

#[tokio::test]
async fn a_telephone_number_has_one_form_and_fits_its_country() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let create = async |phone: &str| {
        let create = cloud.post(tenant.records("contacts")).as_(&tenant.owner);
        create.json(json!({"name": "Ada", "phone": phone})).await
    };
    for (written, kept) in [
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+1 (415) 555-0100", "+14155550100"),
    ] {
        let created = create(written).await.assert_status(201);
        assert_eq!(created.json["phone"], json!(kept));
    }
    for (wrong, why) in [
        ("020 7946 0018", "international form"),
        ("+999 1234 5678", "calling code"),
        ("+1 415 555 010", "digits"),
        ("+1 015 555 0100", "numbering plan"),
    ] {
        let refused = create(wrong).await;
        refused
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/phone"]);
        assert!(refused.text("/errors/0/detail").contains(why), "{refused}");
    }
}
