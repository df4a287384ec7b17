//! The cases about the team.

use super::case::Case;
use serde_json::json;
use tests::{Role, TestTenant, unique};

/// Those about the team. A handler looks at ranks: who manages nobody comes no further.
pub(super) async fn cases(tenant: &TestTenant) -> Vec<Case> {
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
