//! The routes as the endpoints declare them.

use crate::direct::function_id;
use permissions::{Access, Permission};
use serde::Deserialize;
use std::sync::LazyLock;

/// One route of `infra/routes.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Route {
    /// `GET /v1/me`
    pub route_key: String,
    /// The endpoint's name.
    pub binary: String,
    /// `main` or `issuer`.
    pub api: String,
    /// `public`, `person`, `session` or `permission`.
    pub auth: String,
    /// The permission asked for.
    pub permission: Option<String>,
    /// What the tenant credentials of a permitted request may change.
    pub access: Option<Access>,
    /// Whether the endpoint reads the caller's own data.
    pub needs_user: bool,
    /// Whether the path names a project.
    pub project_scoped: bool,
    /// Whether the person must have proved a few minutes ago who they are.
    pub step_up: bool,
    /// Whether it stays open to a tenant that is suspended or cancelled.
    pub while_suspended: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub idempotent: bool,
    /// The status of success.
    pub success: u16,
    /// Whether a request has a body.
    pub body: bool,
    /// The problems it can answer.
    pub problems: Vec<String>,
}

/// Read once: some tests ask thousands of times.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../infra/routes.json")).expect("infra/routes.json")
});

impl Route {
    /// Every route there is.
    pub fn all() -> Vec<Route> {
        ROUTES.clone()
    }

    /// The route with this key.
    pub fn named(route_key: &str) -> Route {
        let found = ROUTES.iter().find(|route| route.route_key == route_key);
        found
            .unwrap_or_else(|| panic!("there is no route {route_key}"))
            .clone()
    }

    /// The method.
    pub fn method(&self) -> &str {
        self.route_key.split_once(' ').expect("a route key").0
    }

    /// The path, with `{parameters}`.
    pub fn path(&self) -> &str {
        self.route_key.split_once(' ').expect("a route key").1
    }

    /// Whether it takes no credentials.
    pub fn is_public(&self) -> bool {
        self.auth == "public"
    }

    /// Whether it is about the caller's own data, whatever became of their membership.
    pub fn is_personal(&self) -> bool {
        self.auth == "person"
    }

    /// The permission asked for.
    pub fn required(&self) -> Option<Permission> {
        let text = self.permission.as_deref()?;
        Some(Permission::parse(text).unwrap_or_else(|| panic!("{text} is no permission")))
    }

    /// The logical id of the function.
    pub fn function(&self) -> String {
        function_id(&self.binary)
    }
}
