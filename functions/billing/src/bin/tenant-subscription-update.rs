//! `PATCH /v1/tenant/subscription`: the owner takes another plan, or more or fewer seats.

use billing_functions::choice::Choice;
use billing_functions::shown::ShownSubscription;
use billing_functions::subscribed::Subscribed;
use endpoint::prelude::*;

struct SubscriptionUpdate;

impl Endpoint for SubscriptionUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/tenant/subscription",
        "Changes plan and seats, never below what is in use.",
    )
    .permission(
        Permission::new(Resource::Subscription, Action::Update),
        Access::Admin,
    )
    .while_suspended()
    .problems(&[Kind::Conflict, Kind::PaymentRequired]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Choice;
    type Output = ShownSubscription;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ShownSubscription>, Problem> {
        let (table, keys) = (caller.table().await?, caller.keys());
        let now = Subscribed::read(&table, keys).await?;
        let now = now.ok_or(Kind::NotFound)?;
        let next = input.body.commit(&table, keys, &now).await?;
        Ok(Reply::new(now.changed(next).into()))
    }
}

fn main() -> ExitCode {
    run::<SubscriptionUpdate>()
}
