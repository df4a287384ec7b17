//! What each request costs, to the unit: calls to DynamoDB, units, calls to STS, and what the authorizer adds.
//!
//! [`BUDGET`] is the truth. `infra/docs/budget.md` prints it: `TENANTRY_WRITE_BUDGET=1 cargo test -p tests budget` writes it
//! anew. Every route has a row; a change that costs one unit more than it did makes a test red by the route's name.

use crate::apart;
use gateway::{DecisionRecord, RouteUse};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use tests::{
    Answer, Direct, PASSWORD, Person, Request, Role, Route, TestCloud, TestTenant, unique,
};

/// One kind of request, warm: the function has credentials for its tenant.
struct Row {
    route: &'static str,
    /// What is special about the request.
    case: &'static str,
    status: u16,
    /// Calls to DynamoDB, read units, write units.
    data: (u64, f64, f64),
    /// Why it costs what it costs.
    why: &'static str,
}

const fn row(
    route: &'static str,
    case: &'static str,
    status: u16,
    data: (u64, f64, f64),
    why: &'static str,
) -> Row {
    Row {
        route,
        case,
        status,
        data,
        why,
    }
}

/// What the authorizer adds to each request with an access token: one BatchGetItem of session, member and tenant.
const AUTHORIZER: (u64, f64, f64) = (1, 3.0, 0.0);

const ISSUER: &str = "issuerapi.execute-api.us-east-1.amazonaws.com";
const RECORDS: &str = "GET /v1/projects/{project_id}/{collection}";
const RECORDS_CREATE: &str = "POST /v1/projects/{project_id}/{collection}";
const RECORD: &str = "GET /v1/projects/{project_id}/{collection}/{record_id}";
const RECORD_UPDATE: &str = "PATCH /v1/projects/{project_id}/{collection}/{record_id}";
const RECORD_DELETE: &str = "DELETE /v1/projects/{project_id}/{collection}/{record_id}";

