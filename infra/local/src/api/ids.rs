//! Identifiers in the shape API Gateway and X-Ray give them.

use base64::{Engine, prelude::BASE64_URL_SAFE};

/// A request id as an HTTP API makes them: 16 characters that end in `=`.
pub(crate) fn request_id() -> String {
    let random = uuid::Uuid::new_v4();
    BASE64_URL_SAFE.encode(random.as_bytes().get(..11).unwrap_or_default())
}

/// The value of `X-Amzn-Trace-Id`.
pub(crate) fn trace_id() -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    let seconds = jiff::Timestamp::now().as_second();
    format!(
        "Root=1-{seconds:08x}-{}",
        random.get(..24).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shape_of_aws() {
        let id = request_id();
        assert_eq!(id.len(), 16);
        assert!(id.ends_with('='));
        assert_eq!(
            trace_id().len(),
            "Root=1-581cf771-a006649127e371903a2de979".len()
        );
    }
}
