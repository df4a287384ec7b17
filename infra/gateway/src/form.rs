//! Percent-encoding, and the form bodies of the Query protocol.

/// Parses `application/x-www-form-urlencoded` text. A repeated name is an error, since two readers might choose differently.
pub(crate) fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (decode(name, true)?, decode(value, true)?);
        if fields.iter().any(|(known, _)| *known == name) {
            return Err(format!("the parameter {name:?} is given twice"));
        }
        fields.push((name, value));
    }
    Ok(fields)
}

/// Undoes percent-encoding; in forms a plus sign is a space.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digit = |byte: Option<u8>| {
                    byte.and_then(|byte| char::from(byte).to_digit(16))
                        .and_then(|digit| u8::try_from(digit).ok())
                };
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => bytes.push(high * 16 + low),
                    _ => return Err(format!("bad percent-encoding in {text:?}")),
                }
            }
            b'+' if plus_is_space => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).map_err(|_| "the text is not UTF-8".to_owned())
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, as Signature Version 4 does.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn decodes_forms() {
        let fields = parse("Action=AssumeRole&Name=a+b%2Bc%C3%A9&Empty=").unwrap();
        assert_eq!(
            fields,
            [
                ("Action".to_owned(), "AssumeRole".to_owned()),
                ("Name".into(), "a b+cé".into()),
                ("Empty".into(), String::new())
            ]
        );
    }

    #[test]
    fn refuses_ambiguous_or_broken_forms() {
        assert!(parse("a=1&a=2").is_err());
        assert!(parse("a=1&%61=2").is_err());
        assert!(parse("a=%2").is_err());
        assert!(parse("a=%zz").is_err());
        assert!(parse("a=%ff").is_err());
    }
}
