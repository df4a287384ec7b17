//! In the local cloud, and only there, calls name the route they serve, so that it can show what each route costs.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Adds the header `x-tenantry-route`; unsigned, since it decides nothing.
#[derive(Debug, Clone)]
pub(crate) struct LocalRoute(String);

impl LocalRoute {
    pub(crate) const HEADER: &str = "x-tenantry-route";

    /// Nothing unless the local cloud started this process.
    pub(crate) fn of(route: &str) -> Option<Self> {
        std::env::var_os("TENANTRY_LOCAL").map(|_| Self(route.to_owned()))
    }

    pub(crate) fn value(&self) -> &str {
        &self.0
    }
}

impl Intercept for LocalRoute {
    fn name(&self) -> &'static str {
        "LocalRoute"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context
            .request_mut()
            .headers_mut()
            .insert(Self::HEADER, self.0.clone());
        Ok(())
    }
}
