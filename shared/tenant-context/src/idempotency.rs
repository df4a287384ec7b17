//! Requests that can be repeated (`Idempotency-Key`): a repeated one gets the first one's answer and has no second effect.
//!
//! The answer is stored in the transaction of the request's own write. So there is no moment at which one is there and the
//! other is not, and no state "in flight" that a crash could leave behind: of two requests with one key, the later
//! transaction is refused, and its request answers what the earlier one has answered.
//!
//! An answer may hold what is shown once, such as a link or recovery codes. It is sealed with a key derived from the
//! Idempotency-Key, which is stored only as a hash, and from the tenant's secret (a [`crate::Newcomer`]'s from that of links): who
//! reads the table reads no answer.

use crate::errors;
use crate::ids::{TenantId, UserId};
use crate::keys::Key;
use crate::table::{AttributeValueOfItem, StoredItem, Table, Write, WriteError};
use crate::{Condition, cursor};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use problem::{Kind, Problem};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// For how long an answer is kept.
pub const KEPT_SECONDS: u64 = 24 * 3600;
/// The longest key.
const LONGEST: usize = 255;
/// The largest answer that fits into an item (400 KB) with its keys.
pub const LARGEST_ANSWER: usize = 390 * 1024;

/// The key that came with a request, and what the request asked.
pub struct IdempotencyKey {
    key: String,
    request: [u8; SHA256_OUTPUT_LEN],
}

impl IdempotencyKey {
    /// How many characters it has.
    pub(crate) fn length(&self) -> usize {
        self.key.len()
    }

    /// A key with the parts that make a request the same: route, parameters, body.
    ///
    /// # Errors
    /// `invalid-header` for what can't be a key.
    pub fn new(key: &str, request: &[&[u8]]) -> Result<Self, Problem> {
        let is_printable = key.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if key.is_empty() || key.len() > LONGEST || !is_printable {
            return Err(Problem::new(Kind::InvalidHeader).field(
                "Idempotency-Key",
                "is not 1 to 255 printable characters of ASCII",
            ));
        }
        Ok(Self {
            key: key.to_owned(),
            request: digest(request),
        })
    }
}

/// One request under its key.
pub struct Once {
    place: Key,
    seal: LessSafeKey,
    request: [u8; SHA256_OUTPUT_LEN],
    answer: Mutex<Answer>,
}

/// How far the answer has come.
enum Answer {
    /// It is not known yet.
    Open,
    /// It is sealed, and goes into the next write.
    Sealed(Vec<u8>),
    /// It is stored.
    Stored,
}

impl Once {
    /// `secret` is the tenant's, in base64url; `place` says where the answer of a key with this hash stands.
    pub(crate) fn of_member(
        key: IdempotencyKey,
        tenant: TenantId,
        user: UserId,
        secret: &str,
        place: impl FnOnce(&str) -> Key,
    ) -> Result<Self, Problem> {
        let (tenant, user) = (tenant.uuid(), user.uuid());
        // Another person's key, or the same person's in another tenant, is another key.
        Self::new(key, &[tenant.as_bytes(), user.as_bytes()], secret, place)
    }

