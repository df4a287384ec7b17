//! What the product has sent, as the people it was sent to find it.

use crate::TestCloud;
use std::time::Duration;

/// A message as a test reads it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The body for programs that show text.
    pub text: String,
    /// The body for programs that show HTML.
    pub html: String,
}

impl Letter {
    /// The token behind the `#` of its link.
    pub fn token(&self) -> String {
        let (_, rest) = self
            .text
            .split_once("#token=")
            .expect("a link with a token");
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest[..end].to_owned()
    }
}

impl TestCloud {
    /// The token in the newest letter to an address that leads to this page. It waits for the letter.
    pub async fn mailed_token(&self, to: &str, page: &str) -> String {
        self.letter(to, &format!("/{page}#token=")).await.token()
    }

    /// The messages to an address, oldest first.
    pub fn letters(&self, to: &str) -> Vec<Letter> {
        let mail = self.gateway().mail().into_iter();
        mail.filter(|message| message.to.iter().any(|address| address.contains(to)))
            .map(|message| Letter {
                subject: message.subject,
                text: message.text.unwrap_or_default(),
                html: message.html.unwrap_or_default(),
            })
            .collect()
    }

    /// The newest message to an address whose text holds `part`. Messages are sent behind the request: it waits for one.
    pub async fn letter(&self, to: &str, part: &str) -> Letter {
        for _ in 0..300 {
            let letters = self.letters(to).into_iter();
            if let Some(letter) = letters.rev().find(|letter| letter.text.contains(part)) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let subjects: Vec<String> = self
            .letters(to)
            .into_iter()
            .map(|letter| letter.subject)
            .collect();
        panic!("no message to {to} holds {part}; there are {subjects:?}")
    }
}
