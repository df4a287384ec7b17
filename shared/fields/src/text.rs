//! Bounded texts.

use crate::{from_text, shown};
use unicode_normalization::UnicodeNormalization as _;

/// Trimmed, in NFC, without control characters, 1 to 200 characters: names and titles, on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    const MOST: usize = 200;

    fn parse(sent: String) -> Result<Self, &'static str> {
        let text: String = sent.trim().nfc().collect();
        if text.is_empty() {
            return Err("is empty");
        }
        if characters(&sent, &text) > Self::MOST {
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
    let kept: String = text.trim().nfc().collect();
    if kept.is_empty() {
        return Err("is empty".to_owned());
    }
    if kept.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err("holds a control character, or one that can't be seen".to_owned());
    }
    no_longer(text, kept, most)
}

/// A text of any number of lines: in NFC, of up to `most` characters, where line breaks and tabs are the only control
/// characters.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn lines(text: &str, most: usize) -> Result<String, String> {
    let kept: String = text.nfc().collect();
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if kept.chars().any(is_odd) {
        return Err("holds a control character other than line breaks and tabs".to_owned());
    }
    no_longer(text, kept, most)
}

fn no_longer(sent: &str, kept: String, most: usize) -> Result<String, String> {
    if characters(sent, &kept) > most {
        return Err(format!("is longer than {most} characters"));
    }
    Ok(kept)
}

/// How many characters a text has, as it was sent or as it is kept: no form of it may be longer than its schema says.
pub(crate) fn characters(sent: &str, kept: &str) -> usize {
    sent.chars().count().max(kept.chars().count())
}

/// In NFC, of up to 10,000 characters, where line breaks and tabs are the only control characters: notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongText(String);

impl LongText {
    const MOST: usize = 10_000;

    fn parse(text: String) -> Result<Self, &'static str> {
        Self::of(&text, Self::MOST, "is longer than 10,000 characters")
    }

    fn of(sent: &str, most: usize, too_long: &'static str) -> Result<Self, &'static str> {
        let text: String = sent.nfc().collect();
        if characters(sent, &text) > most {
            return Err(too_long);
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
        LongText::of(&text, 1000, "is longer than 1,000 characters").map(|text| Self(text.0))
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
            &format!("{} ", "x".repeat(200)),
            &"e\u{301}".repeat(101),
            // Which is two in its usual form.
            &"\u{958}".repeat(101),
        ] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong:?}");
        }
        assert!("é".repeat(200).parse::<Name>().is_ok());
    }
}
