//! Numbers of conditions: decimals, such as `-1.5`.

/// Reads a plain decimal. Exponents, infinities and the like are no numbers to IAM.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sound = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits
            .chars()
            .all(|character| character.is_ascii_digit() || character == '.');
    if sound { text.parse().ok() } else { None }
}
