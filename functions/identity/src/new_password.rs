//! A new password in the place of the old one: whoever signed in with the old one is signed out.
//!
//! Password, letter and the end of every other session are ONE transaction, so there is no moment at which the new
//! password is set and an old session still works. A session that begins meanwhile can't slip through: it raises
//! `sessions_begun` in its own transaction, and this one demands the number that was there before the sessions were read.

use crate::links::{self, Recipient};
use endpoint::prelude::*;
use mail::outbox::Notice;
use sign_in::link::Purpose;
use sign_in::session::{self, is_live};
use tenant_context::identity::Identity;
use tenant_context::items::{Session, User};
use tenant_context::{SessionId, Table};

/// How often a change that meets a log-in is tried again.
const TRIES: u32 = 5;
/// How many sessions are ended in the transaction itself; a transaction has 100 writes at most. A log-in keeps their
/// number at half of this, and those that many log-ins at one moment leave beyond it are ended before.
const IN_ONE: usize = 80;

/// What is to happen.
pub struct NewPassword {
    /// Whose password it is, as read before this.
    pub user: User,
    /// The hash of the new one.
    pub hash: String,
    /// Whether this also proves the address.
    pub proves_address: bool,
    /// The session that goes on.
    pub spared: Option<SessionId>,
    /// What the person is told.
    pub notice: Notice,
    /// Writes that must happen with it.
    pub besides: Vec<Write>,
    /// What it means that one of those was refused, or that the password was changed by somebody else meanwhile.
    pub otherwise: Problem,
}

impl NewPassword {
    /// Does it. `keep` is called before each try.
    ///
    /// # Errors
    /// `otherwise`, or that of a failed call.
    pub async fn set(
        mut self,
        identity: &Identity,
        table: &Table,
        keep: impl Fn() -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let keys = identity.user_keys(self.user.id);
        for _ in 0..TRIES {
            let now = jiff::Timestamp::now().as_second();
            let sessions: Vec<Session> = table.all(&keys.sessions()).await?;
            let mut ended = Vec::new();
            for other in sessions {
                if Some(other.id) != self.spared && is_live(&other, now) {
                    ended.push(Write::update(
                        keys.session(other.id),
                        session::revocation(now)?,
                    ));
                }
            }
            while ended.len() > IN_ONE {
                let surplus = ended.split_off(ended.len() - IN_ONE.min(ended.len() - IN_ONE));
                // One that has ended meanwhile is what was asked for: the next round sees what is left.
                if let Err(WriteError::Failed(problem)) = table.transact(surplus).await {
                    return Err(problem);
                }
            }
            let mut writes = self.besides.clone();
            writes.extend(self.writes(identity)?);
            writes.extend(ended);
            keep()?;
            let refused = match table.transact(writes).await {
                Ok(()) => return Ok(()),
                Err(WriteError::Failed(problem)) => return Err(problem),
                Err(WriteError::Refused(refused)) => refused,
            };
            let besides = self.besides.len();
            if refused.iter().any(|(position, _)| *position < besides) {
                return Err(self.otherwise);
            }
            // A session has begun or ended meanwhile.
            let user: Option<User> = table.get(&keys.user()).await?;
            self.user = user
                .filter(|user| user.password_hash == self.user.password_hash)
                .ok_or_else(|| self.otherwise.clone())?;
        }
        Err(Kind::Unavailable.into())
    }

    fn writes(&self, identity: &Identity) -> Result<Vec<Write>, Problem> {
        let keys = identity.user_keys(self.user.id);
        let mut change = Update::new()
            .set("password_hash", &self.hash)?
            .when(Condition::equals(
                "password_hash",
                self.user.password_hash.as_str(),
            ))
            .when(Condition::equals("email", self.user.email.as_str()))
            .when(Condition::equals(
                "sessions_begun",
                self.user.sessions_begun,
            ));
        if self.proves_address {
            change = change.set("email_verified_at", endpoint::now())?;
        }
        let recipient = Recipient {
            user: self.user.id,
            name: &self.user.name,
            email: &self.user.email,
        };
        Ok(vec![
            Write::update(keys.user(), change),
            links::notify(keys, &recipient, self.notice.clone())?,
            // Whoever had the account may have asked for another address: that ends too.
            links::revoke(keys, Purpose::ChangeEmail),
        ])
    }
}
