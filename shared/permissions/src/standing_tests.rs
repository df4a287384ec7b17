#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use crate::{Action, Permission, Resource};

fn custom(texts: &[&str]) -> Standing {
    let set = PermissionSet::parse(texts.iter().copied(), |name| name == "contacts").unwrap();
    Standing::custom(Uuid::from_u128(7), set)
}

/// The golden table of the role rule: who may give, change or take away which role.
#[test]
fn the_role_rule() {
    let roles = [
        ("owner", Standing::fixed(Role::Owner)),
        ("admin", Standing::fixed(Role::Admin)),
        ("manager", Standing::fixed(Role::Manager)),
        ("sales_rep", Standing::fixed(Role::SalesRep)),
        ("viewer", Standing::fixed(Role::Viewer)),
        (
            "team lead",
            custom(&[
                "members:read",
                "members:update",
                "tenant:read",
                "projects:read",
                "records:read",
                "contacts:update",
            ]),
        ),
        ("reader of contacts", custom(&["contacts:read"])),
        ("biller", custom(&["subscription:manage"])),
    ];
    let expected = [
        (
            "owner",
            "owner admin manager sales_rep viewer team lead reader of contacts biller",
        ),
        (
            "admin",
            "manager sales_rep viewer team lead reader of contacts",
        ),
        ("manager", "sales_rep viewer reader of contacts"),
        ("sales_rep", "viewer reader of contacts"),
        ("viewer", "reader of contacts"),
        ("team lead", "viewer reader of contacts"),
        ("reader of contacts", ""),
        ("biller", ""),
    ];
    for ((name, actor), (expected_name, manages)) in roles.iter().zip(expected) {
        let managed: Vec<&str> = roles
            .iter()
            .filter(|(_, other)| actor.may_manage(other))
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(*name, expected_name);
        assert_eq!(managed.join(" "), manages, "{name}");
    }
}

#[test]
fn a_role_has_one_spelling() {
    let id = Uuid::from_u128(1);
    for role in [RoleRef::Custom(id), Role::SalesRep.into()] {
        assert_eq!(role.to_string().parse(), Ok(role));
    }
    for wrong in [
        "",
        "Owner",
        "rol_",
        "rol_00000000000000000000000000000001",
        "prj_00000000-0000-0000-0000-000000000001",
    ] {
        assert_eq!(wrong.parse::<RoleRef>(), Err(UnknownRole), "{wrong}");
    }
}

#[test]
fn a_project_role_adds_and_never_takes_away() {
    let sets = [Role::Owner, Role::SalesRep, Role::Viewer].map(Role::permissions);
    for set in &sets {
        assert_eq!(&in_project(set, None), set);
        for role in ProjectRole::ALL {
            let joined = in_project(set, Some(*role));
            assert!(set.is_within(&joined));
            for permission in Permission::all() {
                let expected = set.permits(permission).max(role.may(permission));
                assert_eq!(joined.permits(permission), expected);
            }
        }
    }
    let delete = Permission::new(Resource::Records, Action::Delete);
    assert_eq!(
        in_project(&Role::Viewer.permissions(), Some(ProjectRole::Contributor)).permits(delete),
        Grant::Own
    );
}

#[test]
fn a_project_role_reaches_nothing_outside_projects() {
    for role in ProjectRole::ALL {
        for permission in Permission::all() {
            if !matches!(permission.resource, Resource::Projects | Resource::Records) {
                assert_eq!(role.may(permission), Grant::None, "{role} {permission}");
            }
        }
    }
}
