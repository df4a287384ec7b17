//! `POST /v1/me/mfa/recovery-codes`: gives new recovery codes; the old ones are worth nothing from then on.

use endpoint::prelude::*;
use mail::outbox::Notice;
use mfa::factor::replace_recovery_codes;
use mfa::keys::MfaKeys;
use mfa::recovery;
use mfa_functions::addressee::Addressee;
use mfa_functions::recovery_codes::RecoveryCodes;
use tenant_context::identity::Identity;

struct MfaRecoveryCodes {
    identity: Identity,
    keys: MfaKeys,
}

impl Endpoint for MfaRecoveryCodes {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/me/mfa/recovery-codes",
        "Gives you new recovery codes in the place of the old ones.",
    )
    .success(200)
    .person()
    .step_up()
    .idempotent()
    .role("MfaRecoveryCodesRole")
    .needs(&[Needs::User, Needs::Tables, Needs::MfaKey])
    .problems(&[Kind::NotFound]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = RecoveryCodes;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            keys: MfaKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<RecoveryCodes>, Problem> {
        let (user, own) = (caller.user_id(), caller.own_keys());
        let addressee = Addressee::of(&caller).await?;
        let (recovery_codes, hashes) = recovery::generate(&self.keys, user)?;
        let writes = vec![
            Write::update(own.second_factor(), replace_recovery_codes(&hashes)?),
            addressee.letter(own, Notice::RecoveryCodesReplaced)?,
        ];
        let table = self.identity.table(Some(user), &input.request.id);
        let table = table.answering(&caller);
        let reply = Reply::new(RecoveryCodes { recovery_codes });
        reply.keep(&caller)?;
        let replaced = table.transact(writes).await;
        // Without a second factor there is nothing to recover.
        replaced.map_err(|error| error.or(|_| Kind::NotFound.into()))?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<MfaRecoveryCodes>()
}
