//! IAM alone: the functions run with their own checks off, and the shipped policy still refuses.
//!
//! The functions of this cloud are built with the feature `unguarded`: no permission check, no project check, and the
//! header `x-unguarded-tenant` makes a handler use that tenant's keys with the credentials of its caller. What is refused
//! then is refused by the roles of `template.yaml` and by nothing else. Projects and `:own` are the application's to hold:
//! IAM's tags know tenant and access level.

use gateway::Verdict;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Access, Kind, Person, Role, Route, TestCloud, TestTenant, described, unique};

const HEADER: &str = "x-unguarded-tenant";

/// Routes that reach no tenant's data with a tenant's credentials, and why not.
const LEVEL_ELSEWHERE: &[(&str, &str)] = &[
    (
        "POST /v1/projects/{project_id}/files/{record_id}/upload-url",
        "signs and asks nobody: what such credentials have signed S3 refuses, as is tried below",
    ),
    (
        "POST /v1/projects/{project_id}/notifications/{record_id}/read",
        "whoever may read may have read",
    ),
    (
        "POST /v1/invitations/bulk",
        "IAM refuses each row, and the answer says so in its rows",
    ),
    (
        "DELETE /v1/members/{user_id}",
        "reads with the tenant's credentials, writes with a role of its own",
    ),
    (
        "POST /v1/tenant/transfer-ownership",
        "the handler wants an owner, who lacks nothing",
    ),
];

/// The routes that reach no tenant's data, and what they reach.
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
    (
        "POST /v1/billing/webhook",
        "signed by the billing provider; a role of its own",
    ),
    ("POST /v1/auth/login", "no tenant yet; a role of its own"),
    ("POST /v1/auth/refresh", "no tenant yet; a role of its own"),
    (
        "POST /v1/invitations/accept",
        "not a member yet; a role of its own",
    ),
    (
        "POST /v1/invitations/preview",
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
    (
        "POST /v1/auth/forgot-password",
        "no tenant yet; a role of its own",
    ),
    (
        "POST /v1/auth/reset-password",
        "no tenant yet; a role of its own",
    ),
    (
        "POST /v1/auth/verify-email",
        "no tenant yet; a role of its own",
    ),
    (
        "POST /v1/auth/resend-verification",
        "the caller's own account; a role of its own",
    ),
    (
        "PATCH /v1/me",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/change-email",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/change-password",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/tenants",
        "the caller's own account; a role of its own",
    ),
    ("POST /v1/auth/mfa", "no tenant yet; a role of its own"),
    (
        "POST /v1/auth/step-up",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/mfa/totp",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/mfa/totp/confirm",
        "the caller's own account; a role of its own",
    ),
    (
        "DELETE /v1/me/mfa/totp",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/mfa/recovery-codes",
        "the caller's own account; a role of its own",
    ),
    ("GET /v1/collections", "no data"),
    ("GET /v1/permissions", "no data"),
];

/// A request that, in its own tenant and by the right person, would go through.
struct Case {
    route: &'static str,
    what: String,
    path: String,
    body: Option<Value>,
    /// The lowest role that gets as far as the tables: a handler may look at ranks, too.
    lowest: Role,
    /// Whether nobody but an owner gets through.
    by_owner: bool,
}

impl Case {
    fn new(route: &'static str, what: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            route,
            what: what.into(),
            path: path.into(),
            body: None,
            lowest: Role::Viewer,
            by_owner: false,
        }
    }

    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn not_below(mut self, lowest: Role) -> Self {
        self.lowest = lowest;
        self
    }

    fn by_owner(mut self) -> Self {
        self.by_owner = true;
        self
    }

    /// Whether the credentials of this role's request have too low an access level for the case.
    fn is_above(&self, role: Role) -> bool {
        let route = Route::named(self.route);
        let is_write = route.access > Some(Access::Read);
        let is_elsewhere = LEVEL_ELSEWHERE.iter().any(|(key, _)| *key == self.route);
        is_write
            && !is_elsewhere
            && route
                .required()
                .is_some_and(|needed| role.may(needed) == permissions::Grant::None)
    }
}

