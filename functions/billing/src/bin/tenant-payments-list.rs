//! `GET /v1/tenant/payments`: what the tenant has paid, or failed to pay, newest first.

use endpoint::prelude::*;
use tenant_context::billing::Payment;

struct PaymentsList;

impl Endpoint for PaymentsList {
    const DECLARATION: Declaration =
        Declaration::get("/v1/tenant/payments", "Lists the payments, newest first.")
            .permission(
                Permission::new(Resource::Subscription, Action::Read),
                Access::Read,
            )
            .while_suspended()
            .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<Payment>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Payment>>, Problem> {
        let table = caller.table().await?;
        let list = caller.keys().payments();
        let after = input.query.after(&caller, &list, "")?;
        let page = table
            .list::<Payment>(&list, after.as_deref(), input.query.limit(), true)
            .await?;
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<PaymentsList>()
}
