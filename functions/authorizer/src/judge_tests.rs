#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use permissions::ProjectRole;
use serde_json::{Value, json};

fn route(changes: Value) -> Route {
    let mut route = json!({
        "route_key": "GET /v1/me", "auth": "session", "permission": null, "access": "write",
        "needs_user": true, "project_scoped": false,
    });
    for (name, value) in changes.as_object().unwrap() {
        route
            .as_object_mut()
            .unwrap()
            .insert(name.clone(), value.clone());
    }
    let mut route: Route = serde_json::from_value(route).unwrap();
    route.required = changes
        .get("permission")
        .and_then(Value::as_str)
        .map(|text| Permission::parse(text).unwrap());
    route
}

fn ids() -> Ids {
    Ids {
        session: uuid_v7_at(40),
        ..Ids::default()
    }
}

/// An id of version 7 made at this second (RFC 9562, 5.7: the first 48 bits are milliseconds).
fn uuid_v7_at(second: u128) -> Uuid {
    Uuid::from_u128((second * 1000) << 80 | 0x7 << 76 | 0x2 << 62)
}

fn facts(session: Value, member: Value, tenant: Value) -> Facts {
    let merged = |base: Value, over: Value| {
        let mut base = base;
        for (name, value) in over.as_object().unwrap() {
            base.as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone());
        }
        base
    };
    Facts {
        session: serde_json::from_value(merged(json!({"expires_at": 100}), session)).ok(),
        member: serde_json::from_value(merged(
            json!({"status": "active", "role": "viewer"}),
            member,
        ))
        .ok(),
        tenant: serde_json::from_value(merged(json!({"status": "trial"}), tenant)).ok(),
        domain: None,
    }
}

fn none() -> Value {
    json!({})
}

#[test]
fn each_fact_can_end_it() {
    let judged = |facts: &Facts, changes: Value| {
        standing(&route(changes), ids(), &Host::Product, facts, 50).map(|standing| standing.role())
    };
    assert_eq!(
        judged(&facts(none(), none(), none()), none()),
        Ok(Role::Viewer.into())
    );
    let cases = [
        (
            facts(json!({"expires_at": "never"}), none(), none()),
            Kind::SessionRevoked,
        ),
        (
            facts(json!({"expires_at": 50}), none(), none()),
            Kind::SessionRevoked,
        ),
        (
            facts(json!({"revoked_at": "x"}), none(), none()),
            Kind::SessionRevoked,
        ),
        (
            facts(none(), none(), json!({"session_max_seconds": 10})),
            Kind::SessionRevoked,
        ),
        (facts(none(), json!({"role": 1}), none()), Kind::NotAMember),
        (
            facts(none(), json!({"status": "removed"}), none()),
            Kind::NotAMember,
        ),
        (
            facts(none(), json!({"status": "deactivated"}), none()),
            Kind::NotAMember,
        ),
        (
            facts(none(), json!({"role": "emperor"}), none()),
            Kind::NotAMember,
        ),
        (
            facts(none(), none(), json!({"status": 1})),
            Kind::NotAMember,
        ),
        (
            facts(none(), none(), json!({"status": "deleted"})),
            Kind::NotAMember,
        ),
        (
            facts(none(), none(), json!({"status": "suspended"})),
            Kind::TenantSuspended,
        ),
        (
            facts(none(), none(), json!({"status": "cancelled"})),
            Kind::TenantCancelled,
        ),
        (
            facts(none(), none(), json!({"mfa_required": true})),
            Kind::MfaEnrolmentRequired,
        ),
    ];
    for (number, (facts, kind)) in cases.iter().enumerate() {
        assert_eq!(judged(facts, none()), Err(*kind), "case {number}");
    }
    // What a tenant or its subscription can set right again stays open where the route says so.
    for status in ["suspended", "cancelled"] {
        let facts = facts(none(), none(), json!({"status": status}));
        assert!(
            judged(&facts, json!({"while_suspended": true})).is_ok(),
            "{status}"
        );
    }
    let with_factor = facts(
        json!({"mfa_at": 45}),
        none(),
        json!({"mfa_required": true, "session_max_seconds": 11}),
    );
    assert!(judged(&with_factor, none()).is_ok());
}

#[test]
fn a_route_about_the_person_asks_for_the_session_alone() {
    let route = route(json!({"auth": "person"}));
    let mut facts = facts(none(), none(), json!({"mfa_required": true}));
    facts.member = None;
    assert!(standing(&route, ids(), &Host::Product, &facts, 50).is_ok());
    facts.session = None;
    assert_eq!(
        standing(&route, ids(), &Host::Product, &facts, 50).unwrap_err(),
        Kind::SessionRevoked
    );
}

