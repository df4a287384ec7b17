//! Bounded texts.

use crate::{from_text, shown};
use unicode_normalization::UnicodeNormalization as _;

/// Trimmed, in NFC, without control characters, 1 to 200 characters: names and titles, on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    const MOST: usize = 200;

    fn parse(text: String) -> Result<Self, &'static str> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err("is empty");
        }
        if text.chars().count() > Self::MOST {
            return Err("is longer than 200 characters");
        }
        if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err("holds a control character, or one that can't be seen");
        }
        Ok(Self(text))
    }
}

from_text!(Name, {"type": "string", "minLength": 1, "maxLength": 200});
shown!(Name);

/// Characters that show nothing or turn the direction of writing: two names that look alike must be alike. The joiners
/// U+200C and U+200D stay, since Persian, Hindi and others need them inside words.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text on one line: trimmed, in NFC, without control characters, of 1 to `most` characters.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn line(text: &str, most: usize) -> Result<String, String> {
    let text: String = text.trim().nfc().collect();
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err("holds a control character, or one that can't be seen".to_owned());
    }
    no_longer(text, most)
}

/// A text of any number of lines: in NFC, of up to `most` characters, where line breaks and tabs are the only control
/// characters.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn lines(text: &str, most: usize) -> Result<String, String> {
    let text: String = text.nfc().collect();
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(is_odd) {
        return Err("holds a control character other than line breaks and tabs".to_owned());
    }
    no_longer(text, most)
}

fn no_longer(text: String, most: usize) -> Result<String, String> {
    if text.chars().count() > most {
        return Err(format!("is longer than {most} characters"));
    }
    Ok(text)
}

/// In NFC, of up to 10,000 characters, where line breaks and tabs are the only control characters: notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongText(String);

impl LongText {
    const MOST: usize = 10_000;

    fn parse(text: String) -> Result<Self, &'static str> {
        let text: String = text.nfc().collect();
        if text.chars().count() > Self::MOST {
            return Err("is longer than 10,000 characters");
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err("holds a control character other than line breaks and tabs");
        }
        Ok(Self(text))
    }
}

from_text!(LongText, {"type": "string", "maxLength": 10000});
shown!(LongText);

/// In NFC, of up to 1,000 characters, where line breaks and tabs are the only control characters: what a thing is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    fn parse(text: String) -> Result<Self, &'static str> {
        let text = LongText::parse(text)?;
        if text.0.chars().count() > 1000 {
            return Err("is longer than 1,000 characters");
        }
        Ok(Self(text.0))
    }
}

from_text!(Description, {"type": "string", "maxLength": 1000});
shown!(Description);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(
            "  Ada ".parse::<Name>().map(|name| name.to_string()),
            Ok("Ada".to_owned())
        );
        assert_eq!(
            "e\u{301}".parse::<Name>().map(|name| name.to_string()),
            Ok("\u{e9}".to_owned())
        );
        for wrong in [
            "",
            "  ",
            "a\nb",
            "a\0",
            "\u{200b}",
            "x\u{202e}y",
            &"x".repeat(201),
        ] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong:?}");
        }
        assert!("é".repeat(200).parse::<Name>().is_ok());
    }
}
