//! `GET /v1/tenant/subscription`: what the tenant has subscribed to, and how much of it is in use.

use billing_functions::shown::ShownSubscription;
use billing_functions::subscribed::Subscribed;
use endpoint::prelude::*;

struct SubscriptionRead;

impl Endpoint for SubscriptionRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant/subscription",
        "Reads the subscription: plan, seats and how many are in use, trial, period.",
    )
    .permission(
        Permission::new(Resource::Subscription, Action::Read),
        Access::Read,
    )
    .while_suspended();
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = ShownSubscription;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<ShownSubscription>, Problem> {
        let table = caller.table().await?;
        let found = Subscribed::read(&table, caller.keys()).await?;
        Ok(Reply::new(found.ok_or(Kind::NotFound)?.into()))
    }
}

fn main() -> ExitCode {
    run::<SubscriptionRead>()
}
