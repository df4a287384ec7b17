//! `GET /v1/tenant/onboarding` and `GET /v1/tenant/usage`

use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant, unique};

async fn done(tenant: &TestTenant) -> Vec<String> {
    let cloud = tenant.cloud();
    let answer = cloud
        .get("/v1/tenant/onboarding")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    let steps = answer.json["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 4);
    let done: Vec<String> = steps
        .iter()
        .filter(|step| step["done"] == true)
        .map(|step| step["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(answer.json["complete"], json!(done.len() == 4));
    done
}

#[tokio::test]
async fn a_step_is_done_when_what_it_is_about_is_there() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    assert_eq!(done(&tenant).await, ["first_project"]);
    tenant.invite(Role::Viewer).await;
    assert_eq!(done(&tenant).await, ["first_invitation", "first_project"]);
    tenant.contact().await;
    assert_eq!(
        done(&tenant).await,
        ["first_invitation", "first_project", "first_record"]
    );
    let cloud = tenant.cloud();
    cloud
        .put("/v1/tenant/branding")
        .as_(&tenant.owner)
        .json(json!({"primary_color": "#0a7f5a"}))
        .await
        .assert_status(200);
    assert_eq!(done(&tenant).await.len(), 4);
}

#[tokio::test]
async fn usage_counts_what_is_there() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let usage = async |person| {
        cloud
            .get("/v1/tenant/usage")
            .as_(person)
            .await
            .assert_status(200)
            .json
    };
    let first = usage(&tenant.owner).await;
    assert_eq!(
        (&first["members"], &first["invitations"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(first["projects"]["used"], 1);
    let viewer = tenant.member(Role::Viewer).await;
    tenant.invite(Role::Viewer).await;
    tenant.project().await;
    let next = usage(&viewer).await;
    assert_eq!(
        (&next["members"], &next["invitations"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(next["seats"]["used"], 3);
    assert_eq!(next["projects"]["used"], 2);
    assert_eq!(next["seats"]["limit"], first["seats"]["limit"]);
}

#[tokio::test]
async fn usage_counts_the_letters_of_the_tenant_day_by_day() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let usage = async |query: &str| {
        let request = cloud.get(format!("/v1/tenant/usage{query}"));
        request.as_(&tenant.owner).await
    };
    // Letters to a person about their own account are not the tenant's.
    cloud.settled().await;
    let before = usage("").await.assert_status(200).json;
    assert_eq!(before["emails"], 0);
    assert_eq!(before["days"], json!([]));
    for _ in 0..2 {
        let body = json!({"email": format!("x{}@new.example", unique()), "role": "viewer"});
        let request = cloud.post("/v1/invitations").as_(&tenant.owner).json(body);
        request.await.assert_status(201);
    }
    cloud.settled().await;
    let after = usage("").await.assert_status(200).json;
    let month = after["month"].as_str().unwrap();
    let day = after["days"][0]["day"].as_str().unwrap();
    assert!(day.starts_with(month) && day.len() == 10, "{after}");
    assert_eq!(after["emails"], 2);
    assert_eq!(after["days"], json!([{"day": day, "emails": 2}]));
    let same = usage(&format!("?month={month}")).await;
    assert_eq!(same.assert_status(200).json, after);
    let earlier = usage("?month=2020-02").await.assert_status(200).json;
    assert_eq!(
        (&earlier["emails"], &earlier["days"]),
        (&json!(0), &json!([]))
    );
    for wrong in ["2026-13", "2026", "2026-1", "-9999-12", "", "now"] {
        let answer = usage(&format!("?month={wrong}")).await;
        answer
            .assert_problem(Kind::InvalidQuery)
            .assert_fields(&["?month"]);
    }
}
