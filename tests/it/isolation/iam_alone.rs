//! IAM alone: the functions run with their own checks off, and the shipped policy still refuses.
//!
//! The functions of this cloud are built with the feature `unguarded`: no permission check, no project check, and the
//! header `x-unguarded-tenant` makes a handler use that tenant's keys with the credentials of its caller. What is refused
//! then is refused by the roles of `template.yaml` and by nothing else. Projects and `:own` are the application's to hold:
//! IAM's tags know tenant and access level.

use gateway::Verdict;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Access, Kind, Person, Role, Route, TestCloud, TestTenant, unique};

const HEADER: &str = "x-unguarded-tenant";

/// Routes that reach no tenant's data with a tenant's credentials, and why not.
const ELSEWHERE: &[(&str, &str)] = &[
    ("GET /.well-known/jwks.json", "public"),
    ("GET /.well-known/openid-configuration", "public"),
    ("GET /v1/health", "public"),
    ("GET /v1/openapi.json", "public"),
    (
        "GET /v1/tenant-lookup",
        "public: the directory, with a role of its own",
    ),
    ("POST /v1/tenants", "makes a tenant, with a role of its own"),
    ("POST /v1/auth/login", "no tenant yet; a role of its own"),
    ("POST /v1/auth/refresh", "no tenant yet; a role of its own"),
    (
        "POST /v1/invitations/accept",
        "not a member yet; a role of its own",
    ),
    ("POST /v1/auth/logout", "the caller's own partition"),
    ("POST /v1/auth/switch-tenant", "the caller's own partition"),
    ("GET /v1/me/tenants", "the caller's own partition"),
    ("GET /v1/me/sessions", "the caller's own partition"),
    ("DELETE /v1/me/sessions", "the caller's own partition"),
    (
        "DELETE /v1/me/sessions/{session_id}",
        "the caller's own partition",
    ),
    ("GET /v1/collections", "no data"),
];

/// A request that, in its own tenant and by the right person, would go through.
struct Case {
    route: &'static str,
    what: String,
    path: String,
    body: Option<Value>,
}

impl Case {
    fn new(route: &'static str, what: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            route,
            what: what.into(),
            path: path.into(),
            body: None,
        }
    }

    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// The cases on the data of one tenant, in an order in which all of them can succeed.
async fn cases(tenant: &TestTenant) -> Vec<Case> {
    let account = tenant.account().await;
    let project = &tenant.project_id;
    let mut cases = vec![
        Case::new("GET /v1/me", "", "/v1/me"),
        Case::new("GET /v1/members", "", "/v1/members"),
        Case::new("GET /v1/members", "with a limit", "/v1/members?limit=1"),
        Case::new("GET /v1/projects", "", "/v1/projects"),
        Case::new("POST /v1/projects", "", "/v1/projects").body(json!({"name": "Taken over"})),
        Case::new("GET /v1/projects/{project_id}", "", format!("/v1/projects/{project}")),
        Case::new("POST /v1/invitations", "", "/v1/invitations")
            .body(json!({"email": format!("{}@taken.example", unique()), "role": "viewer", "send_email": false})),
    ];
    let (list, one) = (
        "/v1/projects/{project_id}/{collection}",
        "/v1/projects/{project_id}/{collection}/{record_id}",
    );
    let route = |method: &str, path: &str| -> &'static str {
        match (method, path == list) {
            ("GET", true) => "GET /v1/projects/{project_id}/{collection}",
            ("POST", _) => "POST /v1/projects/{project_id}/{collection}",
            ("GET", false) => "GET /v1/projects/{project_id}/{collection}/{record_id}",
            ("PATCH", _) => "PATCH /v1/projects/{project_id}/{collection}/{record_id}",
            _ => "DELETE /v1/projects/{project_id}/{collection}/{record_id}",
        }
    };
    let deal = json!({"name": "Machine", "stage": "proposal", "account_id": account});
    for (collection, plain, with_reference) in [
        ("accounts", json!({"name": "Northwind"}), None),
        (
            "contacts",
            json!({"name": "Ada Lovelace"}),
            Some(json!({"name": "Ada", "account_id": account})),
        ),
        ("deals", deal.clone(), Some(deal)),
    ] {
        let record = tenant
            .create_record(&tenant.owner, collection, plain.clone())
            .await;
        let record = tenant.record(collection, record["id"].as_str().unwrap());
        let all = tenant.records(collection);
        cases.push(Case::new(route("GET", list), collection, all.clone()));
        cases.push(Case::new(
            route("GET", list),
            format!("{collection}, oldest first"),
            format!("{all}?sort=created_at&limit=1"),
        ));
        cases.push(Case::new(route("POST", list), collection, all.clone()).body(plain));
        cases.push(Case::new(route("GET", one), collection, record.clone()));
        cases.push(
            Case::new(route("PATCH", one), collection, record.clone())
                .body(json!({"name": "Changed"})),
        );
        if let Some(fields) = with_reference {
            let reference = json!({"account_id": account});
            cases.push(
                Case::new(
                    route("POST", list),
                    format!("{collection}, with a reference"),
                    all,
                )
                .body(fields),
            );
            cases.push(
                Case::new(
                    route("PATCH", one),
                    format!("{collection}, with a reference"),
                    record.clone(),
                )
                .body(reference),
            );
        }
        cases.push(Case::new(route("DELETE", one), collection, record));
    }
    cases.push(Case::new("POST /v1/members/leave", "", "/v1/members/leave").body(json!({})));
    cases
}

