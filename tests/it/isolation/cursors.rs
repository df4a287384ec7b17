//! A cursor goes on with the list that it came from, for the one who got it: everywhere else it is refused, and says so.
//!
//! Every route that is read in pages has a row here: which list a cursor is taken from, and what else it must not go on with.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant, billing_event, unique};

/// A route that is read in pages.
struct Paged {
    /// Its path.
    route: &'static str,
    /// What the list is asked for, beside the cursor.
    query: &'static str,
    /// The same list asked for otherwise.
    otherwise: &'static [&'static str],
}

const fn paged(
    route: &'static str,
    query: &'static str,
    otherwise: &'static [&'static str],
) -> Paged {
    Paged {
        route,
        query,
        otherwise,
    }
}

const RECORDS: &str = "/v1/projects/{project_id}/{collection}";
const EXPORT: &str = "/v1/projects/{project_id}/{collection}/export";

const PAGED: &[Paged] = &[
    paged("/v1/exports", "limit=1", &[]),
    paged("/v1/invitations", "limit=1", &["status=pending"]),
    paged("/v1/me/sessions", "limit=1", &[]),
    paged("/v1/me/tenants", "limit=1", &[]),
    paged("/v1/members", "limit=1", &["role=viewer", "q=some"]),
    paged("/v1/projects", "limit=1", &["status=archived"]),
    paged(
        "/v1/projects/{project_id}/inbox",
        "limit=1",
        &["unread=true"],
    ),
    paged("/v1/projects/{project_id}/members", "limit=1", &[]),
    paged(
        RECORDS,
        "limit=1",
        &["status=lead", "sort=created_at", "name_prefix=a"],
    ),
    paged(RECORDS, "limit=1&name_prefix=a", &["name_prefix=ad", ""]),
    paged(RECORDS, "limit=1&status=lead", &["status=customer", ""]),
    paged(EXPORT, "format=csv", &["format=jsonl"]),
    paged("/v1/tenant/domains", "limit=1", &[]),
    paged("/v1/tenant/payments", "limit=1", &[]),
];

