//! What a followed link does to a person's address: it proves the present one, or puts a new one in its place.

use crate::links::{self, Recipient};
use crate::member_copies::{self, Original, normalised};
use endpoint::prelude::*;
use mail::outbox::{Notice, masked};
use sign_in::link::{LinkToken, Purpose};
use tenant_context::identity::Identity;
use tenant_context::items::{EmailOwner, Membership, UserToken};
use tenant_context::keys::UserKeys;
use tenant_context::{StoredItem, Table};

/// How often a switch that meets another change of the same person is tried again.
const TRIES: u32 = 5;

/// The attributes of a kept link: to be read by a role that may see no others.
const TOKEN: &[&str] = &["id", "secret_hash", "email", "expires_at", "ttl"];

/// A link that was followed, as it was kept.
pub enum Followed {
    /// To the present address.
    Present(UserToken),
    /// To a new one.
    New(UserToken),
}

impl Followed {
    /// The link that the token opens, if any. Both kinds are looked at, whichever it is.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn find(
        table: &Table,
        keys: UserKeys,
        token: &LinkToken,
    ) -> Result<Option<Self>, Problem> {
        let kept = [Purpose::VerifyEmail, Purpose::ChangeEmail]
            .map(|purpose| keys.token(purpose.as_str()));
        let [present, new] = &kept;
        let (present, new) =
            futures::try_join!(table.get_some(present, TOKEN), table.get_some(new, TOKEN))?;
        let present = links::opened(present, token).map(Self::Present);
        Ok(present.or_else(|| links::opened(new, token).map(Self::New)))
    }
}

/// Marks the present address as proved.
///
/// # Errors
/// `link-invalid` when it was sent to another address than the present one, or is used already.
pub async fn prove(table: &Table, keys: UserKeys, kept: &UserToken) -> Result<(), Problem> {
    let proved = Update::new()
        .set("email_verified_at", endpoint::now())?
        .when(Condition::equals("email", kept.email.as_str()));
    let writes = vec![
        links::use_up(keys, Purpose::VerifyEmail, kept),
        Write::update(keys.user(), proved),
    ];
    let written = table.transact(writes).await;
    written.map_err(|error| error.or(|_| Kind::LinkInvalid.into()))
}

/// The positions of the writes of a switch whose refusal means something.
const NEW_ADDRESS: usize = 0;
const TOKEN_USED: usize = 1;
const OLD_ADDRESS: usize = 2;

/// Puts the new address in the old one's place: in the directory, in the person's item and in every tenant at once. Of two
/// people who want the same address one gets it, whatever the moment: the directory's item is made, never replaced.
///
/// # Errors
/// `already-taken`; `link-invalid` when it is used already; `conflict` for a person in too many tenants.
pub async fn switch(
    identity: &Identity,
    table: &Table,
    keys: UserKeys,
    kept: &UserToken,
) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let original = Original::read(table, keys)
            .await?
            .ok_or(Kind::LinkInvalid)?;
        let memberships: Vec<Membership> = table.all(&keys.memberships()).await?;
        let writes = switching(identity, keys, &original, &memberships, kept)?;
        match table.transact(writes).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Failed(problem)) => return Err(problem),
            Err(WriteError::Refused(refused)) => {
                if let Some(kind) = meaning(&refused) {
                    return Err(kind.into());
                }
            }
        }
    }
    Err(Kind::Unavailable.into())
}

/// What it means that some writes were refused; nothing if it is worth another try.
fn meaning(refused: &[(usize, Option<StoredItem>)]) -> Option<Kind> {
    let is_refused = |at: usize| refused.iter().any(|(position, _)| *position == at);
    if is_refused(TOKEN_USED) || is_refused(OLD_ADDRESS) {
        Some(Kind::LinkInvalid)
    } else if is_refused(NEW_ADDRESS) {
        Some(Kind::AlreadyTaken)
    } else {
        None
    }
}

fn switching(
    identity: &Identity,
    keys: UserKeys,
    original: &Original,
    memberships: &[Membership],
    kept: &UserToken,
) -> Result<Vec<Write>, Problem> {
    let person = &original.profile;
    let (old, new) = (normalised(&person.email)?, normalised(&kept.email)?);
    let is_theirs = vec![Condition::equals("user_id", person.id.to_string())];
    let own = EmailOwner { user_id: person.id };
    let changed = original
        .change()
        .set("email", &kept.email)?
        .set("email_verified_at", endpoint::now())?;
    let recipient = Recipient {
        user: person.id,
        name: &person.name,
        email: &person.email,
    };
    let notice = Notice::EmailChanged {
        new_email: masked(&kept.email),
    };
    let mut writes = vec![
        Write::create(identity.email_key(&new), &own)?,
        links::use_up(keys, Purpose::ChangeEmail, kept),
        Write::Delete(identity.email_key(&old), is_theirs),
        Write::update(keys.user(), changed),
        links::notify(keys, &recipient, notice)?,
        // What was sent to the old address opens nothing any more.
        links::revoke(keys, Purpose::VerifyEmail),
        links::revoke(keys, Purpose::ResetPassword),
    ];
    let copy = Update::new().set("email", &kept.email)?;
    writes.extend(member_copies::writes(
        identity,
        person.id,
        memberships,
        &copy,
    )?);
    Ok(writes)
}