/// In the order in which they are tried: the later ones end what the earlier ones use.
const BUDGET: &[Row] = &[
    row(
        "GET /.well-known/openid-configuration",
        "",
        200,
        (0, 0.0, 0.0),
        "no data",
    ),
    row(
        "GET /.well-known/jwks.json",
        "",
        200,
        (0, 0.0, 0.0),
        "no data",
    ),
    row("GET /v1/health", "", 200, (0, 0.0, 0.0), "no data"),
    row("GET /v1/openapi.json", "", 200, (0, 0.0, 0.0), "no data"),
    row("GET /v1/collections", "", 200, (0, 0.0, 0.0), "no data"),
    row(
        "GET /v1/tenant-lookup",
        "",
        200,
        (1, 1.0, 0.0),
        "the slug's item",
    ),
    row(
        "GET /v1/tenant-lookup",
        "unknown",
        404,
        (1, 1.0, 0.0),
        "the same work",
    ),
    row(RECORD, "", 200, (1, 1.0, 0.0), "the record"),
    row(RECORD, "missing", 404, (1, 1.0, 0.0), "the same work"),
    row(
        RECORD,
        "another tenant's project",
        404,
        (0, 0.0, 0.0),
        "the context names the projects there are",
    ),
    row(
        RECORDS,
        "20 records",
        200,
        (1, 3.0, 0.0),
        "one query; together 9 KB",
    ),
    row(RECORDS, "empty", 200, (1, 1.0, 0.0), "one query"),
    row(
        RECORDS_CREATE,
        "",
        201,
        (1, 0.0, 1.0),
        "one conditional put",
    ),
    row(
        RECORDS_CREATE,
        "2 KB",
        201,
        (1, 0.0, 3.0),
        "a unit for each KB begun",
    ),
    row(
        RECORDS_CREATE,
        "with a reference",
        201,
        (1, 0.0, 4.0),
        "one transaction, at double units: the put and the check of the reference",
    ),
    row(
        RECORDS_CREATE,
        "two references",
        201,
        (1, 0.0, 6.0),
        "one transaction, at double units: the put and two checks",
    ),
    row(
        RECORDS_CREATE,
        "wrong",
        422,
        (0, 0.0, 0.0),
        "refused before any call",
    ),
    row(
        RECORD_UPDATE,
        "",
        200,
        (1, 0.0, 1.0),
        "one conditional update that returns the record",
    ),
    row(
        RECORD_UPDATE,
        "If-Match of another version",
        412,
        (1, 0.0, 1.0),
        "a refused write is paid for; the record comes with the refusal",
    ),
    row(
        RECORD_UPDATE,
        "with a reference",
        200,
        (2, 1.0, 4.0),
        "one transaction, at double units, and the read of its result",
    ),
    row(
        RECORD_DELETE,
        "",
        204,
        (2, 1.0, 4.0),
        "what moves is read first; one transaction, at double units",
    ),
    row("GET /v1/projects", "", 200, (1, 1.0, 0.0), "one query"),
    row(
        "GET /v1/projects/{project_id}",
        "",
        200,
        (1, 1.0, 0.0),
        "the project",
    ),
    row(
        "POST /v1/projects",
        "",
        201,
        (1, 0.0, 4.0),
        "one transaction, at double units: project and tenant",
    ),
    row("GET /v1/members", "", 200, (1, 1.0, 0.0), "one query"),
    row(
        "POST /v1/invitations",
        "",
        201,
        (1, 0.0, 4.0),
        "one transaction, at double units: the invitation and the check of the seats",
    ),
    row(
        "POST /v1/invitations",
        "by e-mail",
        201,
        (2, 1.0, 4.0),
        "and the tenant's name for the message",
    ),
    row(
        "POST /v1/invitations/accept",
        "somebody new",
        201,
        (4, 3.0, 16.0),
        "invitation, tenant and address are read; eight items at double units, the inviter's only checked",
    ),
    row(
        "POST /v1/invitations/accept",
        "signed in",
        201,
        (6, 5.0, 14.0),
        "invitation, tenant, session, user and earlier membership are read; seven items at double units, the inviter's only checked",
    ),
    row(
        "GET /v1/me",
        "",
        200,
        (2, 2.0, 0.0),
        "the user's item and the tenant's, at the same time",
    ),
    row("GET /v1/me/tenants", "", 200, (1, 1.0, 0.0), "one query"),
    row("GET /v1/me/sessions", "", 200, (1, 1.0, 0.0), "one query"),
    row(
        "POST /v1/auth/login",
        "",
        200,
        (3, 2.0, 1.0),
        "address, user with memberships; the session is put",
    ),
    row(
        "POST /v1/auth/login",
        "wrong password",
        401,
        (2, 2.0, 0.0),
        "address, user with memberships",
    ),
    row(
        "POST /v1/auth/login",
        "no account",
        401,
        (2, 2.0, 0.0),
        "the same work",
    ),
    row(
        "POST /v1/auth/refresh",
        "",
        200,
        (1, 0.0, 1.0),
        "one conditional update",
    ),
    row(
        "POST /v1/auth/switch-tenant",
        "",
        200,
        (3, 2.0, 6.0),
        "membership and session are read; three items at double units",
    ),
    row(
        "DELETE /v1/me/sessions/{session_id}",
        "",
        204,
        (1, 0.0, 1.0),
        "one conditional update",
    ),
    row(
        "DELETE /v1/me/sessions",
        "one other",
        204,
        (2, 1.0, 1.0),
        "one query, and an update for each",
    ),
    row(
        "POST /v1/auth/logout",
        "",
        204,
        (1, 0.0, 1.0),
        "one conditional update",
    ),
    row(
        "POST /v1/tenants",
        "",
        201,
        (1, 0.0, 16.0),
        "eight items at double units",
    ),
    row(
        "POST /v1/tenants",
        "slug in use",
        409,
        (1, 0.0, 16.0),
        "a refused transaction is paid for",
    ),
    row(
        "POST /v1/members/leave",
        "",
        204,
        (2, 1.0, 6.0),
        "the member is read; three items at double units",
    ),
];

/// What the requests need that can't be made while they are counted.
struct Stage {
    cloud: &'static TestCloud,
    tenant: TestTenant,
    /// Belongs to both tenants.
    guest: Person,
    viewer: Person,
    other: TestTenant,
    account: String,
}

impl Stage {
    async fn set() -> Stage {
        let cloud = TestCloud::apart();
        let (tenant, other) = (
            TestTenant::create(cloud, "budget").await,
            TestTenant::create(cloud, "other").await,
        );
        tenant.set("TENANT", "seats", json!({"N": "1000"})).await;
        let guest = tenant.join(&other.owner, Role::Admin).await;
        let (viewer, account) = (tenant.member(Role::Viewer).await, tenant.account().await);
        for _ in 0..20 {
            tenant.contact().await;
        }
        Stage {
            cloud,
            tenant,
            guest,
            viewer,
            other,
            account,
        }
    }