/// Those about the team. A handler looks at ranks: who manages nobody comes no further.
async fn team_cases(tenant: &TestTenant) -> Vec<Case> {
    let changed = tenant.member(Role::Viewer).await.user_id;
    let (resent, revoked) = (
        tenant.invite(Role::Viewer).await.id,
        tenant.invite(Role::Viewer).await.id,
    );
    let (role, spare) = (
        tenant.custom_role(&["contacts:read"]).await,
        tenant.custom_role(&["contacts:read"]).await,
    );
    let csv = format!("email,role\n{}@taken.example,viewer", unique());
    let new_role = json!({"name": format!("Taken {}", unique()), "permissions": ["contacts:read"]});
    let path = format!("/v1/members/{changed}");
    vec![
        Case::new("GET /v1/invitations", "", "/v1/invitations"),
        Case::new(
            "GET /v1/invitations",
            "pending",
            "/v1/invitations?status=pending",
        ),
        Case::new("POST /v1/invitations/bulk", "", "/v1/invitations/bulk")
            .body(json!({"csv": csv}))
            // A row that is refused is told of in the answer's rows.
            .not_below(Role::Manager),
        Case::new(
            "POST /v1/invitations/{invitation_id}/resend",
            "",
            format!("/v1/invitations/{resent}/resend"),
        )
        .body(json!({"send_email": false}))
        .not_below(Role::SalesRep),
        Case::new(
            "DELETE /v1/invitations/{invitation_id}",
            "",
            format!("/v1/invitations/{revoked}"),
        )
        .not_below(Role::SalesRep),
        Case::new("GET /v1/members/{user_id}", "", &path),
        Case::new("PATCH /v1/members/{user_id}", "", &path)
            .body(json!({"status": "deactivated"}))
            .not_below(Role::SalesRep),
        // It writes with a role of its own, for the person's pointer: what it reads is the tenant's, how far it goes its own.
        Case::new("DELETE /v1/members/{user_id}", "", &path).not_below(Role::Admin),
        Case::new(
            "POST /v1/tenant/transfer-ownership",
            "",
            "/v1/tenant/transfer-ownership",
        )
        .body(json!({"user_id": changed}))
        .not_below(Role::Owner),
        Case::new("GET /v1/roles", "", "/v1/roles"),
        Case::new("GET /v1/roles/{role_id}", "", format!("/v1/roles/{role}")),
        Case::new("POST /v1/roles", "", "/v1/roles").body(new_role),
        Case::new("PATCH /v1/roles/{role_id}", "", format!("/v1/roles/{role}"))
            .body(json!({"description": "Taken over"}))
            .not_below(Role::SalesRep),
        Case::new(
            "DELETE /v1/roles/{role_id}",
            "",
            format!("/v1/roles/{spare}"),
        )
        .not_below(Role::SalesRep),
    ]
}

