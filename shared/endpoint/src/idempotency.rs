//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a repeated request gets the first one's answer.
//!
//! Where a route does not declare that it takes the key, the header means nothing, as HTTP has it: such a route has no
//! second effect anyway.

use crate::declaration::Declaration;
use crate::event::{Answer, Event};
use crate::output::{self, Reply};
use problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use tenant_context::errors::internal;
use tenant_context::{IdempotencyKey, Repeats, Repetition};

/// The header of an answer that was given before.
const REPLAYED: &str = "idempotency-replayed";

/// The key of a request, where one came and the route takes it.
pub(crate) fn key(
    event: &Event,
    declared: &Declaration,
) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(key) = event
        .header("idempotency-key")
        .filter(|_| declared.idempotent)
    else {
        return Ok(None);
    };
    let path: BTreeMap<&String, &String> = event.path_parameters.iter().flatten().collect();
    let path = serde_json::to_vec(&path).map_err(|error| internal("path", &error))?;
    let (route, body) = (declared.route_key(), event.body()?);
    let request = [
        route.as_bytes(),
        &path,
        event.raw_query_string.as_bytes(),
        event.header("if-match").unwrap_or_default().as_bytes(),
        &body,
    ];
    IdempotencyKey::new(key, &request).map(Some)
}

/// The answer of a request under a key, once its handler is done.
pub(crate) async fn settle<T: Serialize>(
    repetition: &Repetition,
    handled: Result<Reply<T>, Problem>,
    status: u16,
    request_id: &str,
) -> Result<Answer, Problem> {
    let first = match &handled {
        // What it wrote took the answer along; if it had nothing to write, the answer is stored now.
        Ok(reply) => repetition.finish(&kept(reply, status)?).await?,
        // Perhaps it was only too late.
        Err(_) => repetition.recall().await?,
    };
    match first {
        Some(first) => replay(&first, status, request_id),
        None => output::success(&handled?, status, request_id),
    }
}

/// An answer that was given before.
pub(crate) fn replay(kept: &[u8], status: u16, request_id: &str) -> Result<Answer, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| internal("kept answer", error);
    let text = std::str::from_utf8(kept).map_err(|error| unreadable(&error))?;
    let (headers, body) = text.split_once('\n').ok_or_else(|| unreadable(&"a part"))?;
    let headers: BTreeMap<String, String> =
        serde_json::from_str(headers).map_err(|error| unreadable(&error))?;
    let headers = output::OF_REPLIES
        .iter()
        .filter(|name| status != 204 || **name != "content-type")
        .filter_map(|name| Some((*name, headers.get(*name)?.clone())));
    let body = (status != 204).then(|| body.to_owned());
    let mut answer = output::answer(status, headers.collect(), body, request_id);
    answer.headers.insert(REPLAYED, "true".to_owned());
    Ok(answer)
}

/// An answer as it is kept: its headers, a line break, its body.
fn kept<T: Serialize>(reply: &Reply<T>, status: u16) -> Result<Vec<u8>, Problem> {
    let (headers, body) = output::rendered(reply, status)?;
    let headers: BTreeMap<_, _> = headers.into_iter().collect();
    let mut kept = serde_json::to_vec(&headers).map_err(|error| internal("answer", &error))?;
    kept.push(b'\n');
    kept.extend_from_slice(body.unwrap_or_default().as_bytes());
    Ok(kept)
}

impl<T: Serialize> Reply<T> {
    /// Stores this answer together with the caller's next write, so that the request can be repeated: nothing, unless it
    /// came with an Idempotency-Key.
    ///
    /// # Errors
    /// `invalid-header` when the answer is too large to be kept.
    pub fn keep(&self, caller: &impl Repeats) -> Result<(), Problem> {
        caller.keep_answer(|| kept(self, 200))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_replayed_byte_for_byte() {
        let reply = || {
            Reply::new(json!({"text": "a\nb", "id": 7}))
                .location("/v1/x/7".to_owned())
                .version(3)
        };
        let first = output::success(&reply(), 201, "one").unwrap();
        let again = replay(&kept(&reply(), 201).unwrap(), 201, "two").unwrap();
        assert_eq!(again.body, first.body);
        assert_eq!(again.status_code, first.status_code);
        let mut headers = first.headers;
        headers.insert("x-request-id", "two".to_owned());
        headers.insert(REPLAYED, "true".to_owned());
        assert_eq!(again.headers, headers);
    }

    #[test]
    fn so_is_one_without_a_body() {
        let reply = Reply::from(crate::NoContent);
        // A handler does not know the status.
        let again = replay(&kept(&reply, 200).unwrap(), 204, "two").unwrap();
        let first = output::success(&reply, 204, "one").unwrap();
        assert_eq!((again.body, again.status_code), (None, first.status_code));
        assert_eq!(again.headers.get("content-type"), None);
    }

    #[test]
    fn a_route_that_takes_no_key_looks_at_none() {
        let mut event = Event::default();
        event
            .headers
            .insert("idempotency-key".to_owned(), "\u{7}".to_owned());
        let plain = Declaration::post("/v1/x", "");
        assert!(key(&event, &plain).unwrap().is_none());
        assert!(key(&event, &plain.idempotent()).is_err());
        assert!(
            key(&Event::default(), &plain.idempotent())
                .unwrap()
                .is_none()
        );
    }
}
