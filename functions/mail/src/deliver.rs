//! One attempt at one letter; see the crate for what may go wrong.

use crate::letters::{Letters, Move, Stored};
use crate::post::{Envelope, Outcome, Post};
use mail::branding::Branding;
use mail::outbox::State;
use mail::templates::{self, Rendering};
use problem::Problem;
use sign_in::link::{Link, LinkKeys, Purpose};
use std::time::Duration;
use tenant_context::items::StoredTenantId;
use tenant_context::outbox::Outbox;
use tenant_context::{Uuid, errors};

/// The first wait after SES was busy; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(900);

/// What is to become of the queue's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can go.
    Done,
    /// It is to come again after so long.
    Again(Duration),
}

/// What is needed to send letters.
pub struct Sender<L, P> {
    /// Where letters are.
    pub letters: L,
    /// Who sends them.
    pub post: P,
    /// What links are made with.
    pub links: Option<LinkKeys>,
    /// Where links lead.
    pub console_url: String,
    /// How long an attempt may be at work, and how long SES's event may take.
    pub lease_seconds: i64,
}

impl<L: Letters, P: Post> Sender<L, P> {
    /// Makes one attempt at `now`. `received` is how many times the queue has brought this letter.
    pub async fn attempt(&self, outbox: Outbox, received: u32, now: i64) -> Verdict {
        match self.try_once(outbox, received, now).await {
            Ok(verdict) => verdict,
            // A call to AWS failed, and is in the log. If the letter was taken, its lease says when to look again.
            Err(_) => Verdict::Again(wait(received)),
        }
    }

    async fn try_once(&self, outbox: Outbox, received: u32, now: i64) -> Result<Verdict, Problem> {
        let Some(found) = self.letters.find(outbox).await? else {
            return Ok(Verdict::Done);
        };
        match found.state {
            State::Queued => {}
            State::Sending if found.lease_until > now => {
                return Ok(Verdict::Again(seconds(found.lease_until - now)));
            }
            State::Sending => {
                tracing::warn!(
                    event = "letter_sent_again",
                    "an attempt has ended without a word: the letter may go out twice"
                );
            }
            _ => return Ok(Verdict::Done),
        }
        if self.letters.is_suppressed(&found.letter.to).await? {
            let state = State::Suppressed;
            self.letters.leave(outbox, &found, state).await?;
            return Ok(Verdict::Done);
        }
        if !is_of(outbox, found.letter.notice.link()) {
            tracing::error!(
                event = "foreign_link",
                "a letter holds a link of somebody else's: it is not sent"
            );
            self.letters.leave(outbox, &found, State::Failed).await?;
            return Ok(Verdict::Done);
        }
        // A tenant's letters wear its own branding, whatever they say.
        let wears = match outbox {
            Outbox::Tenant(tenant, _) => found.letter.tenant_id.map(|_| StoredTenantId(tenant)),
            Outbox::User(..) => found.letter.tenant_id,
        };
        let branding = match wears {
            Some(tenant) => self.letters.branding(tenant).await?,
            None => Branding::default(),
        };
        self.send(outbox, &found, &branding, received, now).await
    }

    async fn send(
        &self,
        outbox: Outbox,
        found: &Stored,
        branding: &Branding,
        received: u32,
        now: i64,
    ) -> Result<Verdict, Problem> {
        let letter = &found.letter;
        let link = match (letter.notice.link(), &self.links) {
            (Some(link), Some(keys)) => keys.url(&self.console_url, link),
            _ => String::new(),
        };
        let rendering = Rendering {
            letter,
            branding,
            link: &link,
            console_url: &self.console_url,
        };
        let message =
            templates::render(&rendering).map_err(|error| errors::internal("letter", &error))?;
        let (attempt, lease_until) = (Uuid::new_v4(), now.saturating_add(self.lease_seconds));
        if !self
            .letters
            .take(outbox, found, attempt, lease_until)
            .await?
        {
            // Another attempt was faster. It may yet fail.
            return Ok(Verdict::Again(seconds(self.lease_seconds)));
        }
        let envelope = Envelope {
            outbox,
            letter,
            sender: &branding.sender(),
            message: &message,
        };
        let (to, verdict) = match self.post.send(envelope).await {
            Outcome::Taken(id) => (Move::Sent(id), Verdict::Done),
            Outcome::Busy => (Move::Back, Verdict::Again(wait(received))),
            Outcome::Refused(reason) => (Move::Failed(reason), Verdict::Done),
            Outcome::Unknown => return Ok(Verdict::Again(seconds(self.lease_seconds))),
        };
        match self.letters.finish(outbox, attempt, to).await {
            Ok(()) => Ok(verdict),
            // It stands as `sending`. SES's event may still move it on before the lease ends.
            Err(_) => Ok(Verdict::Again(seconds(self.lease_seconds))),
        }
    }
}

/// Whether a link is about whoever's outbox it is in. The sender makes the secret of any link it is shown; so nobody who may
/// write into one outbox gets a link of another's made.
fn is_of(outbox: Outbox, link: Option<&Link>) -> bool {
    let Some(link) = link else { return true };
    match (outbox, link.purpose) {
        (Outbox::Tenant(tenant, _), Purpose::Invitation) => link.owner == tenant.uuid(),
        (Outbox::Tenant(..), _) | (Outbox::User(..), Purpose::Invitation) => false,
        (Outbox::User(user, _), _) => link.owner == user.uuid(),
    }
}

/// A second more: the lease must be over by then.
fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default().saturating_add(1))
}

/// How long a letter waits that has been brought `received` times: twice as long each time, less up to a half at random, so
/// that what was turned away together does not come back together.
fn wait(received: u32) -> Duration {
    let doublings = received.saturating_sub(1).min(16);
    let longest = FIRST_WAIT
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(LONGEST_WAIT);
    let random = f64::from(Uuid::new_v4().as_fields().1) / f64::from(u16::MAX);
    longest.mul_f64(1.0 - random / 2.0)
}

#[cfg(test)]
#[path = "deliver_tests.rs"]
mod tests;
