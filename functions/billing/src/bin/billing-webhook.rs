//! `POST /v1/billing/webhook`: the billing provider tells what was subscribed to, changed, ended and paid.

use billing_functions::event::ProviderEvent;
use billing_functions::receipt::Desk;
use billing_functions::signature::Signatures;
use endpoint::prelude::*;
use sign_in::link::LinkKeys;
use tenant_context::identity::Identity;

struct BillingWebhook {
    signatures: Signatures,
    desk: Desk,
}

#[derive(Serialize, JsonSchema)]
struct Received {
    /// Always: the event has been dealt with, and need not come again.
    received: bool,
}

impl Endpoint for BillingWebhook {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/billing/webhook",
        "Takes the billing provider's signed events.",
    )
    .role("BillingWebhookRole")
    .needs(&[Needs::Tables, Needs::LinkKey, Needs::BillingSecret])
    .body_limit(256 * 1024)
    .problems(&[Kind::InvalidSignature])
    .success(200);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = ProviderEvent;
    type Output = Received;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        let identity = Identity::new(aws);
        Ok(Self {
            signatures: Signatures::from_environment(aws).await?,
            desk: Desk {
                identity,
                links: LinkKeys::from_environment(aws).await?,
            },
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<Received>, Problem> {
        self.signatures.verify(&input.request)?;
        input.body.check()?;
        let table = self.desk.identity.table(None, &input.request.id);
        self.desk.receive(&input.body, &table).await?;
        Ok(Reply::new(Received { received: true }))
    }
}

fn main() -> ExitCode {
    run::<BillingWebhook>()
}
