//! The credentials this gateway has issued. They exist in memory only; the session's tags are kept here and not in the token,
//! so a token cannot be altered into one with other tags.

use crate::principal::Principal;
use crate::random::{self, RandomFailed};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Temporary credentials, as a client holds them.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: String,
    /// When they stop working; a function's own credentials do not.
    pub expiration: Option<Timestamp>,
}

impl std::fmt::Debug for Credentials {
    /// Leaves out what would let a reader of a log act as their holder.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}

/// Issued credentials together with whom they stand for.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) credentials: Credentials,
    pub(crate) principal: Principal,
}

impl Session {
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.credentials
            .expiration
            .is_some_and(|expiration| now >= expiration)
    }
}

/// How long expired credentials are remembered, so that their use is answered with "expired" and not "unknown".
const REMEMBER_EXPIRED: SignedDuration = SignedDuration::from_hours(12);
/// Expired credentials are swept out once this many are held.
const SWEEP_ABOVE: usize = 10_000;

/// All credentials issued since the start.
#[derive(Debug, Default)]
pub(crate) struct CredentialStore {
    sessions: RwLock<HashMap<String, Arc<Session>>>,
}

impl CredentialStore {
    /// Issues credentials for a principal; the access key id is filled in.
    pub(crate) fn issue(
        &self,
        mut principal: Principal,
        expiration: Option<Timestamp>,
    ) -> Result<Credentials, RandomFailed> {
        let credentials = Credentials {
            access_key_id: format!("ASIA{}", random::base32::<16>()?),
            secret_access_key: random::base64::<30>()?,
            session_token: random::base64::<192>()?,
            expiration,
        };
        principal
            .access_key_id
            .clone_from(&credentials.access_key_id);
        let issued_at = principal.issued_at;
        let session = Arc::new(Session {
            credentials: credentials.clone(),
            principal,
        });
        let mut sessions = self
            .sessions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= SWEEP_ABOVE {
            sessions.retain(|_, session| {
                session.credentials.expiration.is_none_or(|expiration| {
                    issued_at.duration_since(expiration) < REMEMBER_EXPIRED
                })
            });
        }
        sessions.insert(credentials.access_key_id.clone(), session);
        Ok(credentials)
    }

    pub(crate) fn find(&self, access_key_id: &str) -> Option<Arc<Session>> {
        self.sessions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(access_key_id)
            .cloned()
    }
}
