//! The cases on all that a tenant has.

use super::case::Case;
use super::{records, team};
use crate::isolation::sweep::world::Place;
use serde_json::json;
use tests::{Person, Role, unique};

/// The cases on the data of one tenant, in an order in which all of them can succeed. Those on records are about what `by` has made.
pub(super) async fn cases(place: &Place, by: &Person) -> Vec<Case> {
    let tenant = &place.tenant;
    let project = &tenant.project_id;
    let spare = tenant.project().await;
    let (inside, outside) = (
        tenant.member(Role::SalesRep).await.user_id,
        tenant.member(Role::Viewer).await.user_id,
    );
    let mut cases = team::cases(tenant).await;
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
    cases.extend(records::cases(place, by).await);
    cases.extend(records::other_cases(tenant).await);
    cases.push(Case::new("POST /v1/members/leave", "", "/v1/members/leave").body(json!({})));
    cases.push(Case::new("DELETE /v1/tenant", "", "/v1/tenant").by_owner());
    cases
}
