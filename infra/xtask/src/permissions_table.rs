//! `infra/docs/permissions.md`: which role may do what, and which endpoint asks for which permission.

use crate::describe::{Auth, Endpoint};
use permissions::{Action, Grant, Permission, Resource, Role};
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
        assert!(text.ends_with(
            "| `GET /.well-known/jwks.json` | issuer-jwks | nothing | – |\n\
             | `POST /v1/auth/login` | auth-login | nothing | – |\n\
             | `GET /v1/projects/{project_id}/{collection}/{record_id}` | records-read | `records:read` | read |\n"
        ));
    }
}
