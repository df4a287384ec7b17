//! `infra/routes.json`: the routes as the sweep, the authorizer's tests and the docs read them.

use crate::describe::{Api, Auth, Endpoint};
use serde::Serialize;

#[derive(Serialize)]
struct Route<'a> {
    route_key: String,
    binary: &'a str,
    api: &'static str,
    auth: Auth,
    permission: Option<&'a str>,
    access: Option<&'a str>,
    needs_user: bool,
    project_scoped: bool,
    step_up: bool,
    while_suspended: bool,
    idempotent: bool,
    success: u16,
    body: bool,
    problems: &'a [String],
}

/// The file's text.
pub(crate) fn render(endpoints: &[Endpoint]) -> String {
    let routes: Vec<Route<'_>> = endpoints
        .iter()
        .map(|endpoint| Route {
            route_key: endpoint.route_key(),
            binary: &endpoint.binary,
            api: match endpoint.api {
                Api::Main => "main",
                Api::Issuer => "issuer",
            },
            auth: endpoint.auth,
            permission: endpoint.permission.as_deref(),
            access: endpoint.access.as_deref(),
            needs_user: endpoint.needs("user"),
            project_scoped: endpoint.project_scoped,
            step_up: endpoint.step_up,
            while_suspended: endpoint.while_suspended,
            idempotent: endpoint.idempotent,
            success: endpoint.success,
            body: endpoint.body_schema.is_some(),
            problems: &endpoint.problems,
        })
        .collect();
    crate::outputs::json(&routes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::describe::tests::samples;

    #[test]
    fn the_file_is_as_printed_here() {
        assert_eq!(render(&samples()), include_str!("../golden/routes.json"));
    }
}