#[test]
fn a_custom_role_carries_what_the_tenant_says_and_nothing_when_it_is_gone() {
    let id = "rol_00000000-0000-0000-0000-000000000007";
    let member = json!({"role": id});
    let with = facts(
        none(),
        member.clone(),
        json!({"custom_roles": {id: "members=R"}}),
    );
    let judged = standing(&route(none()), ids(), &Host::Product, &with, 50).unwrap();
    assert_eq!(judged.permissions().texts(), ["members:read"]);
    let gone = standing(
        &route(none()),
        ids(),
        &Host::Product,
        &facts(none(), member, none()),
        50,
    )
    .unwrap();
    assert!(gone.permissions().texts().is_empty());
}

#[test]
fn who_sees_which_projects() {
    let [open, private, archived] =
        [1, 2, 3].map(|number| format!("prj_00000000-0000-0000-0000-00000000000{number}"));
    let tenant = json!({
        "project_ids": [open, private, archived],
        "private_project_ids": [private],
        "archived_project_ids": [archived],
    });
    let seen = |role: &str, project_roles: Value| {
        let facts = facts(
            none(),
            json!({"role": role, "project_roles": project_roles}),
            tenant.clone(),
        );
        let standing = standing(&route(none()), ids(), &Host::Product, &facts, 50).unwrap();
        let seen = projects(&route(none()), &standing, &facts);
        seen.iter()
            .map(|project| (project.id.as_u128(), project.role, project.archived))
            .collect::<Vec<_>>()
    };
    let all = vec![(1, None, false), (2, None, false), (3, None, true)];
    assert_eq!(seen("owner", none()), all);
    assert_eq!(seen("admin", none()), all);
    for role in ["manager", "viewer"] {
        assert_eq!(seen(role, none()), [(1, None, false), (3, None, true)]);
    }
    assert_eq!(seen("sales_rep", none()), []);
    let reader = Some(ProjectRole::Reader);
    assert_eq!(
        seen("sales_rep", json!({private.clone(): "reader"})),
        [(2, reader, false)]
    );
    assert_eq!(
        seen("manager", json!({private: "reader"})),
        [(1, None, false), (2, reader, false), (3, None, true)]
    );
}

#[test]
fn credentials_write_only_for_who_may() {
    let id = ProjectId::from(Uuid::from_u128(1));
    let access = |role: Role, project: Option<ProjectRole>| {
        let route = route(
            json!({"permission": "records:create", "access": "write", "project_scoped": true}),
        );
        let projects = [Project {
            id: id.uuid(),
            role: project,
            archived: false,
        }];
        access_for(&route, &Standing::fixed(role), &projects, Some(id))
    };
    assert_eq!(access(Role::Viewer, None), Access::Read);
    assert_eq!(
        access(Role::Viewer, Some(ProjectRole::Reader)),
        Access::Read
    );
    assert_eq!(
        access(Role::Viewer, Some(ProjectRole::Contributor)),
        Access::Write
    );
    assert_eq!(access(Role::Manager, None), Access::Write);
}

#[test]
fn under_another_tenants_name_a_tenant_is_not_found() {
    let ours = ids();
    let judged = |host: &str, owner: Option<Uuid>, changes: Value| {
        let mut facts = facts(none(), none(), json!({"slug": "acme"}));
        facts.domain = owner.map(|owner| {
            serde_json::from_value(json!({"tenant_id": format!("ten_{owner}")})).unwrap()
        });
        let host = Host::read(host, "example.com");
        standing(&route(changes), ours, &host, &facts, 50).map(|_| ())
    };
    let foreign = Uuid::from_u128(7);
    for (host, owner) in [
        ("api.example.com", None),
        ("acme.example.com", None),
        ("portal.acme.org", Some(ours.tenant)),
        ("portal.acme.org", None),
    ] {
        assert_eq!(judged(host, owner, none()), Ok(()), "{host}");
    }
    for (host, owner) in [
        ("globex.example.com", None),
        ("portal.globex.org", Some(foreign)),
    ] {
        assert_eq!(judged(host, owner, none()), Err(Kind::NotFound), "{host}");
        // What is the person's own is theirs under every name.
        assert_eq!(judged(host, owner, json!({"auth": "person"})), Ok(()));
    }
}