    /// Makes what the row's request uses up, and gives the request.
    async fn prepare(&self, row: &Row) -> Prepared {
        let route = Route::named(row.route);
        if route.api == "issuer" {
            let direct = Direct::new(&route.binary, row.route, route.path());
            return Prepared::Direct(direct.set("/requestContext/domainName", json!(ISSUER)));
        }
        Prepared::Http(Box::new(self.request(row).await))
    }

    async fn request(&self, row: &Row) -> Request<'static> {
        let (cloud, tenant) = (self.cloud, &self.tenant);
        let owner = &tenant.owner;
        let (contacts, deals) = (tenant.records("contacts"), tenant.records("deals"));
        let deal = |contact: Option<String>| {
            let mut deal =
                json!({"name": "Machine", "stage": "proposal", "account_id": self.account});
            if let Some(contact) = contact {
                deal["contact_id"] = contact.into();
            }
            deal
        };
        match (row.route, row.case) {
            ("GET /v1/tenant-lookup", "") => {
                cloud.get(format!("/v1/tenant-lookup?host={}.localhost", tenant.slug))
            }
            ("GET /v1/tenant-lookup", _) => {
                cloud.get("/v1/tenant-lookup?host=nobody-here.localhost")
            }
            (RECORD, "") => cloud
                .get(tenant.record("contacts", &tenant.contact().await))
                .as_(owner),
            (RECORD, "missing") => cloud
                .get(tenant.record("contacts", "rec_0198c5f0-0000-7000-8000-00000000000a"))
                .as_(owner),
            (RECORD, _) => cloud
                .get(self.other.record("contacts", &self.other.contact().await))
                .as_(owner),
            (RECORDS, "empty") => cloud
                .get(format!("/v1/projects/{}/accounts", tenant.project().await))
                .as_(owner),
            (RECORDS, _) => cloud.get(format!("{contacts}?limit=20")).as_(owner),
            (RECORDS_CREATE, "") => cloud
                .post(contacts)
                .as_(owner)
                .json(json!({"name": "Ada Lovelace", "email": "ada@customer.example"})),
            (RECORDS_CREATE, "2 KB") => cloud
                .post(contacts)
                .as_(owner)
                .json(json!({"name": "Ada", "notes": "x".repeat(2048)})),
            (RECORDS_CREATE, "with a reference") => cloud.post(deals).as_(owner).json(deal(None)),
            (RECORDS_CREATE, "two references") => {
                let contact = tenant.contact().await;
                cloud.post(deals).as_(owner).json(deal(Some(contact)))
            }
            (RECORDS_CREATE, _) => cloud.post(deals).as_(owner).json(json!({"colour": "red"})),
            (RECORD_UPDATE, "") => self.change().await.json(json!({"name": "Changed"})),
            (RECORD_UPDATE, "with a reference") => self
                .change()
                .await
                .json(json!({"account_id": self.account})),
            (RECORD_UPDATE, _) => self
                .change()
                .await
                .header("if-match", "\"7\"")
                .json(json!({"name": "Changed"})),
            (RECORD_DELETE, _) => cloud
                .delete(tenant.record("contacts", &tenant.contact().await))
                .as_(owner),
            ("GET /v1/projects/{project_id}", _) => cloud
                .get(format!("/v1/projects/{}", tenant.project_id))
                .as_(owner),
            ("POST /v1/projects", _) => cloud
                .post("/v1/projects")
                .as_(owner)
                .json(json!({"name": "Next"})),
            ("POST /v1/invitations", case) => {
                let email = format!("{}@budget.example", unique());
                cloud.post("/v1/invitations").as_(owner).json(
                    json!({"email": email, "role": "viewer", "send_email": case == "by e-mail"}),
                )
            }
            ("POST /v1/invitations/accept", "signed in") => {
                let person = TestTenant::create(cloud, "joins").await.owner;
                let token = tenant.invitation(Role::Viewer, &person.email).await;
                cloud
                    .post("/v1/invitations/accept")
                    .as_(&person)
                    .json(json!({"token": token}))
            }
            ("POST /v1/invitations/accept", _) => {
                let token = tenant
                    .invitation(Role::Viewer, &format!("{}@budget.example", unique()))
                    .await;
                cloud
                    .post("/v1/invitations/accept")
                    .json(json!({"token": token, "name": "Guest", "password": PASSWORD}))
            }
            ("POST /v1/auth/login", case) => {
                let person = if case == "no account" {
                    "nobody@budget.example"
                } else {
                    &owner.email
                };
                let password = if case.is_empty() {
                    PASSWORD
                } else {
                    "another-lamp-31"
                };
                cloud
                    .post("/v1/auth/login")
                    .json(json!({"email": person, "password": password}))
            }
            ("POST /v1/auth/refresh", _) => {
                let session = tenant.log_in(owner).await;
                cloud
                    .post("/v1/auth/refresh")
                    .json(json!({"refresh_token": session.refresh_token}))
            }
            ("POST /v1/auth/switch-tenant", _) => {
                let session = self.other.log_in(&self.guest).await;
                cloud
                    .post("/v1/auth/switch-tenant")
                    .as_(&session)
                    .json(json!({"tenant_id": tenant.id}))
            }
            ("DELETE /v1/me/sessions/{session_id}", _) => {
                let session = tenant.log_in(owner).await;
                cloud
                    .delete(format!("/v1/me/sessions/{}", session.session_id))
                    .as_(owner)
            }
            ("DELETE /v1/me/sessions", _) => {
                // Not the owner, who has ended many sessions: they stay for a day, and the query reads them.
                tenant.log_in(&self.viewer).await;
                cloud.delete("/v1/me/sessions").as_(&self.viewer)
            }
            ("POST /v1/auth/logout", _) => {
                let session = tenant.log_in(owner).await;
                cloud.post("/v1/auth/logout").as_(&session).json(json!({}))
            }
            ("POST /v1/tenants", case) => {
                let slug = if case.is_empty() {
                    format!("next-{}", unique())
                } else {
                    tenant.slug.clone()
                };
                cloud.post("/v1/tenants").json(json!({
                    "name": "Next", "slug": slug, "owner_name": "Olivia Owner",
                    "owner_email": format!("{}@next.example", unique()), "owner_password": PASSWORD,
                }))
            }
            ("POST /v1/members/leave", _) => cloud
                .post("/v1/members/leave")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({})),
            (route, _) => {
                let route = Route::named(route);
                assert!(
                    route.method() == "GET" && !route.path().contains('{'),
                    "{} has no request in budget.rs",
                    route.route_key
                );
                let request = cloud.get(route.path());
                if route.is_public() {
                    request
                } else {
                    request.as_(owner)
                }
            }
        }
    }

    async fn change(&self) -> Request<'static> {
        let contact = self.tenant.contact().await;
        self.cloud
            .patch(self.tenant.record("contacts", &contact))
            .as_(&self.tenant.owner)
    }
}