/// Sends a case; `foreign` is the tenant whose keys the handler is made to use.
async fn send(
    cloud: &TestCloud,
    case: &Case,
    by: &Person,
    foreign: Option<&TestTenant>,
) -> tests::Answer {
    let method: Method = Route::named(case.route).method().parse().unwrap();
    let mut request = cloud.request(method, &case.path).as_(by);
    if let Some(foreign) = foreign {
        request = request.header(HEADER, &foreign.id);
    }
    if let Some(body) = &case.body {
        request = request.json(body);
    }
    request.await
}

/// Every row of the tables that is this tenant's, in a fixed order.
fn rows_of(cloud: &TestCloud, tenant: &TestTenant) -> Vec<String> {
    let tables = ["TenantTable", "DirectoryTable", "AuditTable"];
    let rows = tables
        .into_iter()
        .flat_map(|table| cloud.dump(table))
        .map(|row| row.to_string());
    let mut rows: Vec<String> = rows.filter(|row| row.contains(tenant.uuid())).collect();
    rows.sort();
    rows
}

/// What the decision log says of the refusal that ended this request; else what is wrong with it.
fn refusal(
    cloud: &TestCloud,
    after: u64,
    case: &Case,
    caller: &TestTenant,
    data: &TestTenant,
    condition: &[&str],
) -> Result<String, String> {
    let decisions = cloud.gateway().decisions();
    let mut refused = decisions.iter().filter(|decision| {
        decision.id > after
            && decision.service == "dynamodb"
            && decision.decision == Verdict::Denied
            && decision.caller.route.as_deref() == Some(case.route)
    });
    let decision = refused.next().ok_or("no refusal in the decision log")?;
    let tags = &decision
        .principal
        .as_ref()
        .ok_or("a refusal without a principal")?
        .tags;
    if tags.get("TenantId").map(String::as_str) != Some(caller.uuid()) {
        return Err(format!("refused to {tags:?}"));
    }
    let partition = format!("TENANT#{}", data.uuid());
    if decision.leading_keys.is_empty()
        || !decision
            .leading_keys
            .iter()
            .all(|key| key.starts_with(&partition))
    {
        return Err(format!("refused for the keys {:?}", decision.leading_keys));
    }
    let reason = decision.reason.clone().unwrap_or_default();
    if !reason.starts_with("Tenant")
        || !condition.iter().any(|condition| reason.contains(condition))
    {
        return Err(format!(
            "refused because of {reason:?}, not of {condition:?}"
        ));
    }
    Ok(reason)
}

