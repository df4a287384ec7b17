//! Links sent to a person, and what is kept of them until they are followed.
//!
//! One link of each kind lives: a newer one takes its place. What is kept is a hash; see [`sign_in::link`].

use endpoint::prelude::*;
use mail::outbox::{self, Letter, Notice};
use sign_in::link::{Link, LinkKeys, LinkToken, Purpose};
use tenant_context::items::UserToken;
use tenant_context::keys::UserKeys;
use tenant_context::{UserId, Uuid};

/// What somebody gets who has asked for a letter, whatever came of it.
#[derive(Serialize, JsonSchema)]
pub struct Accepted {
    /// What happens now.
    message: &'static str,
}

impl Accepted {
    /// The answer with this sentence.
    pub fn saying(message: &'static str) -> Reply<Self> {
        Reply::new(Self { message })
    }
}

/// Seconds for which a link is good.
const fn lifetime(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::ResetPassword => 3600,
        Purpose::ChangeEmail => 24 * 3600,
        Purpose::VerifyEmail | Purpose::Invitation => 7 * 24 * 3600,
    }
}

/// Whom a link is sent to.
pub struct Recipient<'a> {
    /// Whose account it is about.
    pub user: UserId,
    /// What they are called.
    pub name: &'a str,
    /// The address, which the link proves.
    pub email: &'a str,
}

/// The writes that send a link: the token in the place of an earlier one, and the letter.
///
/// # Errors
/// `internal` when an item can't be stored.
pub fn send(
    links: &LinkKeys,
    keys: UserKeys,
    recipient: &Recipient<'_>,
    purpose: Purpose,
) -> Result<Vec<Write>, Problem> {
    let link = Link::new(purpose, recipient.user.uuid(), Uuid::new_v4());
    let ends = now().saturating_add(lifetime(purpose));
    let token = UserToken {
        id: link.id,
        secret_hash: links.token(&link).hash(),
        email: recipient.email.to_owned(),
        expires_at: ends,
        ttl: ends,
    };
    let notice = match purpose {
        Purpose::ResetPassword => Notice::ResetPassword { link },
        Purpose::ChangeEmail => Notice::ChangeEmail { link },
        Purpose::VerifyEmail | Purpose::Invitation => Notice::VerifyEmail { link },
    };
    Ok(vec![
        Write::replace(keys.token(purpose.as_str()), &token, Vec::new())?,
        notify(keys, recipient, notice)?,
    ])
}

/// The write of a letter about the person's own account.
///
/// # Errors
/// `internal` when it can't be stored.
pub fn notify(keys: UserKeys, recipient: &Recipient<'_>, notice: Notice) -> Result<Write, Problem> {
    let letter = Letter::new(recipient.email, recipient.name, notice);
    outbox::write(keys.outbox(letter.id), &letter)
}

/// The link that `token` opens, if it is the one that is kept. The write that uses it asks again.
pub fn opened(kept: Option<UserToken>, token: &LinkToken) -> Option<UserToken> {
    kept.filter(|kept| {
        kept.id == token.id && kept.secret_hash == token.hash() && kept.expires_at > now()
    })
}

/// The write that uses a link up: it is refused when somebody else has, or a newer one took its place.
pub fn use_up(keys: UserKeys, purpose: Purpose, used: &UserToken) -> Write {
    let unused = vec![
        Condition::equals("secret_hash", used.secret_hash.as_str()),
        Condition::greater_than("expires_at", now()),
    ];
    Write::Delete(keys.token(purpose.as_str()), unused)
}

/// The write that makes a link worthless, if there is one.
pub fn revoke(keys: UserKeys, purpose: Purpose) -> Write {
    Write::Delete(keys.token(purpose.as_str()), Vec::new())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
