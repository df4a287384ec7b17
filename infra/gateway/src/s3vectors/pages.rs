//! Tokens for the next page. A token says where a page ended, and which request it belongs to: of another one it is refused.

use super::errors::invalid;
use super::request::Request;
use crate::api_error::ApiError;
use crate::sigv4::hex;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;

/// How long a token is good, in seconds; AWS says "several minutes".
const LIFE: i64 = 5 * 60;

/// The pages of one request.
#[derive(Debug)]
pub(super) struct Pages {
    digest: String,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Place {
    /// How many were given up to here.
    pub(super) given: usize,
    /// The last one's distance.
    pub(super) distance: f32,
    /// The last one's row.
    pub(super) row: i64,
}

impl Pages {
    /// The pages of what these parts say.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(&part.len().to_le_bytes());
            context.update(part);
        }
        Self {
            digest: hex(context.finish().as_ref()),
        }
    }

    pub(super) fn token(&self, place: Place, now: i64) -> String {
        let (digest, until) = (&self.digest, now.saturating_add(LIFE));
        let Place {
            given,
            distance,
            row,
        } = place;
        let text = format!("{digest}.{until}.{given}.{}.{row}", distance.to_bits());
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Where the page begins that is asked for; nothing for the first.
    pub(super) fn place(&self, request: &Request<'_>, now: i64) -> Result<Option<Place>, ApiError> {
        let Some(token) = request.text("nextToken")? else {
            return Ok(None);
        };
        let (until, place) = self
            .read(token)
            .ok_or_else(|| invalid("Invalid nextToken"))?;
        match now < until {
            true => Ok(Some(place)),
            false => Err(invalid("The nextToken has expired")),
        }
    }

    fn read(&self, token: &str) -> Option<(i64, Place)> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let parts: Vec<&str> = text.split('.').collect();
        let [digest, until, given, distance, row] = parts.as_slice() else {
            return None;
        };
        let place = Place {
            given: given.parse().ok()?,
            distance: f32::from_bits(distance.parse().ok()?),
            row: row.parse().ok()?,
        };
        (*digest == self.digest).then_some((until.parse().ok()?, place))
    }
}
