//! Base 32 without padding.

/// RFC 4648, 6: what authenticator apps read.
pub const STANDARD: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's: none of its letters looks like a digit or another letter.
pub const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text of some bytes.
pub fn encode(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let letter = |value: u32| {
        let index = usize::try_from(value & 31).unwrap_or_default();
        alphabet.get(index).copied().map_or(' ', char::from)
    };
    let (mut text, mut buffer, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        buffer = (buffer & 31) << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(buffer >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(buffer << (5 - bits)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(encode(bytes.as_bytes(), STANDARD), text);
        }
    }

    #[test]
    fn every_bit_counts() {
        assert_eq!(encode(&[0xff; 10], CROCKFORD), "z".repeat(16));
        assert_eq!(encode(&[0; 20], STANDARD), "A".repeat(32));
    }
}
