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
    /// Whether a success ends what its path names last, or moves it on, so that each request needs something fresh.
    pub(crate) uses_target_up: bool,
    /// Whether a success ends the tenant.
    pub(crate) ends_tenant: bool,
    /// Ids in its body, of what stands in this place; the collection is the path's.
    pub(crate) references: fn(&Place, &str) -> Vec<Reference>,
}

const fn row(route_key: &'static str) -> Row {
    Row {
        route_key,
        body: None,
        query: None,
        uses_caller_up: false,
        uses_target_up: false,
        ends_tenant: false,
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

    const fn ends_tenant(mut self) -> Self {
        self.ends_tenant = true;
        self
    }

    const fn uses_target_up(mut self) -> Self {
        self.uses_target_up = true;
        self
    }

    const fn references(mut self, references: fn(&Place, &str) -> Vec<Reference>) -> Self {
        self.references = references;
        self
    }
}

/// A role in a body.
fn role_reference(place: &Place) -> Reference {
    Reference {
        pointer: "/role".to_owned(),
        prefix: "rol_",
        id: place.role_id.clone(),
        problem: Kind::ReferenceNotFound,
    }
}

/// One row for each route.
pub(crate) const ROWS: &[Row] = &[
    row("GET /.well-known/jwks.json"),
    row("GET /.well-known/openid-configuration"),
    row("POST /v1/auth/login").body(|ask| json!({"email": ask.person.email, "password": PASSWORD})),
    // Not the one whose link is followed below: a newer link ends it.
    row("POST /v1/auth/forgot-password").body(|ask| json!({"email": ask.place.member.email})),
    // An event that concerns nobody. Its signature is added where it is to be believed.
    row("POST /v1/billing/webhook").body(|_| json!({
        "id": format!("evt_{}", unique()), "type": "customer.created", "created": tests::now(), "data": {"object": {"id": "cus_1"}},
    })),
    row("POST /v1/auth/logout").uses_caller_up(),
    row("POST /v1/auth/mfa").body(|_| json!({"mfa_token": "swept", "code": "123456"})),
    row("POST /v1/auth/refresh").body(|ask| json!({"refresh_token": ask.place.refresh_token})),
    row("POST /v1/auth/step-up").body(|_| json!({"password": PASSWORD})),
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
    row("POST /v1/auth/resend-verification"),
    row("POST /v1/auth/reset-password")
        .body(|ask| json!({"token": ask.place.reset_token, "password": "seven-quiet-orchards"})),
    row("POST /v1/auth/verify-email").body(|ask| json!({"token": ask.place.verify_token})),
    row("GET /v1/collections"),
    row("GET /v1/exports"),
    row("POST /v1/exports")
        .body(|ask| json!({"project_id": ask.place.tenant.project_id, "collection": "contacts"}))
        .references(|place, _| {
            vec![Reference {
                pointer: "/project_id".to_owned(),
                prefix: "prj_",
                id: place.tenant.project_id.clone(),
                problem: Kind::NotFound,
            }]
        }),
    row("GET /v1/exports/{export_id}"),
    row("GET /v1/health"),
    row("GET /v1/invitations"),
    row("POST /v1/invitations")
        .body(|ask| {
            let email = format!("swept-{}@customer.example", unique());
            json!({"email": email, "role": "viewer", "project_ids": [ask.place.tenant.project_id], "send_email": false})
        })
        .references(|place, _| {
            let project = Reference {
                pointer: "/project_ids/0".to_owned(),
                prefix: "prj_",
                id: place.tenant.project_id.clone(),
                problem: Kind::ReferenceNotFound,
            };
            vec![project, role_reference(place)]
        }),
    row("POST /v1/invitations/bulk")
        .body(|_| json!({"csv": format!("email,role\nswept-{}@customer.example,viewer", unique())})),
    row("DELETE /v1/invitations/{invitation_id}").uses_target_up(),
    row("POST /v1/invitations/{invitation_id}/resend")
        .body(|_| json!({"send_email": false}))
        .uses_target_up(),
    row("POST /v1/invitations/preview").body(|ask| json!({"token": ask.place.pending.token})),
    row("POST /v1/invitations/accept")
        .body(|ask| json!({"token": ask.place.invitation_token, "name": "Nora New", "password": PASSWORD})),
    row("GET /v1/me"),
    row("PATCH /v1/me").body(|_| json!({"name": "Swept", "locale": "en", "time_zone": "UTC"})),
    row("POST /v1/me/change-email").body(|_| {
        let email = format!("swept-{}@moved.example", unique());
        json!({"email": email, "password": PASSWORD})
    }),
    row("POST /v1/me/change-password")
        .body(|_| json!({"current_password": PASSWORD, "new_password": "seven-quiet-orchards"}))
        .uses_caller_up(),
    row("POST /v1/me/mfa/recovery-codes").uses_caller_up(),
    row("DELETE /v1/me/mfa/totp").uses_caller_up(),
    row("POST /v1/me/mfa/totp"),
    row("POST /v1/me/mfa/totp/confirm").body(|_| json!({"code": "123456"})).uses_caller_up(),
    row("DELETE /v1/me/sessions").uses_caller_up(),
    row("GET /v1/me/sessions"),
    row("DELETE /v1/me/sessions/{session_id}").uses_caller_up(),
    row("GET /v1/me/tenants"),
    row("POST /v1/me/tenants").body(|_| json!({"name": "Swept", "slug": format!("swept-{}", unique())})),
    row("GET /v1/members"),
    row("GET /v1/members/{user_id}"),
    row("PATCH /v1/members/{user_id}")
        .body(|_| json!({"role": "viewer"}))
        .uses_target_up()
        .references(|place, _| vec![role_reference(place)]),
    row("DELETE /v1/members/{user_id}").uses_target_up(),
    row("POST /v1/members/leave").uses_caller_up(),
    row("GET /v1/openapi.json"),
    row("GET /v1/permissions"),
    row("GET /v1/projects"),
    row("POST /v1/projects").body(|_| json!({"name": "Swept"})),
    row("GET /v1/projects/{project_id}"),
    row("PATCH /v1/projects/{project_id}").body(|_| json!({"name": "Swept", "visibility": "open"})),
    row("DELETE /v1/projects/{project_id}").uses_target_up(),
    row("POST /v1/projects/{project_id}/archive").uses_target_up(),
    row("POST /v1/projects/{project_id}/unarchive"),
    row("GET /v1/projects/{project_id}/members"),
    row("PUT /v1/projects/{project_id}/members/{user_id}").body(|_| json!({"role": "reader"})),
    row("DELETE /v1/projects/{project_id}/members/{user_id}").uses_target_up(),
    row("GET /v1/projects/{project_id}/{collection}"),
    row("POST /v1/projects/{project_id}/{collection}").body(records::new).references(records::references),
    row("POST /v1/projects/{project_id}/{collection}/batch")
        .body(|ask| json!({"records": [records::new(ask)]}))
        .references(records::references_of_first),
    row("GET /v1/projects/{project_id}/{collection}/export"),
    row("GET /v1/projects/{project_id}/files/{record_id}/download-url"),
    row("POST /v1/projects/{project_id}/files/{record_id}/upload-url")
        .body(|_| tests::described("application/pdf", b"swept")),
    row("GET /v1/projects/{project_id}/inbox"),
    row("POST /v1/projects/{project_id}/search")
        .body(|_| json!({"embedding": [0.1, 0.2, 0.3]})),
    row("POST /v1/projects/{project_id}/notifications/{record_id}/read").body(|_| json!({"read": true})),
    row("DELETE /v1/projects/{project_id}/{collection}/{record_id}"),
    row("POST /v1/projects/{project_id}/{collection}/{record_id}/restore"),
    row("GET /v1/projects/{project_id}/{collection}/{record_id}"),
    row("PATCH /v1/projects/{project_id}/{collection}/{record_id}")
        .body(records::patch)
        .references(records::references_of_change),
    row("GET /v1/roles"),
    row("POST /v1/roles").body(|_| json!({"name": format!("Swept {}", unique()), "permissions": ["records:read"]})),
    row("GET /v1/roles/{role_id}"),
    row("PATCH /v1/roles/{role_id}")
        .body(|_| json!({"description": "Swept", "permissions": ["records:read"]}))
        .uses_target_up(),
    row("DELETE /v1/roles/{role_id}").uses_target_up(),
    row("POST /v1/tenant/transfer-ownership")
        .body(|ask| json!({"user_id": ask.place.member.user_id}))
        .uses_caller_up()
        .uses_target_up()
        .references(|place, _| {
            vec![Reference {
                pointer: "/user_id".to_owned(),
                prefix: "usr_",
                id: place.member.user_id.clone(),
                problem: Kind::ReferenceNotFound,
            }]
        }),
    row("GET /v1/tenant"),
    row("PATCH /v1/tenant").body(|_| json!({"metadata": {"swept": true}})),
    row("DELETE /v1/tenant").ends_tenant(),
    row("GET /v1/tenant/payments"),
    row("GET /v1/tenant/subscription"),
    row("PATCH /v1/tenant/subscription").body(|_| json!({"plan": "enterprise"})),
    row("GET /v1/tenant/branding"),
    row("PUT /v1/tenant/branding").body(|_| json!({"primary_color": "#0a7f5a"})),
    row("GET /v1/tenant/domains"),
    row("POST /v1/tenant/domains").body(|_| json!({"domain": format!("swept-{}.example", unique())})),
    row("POST /v1/tenant/domains/{domain}/verify"),
    row("DELETE /v1/tenant/domains/{domain}").uses_target_up(),
    row("GET /v1/tenant/onboarding"),
    row("GET /v1/tenant/settings"),
    row("PUT /v1/tenant/settings").body(|_| json!({"locale": "de-CH"})),
    row("GET /v1/tenant/usage"),
    row("GET /v1/tenant-lookup").query(|ask| format!("host={}.localhost", ask.place.tenant.slug)),
    row("POST /v1/tenants").body(|_| {
        let slug = format!("swept-{}", unique());
        json!({
            "name": "Swept Ltd", "slug": slug, "owner_email": format!("olga@{slug}.example"),
            "owner_name": "Olga", "owner_password": PASSWORD,
        })
    }),
];