/// The paths that take a cursor, as the document of the API says.
fn declared() -> BTreeSet<String> {
    let document = include_str!("../../../infra/openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let takes_cursor = |operation: &Value| {
        let parameters = operation["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|parameter| parameter["name"] == "cursor")
    };
    paths
        .filter(|(_, methods)| methods.as_object().unwrap().values().any(takes_cursor))
        .map(|(path, _)| path.clone())
        .collect()
}

#[test]
fn every_list_that_has_pages_is_tried() {
    let tried: BTreeSet<String> = PAGED.iter().map(|paged| paged.route.to_owned()).collect();
    assert_eq!(
        declared(),
        tried,
        "these have no row in isolation/cursors.rs, or too much"
    );
}

/// A tenant with two of everything that is listed; the last is a second project.
async fn two_of_everything(cloud: &'static TestCloud) -> (TestTenant, Person, String) {
    let tenant = TestTenant::create(cloud, "pages").await;
    let admin = tenant.member(Role::Admin).await;
    let owner = &tenant.owner;
    for _ in 0..2 {
        tenant.invite(Role::Viewer).await;
        tenant.log_in(owner).await;
        tenant.domain().await;
        let invoice = json!({
            "id": format!("in_{}", unique()), "amount_paid": 100, "currency": "eur", "metadata": {"tenant_id": tenant.id},
        });
        let event = billing_event("invoice.paid", invoice);
        cloud.bill(&event).await.assert_status(200);
        let contact = json!({"name": "Ada", "stage": "lead"});
        tenant.create_record(owner, "contacts", contact).await;
        let export = json!({"project_id": tenant.project_id, "collection": "deals"});
        let post = cloud.post("/v1/exports").as_(owner).json(export);
        post.await.assert_status(201);
        let notification = json!({"title": "Look", "type": "mention"});
        let made = tenant.create_record(owner, "notifications", notification);
        made.await;
    }
    let project = tenant.project().await;
    for person in [owner, &admin] {
        let project = &tenant.project_id;
        tenant.put_in_project(project, person, "lead").await;
    }
    let elsewhere = TestTenant::create(cloud, "also").await;
    elsewhere.join(owner, Role::Viewer).await;
    // More than an answer holds, so that the export has a second part.
    let long = json!({"name": "Long", "subject": "x", "html_body": format!("<p>{}", "x\n".repeat(40_000))});
    let batch = json!({"records": [long, long]});
    let path = format!("{}/batch", tenant.records("email-templates"));
    for _ in 0..24 {
        let post = cloud.post(&path).as_(owner).json(&batch);
        post.await.assert_status(201);
    }
    (tenant, admin, project)
}

/// Where a route leads in a project; an export is one of what there is much of.
fn path(route: &str, project: &str) -> String {
    let collection = if route == EXPORT {
        "email-templates"
    } else {
        "contacts"
    };
    let path = route.replace("{project_id}", project);
    path.replace("{collection}", collection)
}

async fn ask(cloud: &TestCloud, by: &Person, path: &str, query: &str, cursor: &str) -> Answer {
    let all = [query, &format!("cursor={cursor}")].join("&");
    let all = all.trim_start_matches('&');
    cloud.get(format!("{path}?{all}")).as_(by).await
}

/// The cursor behind the first page.
async fn taken(cloud: &TestCloud, by: &Person, path: &str, query: &str) -> String {
    let first = cloud.get(format!("{path}?{query}")).as_(by).await;
    let first = first.assert_status(200);
    match first.headers.get("next-cursor") {
        Some(cursor) => cursor.to_str().unwrap().to_owned(),
        None => first.text("/next_cursor"),
    }
}

#[tokio::test]
async fn a_cursor_is_of_use_to_its_reader_for_its_list_alone() {
    let cloud = TestCloud::shared();
    let (tenant, admin, second) = two_of_everything(cloud).await;
    let stranger = TestTenant::create(cloud, "stranger").await;
    let (owner, project) = (&tenant.owner, &tenant.project_id);
    let mut cursors = BTreeMap::new();
    for paged in PAGED {
        let (path, place) = (path(paged.route, project), (paged.route, paged.query));
        let cursor = taken(cloud, owner, &path, paged.query).await;
        // It is one, and can be used twice.
        for _ in 0..2 {
            let next = ask(cloud, owner, &path, paged.query, &cursor).await;
            assert_eq!(next.status, 200, "{place:?}: {next}");
        }
        cursors.insert(place, cursor);
    }
    let mut wrong = Vec::new();
    let mut refused = |what: String, answer: Answer, kind: Kind| {
        let is_so = answer.status == kind.status() && answer.text("/type").ends_with(kind.slug());
        if !is_so {
            wrong.push(format!("{what}: {answer}"));
        }
    };
    for paged in PAGED {
        let (route, query) = (paged.route, paged.query);
        let (own, cursor) = (path(route, project), &cursors[&(route, query)]);
        for otherwise in paged.otherwise {
            let answer = ask(cloud, owner, &own, otherwise, cursor).await;
            refused(
                format!("{route}?{query} asked as ?{otherwise}"),
                answer,
                Kind::InvalidCursor,
            );
        }
        let answer = ask(cloud, &admin, &own, query, cursor).await;
        refused(
            format!("{route}?{query} by another member"),
            answer,
            Kind::InvalidCursor,
        );
        let there = path(route, &stranger.project_id);
        let answer = ask(cloud, &stranger.owner, &there, query, cursor).await;
        refused(
            format!("{route}?{query} in another tenant"),
            answer,
            Kind::InvalidCursor,
        );
        if route.contains("{project_id}") {
            let answer = ask(cloud, &stranger.owner, &own, query, cursor).await;
            refused(
                format!("{route}?{query} by a stranger"),
                answer,
                Kind::NotFound,
            );
            let answer = ask(cloud, owner, &path(route, &second), query, cursor).await;
            refused(
                format!("{route}?{query} in another project"),
                answer,
                Kind::InvalidCursor,
            );
        }
        if route.contains("{collection}") {
            let other = own.replace("contacts", "notifications");
            let other = other.replace("email-templates", "deals");
            // A filter that the other collection has not is refused for itself.
            let query = if query.contains("status") {
                "limit=1"
            } else {
                query
            };
            let answer = ask(cloud, owner, &other, query, cursor).await;
            refused(
                format!("{route}?{query} for another collection"),
                answer,
                Kind::InvalidCursor,
            );
        }
        for other in PAGED.iter().filter(|other| other.route != route) {
            let path = path(other.route, project);
            let answer = ask(cloud, owner, &path, other.query, cursor).await;
            refused(
                format!("{route}?{query} for {path}"),
                answer,
                Kind::InvalidCursor,
            );
        }
        // Whatever is changed in it.
        for at in [0, cursor.len() / 2, cursor.len() - 1] {
            let mut altered = cursor.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            let answer = ask(cloud, owner, &own, query, &altered).await;
            refused(
                format!("{route}?{query} altered at {at}"),
                answer,
                Kind::InvalidCursor,
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
