//! Who a text message is from, or to.

use super::{MOST, PhoneNumber};
use crate::{from_text, shown};

/// An end of a text message: a telephone number in the form of E.164; a short code of 3 to 8 digits; or a name of 11 letters,
/// digits and spaces at most, with a letter among them (the alphanumeric address of 3GPP TS 23.040, 9.1.2.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(String);

impl Sender {
    fn parse(text: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is neither a telephone number in international form, such as +14155550100, nor a short code, nor a \
                             name of 11 letters and digits";
        if text.chars().count() > MOST {
            return Err(WRONG);
        }
        let text = text.trim();
        let is_code =
            (3..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_letter = |byte: u8| byte.is_ascii_alphabetic();
        let is_in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ';
        let is_name =
            text.len() <= 11 && text.bytes().any(is_letter) && text.bytes().all(is_in_name);
        match is_code || is_name {
            true => Ok(Self(text.to_owned())),
            false if text.starts_with('+') => {
                PhoneNumber::parse(text.to_owned()).map(|number| Self(number.0))
            }
            false => Err(WRONG),
        }
    }
}

from_text!(Sender, {"type": "string", "examples": ["+14155550100", "72345", "Initech"], "maxLength": 40});
shown!(Sender);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_codes_and_names_send() {
        for (written, kept) in [
            ("+1 (415) 555-0100", "+14155550100"),
            ("72345", "72345"),
            ("19912345", "19912345"),
            (" Initech 24 ", "Initech 24"),
        ] {
            let read = written.parse::<Sender>();
            assert_eq!(read.map(|sender| sender.to_string()), Ok(kept.to_owned()));
        }
        for wrong in [
            "",
            "12",
            "4155550100",
            "+12345",
            "A longer name",
            "Ini-tech",
        ] {
            assert!(wrong.parse::<Sender>().is_err(), "{wrong}");
        }
    }
}
