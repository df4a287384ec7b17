//! How to make a valid request for each route.

use super::records;
use super::world::Place;
use serde_json::{Value, json};
use tests::{Kind, PASSWORD, Person, unique};

/// Who asks, where, and for which collection.
pub(crate) struct Ask<'a> {
    pub(crate) place: &'a Place,
    pub(crate) person: &'a Person,
    pub(crate) collection: &'static str,
}

/// A value in a body that names something by its id.
pub(crate) struct Reference {
    /// Where it stands in the body; the part before the last `/` must be there.
    pub(crate) pointer: String,
    /// The prefix of its ids.
    pub(crate) prefix: &'static str,
    /// The id of such a thing in the place that is asked for.
    pub(crate) id: String,
    /// The answer when it is not there to be seen.
    pub(crate) problem: Kind,
}

/// How to make a valid request for a route. What its path names is filled in by [`super::variants::Variant`].
pub(crate) struct Row {
    pub(crate) route_key: &'static str,
    /// The body.
    pub(crate) body: Option<fn(&Ask<'_>) -> Value>,
    /// The query, where one is needed.
    pub(crate) query: Option<fn(&Ask<'_>) -> String>,
    /// Whether a success ends the caller's sessions or membership, so that the caller must be somebody fresh.
    pub(crate) uses_caller_up: bool,
    /// Ids in its body, of what stands in this place; the collection is the path's.
    pub(crate) references: fn(&Place, &str) -> Vec<Reference>,
}

const fn row(route_key: &'static str) -> Row {
    Row {
        route_key,
        body: None,
        query: None,
        uses_caller_up: false,
        references: |_, _| Vec::new(),
    }
}

impl Row {
    const fn body(mut self, body: fn(&Ask<'_>) -> Value) -> Self {
        self.body = Some(body);
        self
    }

    const fn query(mut self, query: fn(&Ask<'_>) -> String) -> Self {
        self.query = Some(query);
        self
    }

    const fn uses_caller_up(mut self) -> Self {
        self.uses_caller_up = true;
        self
    }

    const fn references(mut self, references: fn(&Place, &str) -> Vec<Reference>) -> Self {
        self.references = references;
        self
    }
}

/// One row for each route.
pub(crate) const ROWS: &[Row] = &[
    row("GET /.well-known/jwks.json"),
    row("GET /.well-known/openid-configuration"),
    row("POST /v1/auth/login").body(|ask| json!({"email": ask.person.email, "password": PASSWORD})),
    row("POST /v1/auth/logout").uses_caller_up(),
    row("POST /v1/auth/refresh").body(|ask| json!({"refresh_token": ask.place.refresh_token})),
    row("POST /v1/auth/switch-tenant")
        .body(|ask| json!({"tenant_id": ask.place.tenant.id}))
        .uses_caller_up()
        .references(|place, _| {
            vec![Reference {
                pointer: "/tenant_id".to_owned(),
                prefix: "ten_",
                id: place.tenant.id.clone(),
                problem: Kind::NotFound,
            }]
        }),
    row("GET /v1/collections"),
    row("GET /v1/health"),
    row("POST /v1/invitations")
        .body(|ask| {
            let email = format!("swept-{}@customer.example", unique());
            json!({"email": email, "role": "viewer", "project_ids": [ask.place.tenant.project_id], "send_email": false})
        })
        .references(|place, _| {
            vec![Reference {
                pointer: "/project_ids/0".to_owned(),
                prefix: "prj_",
                id: place.tenant.project_id.clone(),
                problem: Kind::ReferenceNotFound,
            }]
        }),
    row("POST /v1/invitations/accept")
        .body(|ask| json!({"token": ask.place.invitation_token, "name": "Nora New", "password": PASSWORD})),
    row("GET /v1/me"),
    row("DELETE /v1/me/sessions").uses_caller_up(),
    row("GET /v1/me/sessions"),
    row("DELETE /v1/me/sessions/{session_id}").uses_caller_up(),
    row("GET /v1/me/tenants"),
    row("GET /v1/members"),
    row("POST /v1/members/leave").uses_caller_up(),
    row("GET /v1/openapi.json"),
    row("GET /v1/projects"),
    row("POST /v1/projects").body(|_| json!({"name": "Swept"})),
    row("GET /v1/projects/{project_id}"),
    row("GET /v1/projects/{project_id}/{collection}"),
    row("POST /v1/projects/{project_id}/{collection}").body(records::new).references(records::references),
    row("DELETE /v1/projects/{project_id}/{collection}/{record_id}"),
    row("GET /v1/projects/{project_id}/{collection}/{record_id}"),
    row("PATCH /v1/projects/{project_id}/{collection}/{record_id}")
        .body(|_| json!({"name": "Swept"}))
        .references(records::references),
    row("GET /v1/tenant-lookup").query(|ask| format!("host={}.localhost", ask.place.tenant.slug)),
    row("POST /v1/tenants").body(|_| {
        let slug = format!("swept-{}", unique());
        json!({
            "name": "Swept Ltd", "slug": slug, "owner_email": format!("olga@{slug}.example"),
            "owner_name": "Olga", "owner_password": PASSWORD,
        })
    }),
];