    /// `whose` tells callers apart that have the same key.
    pub(crate) fn new(
        key: IdempotencyKey,
        whose: &[&[u8]],
        secret: &str,
        place: impl FnOnce(&str) -> Key,
    ) -> Result<Self, Problem> {
        let hash = digest(&[whose, &[key.key.as_bytes()]].concat());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            seal: seal(&key.key, secret, whose)
                .ok_or_else(|| errors::internal("idempotency key", &"it can't be derived"))?,
            place: place(&hash),
            request: key.request,
            answer: Mutex::new(Answer::Open),
        })
    }

    fn state(&self) -> MutexGuard<'_, Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer goes into the next write.
    fn keep(&self, answer: &[u8]) -> Result<(), Problem> {
        if answer.len() > LARGEST_ANSWER {
            return Err(Problem::new(Kind::InvalidHeader).field(
                "Idempotency-Key",
                "can't be used: the answer would be too large to be kept; ask for less at once",
            ));
        }
        let failed = |_| errors::internal("idempotency", &"an answer can't be sealed");
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(failed)?;
        let mut sealed = [self.request.as_slice(), answer].concat();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                self.place_as_aad(),
                &mut sealed,
            )
            .map_err(failed)?;
        *self.state() = Answer::Sealed([nonce.as_slice(), &sealed].concat());
        Ok(())
    }

    fn place_as_aad(&self) -> Aad<Vec<u8>> {
        Aad::from(format!("{}\n{}", self.place.pk, self.place.sk).into_bytes())
    }

    /// The write that stores the answer, if it is known: for one transaction, which says what became of it.
    pub(crate) fn take(&self) -> Option<Write> {
        let mut state = self.state();
        let Answer::Sealed(sealed) = &mut *state else {
            return None;
        };
        let sealed = std::mem::take(sealed);
        *state = Answer::Open;
        let now = cursor::now();
        let ttl = AttributeValue::N((now + KEPT_SECONDS).to_string());
        let item = HashMap::from([
            (
                "answer".to_owned(),
                AttributeValueOfItem(AttributeValue::B(Blob::new(sealed))),
            ),
            ("ttl".to_owned(), AttributeValueOfItem(ttl)),
        ]);
        // What has expired is gone, though the purge takes its time.
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let gone = Condition::absent_or_at_most("ttl", now);
        Some(Write::Put(self.place.clone(), item, vec![gone]))
    }

    /// Whether the answer is known and waits for a write.
    pub(crate) fn waits(&self) -> bool {
        matches!(*self.state(), Answer::Sealed(_))
    }

    /// The transaction has happened.
    pub(crate) fn stored(&self) {
        *self.state() = Answer::Stored;
    }

    /// The answer in a stored item.
    fn open(&self, item: &StoredItem) -> Result<Option<Vec<u8>>, Problem> {
        let Some(AttributeValue::N(ttl)) = item.0.get("ttl") else {
            return Ok(None);
        };
        if ttl.parse::<u64>().is_ok_and(|ttl| ttl <= cursor::now()) {
            return Ok(None);
        }
        let opened = match item.0.get("answer") {
            Some(AttributeValue::B(sealed)) => self.opened(sealed.as_ref()),
            _ => None,
        };
        match opened {
            Some((request, answer)) if request == self.request => Ok(Some(answer)),
            Some(_) => Err(Kind::IdempotencyKeyReused.into()),
            // The secret has been replaced since.
            None => Err(Problem::new(Kind::IdempotencyKeyReused).detail(
                "The key was used in the last 24 hours, and the answer can't be given again: look at what there is.",
            )),
        }
    }

    fn opened(&self, sealed: &[u8]) -> Option<([u8; SHA256_OUTPUT_LEN], Vec<u8>)> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let opened = self
            .seal
            .open_in_place(nonce, self.place_as_aad(), &mut sealed)
            .ok()?;
        let (request, answer) = opened.split_first_chunk()?;
        Some((*request, answer.to_vec()))
    }
}

/// A request under its key, with the table that holds the answer.
pub struct Repetition {
    table: Table,
    once: Arc<Once>,
}

impl Repetition {
    pub(crate) fn new(table: Table, once: Arc<Once>) -> Self {
        Self { table, once }
    }

    /// The answer of the same request that was here before. One strongly consistent read.
    ///
    /// # Errors
    /// `idempotency-key-reused` when the key was used for another request; when the call fails.
    pub async fn recall(&self) -> Result<Option<Vec<u8>>, Problem> {
        match self.table.stored(&self.once.place).await? {
            Some(item) => self.once.open(&item),
            None => Ok(None),
        }
    }

    /// Sees to it that the answer is stored, for a request that wrote nothing with it; gives another one if there is
    /// one already.
    ///
    /// # Errors
    /// As [`Self::recall`].
    pub async fn finish(&self, answer: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
        if matches!(*self.once.state(), Answer::Stored) {
            return Ok(None);
        }
        self.once.keep(answer)?;
        match self.table.transact(Vec::new()).await {
            Ok(()) => Ok(None),
            Err(WriteError::Failed(problem)) if problem.kind() == Kind::RequestInFlight => {
                match self.recall().await? {
                    Some(first) => Ok(Some(first)),
                    None => Err(problem),
                }
            }
            Err(error) => Err(error.or(|_| Kind::RequestInFlight.into())),
        }
    }
}

/// A caller whose requests can be repeated.
pub trait Repeats {
    /// The request under its key, if it came with an Idempotency-Key.
    fn once(&self) -> Option<&Arc<Once>>;

    /// Whether the request came with an Idempotency-Key.
    fn is_repeatable(&self) -> bool {
        self.once().is_some()
    }

    /// Stores an answer together with the caller's next write, so that the request can be repeated: nothing, unless it
    /// came with an Idempotency-Key. A write that is tried again needs its answer again.
    ///
    /// # Errors
    /// `invalid-header` for an answer that is too large to be kept.
    fn keep_answer(
        &self,
        answer: impl FnOnce() -> Result<Vec<u8>, Problem>,
    ) -> Result<(), Problem> {
        match self.once() {
            Some(once) => once.keep(&answer()?),
            None => Ok(()),
        }
    }
}

