//! `infra/docs/permissions.md`: which role may do what, and which endpoint asks for which permission.

use crate::describe::{Auth, Endpoint};
use permissions::{
    Action, Grant, Permission, ProjectRole, Resource, Role, Standing, TENANT_WIDE, beside_records,
};
use std::fmt::Write as _;

/// The file's text.
pub(crate) fn render(endpoints: &[Endpoint]) -> String {
    let mut text = String::from(
        "# Roles and permissions\n\n\
         Written by `cargo xtask generate` from `shared/permissions` and the endpoints' declarations. Do not edit.\n\n\
         `yes` is everything of the kind, `own` only what belongs to the caller (`:own`), `–` nothing. \
         `records` are those of every collection.\n\n| permission |",
    );
    // Writing to a String can't fail.
    for role in Role::ALL {
        let _ = write!(text, " {role} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    text.push('\n');
    for resource in Resource::ALL {
        for action in Action::ALL {
            let permission = Permission::new(*resource, *action);
            let _ = write!(text, "| `{permission}` |");
            for role in Role::ALL {
                let _ = write!(text, " {} |", word(role.may(permission)));
            }
            text.push('\n');
        }
    }
    text.push_str(&project_roles());
    text.push_str(&tenant_wide());
    text.push_str(&role_rule());
    text.push_str("\n## Endpoints\n\n| route | function | asks for | least access of the credentials |\n|---|---|---|---|\n");
    for endpoint in endpoints {
        let asks = match (endpoint.auth, &endpoint.permission) {
            (Auth::Public, _) => "nothing".to_owned(),
            (Auth::Permission, Some(permission)) => format!("`{permission}`"),
            (Auth::Person, _) => "a session, for one's own data".to_owned(),
            _ => "a session of a member".to_owned(),
        };
        let access = endpoint.access.as_deref().unwrap_or("–");
        let _ = writeln!(
            text,
            "| `{}` | {} | {asks} | {access} |",
            endpoint.route_key(),
            endpoint.binary
        );
    }
    text
}

/// What a role in a project adds.
fn project_roles() -> String {
    let mut text = String::from(
        "\n## In a project\n\n\
         What somebody may do in a project is what their role in the tenant carries, and besides, what their role in that project does. \
         Here are those permissions that a role in a project gives.\n\n| permission |",
    );
    for role in ProjectRole::ALL {
        let _ = write!(text, " {role} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(ProjectRole::ALL.len()));
    text.push('\n');
    let given = |permission: &Permission| {
        let mut roles = ProjectRole::ALL.iter();
        roles.any(|role| role.may(*permission) != Grant::None)
    };
    for permission in Permission::all().filter(given) {
        let _ = write!(text, "| `{permission}` |");
        for role in ProjectRole::ALL {
            let _ = write!(text, " {} |", word(role.may(permission)));
        }
        text.push('\n');
    }
    text
}

/// What the records of the whole tenant take.
fn tenant_wide() -> String {
    let mut text = String::from(
        "\n## Collections of the whole tenant\n\n\
         A tenant has one record of each of these, the same in all its projects. Beside the permission for records, of whatever \
         role, it takes one for the tenant, which no role in a project carries.\n\n| permission | besides |",
    );
    // Writing to a String can't fail.
    for role in Role::ALL {
        let _ = write!(text, " {role} |");
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    text.push('\n');
    for collection in TENANT_WIDE {
        let actions = Action::ALL
            .iter()
            .filter(|action| **action != Action::Manage);
        for action in actions {
            let Some(besides) = beside_records(collection, *action) else {
                continue;
            };
            let _ = write!(text, "| `{collection}:{}` | `{besides}` |", action.as_str());
            for role in Role::ALL {
                let grant = role.permissions().permits_in(collection, *action);
                let _ = write!(text, " {} |", word(grant));
            }
            text.push('\n');
        }
    }
    text
}

/// Who may give which role, change those who have it, or take it away.
fn role_rule() -> String {
    let mut text = String::from(
        "\n## The role rule\n\n\
         Who may invite into a role, give it, take it away, or change somebody who has it. A role of the tenant's own is judged by what \
         it carries: one manages those who may do less than oneself, and nothing that one may not do. Nobody makes a role that carries \
         more than their own.\n\n| role | manages |\n|---|---|\n",
    );
    for actor in Role::ALL {
        let managed = Role::ALL
            .iter()
            .filter(|other| Standing::fixed(*actor).may_manage(&Standing::fixed(**other)))
            .map(|role| role.as_str());
        let managed: Vec<&str> = managed.collect();
        let managed = if managed.is_empty() {
            "–".to_owned()
        } else {
            managed.join(", ")
        };
        let _ = writeln!(text, "| {actor} | {managed} |");
    }
    text
}

const fn word(grant: Grant) -> &'static str {
    match grant {
        Grant::None => "–",
        Grant::Own => "own",
        Grant::All => "yes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::tests::samples;

    #[test]
    fn the_table_has_a_row_for_each_permission_and_route() {
        let text = render(&samples());
        assert!(text.contains("| permission | owner | admin | manager | sales_rep | viewer |\n"));
        assert!(text.contains("| `records:update` | yes | yes | yes | own | – |\n"));
        assert!(text.contains("| `subscription:manage` | yes | – | – | – | – |\n"));
        assert!(text.contains(
            "| `telephony-settings:read` | `tenant:read` | yes | yes | yes | yes | yes |\n"
        ));
        assert!(text.contains(
            "| `telephony-settings:update` | `tenant:update` | yes | yes | – | – | – |\n"
        ));
        assert!(text.contains("| permission | lead | contributor | reader |\n"));
        assert!(text.contains("| `records:delete` | yes | own | – |\n"));
        for row in [
            "| owner | owner, admin, manager, sales_rep, viewer |\n",
            "| admin | manager, sales_rep, viewer |\n",
            "| viewer | – |\n",
        ] {
            assert!(text.contains(row), "{row}");
        }
        assert!(text.ends_with(
            "| `GET /.well-known/jwks.json` | issuer-jwks | nothing | – |\n\
             | `POST /v1/auth/login` | auth-login | nothing | – |\n\
             | `GET /v1/projects/{project_id}/{collection}/{record_id}` | records-read | `records:read` | read |\n"
        ));
    }
}
