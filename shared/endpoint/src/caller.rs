//! Who calls: nobody in particular, somebody who signs up, or a verified member of a tenant.

use crate::declaration::{Declaration, Needs, Requirement};
#[cfg(feature = "unguarded")]
use crate::event::Event;
use permissions::{Grant, Resource};
use problem::{Kind, Problem};
use std::sync::Arc;
use tenant_context::context::Presented;
use tenant_context::{Aws, IdempotencyKey, Newcomer, Repetition, TenantContext, TradeableTokens};

/// A kind of caller. The three implementations are all there are.
pub trait Caller: Sized + Send + sealed::Sealed {
    /// Whether this kind of caller fits the declaration.
    fn fits(declared: &Declaration) -> bool;

    /// Establishes who calls, before anything of the input is read.
    ///
    /// # Errors
    /// The refusal.
    fn identify(
        aws: &Arc<Aws>,
        event: &sealed::Verifiable<'_>,
        declared: &Declaration,
    ) -> Result<Self, Problem>;

    /// How far the caller may go on this route.
    ///
    /// # Errors
    /// The refusal, when they may not at all.
    fn authorise(
        &self,
        declared: &Declaration,
        event: &sealed::Verifiable<'_>,
    ) -> Result<Grant, Problem>;

    /// The tenant, for the log.
    fn tenant_id(&self) -> Option<String>;

    /// Makes the request one that can be repeated, for a caller who may see what it is about: an answer that was kept is
    /// shown to no member who could not ask for it now.
    fn repeatable(
        &mut self,
        key: IdempotencyKey,
        event: &sealed::Verifiable<'_>,
    ) -> impl Future<Output = Result<Repetition, Problem>> + Send;
}

pub(crate) mod sealed {
    /// Closes the set of callers.
    pub trait Sealed {}
    /// An event whose claims are still to be verified.
    pub struct Verifiable<'a>(pub(crate) &'a crate::event::Event);
}

/// A caller of a public endpoint that takes no Idempotency-Key.
#[derive(Debug, Clone, Copy)]
pub struct Anonymous;

impl sealed::Sealed for Anonymous {}

impl Caller for Anonymous {
    fn fits(declared: &Declaration) -> bool {
        declared.requirement == Requirement::Public && !declared.idempotent
    }

    fn identify(
        _: &Arc<Aws>,
        _: &sealed::Verifiable<'_>,
        _: &Declaration,
    ) -> Result<Self, Problem> {
        Ok(Self)
    }

    fn authorise(&self, _: &Declaration, _: &sealed::Verifiable<'_>) -> Result<Grant, Problem> {
        Ok(Grant::All)
    }

    fn tenant_id(&self) -> Option<String> {
        None
    }

    async fn repeatable(
        &mut self,
        _: IdempotencyKey,
        _: &sealed::Verifiable<'_>,
    ) -> Result<Repetition, Problem> {
        let nobody = "this route has nobody whose key it could be";
        Err(tenant_context::errors::internal("idempotency", &nobody))
    }
}

impl sealed::Sealed for Newcomer {}

impl Caller for Newcomer {
    fn fits(declared: &Declaration) -> bool {
        let reads_the_key = declared.needs.contains(&Needs::LinkKey);
        declared.requirement == Requirement::Public && declared.idempotent && reads_the_key
    }

    fn identify(
        aws: &Arc<Aws>,
        _: &sealed::Verifiable<'_>,
        _: &Declaration,
    ) -> Result<Self, Problem> {
        Ok(Self::new(aws))
    }

    fn authorise(&self, _: &Declaration, _: &sealed::Verifiable<'_>) -> Result<Grant, Problem> {
        Ok(Grant::All)
    }

    fn tenant_id(&self) -> Option<String> {
        None
    }

    async fn repeatable(
        &mut self,
        key: IdempotencyKey,
        event: &sealed::Verifiable<'_>,
    ) -> Result<Repetition, Problem> {
        let request_id = &event.0.request_context.request_id;
        Newcomer::repeatable(self, key, request_id).await
    }
}

impl sealed::Sealed for TenantContext {}

impl Caller for TenantContext {
    fn fits(declared: &Declaration) -> bool {
        declared.requirement != Requirement::Public
    }

    fn identify(
        aws: &Arc<Aws>,
        event: &sealed::Verifiable<'_>,
        declared: &Declaration,
    ) -> Result<Self, Problem> {
        let event = event.0;
        let authorizer = event
            .request_context
            .authorizer
            .as_ref()
            .and_then(|authorizer| authorizer.lambda.as_ref());
        let authorizer = authorizer.ok_or_else(|| Problem::new(Kind::Unauthenticated))?;
        let presented = Presented {
            context: &authorizer.context,
            tokens: TradeableTokens {
                tenant: authorizer.tenant.clone(),
                user: authorizer.user.clone(),
            },
            route: &declared.route_key(),
            request_id: &event.request_context.request_id,
            project: event
                .path_parameter("project_id")
                .and_then(|id| id.parse().ok()),
            #[cfg(feature = "unguarded")]
            foreign_tenant: foreign_tenant(event),
        };
        TenantContext::verify(aws, presented)
    }

    fn authorise(
        &self,
        declared: &Declaration,
        event: &sealed::Verifiable<'_>,
    ) -> Result<Grant, Problem> {
        let collection = event.0.path_parameter("collection");
        let collection = collection.or_else(|| declared.collection());
        let grant = match (declared.requirement, collection) {
            // A custom role may name single collections.
            (Requirement::Permission(permission), Some(collection))
                if permission.resource == Resource::Records =>
            {
                self.require_in(collection, permission.action)?
            }
            // Which project and collection it is about stands in the body, or in what is asked for.
            (Requirement::Permission(permission), None)
                if permission.resource == Resource::Records && !declared.is_project_scoped() =>
            {
                self.require_somewhere(permission)?
            }
            (Requirement::Permission(permission), _) => self.require(permission)?,
            (Requirement::Public | Requirement::Person | Requirement::Session, _) => Grant::All,
        };
        if declared.step_up {
            self.require_step_up()?;
        }
        Ok(grant)
    }

    fn tenant_id(&self) -> Option<String> {
        Some(TenantContext::tenant_id(self).to_string())
    }

    async fn repeatable(
        &mut self,
        key: IdempotencyKey,
        event: &sealed::Verifiable<'_>,
    ) -> Result<Repetition, Problem> {
        if let Some(project) = event.0.path_parameter("project_id") {
            let project = project.parse().map_err(|_| Kind::NotFound)?;
            self.project_or_archived(project)?;
        }
        TenantContext::repeatable(self, key).await
    }
}

/// Test-only build: the tenant whose keys are used with the caller's credentials.
#[cfg(feature = "unguarded")]
fn foreign_tenant(event: &Event) -> Option<tenant_context::Uuid> {
    event
        .header("x-unguarded-tenant")
        .and_then(|text| text.strip_prefix("ten_"))
        .and_then(|text| text.parse().ok())
}