/// SHA-256 of some parts, none of which can pass for a piece of another.
fn digest(parts: &[&[u8]]) -> [u8; SHA256_OUTPUT_LEN] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; SHA256_OUTPUT_LEN];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// The key that seals an answer (HKDF, RFC 5869).
fn seal(key: &str, secret: &str, whose: &[&[u8]]) -> Option<LessSafeKey> {
    let pseudo_random = Salt::new(HKDF_SHA256, secret.as_bytes()).extract(key.as_bytes());
    let info = [&[b"tenantry idempotency".as_slice()], whose].concat();
    let derived = pseudo_random.expand(&info, &AES_256_GCM).ok()?;
    Some(LessSafeKey::new(UnboundKey::from(derived)))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use crate::keys::TenantKeys;

    struct Asked {
        tenant: TenantId,
        user: UserId,
    }

    impl Asked {
        fn once(&self, key: &str, secret: &str, body: &[u8]) -> Once {
            let key = IdempotencyKey::new(key, &[b"POST /v1/x", body]).unwrap();
            let place = |hash: &str| TenantKeys::of(self.tenant).answer(hash);
            Once::of_member(key, self.tenant, self.user, secret, place).unwrap()
        }
    }

    fn asked() -> Asked {
        Asked {
            tenant: TenantId::generate(),
            user: UserId::from(uuid::Uuid::new_v4()),
        }
    }

    fn kept(once: &Once, answer: &[u8]) -> StoredItem {
        once.keep(answer).unwrap();
        let Some(Write::Put(_, item, _)) = once.take() else {
            panic!("nothing is stored");
        };
        let item = item.into_iter().map(|(name, value)| (name, value.0));
        StoredItem(item.collect())
    }

    #[test]
    fn the_same_request_opens_the_answer_and_another_does_not() {
        let asked = asked();
        let item = kept(&asked.once("k", "secret", b"{}"), b"the answer");
        let again = asked.once("k", "secret", b"{}").open(&item);
        assert_eq!(again.unwrap().as_deref(), Some(&b"the answer"[..]));
        for other in [
            asked.once("k", "secret", b"{\"a\":1}"),
            asked.once("k", "another secret", b"{}"),
        ] {
            let problem = other.open(&item).unwrap_err();
            assert_eq!(problem.kind(), Kind::IdempotencyKeyReused);
        }
    }

    #[test]
    fn nothing_of_key_request_or_answer_is_readable() {
        let once = asked().once("the-key", "secret", b"the body");
        let stored = format!("{:?} {:?}", kept(&once, b"the answer"), once.place);
        for text in ["the-key", "the body", "the answer"] {
            assert!(!stored.contains(text), "{stored}");
            let bytes = format!("{:?}", text.as_bytes());
            assert!(!stored.contains(bytes.trim_matches(['[', ']'])), "{stored}");
        }
        let request = format!("{:?}", digest(&[b"POST /v1/x", b"the body"]));
        assert!(!stored.contains(request.trim_matches(['[', ']'])));
    }

    #[test]
    fn a_key_is_its_callers_own() {
        let asked = asked();
        let place = |asked: &Asked, key| asked.once(key, "secret", b"").place;
        let own = place(&asked, "k");
        assert_eq!(own, place(&asked, "k"));
        let colleague = Asked {
            user: UserId::from(uuid::Uuid::new_v4()),
            ..asked
        };
        assert_ne!(own, place(&colleague, "k"));
        assert_ne!(own, place(&asked, "l"));
    }

    #[test]
    fn what_has_expired_is_gone() {
        let once = asked().once("k", "secret", b"");
        let mut item = kept(&once, b"the answer");
        let past = AttributeValue::N((cursor::now() - 1).to_string());
        item.0.insert("ttl".to_owned(), past);
        assert_eq!(once.open(&item).unwrap(), None);
    }

    #[test]
    fn an_answer_goes_into_one_write() {
        let once = asked().once("k", "secret", b"");
        assert!(once.take().is_none());
        once.keep(b"x").unwrap();
        assert!(once.waits() && once.take().is_some());
        assert!(!once.waits() && once.take().is_none());
        let large = vec![b'x'; LARGEST_ANSWER + 1];
        let problem = once.keep(&large).unwrap_err();
        assert_eq!(problem.kind(), Kind::InvalidHeader);
    }

    #[test]
    fn keys_are_printable_and_not_endless() {
        for good in ["k", "\"8e03978e-40d5\"", &"x".repeat(255)] {
            assert!(IdempotencyKey::new(good, &[]).is_ok(), "{good}");
        }
        for wrong in ["", "a\tb", "\u{e9}", &"x".repeat(256)] {
            assert!(IdempotencyKey::new(wrong, &[]).is_err(), "{wrong}");
        }
    }
}
