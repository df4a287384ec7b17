//! What each request costs, to the unit: calls to DynamoDB, units, calls to STS, and what the authorizer adds.
//!
//! [`BUDGET`] is the truth. `infra/docs/budget.md` prints it: `TENANTRY_WRITE_BUDGET=1 cargo test -p tests budget` writes it
//! anew. Every route has a row; a change that costs one unit more than it did makes a test red by the route's name.

use crate::apart;
use crate::v1::auth::mailed_token;
use gateway::{DecisionRecord, RouteUse};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use tests::{
    Answer, Authenticator, Direct, PASSWORD, Person, Request, Role, Route, TestCloud, TestTenant,
    billing_event, unique,
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

/// What somebody seldom does twice in a process's life: counted with the trade of their own token.
const FIRST: [&str; 5] = [
    "POST /v1/auth/resend-verification",
    "PATCH /v1/me",
    "POST /v1/me/change-password",
    "POST /v1/me/change-email",
    "POST /v1/me/tenants",
];

/// What the authorizer adds to each request with an access token: one BatchGetItem of session, member and tenant.
const AUTHORIZER: (u64, f64, f64) = (1, 3.0, 0.0);

const ISSUER: &str = "issuerapi.execute-api.us-east-1.amazonaws.com";
const RECORDS: &str = "GET /v1/projects/{project_id}/{collection}";
const RECORDS_CREATE: &str = "POST /v1/projects/{project_id}/{collection}";
const RECORD: &str = "GET /v1/projects/{project_id}/{collection}/{record_id}";
const RECORD_UPDATE: &str = "PATCH /v1/projects/{project_id}/{collection}/{record_id}";
const RECORD_DELETE: &str = "DELETE /v1/projects/{project_id}/{collection}/{record_id}";
const RECORD_RESTORE: &str = "POST /v1/projects/{project_id}/{collection}/{record_id}/restore";
const UPLOAD_URL: &str = "POST /v1/projects/{project_id}/files/{record_id}/upload-url";
const DOWNLOAD_URL: &str = "GET /v1/projects/{project_id}/files/{record_id}/download-url";
const RECORDS_EXPORT: &str = "GET /v1/projects/{project_id}/{collection}/export";
const INBOX: &str = "GET /v1/projects/{project_id}/inbox";
const NOTIFICATION_READ: &str = "POST /v1/projects/{project_id}/notifications/{record_id}/read";
const RECORDS_BATCH: &str = "POST /v1/projects/{project_id}/{collection}/batch";

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
        (3, 3.0, 0.0),
        "the slug's entry; tenant and branding, at the same time",
    ),
    row(
        "GET /v1/tenant-lookup",
        "unknown",
        404,
        (1, 1.0, 0.0),
        "the slug's entry, which is not there",
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
        UPLOAD_URL,
        "",
        200,
        (1, 1.0, 0.0),
        "the record; a signature asks nobody",
    ),
    row(
        DOWNLOAD_URL,
        "",
        200,
        (1, 1.0, 0.0),
        "the record; a signature asks nobody",
    ),
    row(
        RECORDS,
        "20 records",
        200,
        (1, 3.0, 0.0),
        "one query; together 10 KB",
    ),
    row(
        RECORDS,
        "20 records by owner",
        200,
        (1, 1.5, 0.0),
        "one query of an index, at half units",
    ),
    row(
        RECORDS,
        "by status",
        200,
        (1, 0.5, 0.0),
        "the same; one record",
    ),
    row(
        RECORDS,
        "by reference",
        200,
        (1, 0.5, 0.0),
        "the same; one record",
    ),
    row(
        RECORDS,
        "by name",
        200,
        (1, 0.5, 0.0),
        "the same; one record",
    ),
    row(
        RECORDS,
        "20 records by change",
        200,
        (1, 1.0, 0.0),
        "one query of an index, at half units",
    ),
    row(
        RECORDS,
        "two filters",
        400,
        (0, 0.0, 0.0),
        "no index serves both",
    ),
    row(
        RECORDS_BATCH,
        "25 records",
        201,
        (1, 0.0, 125.0),
        "one transaction: 25 items at double units, each with three entries",
    ),
    row(
        RECORDS_BATCH,
        "one changed, one deleted",
        201,
        (2, 2.0, 14.0),
        "both are read at once; one transaction of three items, at double units; the entries of both",
    ),
    row(RECORDS_EXPORT, "", 200, (1, 1.0, 0.0), "one query"),
    row(
        INBOX,
        "",
        200,
        (1, 0.5, 0.0),
        "one query of an index, at half units; one record",
    ),
    row(INBOX, "unread", 200, (1, 0.5, 0.0), "the same"),
    row(
        NOTIFICATION_READ,
        "",
        200,
        (1, 0.0, 9.0),
        "one conditional update; one entry goes, two change, two move",
    ),
    row(
        RECORD_RESTORE,
        "",
        200,
        (2, 1.0, 7.0),
        "what comes back is read first; one transaction, at double units; three entries",
    ),
    row(
        RECORD_DELETE,
        "that others need",
        409,
        (1, 1.0, 0.0),
        "its count says so",
    ),
    row(
        RECORD_DELETE,
        "that one record names",
        204,
        (5, 2.5, 16.0),
        "the record, and in three indexes who names it, are read; one transaction of three items, at double units; the entries of both",
    ),
    row(RECORDS, "empty", 200, (1, 1.0, 0.0), "one query"),
    row(
        RECORDS_CREATE,
        "",
        201,
        (1, 0.0, 4.0),
        "one conditional put, and an entry in each of three indexes: owner, change, name",
    ),
    row(
        RECORDS_CREATE,
        "with an Idempotency-Key",
        201,
        (2, 1.0, 7.0),
        "the key is looked up; put and answer in one transaction, at double units; and three entries",
    ),
    row(
        RECORDS_CREATE,
        "repeated",
        201,
        (1, 1.0, 0.0),
        "the answer that is kept",
    ),
    row(
        RECORDS_CREATE,
        "2 KB",
        201,
        (1, 0.0, 12.0),
        "a unit for each KB begun, of the record and of each entry",
    ),
    row(
        RECORDS_CREATE,
        "with a reference",
        201,
        (1, 0.0, 9.0),
        "one transaction, at double units: the put, and the count of the reference; and five entries",
    ),
    row(
        RECORDS_CREATE,
        "two references",
        201,
        (1, 0.0, 12.0),
        "one transaction, at double units: the put and two counts; and six entries",
    ),
    row(
        RECORDS_CREATE,
        "in a pipeline",
        201,
        (1, 0.0, 12.0),
        "the same: the pipeline has the stage and counts who stands there",
    ),
    row(
        RECORDS_CREATE,
        "a notification",
        201,
        (1, 0.0, 7.0),
        "one conditional put, and six entries: owner, change, name, status, inbox, unread",
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
        (1, 0.0, 6.0),
        "one conditional update that returns the record; one entry changes, and two move: change and name",
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
        "another stage of its pipeline",
        200,
        (2, 1.0, 12.0),
        "what it was is read; one transaction, at double units, of the deal and the pipeline's counts; entries change and move",
    ),
    row(
        RECORD_UPDATE,
        "with a reference",
        200,
        (2, 1.0, 9.0),
        "what it named is read; one transaction, at double units; two entries change, one moves, one is new",
    ),
    row(
        RECORD_DELETE,
        "",
        204,
        (2, 1.0, 7.0),
        "what moves is read first; one transaction, at double units; three entries go",
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
        "GET /v1/projects/{project_id}/members",
        "",
        200,
        (1, 1.0, 0.0),
        "one query of the tenant's members",
    ),
    row(
        "POST /v1/projects",
        "",
        201,
        (2, 1.0, 6.0),
        "the plan is read; one transaction, at double units: project, tenant and member",
    ),
    row(
        "PATCH /v1/projects/{project_id}",
        "",
        200,
        (1, 0.0, 1.0),
        "one conditional update that returns the project",
    ),
    row(
        "PATCH /v1/projects/{project_id}",
        "visibility",
        200,
        (2, 1.0, 4.0),
        "one transaction, at double units, project and tenant; and the read of its result",
    ),
    row(
        "POST /v1/projects/{project_id}/archive",
        "",
        200,
        (2, 1.0, 4.0),
        "one transaction, at double units, project and tenant; and the read of its result",
    ),
    row(
        "POST /v1/projects/{project_id}/archive",
        "archived already",
        200,
        (1, 0.0, 4.0),
        "a refused write is paid for; the project comes with the refusal",
    ),
    row(
        "POST /v1/projects/{project_id}/unarchive",
        "",
        200,
        (2, 1.0, 4.0),
        "one transaction, at double units, project and tenant; and the read of its result",
    ),
    row(
        "PUT /v1/projects/{project_id}/members/{user_id}",
        "",
        200,
        (2, 1.0, 4.0),
        "the member is read; one transaction, at double units: the member and the check of the project",
    ),
    row(
        "DELETE /v1/projects/{project_id}/members/{user_id}",
        "",
        204,
        (2, 1.0, 2.0),
        "the member is read; one transaction, at double units",
    ),
    row(
        "DELETE /v1/projects/{project_id}",
        "its lead alone in it",
        204,
        (4, 2.0, 7.0),
        "project and members are read; three items at double units; and an update for each member",
    ),
    row(
        "GET /v1/tenant",
        "",
        200,
        (2, 2.0, 0.0),
        "the tenant and its metadata, at the same time",
    ),
    row(
        "PATCH /v1/tenant",
        "metadata",
        200,
        (3, 2.0, 2.0),
        "the tenant and its metadata are read; one item at double units",
    ),
    row(
        "PATCH /v1/tenant",
        "slug",
        200,
        (7, 5.0, 7.0),
        "the same, and three items at double units; tenant and members are read, each membership changed, the tenant read again",
    ),
    row(
        "GET /v1/tenant/payments",
        "",
        200,
        (1, 1.0, 0.0),
        "one query",
    ),
    row(
        "GET /v1/tenant/subscription",
        "",
        200,
        (2, 2.0, 0.0),
        "the tenant and its subscription, at the same time",
    ),
    row(
        "PATCH /v1/tenant/subscription",
        "",
        200,
        (3, 2.0, 4.0),
        "both are read; one transaction, at double units, of both",
    ),
    row(
        "POST /v1/billing/webhook",
        "a subscription",
        200,
        (3, 2.0, 6.0),
        "tenant and subscription are read; three items at double units: both, and the event",
    ),
    row(
        "POST /v1/billing/webhook",
        "a payment",
        200,
        (3, 2.0, 4.0),
        "tenant and subscription are read; two items at double units: the payment, and the event",
    ),
    row(
        "POST /v1/billing/webhook",
        "not signed",
        400,
        (0, 0.0, 0.0),
        "refused before any call",
    ),
    row(
        "GET /v1/tenant/branding",
        "",
        200,
        (1, 1.0, 0.0),
        "the branding",
    ),
    row(
        "PUT /v1/tenant/branding",
        "",
        200,
        (1, 0.0, 1.0),
        "one update",
    ),
    row(
        "GET /v1/tenant/domains",
        "",
        200,
        (1, 1.0, 0.0),
        "one query",
    ),
    row(
        "POST /v1/tenant/domains",
        "",
        201,
        (1, 0.0, 4.0),
        "one transaction, at double units: the domain and the count of them",
    ),
    row(
        "POST /v1/tenant/domains/{domain}/verify",
        "",
        200,
        (2, 1.0, 4.0),
        "the domain is read; it and its entry in the directory at double units",
    ),
    row(
        "DELETE /v1/tenant/domains/{domain}",
        "",
        204,
        (2, 1.0, 4.0),
        "the domain is read; it and the count of them at double units",
    ),
    row(
        "GET /v1/tenant/onboarding",
        "",
        200,
        (5, 5.0, 0.0),
        "tenant and branding, and a query of three collections of each of the oldest projects, at the same time",
    ),
    row(
        "GET /v1/tenant/settings",
        "",
        200,
        (1, 1.0, 0.0),
        "the settings",
    ),
    row(
        "PUT /v1/tenant/settings",
        "",
        200,
        (2, 1.0, 4.0),
        "the settings are read; they and the tenant at double units",
    ),
    row(
        "GET /v1/tenant/usage",
        "",
        200,
        (2, 2.0, 0.0),
        "the tenant, and one query of its letters' days",
    ),
    row(
        "DELETE /v1/tenant",
        "",
        204,
        (2, 1.0, 4.0),
        "its members are read; the tenant and a letter for each owner at double units",
    ),
    row("GET /v1/members", "", 200, (1, 1.0, 0.0), "one query"),
    row(
        "GET /v1/members/{user_id}",
        "",
        200,
        (1, 1.0, 0.0),
        "the member",
    ),
    row(
        "PATCH /v1/members/{user_id}",
        "another role",
        200,
        (2, 1.0, 6.0),
        "the member is read; three items at double units: the member, the letter, and the caller's only checked",
    ),
    row(
        "PATCH /v1/members/{user_id}",
        "deactivated",
        200,
        (2, 1.0, 6.0),
        "the member is read; three items at double units: the member, the tenant, and the caller's only checked",
    ),
    row(
        "DELETE /v1/members/{user_id}",
        "",
        204,
        (3, 2.0, 10.0),
        "the member's last change and the member are read; five items at double units, the caller's only checked",
    ),
    row("GET /v1/invitations", "", 200, (1, 1.0, 0.0), "one query"),
    row(
        "GET /v1/invitations",
        "pending",
        200,
        (1, 1.0, 0.0),
        "one query",
    ),
    row(
        "POST /v1/invitations",
        "",
        201,
        (5, 4.0, 6.0),
        "tenant, settings, inviter and the address's earlier invitation are read; three items at double units: the invitation, its address, the seats",
    ),
    row(
        "POST /v1/invitations",
        "by e-mail",
        201,
        (5, 4.0, 8.0),
        "and the letter",
    ),
    row(
        "POST /v1/invitations/bulk",
        "two people",
        200,
        (7, 5.0, 16.0),
        "what all need is read once; then a read and a transaction for each",
    ),
    row(
        "POST /v1/invitations/{invitation_id}/resend",
        "",
        200,
        (2, 1.0, 4.0),
        "the invitation is read; two items at double units",
    ),
    row(
        "DELETE /v1/invitations/{invitation_id}",
        "",
        204,
        (2, 1.0, 6.0),
        "the invitation is read; three items at double units: the invitation, its address, the seats",
    ),
    row(
        "POST /v1/invitations/preview",
        "",
        200,
        (3, 3.0, 0.0),
        "invitation, tenant and inviter",
    ),
    row(
        "POST /v1/invitations/accept",
        "somebody new",
        201,
        (5, 4.0, 18.0),
        "invitation, tenant, its settings and the address are read; nine items at double units, the inviter's only checked",
    ),
    row(
        "POST /v1/invitations/accept",
        "signed in",
        201,
        (6, 5.0, 16.0),
        "invitation, tenant, session, user and earlier membership are read; eight items at double units, the inviter's only checked",
    ),
    row("GET /v1/permissions", "", 200, (0, 0.0, 0.0), "no data"),
    row("GET /v1/roles", "", 200, (1, 1.0, 0.0), "one query"),
    row(
        "GET /v1/roles/{role_id}",
        "",
        200,
        (1, 1.0, 0.0),
        "the role",
    ),
    row(
        "POST /v1/roles",
        "",
        201,
        (1, 0.0, 8.0),
        "four items at double units: the role, its name, the tenant, and the caller's only checked",
    ),
    row(
        "PATCH /v1/roles/{role_id}",
        "",
        200,
        (2, 1.0, 6.0),
        "the role is read; three items at double units: the role, the tenant, and the caller's only checked",
    ),
    row(
        "DELETE /v1/roles/{role_id}",
        "",
        204,
        (2, 1.0, 8.0),
        "the role is read; four items at double units: the role, its name, the tenant, and the caller's only checked",
    ),
    row(
        "POST /v1/tenant/transfer-ownership",
        "",
        200,
        (3, 2.0, 8.0),
        "both members are read; four items at double units: the members, and a letter to each",
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
        (6, 2.0, 7.0),
        "three counts; address, user with memberships and sessions; session and user at double units",
    ),
    row(
        "POST /v1/auth/login",
        "wrong password",
        401,
        (5, 2.0, 3.0),
        "three counts; address, user with memberships and sessions",
    ),
    row(
        "POST /v1/auth/login",
        "no account",
        401,
        (5, 2.0, 3.0),
        "the same work",
    ),
    row(
        "POST /v1/auth/forgot-password",
        "",
        202,
        (5, 2.0, 8.0),
        "two counts; address, name; three items at double units: link, letter, and the user's only checked",
    ),
    row(
        "POST /v1/auth/forgot-password",
        "no account",
        202,
        (5, 2.0, 8.0),
        "the same work: the transaction is refused, and paid for",
    ),
    row(
        "POST /v1/auth/reset-password",
        "one session",
        204,
        (6, 4.0, 11.0),
        "the network's count; link, user, memberships, sessions; five items at double units: links, user, letter, session",
    ),
    row(
        "POST /v1/auth/reset-password",
        "a link that is used",
        410,
        (2, 1.0, 1.0),
        "the network's count; the link",
    ),
    row(
        "POST /v1/auth/verify-email",
        "the present address",
        200,
        (4, 2.0, 5.0),
        "the network's count; both links; link and user at double units",
    ),
    row(
        "POST /v1/auth/verify-email",
        "a new address",
        200,
        (6, 4.0, 17.0),
        "the network's count; both links, the person, memberships; eight items at double units: both addresses, three links, user, member, letter",
    ),
    row(
        "POST /v1/auth/resend-verification",
        "",
        202,
        (4, 1.0, 8.0),
        "two counts; the address; three items at double units: link, letter, and the user's only checked",
    ),
    row(
        "PATCH /v1/me",
        "language",
        200,
        (1, 0.0, 1.0),
        "one conditional update",
    ),
    row(
        "PATCH /v1/me",
        "name",
        200,
        (4, 3.0, 4.0),
        "the person and memberships; user and member at double units; the read of its result",
    ),
    row(
        "POST /v1/me/change-password",
        "",
        204,
        (8, 4.0, 9.0),
        "three counts; user, settings, memberships, sessions; three items at double units: user, letter, link",
    ),
    row(
        "POST /v1/me/change-email",
        "",
        202,
        (6, 1.0, 10.0),
        "four counts; the user; three items at double units: link, letter, and the user's only checked",
    ),
    row(
        "POST /v1/me/tenants",
        "",
        201,
        (3, 1.0, 17.0),
        "the count; the person; eight items at double units",
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
        "POST /v1/auth/login",
        "second factor due",
        200,
        (6, 2.0, 5.0),
        "as any, and the log-in that waits is put in the session's place",
    ),
    row(
        "POST /v1/auth/mfa",
        "code",
        200,
        (7, 2.0, 12.0),
        "the try and three counts; user with memberships and sessions, second factor; four items at double units",
    ),
    row(
        "POST /v1/auth/mfa",
        "recovery code",
        200,
        (5, 2.0, 12.0),
        "the same with one count, and the letter",
    ),
    row(
        "POST /v1/auth/mfa",
        "wrong code",
        401,
        (6, 2.0, 4.0),
        "all but the transaction",
    ),
    row(
        "POST /v1/auth/step-up",
        "password",
        204,
        (5, 1.0, 5.0),
        "user and three counts; the session at double units",
    ),
    row(
        "POST /v1/auth/step-up",
        "code",
        204,
        (6, 2.0, 7.0),
        "user, three counts and second factor; it and the session at double units",
    ),
    row(
        "POST /v1/me/mfa/totp",
        "",
        201,
        (2, 1.0, 1.0),
        "name and address; one conditional update",
    ),
    row(
        "POST /v1/me/mfa/totp/confirm",
        "",
        200,
        (6, 2.0, 11.0),
        "three counts, second factor, name and address; four items at double units",
    ),
    row(
        "POST /v1/me/mfa/recovery-codes",
        "",
        200,
        (2, 1.0, 4.0),
        "name and address; second factor and letter at double units",
    ),
    row(
        "DELETE /v1/me/mfa/totp",
        "",
        204,
        (3, 2.0, 8.0),
        "name and address, and the sessions; four items at double units",
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
        (1, 0.0, 26.0),
        "thirteen items at double units",
    ),
    row(
        "POST /v1/tenants",
        "slug in use",
        409,
        (1, 0.0, 26.0),
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
    /// Has one member alone.
    solo: TestTenant,
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
        tenant
            .set("TENANT", "plan", json!({"S": "enterprise"}))
            .await;
        let solo = TestTenant::create(cloud, "solo").await;
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
            solo,
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

    async fn notification(&self) -> String {
        let notification = json!({"title": "Look", "type": "mention"});
        let (tenant, owner) = (&self.tenant, &self.tenant.owner);
        let notification = tenant.create_record(owner, "notifications", notification);
        notification.await["id"].as_str().unwrap().to_owned()
    }

    /// A deal at the first of two stages.
    async fn in_pipeline(&self) -> Value {
        let stages =
            json!([{"key": "demo", "name": "Demo"}, {"key": "contract", "name": "Contract"}]);
        let pipeline = json!({"name": "Sales", "stages": stages});
        let (tenant, owner) = (&self.tenant, &self.tenant.owner);
        let pipeline = tenant.create_record(owner, "pipelines", pipeline).await;
        json!({"name": "Machine", "stage": "demo", "account_id": self.account, "pipeline_id": pipeline["id"]})
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
            ("PATCH /v1/tenant/subscription", _) => cloud
                .patch("/v1/tenant/subscription")
                .as_(owner)
                .json(json!({"plan": "enterprise"})),
            ("POST /v1/billing/webhook", case) => {
                let event = match case {
                    "a payment" => {
                        let metadata = json!({"tenant_id": tenant.id});
                        let invoice = json!({"id": "in_1", "amount_paid": 100, "currency": "eur", "metadata": metadata});
                        billing_event("invoice.paid", invoice)
                    }
                    _ => {
                        let mut provided = tenant.provided("active", 1000);
                        provided["metadata"]["plan"] = json!("enterprise");
                        billing_event("customer.subscription.updated", provided)
                    }
                };
                if case == "not signed" {
                    cloud.post("/v1/billing/webhook").json(event)
                } else {
                    cloud.billing_request(&event).await
                }
            }
            ("GET /v1/tenant-lookup", "") => {
                cloud.get(format!("/v1/tenant-lookup?host={}.localhost", tenant.slug))
            }
            ("GET /v1/tenant-lookup", _) => {
                cloud.get("/v1/tenant-lookup?host=nobody-here.localhost")
            }
            (UPLOAD_URL | DOWNLOAD_URL, _) => {
                let file = tenant.file(owner, "a.pdf").await;
                tenant.upload(owner, &file, "application/pdf", b"x").await;
                let path = tenant.record("files", &file);
                match row.route {
                    UPLOAD_URL => cloud
                        .post(format!("{path}/upload-url"))
                        .as_(owner)
                        .json(tests::described("application/pdf", b"y")),
                    _ => cloud.get(format!("{path}/download-url")).as_(owner),
                }
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
            (RECORDS, "20 records by owner") => {
                cloud.get(format!("{contacts}?limit=20&owner_id={}", owner.user_id)).as_(owner)
            }
            (RECORDS, "by status") => {
                tenant.create_record(owner, "contacts", json!({"name": "Ada", "stage": "inactive"})).await;
                cloud.get(format!("{contacts}?limit=1&status=inactive")).as_(owner)
            }
            (RECORDS, "by reference") => {
                let account = tenant.account().await;
                tenant.create_record(owner, "contacts", json!({"name": "Ada", "account_id": account})).await;
                cloud.get(format!("{contacts}?reference=account_id:{account}")).as_(owner)
            }
            (RECORDS, "by name") => {
                let name = format!("Unheard-of {}", unique());
                tenant.create_record(owner, "contacts", json!({"name": name})).await;
                cloud.get(format!("{contacts}?name_prefix={}", name.replace(' ', "%20"))).as_(owner)
            }
            (RECORDS, "20 records by change") => {
                cloud.get(format!("{contacts}?limit=20&sort=-updated_at")).as_(owner)
            }
            (RECORDS, "two filters") => {
                cloud.get(format!("{contacts}?name_prefix=a&status=lead")).as_(owner)
            }
            (RECORDS_BATCH, "one changed, one deleted") => {
                let (one, other) = (tenant.contact().await, tenant.contact().await);
                let operations = json!([
                    {"update": {"id": one, "fields": {"name": "Changed"}}}, {"delete": {"id": other}},
                ]);
                let batch = cloud.post(format!("{contacts}/batch")).as_(owner);
                batch.json(json!({"operations": operations}))
            }
            (RECORDS_BATCH, _) => {
                let records = vec![json!({"name": "Ada Lovelace"}); 25];
                cloud.post(format!("{contacts}/batch")).as_(owner).json(json!({"records": records}))
            }
            (RECORDS_EXPORT, _) => cloud
                .get(format!("{}/export", tenant.records("competitors")))
                .as_(owner),
            (INBOX, case) => {
                self.notification().await;
                let query = if case == "unread" { "unread=true&" } else { "" };
                cloud.get(format!("{}?{query}limit=1", tenant.records("inbox"))).as_(owner)
            }
            (NOTIFICATION_READ, _) => {
                let path = tenant.record("notifications", &self.notification().await);
                cloud.post(format!("{path}/read")).as_(owner).json(json!({}))
            }
            (RECORD_RESTORE, _) => {
                let path = tenant.record("contacts", &tenant.contact().await);
                cloud.delete(&path).as_(owner).await.assert_status(204);
                cloud.post(format!("{path}/restore")).as_(owner)
            }
            (RECORD_DELETE, "that others need") => {
                let account = tenant.account().await;
                let deal = json!({"name": "Machine", "stage": "proposal", "account_id": account});
                tenant.create_record(owner, "deals", deal).await;
                cloud.delete(tenant.record("accounts", &account)).as_(owner)
            }
            (RECORD_DELETE, "that one record names") => {
                let contact = tenant.contact().await;
                tenant.create_record(owner, "deals", deal(Some(contact.clone()))).await;
                cloud.delete(tenant.record("contacts", &contact)).as_(owner)
            }
            (RECORDS, _) => cloud.get(format!("{contacts}?limit=20")).as_(owner),
            (RECORDS_CREATE, "") => cloud
                .post(contacts)
                .as_(owner)
                .json(json!({"name": "Ada Lovelace", "email": "ada@customer.example"})),
            // Each row is tried before it is counted: a key that stays the same is known by then.
            (RECORDS_CREATE, case @ ("with an Idempotency-Key" | "repeated")) => cloud
                .post(contacts)
                .as_(owner)
                .header(
                    "idempotency-key",
                    &if case == "repeated" { "budget".to_owned() } else { unique() },
                )
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
            (RECORDS_CREATE, "a notification") => cloud
                .post(tenant.records("notifications"))
                .as_(owner)
                .json(json!({"title": "Look", "type": "mention"})),
            (RECORDS_CREATE, "in a pipeline") => {
                cloud.post(deals).as_(owner).json(self.in_pipeline().await)
            }
            (RECORD_UPDATE, "another stage of its pipeline") => {
                let deal = tenant.create_record(owner, "deals", self.in_pipeline().await).await;
                let path = tenant.record("deals", deal["id"].as_str().unwrap());
                cloud.patch(path).as_(owner).json(json!({"stage": "contract"}))
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
            ("GET /v1/tenant/onboarding", _) => {
                cloud.get("/v1/tenant/onboarding").as_(&self.solo.owner)
            }
            ("PATCH /v1/tenant", case) => {
                let body = match case {
                    "slug" => json!({"slug": format!("solo-{}", unique())}),
                    _ => json!({"metadata": {"n": unique()}}),
                };
                cloud.patch("/v1/tenant").as_(&self.solo.owner).json(body)
            }
            ("DELETE /v1/tenant", _) => {
                let back = cloud.patch("/v1/tenant").as_(&self.solo.owner);
                let back = back.json(json!({"cancelled": false})).await;
                back.assert_status(200);
                cloud.delete("/v1/tenant").as_(&self.solo.owner)
            }
            ("PUT /v1/tenant/branding", _) => cloud
                .put("/v1/tenant/branding")
                .as_(owner)
                .json(json!({"primary_color": "#0a7f5a"})),
            ("PUT /v1/tenant/settings", _) => cloud
                .put("/v1/tenant/settings")
                .as_(owner)
                .json(json!({"locale": "de"})),
            ("POST /v1/tenant/domains", _) => {
                self.no_domains().await;
                let domain = format!("{}.example", unique());
                cloud
                    .post("/v1/tenant/domains")
                    .as_(owner)
                    .json(json!({"domain": domain}))
            }
            ("POST /v1/tenant/domains/{domain}/verify", _) => {
                self.no_domains().await;
                let path = format!("/v1/tenant/domains/{}/verify", tenant.domain().await);
                cloud.post(path).as_(owner)
            }
            ("DELETE /v1/tenant/domains/{domain}", _) => {
                self.no_domains().await;
                let path = format!("/v1/tenant/domains/{}", tenant.domain().await);
                cloud.delete(path).as_(owner)
            }
            ("GET /v1/projects/{project_id}/members", _) => cloud
                .get(format!("/v1/projects/{}/members", tenant.project_id))
                .as_(owner),
            ("PATCH /v1/projects/{project_id}", case) => {
                let body = match case {
                    "visibility" => json!({"visibility": "private"}),
                    _ => json!({"name": "Next"}),
                };
                let path = self.project().await;
                cloud.patch(path).as_(&self.solo.owner).json(body)
            }
            ("POST /v1/projects/{project_id}/archive", case) => {
                let path = format!("{}/archive", self.project().await);
                if !case.is_empty() {
                    let archive = cloud.post(&path).as_(&self.solo.owner).await;
                    archive.assert_status(200);
                }
                cloud.post(path).as_(&self.solo.owner)
            }
            ("POST /v1/projects/{project_id}/unarchive", _) => {
                let path = self.project().await;
                let archive = cloud
                    .post(format!("{path}/archive"))
                    .as_(&self.solo.owner)
                    .await;
                archive.assert_status(200);
                cloud
                    .post(format!("{path}/unarchive"))
                    .as_(&self.solo.owner)
            }
            ("PUT /v1/projects/{project_id}/members/{user_id}", _) => {
                let owner = &self.solo.owner;
                let path = format!("{}/members/{}", self.project().await, owner.user_id);
                cloud.put(path).as_(owner).json(json!({"role": "reader"}))
            }
            ("DELETE /v1/projects/{project_id}/members/{user_id}", _) => {
                let owner = &self.solo.owner;
                let path = format!("{}/members/{}", self.project().await, owner.user_id);
                cloud.delete(path).as_(owner)
            }
            ("DELETE /v1/projects/{project_id}", _) => {
                cloud.delete(self.project().await).as_(&self.solo.owner)
            }
            ("POST /v1/projects", _) => {
                self.project().await;
                cloud
                    .post("/v1/projects")
                    .as_(&self.solo.owner)
                    .json(json!({"name": "Next"}))
            }
            ("GET /v1/invitations", "pending") => {
                cloud.get("/v1/invitations?status=pending").as_(owner)
            }
            ("GET /v1/invitations", _) => cloud.get("/v1/invitations?limit=5").as_(owner),
            ("POST /v1/invitations/bulk", _) => {
                let csv = format!("email,role\n{0}a@b.example,viewer\n{0}b@b.example,viewer", unique());
                let request = cloud.post("/v1/invitations/bulk").as_(owner);
                request.json(json!({"csv": csv}))
            }
            ("POST /v1/invitations/{invitation_id}/resend", _) => {
                let id = tenant.invite(Role::Viewer).await.id;
                let request = cloud.post(format!("/v1/invitations/{id}/resend")).as_(owner);
                request.json(json!({"send_email": false}))
            }
            ("DELETE /v1/invitations/{invitation_id}", _) => {
                let id = tenant.invite(Role::Viewer).await.id;
                cloud.delete(format!("/v1/invitations/{id}")).as_(owner)
            }
            ("POST /v1/invitations/preview", _) => {
                let token = tenant.invite(Role::Viewer).await.token;
                let request = cloud.post("/v1/invitations/preview");
                request.json(json!({"token": token}))
            }
            ("GET /v1/members/{user_id}", _) => cloud
                .get(format!("/v1/members/{}", self.viewer.user_id))
                .as_(owner),
            ("PATCH /v1/members/{user_id}", case) => {
                let body = match case {
                    "deactivated" => json!({"status": "deactivated"}),
                    _ => json!({"role": "manager"}),
                };
                let user = tenant.member(Role::Viewer).await.user_id;
                let request = cloud.patch(format!("/v1/members/{user}")).as_(owner);
                request.json(body)
            }
            ("DELETE /v1/members/{user_id}", _) => {
                let user = tenant.member(Role::Viewer).await.user_id;
                cloud.delete(format!("/v1/members/{user}")).as_(owner)
            }
            ("POST /v1/roles", _) => {
                let name = format!("Role {}", unique());
                let request = cloud.post("/v1/roles").as_(owner);
                request.json(json!({"name": name, "permissions": ["records:read"]}))
            }
            ("GET /v1/roles/{role_id}", _) => {
                let role = tenant.custom_role(&["records:read"]).await;
                cloud.get(format!("/v1/roles/{role}")).as_(owner)
            }
            ("PATCH /v1/roles/{role_id}", _) => {
                let role = tenant.custom_role(&["records:read"]).await;
                let request = cloud.patch(format!("/v1/roles/{role}")).as_(owner);
                request.json(json!({"permissions": ["records:read", "records:update"]}))
            }
            ("DELETE /v1/roles/{role_id}", _) => {
                let role = tenant.custom_role(&["records:read"]).await;
                cloud.delete(format!("/v1/roles/{role}")).as_(owner)
            }
            ("POST /v1/tenant/transfer-ownership", _) => {
                let from = tenant.member(Role::Owner).await;
                let to = tenant.member(Role::Viewer).await.user_id;
                let request = cloud.post("/v1/tenant/transfer-ownership").as_(&from);
                request.json(json!({"user_id": to}))
            }
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
            ("POST /v1/auth/login", "second factor due") => {
                let person = tenant.member(Role::Viewer).await;
                Authenticator::enrol(cloud, &person).await;
                cloud
                    .post("/v1/auth/login")
                    .json(json!({"email": person.email, "password": PASSWORD}))
            }
            ("POST /v1/auth/mfa", case) => {
                let person = tenant.member(Role::Viewer).await;
                let mut app = Authenticator::enrol(cloud, &person).await;
                let token = cloud.mfa_token(&person).await;
                let body = match case {
                    "code" => json!({"mfa_token": token, "code": app.code().await}),
                    "wrong code" => json!({"mfa_token": token, "code": app.wrong_code()}),
                    _ => json!({"mfa_token": token, "recovery_code": app.recovery_codes[0]}),
                };
                cloud.post("/v1/auth/mfa").json(body)
            }
            ("POST /v1/auth/step-up", case) => {
                let person = tenant.member(Role::Viewer).await;
                let mut body = json!({"password": PASSWORD});
                if case == "code" {
                    let mut app = Authenticator::enrol(cloud, &person).await;
                    body = json!({"code": app.code().await});
                }
                cloud.post("/v1/auth/step-up").as_(&person).json(body)
            }
            ("POST /v1/me/mfa/totp", _) => cloud.post("/v1/me/mfa/totp").as_(&self.viewer),
            ("POST /v1/me/mfa/totp/confirm", _) => {
                let person = tenant.member(Role::Viewer).await;
                let mut app = Authenticator::start(cloud, &person).await;
                // So that the function has this person's credentials.
                let wrong = json!({"code": app.wrong_code()});
                let path = "/v1/me/mfa/totp/confirm";
                cloud.post(path).as_(&person).json(wrong).await;
                let code = app.code().await;
                cloud
                    .post("/v1/me/mfa/totp/confirm")
                    .as_(&person)
                    .json(json!({"code": code}))
            }
            ("POST /v1/me/mfa/recovery-codes" | "DELETE /v1/me/mfa/totp", _) => {
                let person = tenant.member(Role::Viewer).await;
                let (method, path) = row.route.split_once(' ').unwrap();
                let send = || cloud.request(method.parse().unwrap(), path).as_(&person);
                // Without a second factor it changes nothing, and has this person's credentials from then on.
                send().await;
                Authenticator::enrol(cloud, &person).await;
                send()
            }
            ("POST /v1/auth/login", case) => {
                // Somebody with few sessions: all are read.
                let person = match case {
                    "no account" => "nobody@budget.example".to_owned(),
                    _ => tenant.member(Role::Viewer).await.email,
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
            ("POST /v1/auth/forgot-password", case) => {
                let email = match case {
                    "" => tenant.member(Role::Viewer).await.email,
                    _ => format!("nobody-{}@budget.example", unique()),
                };
                cloud
                    .post("/v1/auth/forgot-password")
                    .json(json!({"email": email}))
            }
            ("POST /v1/auth/reset-password", case) => {
                let person = tenant.member(Role::Viewer).await;
                cloud
                    .post("/v1/auth/forgot-password")
                    .json(json!({"email": person.email}))
                    .await
                    .assert_status(202);
                let token = mailed_token(cloud, &person.email, "reset-password").await;
                let body = json!({"token": token, "password": "seven-quiet-orchards"});
                let reset = || cloud.post("/v1/auth/reset-password").json(&body);
                if case != "one session" {
                    reset().await.assert_status(204);
                }
                reset()
            }
            ("POST /v1/auth/verify-email", case) => {
                let person = tenant.member(Role::Viewer).await;
                let mut to = person.email.clone();
                let ask = match case {
                    "the present address" => cloud.post("/v1/auth/resend-verification"),
                    _ => {
                        to = format!("new-{}@budget.example", unique());
                        cloud
                            .post("/v1/me/change-email")
                            .json(json!({"email": to}))
                    }
                };
                ask.as_(&person).await.assert_status(202);
                let token = mailed_token(cloud, &to, "verify-email").await;
                cloud
                    .post("/v1/auth/verify-email")
                    .json(json!({"token": token}))
            }
            ("POST /v1/auth/resend-verification", _) => cloud
                .post("/v1/auth/resend-verification")
                .as_(&tenant.member(Role::Viewer).await),
            ("PATCH /v1/me", case) => {
                let body = match case {
                    "name" => json!({"name": "Vera"}),
                    _ => json!({"locale": "en"}),
                };
                cloud
                    .patch("/v1/me")
                    .as_(&tenant.member(Role::Viewer).await)
                    .json(body)
            }
            ("POST /v1/me/change-password", _) => cloud
                .post("/v1/me/change-password")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({"current_password": PASSWORD, "new_password": "seven-quiet-orchards"})),
            ("POST /v1/me/change-email", _) => cloud
                .post("/v1/me/change-email")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({"email": format!("new-{}@budget.example", unique()), "password": PASSWORD})),
            ("POST /v1/me/tenants", _) => cloud
                .post("/v1/me/tenants")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({"name": "Next", "slug": format!("next-{}", unique())})),
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

    /// The path of a new project, of few: a tenant's item that holds many takes a second write unit.
    async fn project(&self) -> String {
        let (cloud, owner) = (self.cloud, &self.solo.owner);
        let list = cloud.get("/v1/projects").as_(owner).await;
        for project in list.items().iter().skip(1) {
            let path = format!("/v1/projects/{}", project["id"].as_str().unwrap());
            cloud.delete(path).as_(owner).await.assert_status(204);
        }
        format!("/v1/projects/{}", self.solo.project().await)
    }

    /// Gives all domains up: a tenant may have a few only.
    async fn no_domains(&self) {
        let (cloud, owner) = (self.cloud, &self.tenant.owner);
        let list = cloud.get("/v1/tenant/domains").as_(owner).await;
        for domain in list.items() {
            let path = format!("/v1/tenant/domains/{}", domain["domain"].as_str().unwrap());
            cloud.delete(path).as_(owner).await.assert_status(204);
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

/// Nobody has tried anything lately: a count of guesses costs one call then, and two in quick succession.
async fn calm(cloud: &TestCloud) {
    let items = cloud.dump("DirectoryTable").into_iter();
    for item in items.filter(|item| item["sk"]["S"] == "BACKOFF") {
        let key = (item["pk"]["S"].as_str().unwrap(), "BACKOFF");
        cloud
            .set_as("AuthLoginRole", key, "full_at", json!({"N": "0"}))
            .await;
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
    calm(stage.cloud).await;
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
        if counted.sts_calls() == trades(row) {
            break;
        }
        counted = count(stage, row).await;
    }
    counted
}

/// How many tokens are traded in a request of this row.
fn trades(row: &Row) -> u64 {
    u64::from(FIRST.contains(&row.route))
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
        if (data, counted.sts_calls(), authorizer) != (row.data, trades(row), expected) {
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
         of a tenant in a function's process makes one, and so do the rows about a person's own name, password and address, which are \
         counted as first ones. A read unit is a strongly consistent read of 4 KB begun; a write unit \
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