#[tokio::test]
async fn the_shipped_policy_refuses_what_the_functions_let_through() {
    let cloud = TestCloud::unguarded();
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    let mut people = vec![(Role::Owner, acme.owner.clone())];
    for role in [Role::Admin, Role::Manager, Role::SalesRep, Role::Viewer] {
        people.push((role, acme.member(role).await));
    }
    let (foreign, own) = (cases(&globex).await, cases(&acme).await);
    let routes = Route::all();
    let covered: BTreeSet<&str> = foreign
        .iter()
        .map(|case| case.route)
        .chain(ELSEWHERE.iter().map(|(route, _)| *route))
        .collect();
    let missing: Vec<&String> = routes
        .iter()
        .map(|route| &route.route_key)
        .filter(|key| !covered.contains(key.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "these routes have no case in iam_alone.rs: {missing:?}"
    );

    let before = (rows_of(cloud, &globex), rows_of(cloud, &acme));
    let mut wrong = Vec::new();
    let mut samples = std::collections::BTreeMap::new();
    let (mut foreign_count, mut level_count) = (0, 0);
    let mut levels_of = BTreeSet::new();
    for (role, person) in &people {
        let foreign_cases = foreign.iter().map(|case| (case, Some(&globex)));
        // On their own tenant's data: what their role does not carry, their credentials do not write.
        let level_cases = own.iter().filter(|case| {
            let route = Route::named(case.route);
            route.access > Some(Access::Read)
                && route
                    .required()
                    .is_some_and(|needed| role.may(needed) == permissions::Grant::None)
        });
        for (case, keys_of) in foreign_cases.chain(level_cases.map(|case| (case, None))) {
            let after = cloud
                .gateway()
                .decisions()
                .last()
                .map_or(0, |decision| decision.id);
            let answer = send(cloud, case, person, keys_of).await;
            let place = format!(
                "{} ({}) by {role}, {}",
                case.route,
                case.what,
                if keys_of.is_some() {
                    "another tenant's keys"
                } else {
                    "own keys"
                }
            );
            if let Err(what) = answer.check_problem(Kind::IsolationRefused) {
                wrong.push(format!("{place}: {what}: {answer}"));
                continue;
            }
            let (data, conditions) = match keys_of {
                Some(_) => (
                    &globex,
                    &["dynamodb:LeadingKeys", "aws:PrincipalTag/Access"][..],
                ),
                None => (&acme, &["aws:PrincipalTag/Access"][..]),
            };
            match refusal(cloud, after, case, &acme, data, conditions) {
                Ok(reason) => {
                    samples
                        .entry(reason.split(':').next().unwrap_or_default().to_owned())
                        .or_insert(reason);
                }
                Err(what) => wrong.push(format!("{place}: {what}")),
            }
            match keys_of {
                Some(_) => foreign_count += 1,
                None => {
                    level_count += 1;
                    levels_of.insert(case.route);
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} were not refused as they should:\n{}",
        wrong.len(),
        foreign_count + level_count,
        wrong.join("\n")
    );
    assert!(
        before == (rows_of(cloud, &globex), rows_of(cloud, &acme)),
        "a refused request has changed something"
    );

    // The same requests, with the right credentials, are good ones: what refused them was the credentials.
    let admin = globex.member(Role::Admin).await;
    for case in &foreign {
        let answer = send(cloud, case, &admin, Some(&globex)).await;
        assert_eq!(
            answer.status,
            Route::named(case.route).success,
            "{} ({}): {answer}",
            case.route,
            case.what
        );
    }
    let tenant_routes: BTreeSet<&str> = foreign.iter().map(|case| case.route).collect();
    println!("IAM alone, with the functions' own checks off:");
    println!(
        "  another tenant's keys: {} routes, {} cases, {} roles: {foreign_count} requests, all refused",
        tenant_routes.len(),
        foreign.len(),
        people.len()
    );
    println!(
        "  access level too low:  {} routes: {level_count} requests, all refused",
        levels_of.len()
    );
    println!("  without tenant data:   {} routes", ELSEWHERE.len());
    for reason in samples.values() {
        println!("  - {reason}");
    }
}

/// Every write route must have been tried with too low an access level by somebody.
#[test]
fn each_write_route_is_refused_to_some_role() {
    let routes = Route::all();
    let writes = routes
        .iter()
        .filter(|route| route.access > Some(Access::Read));
    for route in writes {
        let needed = route
            .required()
            .unwrap_or_else(|| panic!("{} writes and asks for no permission", route.route_key));
        assert_eq!(
            Role::Viewer.may(needed),
            permissions::Grant::None,
            "{}",
            route.route_key
        );
    }
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
