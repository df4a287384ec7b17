//! A request for each route that takes a key, with what must be there before.

use serde_json::{Value, json};
use tests::{Authenticator, PASSWORD, Person, Role, Route, TestTenant, unique};

/// A request that succeeds once.
pub(super) struct Asked {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) by: Person,
    pub(super) body: Option<Value>,
    /// Another body, which would succeed as well; a route without bodies has none.
    pub(super) other: Option<Value>,
}

/// A request for the route in a tenant of its own.
pub(super) async fn of(route: &Route, tenant: &TestTenant) -> Asked {
    let cloud = tenant.cloud();
    let owner = tenant.owner.clone();
    let text = unique();
    let (body, other) = bodies(route, tenant, &text).await;
    let path = match route.route_key.as_str() {
        "PATCH /v1/projects/{project_id}/{collection}/{record_id}" => {
            tenant.record("contacts", &tenant.contact().await)
        }
        "POST /v1/projects/{project_id}/{collection}/{record_id}/restore" => {
            let path = tenant.record("contacts", &tenant.contact().await);
            let deleted = cloud.delete(&path).as_(&owner).await;
            deleted.assert_status(204);
            format!("{path}/restore")
        }
        "POST /v1/projects/{project_id}/notifications/{record_id}/read" => {
            let fields = json!({"title": text, "type": "mention"});
            let made = tenant.create_record(&owner, "notifications", fields).await;
            let id = made["id"].as_str().unwrap();
            format!("{}/read", tenant.record("notifications", id))
        }
        "POST /v1/invitations/{invitation_id}/resend" => {
            let id = tenant.invite(Role::Viewer).await.id;
            format!("/v1/invitations/{id}/resend")
        }
        _ => {
            let path = route.path().replace("{project_id}", &tenant.project_id);
            path.replace("{collection}", "contacts")
        }
    };
    assert!(!path.contains('{'), "no request for {}", route.route_key);
    Asked {
        method: if route.method() == "PATCH" {
            "PATCH"
        } else {
            "POST"
        },
        path,
        by: owner,
        body,
        other,
    }
}

async fn bodies(route: &Route, tenant: &TestTenant, text: &str) -> (Option<Value>, Option<Value>) {
    let named = |name: String| json!({"name": name});
    let two = |body: Value, other: Value| (Some(body), Some(other));
    match route.route_key.as_str() {
        "POST /v1/projects"
        | "POST /v1/projects/{project_id}/{collection}"
        | "PATCH /v1/projects/{project_id}/{collection}/{record_id}" => {
            two(named(format!("One {text}")), named(format!("Two {text}")))
        }
        "POST /v1/projects/{project_id}/{collection}/batch" => two(
            json!({"records": [named(format!("One {text}")), named(format!("Two {text}"))]}),
            json!({"records": [named(format!("Two {text}")), named(format!("One {text}"))]}),
        ),
        "POST /v1/exports" => {
            let export = |collection: &str| json!({"project_id": tenant.project_id, "collection": collection});
            two(export("contacts"), export("accounts"))
        }
        "POST /v1/roles" => {
            let role = |name: &str| json!({"name": format!("{name} {text}"), "permissions": ["records:read"]});
            two(role("One"), role("Two"))
        }
        "POST /v1/invitations" => {
            let invited = |role| json!({"email": format!("{text}@{}.example", tenant.slug), "role": role, "send_email": false});
            two(invited("viewer"), invited("manager"))
        }
        "POST /v1/invitations/bulk" => {
            let list = |role| json!({"csv": format!("email,role\n{text}a@{0}.example,{role}\n{text}b@{0}.example,{role}\n", tenant.slug)});
            two(list("viewer"), list("manager"))
        }
        "POST /v1/projects/{project_id}/notifications/{record_id}/read" => {
            two(json!({"read": true}), json!({"read": false}))
        }
        "POST /v1/invitations/{invitation_id}/resend" => {
            two(json!({"send_email": false}), json!({"send_email": true}))
        }
        "POST /v1/tenant/transfer-ownership" => {
            let next = tenant.member(Role::Admin).await.user_id;
            let handed = |keep: bool| json!({"user_id": next, "keep_owner": keep});
            two(handed(true), handed(false))
        }
        "POST /v1/tenant/domains" => {
            let domain = |name: &str| json!({"domain": format!("{name}{text}.example")});
            two(domain("a"), domain("b"))
        }
        "POST /v1/me/tenants" => {
            let founded = |name: &str| json!({"name": name, "slug": format!("{name}-{text}")});
            two(founded("one"), founded("two"))
        }
        "POST /v1/me/change-password" => {
            let change = |new: &str| json!({"current_password": PASSWORD, "new_password": format!("{new} {text}")});
            two(change("nine green lamps"), change("seven red lamps"))
        }
        "POST /v1/me/change-email" => {
            let change = |name: &str| json!({"email": format!("{name}{text}@{}.example", tenant.slug), "password": PASSWORD});
            two(change("a"), change("b"))
        }
        "POST /v1/me/mfa/totp/confirm" => {
            let mut app = Authenticator::start(tenant.cloud(), &tenant.owner).await;
            let wrong = app.wrong_code();
            two(json!({"code": app.code().await}), json!({"code": wrong}))
        }
        "POST /v1/me/mfa/recovery-codes" => {
            Authenticator::enrol(tenant.cloud(), &tenant.owner).await;
            (None, None)
        }
        _ => (None, None),
    }
}
