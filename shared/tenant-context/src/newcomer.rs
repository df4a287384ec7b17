//! Somebody who has no account yet, and whose request can be repeated all the same: who signs up.

use crate::aws::{Aws, variable};
use crate::errors;
use crate::idempotency::{IdempotencyKey, Once, Repeats, Repetition};
use crate::keys;
use crate::table::Stamp;
use problem::{Kind, Problem};
use std::sync::Arc;

/// The shortest key. A UUID has 36 characters.
const SHORTEST: usize = 32;

/// Somebody who has no account yet. There is nobody whose Idempotency-Key it could be: who has it, and says the same again, is taken
/// for the same: they get the session that the first request began, until it is refreshed for the first time. So it must be one that
/// nobody guesses.
pub struct Newcomer {
    aws: Arc<Aws>,
    once: Option<Arc<Once>>,
}

impl Newcomer {
    /// Somebody who calls.
    pub fn new(aws: &Arc<Aws>) -> Self {
        Self {
            aws: Arc::clone(aws),
            once: None,
        }
    }

    /// Makes the request one that can be repeated: it came with an Idempotency-Key. In place of a tenant's secret its answer is
    /// sealed with the one that links are derived from: who reads the table must not be able to open it, or to try out passwords.
    ///
    /// # Errors
    /// `invalid-header` for a key that could be guessed; `unavailable` when the secret can't be read.
    pub async fn repeatable(
        &mut self,
        key: IdempotencyKey,
        request_id: &str,
    ) -> Result<Repetition, Problem> {
        if key.length() < SHORTEST {
            return Err(Problem::new(Kind::InvalidHeader).field(
                "Idempotency-Key",
                "is shorter than 32 characters: take a random one, such as a UUID",
            ));
        }
        let name = variable("LINK_KEY_SECRET")
            .map_err(|error| errors::internal("idempotency key", &error))?;
        let secret = self.aws.secret(&name).await.map_err(|error| {
            tracing::error!(%error, "an answer can't be kept");
            Kind::Unavailable
        })?;
        let once = Once::new(key, &[b"newcomer"], &secret, keys::newcomers_answer)?;
        let once = Arc::new(once);
        self.once = Some(Arc::clone(&once));
        let table = self.aws.own_table(Stamp {
            by: "anonymous".to_owned(),
            request: request_id.to_owned(),
        });
        Ok(Repetition::new(table, once))
    }
}

impl Repeats for Newcomer {
    fn once(&self) -> Option<&Arc<Once>> {
        self.once.as_ref()
    }
}
