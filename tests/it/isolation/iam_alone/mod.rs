//! IAM alone: the functions run with their own checks off, and the shipped policy still refuses.
//!
//! The functions of this cloud are built with the feature `unguarded`: no permission check, no project check, and the
//! header `x-unguarded-tenant` makes a handler use that tenant's keys with the credentials of its caller. What is refused
//! then is refused by the roles of `template.yaml` and by nothing else. Projects and `:own` are the application's to hold:
//! IAM's tags know tenant and access level.

mod case;
mod elsewhere;
mod records;
mod tally;
mod team;
mod tenant;

use super::sweep::world::Place;
use case::{Case, send};
use elsewhere::{ELSEWHERE, LEVEL_ELSEWHERE};
use serde_json::json;
use std::collections::BTreeSet;
use tally::{Tally, changes, items_of};
use tenant::cases;
use tests::{Access, Kind, Role, Route, TestCloud, TestTenant, described};

const HEADER: &str = "x-unguarded-tenant";

/// The routes that have no case.
fn uncovered(cases: &[Case]) -> Vec<String> {
    let elsewhere = ELSEWHERE.iter().map(|(route, _)| *route);
    let covered: BTreeSet<&str> = cases
        .iter()
        .map(|case| case.route)
        .chain(elsewhere)
        .collect();
    let keys = Route::all().into_iter().map(|route| route.route_key);
    keys.filter(|key| !covered.contains(key.as_str())).collect()
}

#[tokio::test]
async fn the_shipped_policy_refuses_what_the_functions_let_through() {
    let cloud = TestCloud::unguarded();
    let places = (
        Place::create(cloud, "acme").await,
        Place::create(cloud, "globex").await,
    );
    let (acme, globex) = (&places.0.tenant, &places.1.tenant);
    let people = places.0.people().await;
    let foreign = cases(&places.1, &globex.owner).await;
    // Whom a lower level is to keep from writing needs records of their own, and so may write until these are made.
    let (viewer, project) = (&people[&Role::Viewer], &acme.project_id);
    acme.put_in_project(project, viewer, "contributor").await;
    let own = cases(&places.0, viewer).await;
    acme.put_in_project(project, viewer, "reader").await;
    cloud.settled().await;
    let missing = uncovered(&foreign);
    assert!(
        missing.is_empty(),
        "these routes have no case in iam_alone: {missing:?}"
    );

    let before = (items_of(cloud, globex), items_of(cloud, acme));
    let mut tally = Tally::default();
    for (&role, person) in &people {
        for case in foreign.iter().filter(|case| role >= case.lowest) {
            tally.try_case(case, (role, person), acme, globex).await;
        }
        // What a role does not carry, its credentials do not write: not even in its own tenant.
        for case in own
            .iter()
            .filter(|case| role >= case.lowest && case.is_above(role))
        {
            tally.try_case(case, (role, person), acme, acme).await;
        }
    }
    assert!(
        tally.wrong.is_empty(),
        "{} were not refused by IAM:\n{}",
        tally.wrong.len(),
        tally.wrong.join("\n")
    );
    let changed = [
        changes(cloud, globex, &before.0),
        changes(cloud, acme, &before.1),
    ];
    assert!(
        changed.iter().all(Vec::is_empty),
        "a refused request has changed something: {changed:?}"
    );
    let writes = Route::all()
        .into_iter()
        .filter(|route| route.access > Some(Access::Read));
    let untried: Vec<String> = writes
        .map(|route| route.route_key)
        .filter(|key| !tally.level.contains_key(key.as_str()))
        .filter(|key| !LEVEL_ELSEWHERE.iter().any(|(route, _)| route == key))
        .collect();
    assert!(
        untried.is_empty(),
        "no role lacks the access level of {untried:?}"
    );

    // The same requests by somebody of that tenant are good ones: what refused them was the credentials.
    let admin = globex.member(Role::Admin).await;
    for case in &foreign {
        // Handing the ownership over would leave the other cases without their owner; its own tests see it succeed.
        if case.lowest == Role::Owner {
            continue;
        }
        let person = if case.by_owner { &globex.owner } else { &admin };
        let answer = send(cloud, case, person, Some(globex)).await;
        assert_eq!(
            answer.status,
            Route::named(case.route).success,
            "{} ({}): {answer}",
            case.route,
            case.what
        );
    }
    tally.print();
}

#[tokio::test]
async fn the_header_means_nothing_to_the_functions_that_are_deployed() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    let viewer = acme.member(Role::Viewer).await;
    let contact = globex.contact().await;
    let members = cloud
        .get("/v1/members")
        .as_(&acme.owner)
        .header(HEADER, &globex.id)
        .await
        .assert_status(200);
    let emails: Vec<&str> = members
        .items()
        .iter()
        .filter_map(|member| member["email"].as_str())
        .collect();
    assert!(
        emails.contains(&acme.owner.email.as_str())
            && !emails.contains(&globex.owner.email.as_str()),
        "{emails:?}"
    );
    cloud
        .get(globex.record("contacts", &contact))
        .as_(&acme.owner)
        .header(HEADER, &globex.id)
        .await
        .assert_problem(Kind::NotFound);
    let create = cloud
        .post(acme.records("contacts"))
        .as_(&viewer)
        .header(HEADER, &acme.id)
        .json(json!({"name": "Ada"}))
        .await;
    create.assert_problem(Kind::PermissionDenied);
}

/// A URL is signed without asking anybody. Where the application lets through who may only read, S3 asks IAM.
#[tokio::test]
async fn what_reading_credentials_sign_s3_refuses() {
    let cloud = TestCloud::unguarded();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let viewer = tenant.member(Role::Viewer).await;
    let bytes = described("application/pdf", b"x");
    let signed = async |by| {
        let upload = tenant.upload_url(by, &file, &bytes).await;
        cloud.send(&upload.assert_status(200).json, b"x").await
    };
    let refused = signed(&viewer).await;
    let text = String::from_utf8_lossy(&refused.bytes);
    assert_eq!(refused.status, 403, "{text}");
    assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
    signed(&tenant.owner).await.assert_status(200);
}
