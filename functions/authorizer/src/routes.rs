//! What each route asks for, as its endpoint declares it.

use permissions::{Access, Permission};
use serde::Deserialize;
use std::collections::HashMap;
use tenant_context::InitError;

/// One route.
#[derive(Debug, Clone, Deserialize)]
pub struct Route {
    route_key: String,
    auth: String,
    permission: Option<String>,
    /// What the tenant credentials of a permitted request may change.
    pub(crate) access: Option<Access>,
    /// Whether the endpoint reads the caller's own data.
    pub(crate) needs_user: bool,
    /// Whether the route stays open to a tenant that is suspended or cancelled.
    #[serde(default)]
    pub(crate) while_suspended: bool,
    /// Whether the route names a project.
    pub(crate) project_scoped: bool,
    #[serde(skip)]
    pub(crate) required: Option<Permission>,
}

impl Route {
    /// Whether the route is about the caller's own data, whatever became of their membership.
    pub(crate) fn is_personal(&self) -> bool {
        self.auth == "person"
    }
}

/// All routes, by route key.
pub struct Routes(HashMap<String, Route>);

impl Routes {
    /// The routes that `cargo xtask generate` gathered from the endpoints' declarations.
    ///
    /// # Errors
    /// When the generated file can't be read.
    pub fn of_this_build() -> Result<Self, InitError> {
        Self::parse(include_str!("../../../infra/routes.json"))
    }

    fn parse(text: &str) -> Result<Self, InitError> {
        let failed = |error: &dyn std::fmt::Display| InitError(format!("routes.json: {error}"));
        let routes: Vec<Route> = serde_json::from_str(text).map_err(|error| failed(&error))?;
        let routes = routes.into_iter().map(|mut route| {
            if let Some(text) = &route.permission {
                let permission = Permission::parse(text)
                    .ok_or_else(|| failed(&format!("{text} is no permission")))?;
                route.required = Some(permission);
            }
            Ok((route.route_key.clone(), route))
        });
        Ok(Self(routes.collect::<Result<_, InitError>>()?))
    }

    pub(crate) fn get(&self, route_key: &str) -> Option<&Route> {
        self.0.get(route_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_routes_can_be_read() {
        assert!(Routes::of_this_build().is_ok());
    }
}