/// The cases on the data of one tenant, in an order in which all of them can succeed.
async fn cases(tenant: &TestTenant) -> Vec<Case> {
    let account = tenant.account().await;
    let project = &tenant.project_id;
    let spare = tenant.project().await;
    let (inside, outside) = (
        tenant.member(Role::SalesRep).await.user_id,
        tenant.member(Role::Viewer).await.user_id,
    );
    let mut cases = team_cases(tenant).await;
    cases.extend([
        Case::new("GET /v1/exports", "", "/v1/exports"),
        Case::new("POST /v1/exports", "", "/v1/exports")
            .body(json!({"project_id": project, "collection": "contacts"})),
        Case::new(
            "GET /v1/exports/{export_id}",
            "",
            format!("/v1/exports/{}", tenant.export_of(&tenant.owner, "contacts").await),
        )
        .by_owner(),
        Case::new("GET /v1/me", "", "/v1/me"),
        Case::new("GET /v1/members", "", "/v1/members"),
        Case::new("GET /v1/members", "with a limit", "/v1/members?limit=1"),
        Case::new("GET /v1/projects", "", "/v1/projects"),
        Case::new("POST /v1/projects", "", "/v1/projects").body(json!({"name": "Taken over"})),
        Case::new("GET /v1/projects/{project_id}", "", format!("/v1/projects/{project}")),
        Case::new("PATCH /v1/projects/{project_id}", "", format!("/v1/projects/{spare}"))
            .body(json!({"name": "Taken over"})),
        Case::new("PATCH /v1/projects/{project_id}", "visibility", format!("/v1/projects/{spare}"))
            .body(json!({"visibility": "private"})),
        Case::new("POST /v1/projects/{project_id}/archive", "", format!("/v1/projects/{spare}/archive")).body(json!({})),
        Case::new("POST /v1/projects/{project_id}/unarchive", "", format!("/v1/projects/{spare}/unarchive")).body(json!({})),
        Case::new("DELETE /v1/projects/{project_id}", "", format!("/v1/projects/{spare}")),
        Case::new("GET /v1/projects/{project_id}/members", "", format!("/v1/projects/{project}/members")),
        Case::new("GET /v1/tenant", "", "/v1/tenant"),
        Case::new("PATCH /v1/tenant", "", "/v1/tenant").body(json!({"metadata": {"taken": "over"}})),
        Case::new("GET /v1/tenant/payments", "", "/v1/tenant/payments"),
        Case::new("GET /v1/tenant/subscription", "", "/v1/tenant/subscription"),
        Case::new("PATCH /v1/tenant/subscription", "", "/v1/tenant/subscription").body(json!({"plan": "enterprise"})).by_owner(),
        Case::new("GET /v1/tenant/branding", "", "/v1/tenant/branding"),
        Case::new("PUT /v1/tenant/branding", "", "/v1/tenant/branding").body(json!({"primary_color": "#0a7f5a"})),
        Case::new("GET /v1/tenant/domains", "", "/v1/tenant/domains"),
        Case::new("POST /v1/tenant/domains", "", "/v1/tenant/domains")
            .body(json!({"domain": format!("{}.example", unique())})),
        Case::new("DELETE /v1/tenant/domains/{domain}", "", format!("/v1/tenant/domains/{}", tenant.domain().await)),
        Case::new(
            "POST /v1/tenant/domains/{domain}/verify",
            "",
            format!("/v1/tenant/domains/{}/verify", tenant.domain().await),
        )
        .body(json!({})),
        Case::new("GET /v1/tenant/onboarding", "", "/v1/tenant/onboarding"),
        Case::new("GET /v1/tenant/settings", "", "/v1/tenant/settings"),
        Case::new("PUT /v1/tenant/settings", "", "/v1/tenant/settings").body(json!({"locale": "de"})),
        Case::new("GET /v1/tenant/usage", "", "/v1/tenant/usage"),
        Case::new(
            "PUT /v1/projects/{project_id}/members/{user_id}",
            "",
            format!("/v1/projects/{project}/members/{outside}"),
        )
        .body(json!({"role": "reader"})),
        Case::new(
            "DELETE /v1/projects/{project_id}/members/{user_id}",
            "",
            format!("/v1/projects/{project}/members/{inside}"),
        ),
        Case::new("POST /v1/invitations", "", "/v1/invitations")
            .body(json!({"email": format!("{}@taken.example", unique()), "role": "viewer", "send_email": false}))
            .not_below(Role::SalesRep),
    ]);
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
        for query in [
            format!("owner_id={}", tenant.owner.user_id),
            "name_prefix=a".to_owned(),
            "sort=updated_at".to_owned(),
        ] {
            let path = format!("{all}?{query}");
            let what = format!("{collection}, by an index");
            cases.push(Case::new(route("GET", list), what, path));
        }
        let batch = Case::new(
            "POST /v1/projects/{project_id}/{collection}/batch",
            collection,
            format!("{all}/batch"),
        );
        cases.push(batch.body(json!({"records": [plain]})));
        let batch = Case::new(
            "POST /v1/projects/{project_id}/{collection}/batch",
            format!("{collection}, changed"),
            format!("{all}/batch"),
        );
        let id = record.rsplit('/').next().unwrap();
        cases.push(
            batch.body(
                json!({"operations": [{"update": {"id": id, "fields": {"name": "Changed"}}}]}),
            ),
        );
        for format in ["jsonl", "csv"] {
            cases.push(Case::new(
                "GET /v1/projects/{project_id}/{collection}/export",
                format!("{collection} as {format}"),
                format!("{all}/export?format={format}"),
            ));
        }
        // What is restored must have been deleted, or there is nothing to refuse.
        let gone = tenant
            .create_record(&tenant.owner, collection, plain.clone())
            .await;
        let gone = tenant.record(collection, gone["id"].as_str().unwrap());
        let deleted = tenant.cloud().delete(&gone).as_(&tenant.owner).await;
        deleted.assert_status(204);
        let restore = Case::new(
            "POST /v1/projects/{project_id}/{collection}/{record_id}/restore",
            collection,
            format!("{gone}/restore"),
        );
        cases.push(restore.body(json!({})));
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
    for query in ["", "?unread=true"] {
        let path = tenant.records("inbox") + query;
        cases.push(Case::new(
            "GET /v1/projects/{project_id}/inbox",
            query,
            path,
        ));
    }
    let passage = json!({"text": "A passage.", "embedding": [1, 2, 3]});
    tenant
        .create_record(&tenant.owner, "chunks", passage.clone())
        .await;
    cases.push(
        Case::new(
            "POST /v1/projects/{project_id}/{collection}",
            "chunks, with an embedding",
            tenant.records("chunks"),
        )
        .body(passage),
    );
    cases.push(
        Case::new(
            "POST /v1/projects/{project_id}/search",
            "",
            tenant.records("search"),
        )
        .body(json!({"embedding": [1, 2, 3]})),
    );
    let notification = json!({"title": "Look", "type": "mention"});
    let notification = tenant
        .create_record(&tenant.owner, "notifications", notification)
        .await;
    let path = tenant.record("notifications", notification["id"].as_str().unwrap());
    let read = Case::new(
        "POST /v1/projects/{project_id}/notifications/{record_id}/read",
        "",
        format!("{path}/read"),
    );
    cases.push(read.body(json!({})).by_owner());
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant
        .upload(&tenant.owner, &file, "application/pdf", b"x")
        .await;
    let path = tenant.record("files", &file);
    cases.push(Case::new(
        "GET /v1/projects/{project_id}/files/{record_id}/download-url",
        "",
        format!("{path}/download-url"),
    ));
    let upload = Case::new(
        "POST /v1/projects/{project_id}/files/{record_id}/upload-url",
        "",
        format!("{path}/upload-url"),
    );
    let bytes = described("application/pdf", b"y");
    cases.push(upload.body(bytes));
    cases.push(Case::new("POST /v1/members/leave", "", "/v1/members/leave").body(json!({})));
    cases.push(Case::new("DELETE /v1/tenant", "", "/v1/tenant").by_owner());
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

/// Every item of the tables that names this tenant, by its key.
fn items_of(cloud: &TestCloud, tenant: &TestTenant) -> BTreeMap<String, Value> {
    let mut items = BTreeMap::new();
    for table in ["TenantTable", "DirectoryTable", "AuditTable"] {
        let all = cloud.dump(table).into_iter();
        for item in all.filter(|item| item.to_string().contains(tenant.uuid())) {
            items.insert(
                format!("{table} {} {}", item["pk"]["S"], item["sk"]["S"]),
                item,
            );
        }
    }
    items
}

/// The keys of items that are not the same now.
fn changes(
    cloud: &TestCloud,
    tenant: &TestTenant,
    before: &BTreeMap<String, Value>,
) -> Vec<String> {
    let after = items_of(cloud, tenant);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    all.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .collect()
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

/// What came of all the requests.
#[derive(Default)]
struct Tally {
    wrong: Vec<String>,
    /// Requests that were refused, by route: for another tenant's keys, and for the access level.
    foreign: BTreeMap<&'static str, usize>,
    level: BTreeMap<&'static str, usize>,
    /// A sentence of the decision log for each statement that came nearest.
    reasons: BTreeMap<String, String>,
}

impl Tally {
    /// Sends a case, by somebody of `caller`, at the data of `data`, and notes what came of it.
    async fn try_case(
        &mut self,
        case: &Case,
        (role, person): &(Role, Person),
        caller: &TestTenant,
        data: &TestTenant,
    ) {
        let cloud = caller.cloud();
        let is_foreign = caller.id != data.id;
        let after = cloud
            .gateway()
            .decisions()
            .last()
            .map_or(0, |decision| decision.id);
        let answer = send(cloud, case, person, is_foreign.then_some(data)).await;
        let conditions = match is_foreign {
            true => &["dynamodb:LeadingKeys", "aws:PrincipalTag/Access"][..],
            false => &["aws:PrincipalTag/Access"][..],
        };
        let refused = match answer.check_problem(Kind::IsolationRefused) {
            Ok(()) => refusal(cloud, after, case, caller, data, conditions),
            Err(what) => Err(format!("{what}: {answer}")),
        };
        match refused {
            Ok(reason) => {
                let counts = if is_foreign {
                    &mut self.foreign
                } else {
                    &mut self.level
                };
                *counts.entry(case.route).or_default() += 1;
                let (statement, _) = reason.split_once(':').unwrap_or_default();
                self.reasons.entry(statement.to_owned()).or_insert(reason);
            }
            Err(what) => {
                let keys = if is_foreign {
                    "another tenant's keys"
                } else {
                    "own keys"
                };
                self.wrong.push(format!(
                    "{} ({}) by {role}, {keys}: {what}",
                    case.route, case.what
                ));
            }
        }
    }

    fn print(&self) {
        let line = |what: &str, counts: &BTreeMap<&str, usize>| {
            let requests: usize = counts.values().sum();
            println!(
                "  {what} {} routes, {requests} requests, all refused by IAM",
                counts.len()
            );
        };
        println!("The functions' own checks are off:");
        line("another tenant's keys:", &self.foreign);
        line("access level too low: ", &self.level);
        println!("  no tenant's data:      {} routes", ELSEWHERE.len());
        for reason in self.reasons.values() {
            println!("  - {reason}");
        }
    }
}

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
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    let mut people = vec![(Role::Owner, acme.owner.clone())];
    for role in [Role::Admin, Role::Manager, Role::SalesRep, Role::Viewer] {
        people.push((role, acme.member(role).await));
    }
    let (foreign, own) = (cases(&globex).await, cases(&acme).await);
    let missing = uncovered(&foreign);
    assert!(
        missing.is_empty(),
        "these routes have no case in iam_alone.rs: {missing:?}"
    );

    let before = (items_of(cloud, &globex), items_of(cloud, &acme));
    let mut tally = Tally::default();
    for person in &people {
        for case in foreign.iter().filter(|case| person.0 >= case.lowest) {
            tally.try_case(case, person, &acme, &globex).await;
        }
        // What a role does not carry, its credentials do not write: not even in its own tenant.
        for case in own
            .iter()
            .filter(|case| person.0 >= case.lowest && case.is_above(person.0))
        {
            tally.try_case(case, person, &acme, &acme).await;
        }
    }
    assert!(
        tally.wrong.is_empty(),
        "{} were not refused by IAM:\n{}",
        tally.wrong.len(),
        tally.wrong.join("\n")
    );
    let changed = [
        changes(cloud, &globex, &before.0),
        changes(cloud, &acme, &before.1),
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
        let answer = send(cloud, case, person, Some(&globex)).await;
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
