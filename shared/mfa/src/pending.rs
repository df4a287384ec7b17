//! A log-in whose password was right and whose second factor is still to come.
//!
//! What the client holds is base64url of: the id of the item (16 bytes), a secret (32). The item knows the secret by its
//! hash, and with it who logs in, where to, and for how long. It is good for five minutes, five tries and one success,
//! and dies with the password it was begun with.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use problem::Problem;
use ring::digest::{SHA256, digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sign_in::SignedIn;
use sign_in::secret::{self, Secret};
use tenant_context::identity::Identity;
use tenant_context::items::{StoredTenantId, User};
use tenant_context::{Condition, TenantId, Update, UserId, Uuid, Write};

/// Seconds that a log-in waits.
const LIFETIME: i64 = 300;
/// How many codes can be tried in one.
const MOST_TRIES: i64 = 5;

/// What a log-in gives: tokens, or the demand for a second factor.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum LoggedIn {
    /// The password was enough.
    SignedIn(SignedIn),
    /// A second factor is due.
    MfaDue(MfaDue),
}

/// The password was right, and a second factor is due.
#[derive(Serialize, JsonSchema)]
pub struct MfaDue {
    /// Always true.
    pub mfa_required: bool,
    /// Goes to `/v1/auth/mfa` together with a code.
    pub mfa_token: String,
    /// Seconds within which that must happen.
    pub expires_in: i64,
}

/// A log-in that waits, `LOGIN#<id>`.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingLogin {
    /// Its id.
    pub id: Uuid,
    /// Who logs in.
    pub user_id: UserId,
    /// The tenant to work in.
    pub tenant_id: StoredTenantId,
    /// Whether the session is to be a long one.
    pub remember_me: bool,
    /// SHA-256 of the token's secret, base64url.
    pub secret_hash: String,
    /// SHA-256 of the hash of the password that was given, base64url.
    pub password_mark: String,
    /// How many codes were tried.
    pub tries: i64,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
}

impl std::fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingLogin")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl PendingLogin {
    /// A log-in that waits, to be stored, and the answer, to be given once it is. `new_hash` takes the place of the
    /// password's hash.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn begin(
        user: &User,
        tenant: TenantId,
        remember_me: bool,
        new_hash: Option<&str>,
    ) -> Result<(Self, MfaDue), Problem> {
        let token = MfaToken {
            id: Uuid::new_v4(),
            secret: secret::generate()?,
        };
        let expires_at = jiff::Timestamp::now().as_second().saturating_add(LIFETIME);
        let pending = Self {
            id: token.id,
            user_id: user.id,
            tenant_id: StoredTenantId(tenant),
            remember_me,
            secret_hash: token.hash(),
            password_mark: mark(new_hash.unwrap_or(&user.password_hash)),
            tries: 0,
            expires_at,
            ttl: expires_at,
        };
        let due = MfaDue {
            mfa_required: true,
            mfa_token: token.seal(),
            expires_in: LIFETIME,
        };
        Ok((pending, due))
    }

    /// What is written when it begins.
    ///
    /// # Errors
    /// `internal` when a value can't be stored.
    pub fn writes(
        &self,
        identity: &Identity,
        user: &User,
        new_hash: Option<String>,
    ) -> Result<Vec<Write>, Problem> {
        let mut writes = vec![Write::create(identity.pending_login_key(self.id), self)?];
        if let Some(hash) = new_hash {
            let old = user.password_hash.as_str();
            let renewed = Update::new()
                .set("password_hash", hash)?
                .when(Condition::equals("password_hash", old));
            writes.push(Write::update(identity.user_keys(user.id).user(), renewed));
        }
        Ok(writes)
    }

    /// Whether this is the hash of the password that was given.
    pub fn is_of(&self, password_hash: &str) -> bool {
        self.password_mark == mark(password_hash)
    }
}

fn mark(password_hash: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, password_hash.as_bytes()))
}

/// What the client holds meanwhile.
pub struct MfaToken {
    /// The log-in that it names.
    pub id: Uuid,
    secret: Secret,
}

impl MfaToken {
    fn hash(&self) -> String {
        secret::hash(&self.secret)
    }

    fn seal(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([&self.id.as_bytes()[..], &self.secret].concat())
    }

    /// The token in a text that may be one. It may be anybody's invention.
    pub fn open(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self {
            id: Uuid::from_bytes(*id),
            secret: secret.try_into().ok()?,
        })
    }

    /// The change that counts one try, before anything of it is checked. It happens only if this token is the log-in's
    /// and the log-in still waits.
    pub fn attempt(&self, now: i64) -> Update {
        Update::new()
            .add("tries", 1)
            .when(Condition::equals("secret_hash", self.hash()))
            .when(Condition::greater_than("expires_at", now))
            .when(Condition::absent_or_at_most("tries", MOST_TRIES - 1))
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

    fn user() -> User {
        let (id, tenant) = (UserId::generate(), StoredTenantId(TenantId::generate()));
        User::new(
            id,
            "Ada",
            "ada@acme.example",
            "$argon2id$…".to_owned(),
            tenant,
            "",
        )
    }

    #[test]
    fn a_log_in_and_its_token_belong_together() {
        let user = user();
        let (pending, due) = PendingLogin::begin(&user, TenantId::generate(), true, None).unwrap();
        let token = MfaToken::open(&due.mfa_token).unwrap();
        assert_eq!(
            (token.id, token.hash(), user.id),
            (pending.id, pending.secret_hash.clone(), pending.user_id)
        );
        assert!(pending.is_of("$argon2id$…") && !pending.is_of("$argon2id$"));
        let stored = serde_json::to_string(&pending).unwrap();
        assert!(!stored.contains("argon2id") && !stored.contains(&due.mfa_token));
        for garbage in [
            "",
            "AAAA",
            "\u{e9}",
            &due.mfa_token[1..],
            &format!("{}AA", due.mfa_token),
        ] {
            assert!(MfaToken::open(garbage).is_none(), "{garbage}");
        }
    }

    #[test]
    fn it_dies_with_the_password_that_stands_when_it_begins() {
        let new = Some("$argon2id$new");
        let (pending, _) = PendingLogin::begin(&user(), TenantId::generate(), false, new).unwrap();
        assert!(pending.is_of("$argon2id$new") && !pending.is_of("$argon2id$…"));
    }

    #[test]
    fn one_answer_or_the_other() {
        let (_, due) = PendingLogin::begin(&user(), TenantId::generate(), false, None).unwrap();
        let answer = serde_json::to_value(LoggedIn::MfaDue(due)).unwrap();
        let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(names, ["mfa_required", "mfa_token", "expires_in"]);
    }
}
