//! Refresh tokens: opaque to clients, and recognised as ours before any data is read.
//!
//! base64url of: user (16 bytes), session (16), length of the session in seconds (4), secret (32), and a code over all
//! of that (32; HMAC-SHA-256, RFC 2104). The code tells a token that we have issued, however old, from one that somebody
//! made up: only the re-use of the former revokes a session, so knowing ids is of no use against anybody.

use crate::secret::{self, Secret};
use crate::session::Length;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use problem::Problem;
use ring::hmac;
use tenant_context::{SessionId, UserId, Uuid};
use tokens::KeyError;

/// What the two uses of the key begin with, so that neither result is good for the other.
const CODE: &[u8] = b"refresh token code\0";
const SUCCESSOR: &[u8] = b"refresh token successor\0";
/// Seconds a session can be renewed for at most, counted from its beginning.
const LONGEST: i64 = 90 * 24 * 3600;

/// A refresh token that we have issued.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Whose it is.
    pub user: UserId,
    /// The session it renews.
    pub session: SessionId,
    length: Length,
    secret: Secret,
}

impl RefreshToken {
    /// How the session's item knows it.
    pub fn hash(&self) -> String {
        secret::hash(&self.secret)
    }

    /// When the session ends if it is renewed at `now`, in seconds since 1970: it slides, and yet has an end.
    pub fn renewed_until(&self, now: i64) -> i64 {
        // The session's id is of version 7: it holds the time of its making.
        let made = self
            .session
            .uuid()
            .get_timestamp()
            .map_or(0, |time| time.to_unix().0);
        let last = i64::try_from(made)
            .unwrap_or_default()
            .saturating_add(LONGEST);
        now.saturating_add(self.length.seconds()).min(last)
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(100);
        body.extend_from_slice(self.user.uuid().as_bytes());
        body.extend_from_slice(self.session.uuid().as_bytes());
        body.extend_from_slice(&self.length.to_bytes());
        body.extend_from_slice(&self.secret);
        body
    }
}

/// The key behind refresh tokens.
pub(crate) struct RefreshKeys(hmac::Key);

impl RefreshKeys {
    /// From 32 bytes in base64.
    pub(crate) fn from_base64(text: &str) -> Result<Self, KeyError> {
        const WRONG: KeyError = KeyError("the refresh secret is not 32 bytes in base64");
        let bytes: Secret = BASE64_STANDARD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(WRONG)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// A token with a fresh secret.
    pub(crate) fn issue(
        &self,
        user: UserId,
        session: SessionId,
        length: Length,
    ) -> Result<RefreshToken, Problem> {
        Ok(RefreshToken {
            user,
            session,
            length,
            secret: secret::generate()?,
        })
    }

    /// The token as the client gets it.
    pub(crate) fn seal(&self, token: &RefreshToken) -> String {
        let mut bytes = token.body();
        let code = hmac::sign(&self.0, &[CODE, &bytes].concat());
        bytes.extend_from_slice(code.as_ref());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The token in a text of ours.
    pub(crate) fn open(&self, text: &str) -> Option<RefreshToken> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, code) = bytes.split_last_chunk::<32>()?;
        hmac::verify(&self.0, &[CODE, body].concat(), code).ok()?;
        let (user, rest) = body.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (length, secret) = rest.split_first_chunk::<4>()?;
        Some(RefreshToken {
            user: Uuid::from_bytes(*user).into(),
            session: Uuid::from_bytes(*session).into(),
            length: Length::from_bytes(*length),
            secret: secret.try_into().ok()?,
        })
    }

    /// The next token. It follows from the one before, so that twenty refreshes with one token get one answer without
    /// our storing a secret; without the key nobody can tell it.
    pub(crate) fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let next = hmac::sign(&self.0, &[SUCCESSOR, &token.body()].concat());
        let mut secret = Secret::default();
        secret
            .iter_mut()
            .zip(next.as_ref())
            .for_each(|(to, from)| *to = *from);
        RefreshToken {
            secret,
            ..token.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn keys(byte: u8) -> RefreshKeys {
        RefreshKeys::from_base64(&BASE64_STANDARD.encode([byte; 32])).unwrap()
    }

    fn token() -> RefreshToken {
        keys(1)
            .issue(UserId::generate(), SessionId::generate(), Length::USUAL)
            .unwrap()
    }

    #[test]
    fn only_what_we_issued_opens() {
        let token = token();
        let text = keys(1).seal(&token);
        assert!(keys(1).open(&text).is_some_and(|opened| opened == token));
        assert!(keys(2).open(&text).is_none());
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            assert!(
                keys(1)
                    .open(&BASE64_URL_SAFE_NO_PAD.encode(changed))
                    .is_none(),
                "byte {position}"
            );
        }
        for garbage in [
            "",
            "A",
            "AAAA",
            "\u{e9}",
            &text[1..],
            &text[..text.len() - 4],
            &format!("{text}AAAA"),
        ] {
            assert!(keys(1).open(garbage).is_none(), "{garbage}");
        }
    }

    #[test]
    fn the_successor_is_always_the_same_and_another() {
        let token = token();
        let next = keys(1).successor(&token);
        assert!(next == keys(1).successor(&token));
        assert!(next != keys(2).successor(&token));
        assert_ne!(next.hash(), token.hash());
        assert_ne!(keys(1).successor(&next).hash(), token.hash());
        assert_eq!((next.user, next.session), (token.user, token.session));
    }

    #[test]
    fn a_session_slides_and_yet_ends() {
        let token = token();
        let now = jiff::Timestamp::now().as_second();
        assert_eq!(token.renewed_until(now), now + Length::USUAL.seconds());
        let last_day = now + LONGEST - 3600;
        assert!((now + LONGEST - token.renewed_until(last_day)).abs() <= 1);
    }
}
