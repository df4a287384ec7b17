//! The foreign and the missing cost the same: neither the bytes of an answer nor the calls behind it tell them apart.

use crate::apart;
use reqwest::Method;
use tests::{Kind, Person, TestCloud, TestTenant};
use uuid::Uuid;

/// What the calls behind one request were. The least of a few: a process that is started meanwhile makes calls of its own.
async fn work(cloud: &'static TestCloud, method: &Method, path: &str, by: &Person) -> Vec<String> {
    let mut least = calls(cloud, method, path, by).await;
    for _ in 0..3 {
        let again = calls(cloud, method, path, by).await;
        if again.len() < least.len() {
            least = again;
        }
    }
    least
}

/// Service, operation, outcome and units of each call.
async fn calls(cloud: &'static TestCloud, method: &Method, path: &str, by: &Person) -> Vec<String> {
    cloud.gateway().clear_decisions();
    let answer = cloud.request(method.clone(), path).as_(by).await;
    answer.assert_problem(Kind::NotFound);
    let records = cloud.gateway().decisions().into_iter();
    let mut calls: Vec<String> = records
        .map(|record| {
            format!(
                "{} {} {:?} {:?} {}",
                record.service, record.operation, record.decision, record.capacity, record.status
            )
        })
        .collect();
    calls.sort();
    calls
}

#[tokio::test]
async fn a_foreign_thing_costs_what_a_missing_one_does() {
    let (cloud, _turn) = apart::cloud().await;
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let (own, foreign) = (&acme.project_id, &globex.project_id);
    let missing = format!("prj_{}", Uuid::now_v7());
    let foreign_record = globex.contact().await;
    let missing_record = format!("rec_{}", Uuid::now_v7());
    let missing_session = format!("ses_{}", Uuid::now_v7());
    let missing_user = format!("usr_{}", Uuid::now_v7());
    let missing_invitation = format!("inv_{}", Uuid::now_v7());
    let missing_role = format!("rol_{}", Uuid::now_v7());
    let foreign_invitation = globex.invite(tests::Role::Viewer).await.id;
    let foreign_role = globex.custom_role(&["records:read"]).await;
    let cases = [
        (
            Method::GET,
            format!("/v1/members/{}", globex.owner.user_id),
            format!("/v1/members/{missing_user}"),
        ),
        (
            Method::PATCH,
            format!("/v1/members/{}", globex.owner.user_id),
            format!("/v1/members/{missing_user}"),
        ),
        (
            Method::DELETE,
            format!("/v1/members/{}", globex.owner.user_id),
            format!("/v1/members/{missing_user}"),
        ),
        (
            Method::DELETE,
            format!("/v1/invitations/{foreign_invitation}"),
            format!("/v1/invitations/{missing_invitation}"),
        ),
        (
            Method::POST,
            format!("/v1/invitations/{foreign_invitation}/resend"),
            format!("/v1/invitations/{missing_invitation}/resend"),
        ),
        (
            Method::GET,
            format!("/v1/roles/{foreign_role}"),
            format!("/v1/roles/{missing_role}"),
        ),
        (
            Method::PATCH,
            format!("/v1/roles/{foreign_role}"),
            format!("/v1/roles/{missing_role}"),
        ),
        (
            Method::DELETE,
            format!("/v1/roles/{foreign_role}"),
            format!("/v1/roles/{missing_role}"),
        ),
        (
            Method::DELETE,
            format!("/v1/projects/{foreign}"),
            format!("/v1/projects/{missing}"),
        ),
        (
            Method::GET,
            format!("/v1/projects/{foreign}/members"),
            format!("/v1/projects/{missing}/members"),
        ),
        (
            Method::DELETE,
            format!("/v1/projects/{own}/members/{}", globex.owner.user_id),
            format!("/v1/projects/{own}/members/{missing_user}"),
        ),
        (
            Method::GET,
            format!("/v1/projects/{foreign}"),
            format!("/v1/projects/{missing}"),
        ),
        (
            Method::GET,
            format!("/v1/projects/{foreign}/contacts"),
            format!("/v1/projects/{missing}/contacts"),
        ),
        (
            Method::GET,
            format!("/v1/projects/{foreign}/contacts/{foreign_record}"),
            format!("/v1/projects/{missing}/contacts/{missing_record}"),
        ),
        (
            Method::GET,
            format!("/v1/projects/{own}/contacts/{foreign_record}"),
            format!("/v1/projects/{own}/contacts/{missing_record}"),
        ),
        (
            Method::DELETE,
            format!("/v1/projects/{own}/contacts/{foreign_record}"),
            format!("/v1/projects/{own}/contacts/{missing_record}"),
        ),
        (
            Method::PATCH,
            format!("/v1/projects/{own}/contacts/{foreign_record}"),
            format!("/v1/projects/{own}/contacts/{missing_record}"),
        ),
        (
            Method::DELETE,
            format!("/v1/me/sessions/{}", globex.owner.session_id),
            format!("/v1/me/sessions/{missing_session}"),
        ),
    ];
    for (method, foreign, missing) in &cases {
        let of_foreign = work(cloud, method, foreign, &acme.owner).await;
        let of_missing = work(cloud, method, missing, &acme.owner).await;
        assert!(!of_missing.is_empty());
        assert_eq!(of_foreign, of_missing, "{method} {foreign}");
    }
}