/// A request that waits to be sent.
enum Prepared {
    Http(Box<Request<'static>>),
    /// To the issuer's functions, which have no port of their own.
    Direct(Direct),
}

impl Prepared {
    async fn send(self) -> Answer {
        match self {
            Self::Http(request) => (*request).await,
            Self::Direct(direct) => direct.send(TestCloud::apart()).await,
        }
    }
}

/// What the gateway has counted for one request.
struct Counted {
    answer: Answer,
    routes: Vec<RouteUse>,
    decisions: Vec<DecisionRecord>,
}

impl Counted {
    fn of(&self, route: &str) -> (u64, f64, f64) {
        let used = self.routes.iter().find(|used| used.route == route);
        used.map_or((0, 0.0, 0.0), |used| {
            (used.dynamodb_calls, used.capacity.read, used.capacity.write)
        })
    }

    fn sts_calls(&self) -> u64 {
        self.routes.iter().map(|used| used.sts_calls).sum()
    }

    /// The calls, for whoever wonders.
    fn calls(&self) -> String {
        let mut text = String::new();
        for decision in &self.decisions {
            let route = decision.caller.route.as_deref().unwrap_or("?");
            let _ = write!(
                text,
                "\n    {route}: {} {} read {} write {}",
                decision.service,
                decision.operation,
                decision.capacity.read,
                decision.capacity.write
            );
        }
        text
    }
}

async fn count(stage: &Stage, row: &Row) -> Counted {
    let request = stage.prepare(row).await;
    let gateway = stage.cloud.gateway();
    gateway.clear_decisions();
    let answer = request.send().await;
    Counted {
        answer,
        routes: gateway.capacity(),
        decisions: gateway.decisions(),
    }
}

/// On a busy machine a request may meet a process that was started just for it, and has its credentials still to get.
async fn count_warm(stage: &Stage, row: &Row) -> Counted {
    stage.prepare(row).await.send().await;
    let mut counted = count(stage, row).await;
    for _ in 0..5 {
        if counted.sts_calls() == 0 {
            break;
        }
        counted = count(stage, row).await;
    }
    counted
}

#[tokio::test]
async fn every_request_costs_what_the_table_says() {
    let (_, _turn) = apart::cloud().await;
    let stage = Stage::set().await;
    let mut wrong = Vec::new();
    for row in BUDGET {
        let counted = count_warm(&stage, row).await;
        let place = format!("{} ({})", row.route, row.case);
        assert_eq!(
            counted.answer.status, row.status,
            "{place}: {}",
            counted.answer
        );
        let data = counted.of(row.route);
        let authorizer = counted.of("authorizer");
        let expected = if Route::named(row.route).is_public() {
            (0, 0.0, 0.0)
        } else {
            AUTHORIZER
        };
        if (data, counted.sts_calls(), authorizer) != (row.data, 0, expected) {
            wrong.push(format!(
                "{place} costs {data:?} and not {:?}, authorizer {authorizer:?}, STS {}:{}",
                row.data,
                counted.sts_calls(),
                counted.calls()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "calls, read units, write units:\n{}",
        wrong.join("\n")
    );
}

/// A tenant's first request in a process trades its token; no later one does.
#[tokio::test]
async fn each_process_trades_a_tenants_token_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "cold").await;
    let path = tenant.records("contacts");
    cloud.gateway().clear_decisions();
    for _ in 0..20 {
        cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    }
    let decisions = cloud.gateway().decisions();
    let of = |service: &str| {
        decisions
            .iter()
            .filter(|decision| {
                decision.service == service && decision.caller.route.as_deref() == Some(RECORDS)
            })
            .count()
    };
    // The cloud runs up to four processes of a function; one after the other, the requests need one of them.
    assert!((1..=4).contains(&of("sts")), "{} trades", of("sts"));
    assert_eq!(of("dynamodb"), 20);
}

#[test]
fn every_route_has_a_row() {
    let known: BTreeSet<&str> = BUDGET.iter().map(|row| row.route).collect();
    let routes = Route::all();
    let missing: Vec<&str> = routes
        .iter()
        .map(|route| route.route_key.as_str())
        .filter(|route| !known.contains(route))
        .collect();
    assert!(
        missing.is_empty(),
        "these routes have no row in budget.rs: {missing:?}"
    );
}

#[test]
fn the_printed_budget_is_the_tested_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/docs/budget.md");
    let text = printed();
    if std::env::var_os("TENANTRY_WRITE_BUDGET").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        stored == text,
        "infra/docs/budget.md is stale: `TENANTRY_WRITE_BUDGET=1 cargo test -p tests budget` writes it"
    );
}

fn printed() -> String {
    let (calls, read, _) = AUTHORIZER;
    let mut text = format!(
        "# What a request costs\n\n\
         Written from the table in `tests/it/budget.rs`, which the tests hold to the unit. Do not edit.\n\n\
         Counted is a warm request: the function has credentials for its tenant, so that it makes no call to STS. The first request \
         of a tenant in a function's process makes one. A read unit is a strongly consistent read of 4 KB begun; a write unit \
         is a write of 1 KB begun; a transaction takes double.\n\n\
         Each request with an access token also has the authorizer's {calls} call and {read} read units: session, member and tenant \
         in one BatchGetItem.\n\n\
         | request | | answer | DynamoDB calls | read units | write units | |\n|---|---|---|---|---|---|---|\n"
    );
    let mut rows: Vec<&Row> = BUDGET.iter().collect();
    rows.sort_by_key(|row| {
        row.route
            .split_once(' ')
            .map(|(method, path)| (path, method))
    });
    for row in rows {
        let (calls, read, write) = row.data;
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {calls} | {read} | {write} | {} |",
            row.route, row.case, row.status, row.why
        );
    }
    text
}
