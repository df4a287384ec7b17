//! The messages the product sent, newest first.

use super::{
    Format, Shared,
    html::{Escaped, page},
    respond,
};
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use gateway::Message;
use serde::Deserialize;
use std::fmt::Write;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    format: Option<Format>,
    /// Only messages to this address.
    to: Option<String>,
}

pub(crate) async fn answer(
    State(pages): Shared,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let mut messages = pages.gateway.mail();
    messages.reverse();
    messages.retain(|message| {
        asked.to.as_ref().is_none_or(|to| {
            message
                .to
                .iter()
                .any(|address| address.eq_ignore_ascii_case(to))
        })
    });
    respond(Format::chosen(asked.format, &headers), &messages, || {
        html(&messages)
    })
}

/// Writing to a string does not fail, so results are dropped here.
fn html(messages: &[Message]) -> String {
    let mut content = String::new();
    if messages.is_empty() {
        content.push_str("<p>No message was sent yet.</p>");
    }
    for message in messages {
        let _ = write!(
            content,
            "<article><h2>{}</h2><dl><dt>To</dt><dd>{}</dd><dt>From</dt><dd>{}</dd><dt>Sent</dt><dd>{}</dd></dl><pre>",
            Escaped(&message.subject),
            Escaped(&message.to.join(", ")),
            Escaped(&message.from),
            Escaped(&message.time)
        );
        // The source of an HTML body, where there is no text: it is never run as part of this page.
        with_links(
            &mut content,
            message
                .text
                .as_deref()
                .or(message.html.as_deref())
                .unwrap_or_default(),
        );
        content.push_str("</pre></article>");
    }
    page("/_local/mail", "Mail", &content)
}

/// Text with its web addresses as links.
fn with_links(out: &mut String, text: &str) {
    for part in text.split_inclusive(char::is_whitespace) {
        let address = part.trim_end();
        let is_link = (address.starts_with("http://") || address.starts_with("https://"))
            && !address.contains(['<', '>', '"', '\'']);
        if is_link {
            let space = part.get(address.len()..).unwrap_or_default();
            let _ = write!(
                out,
                "<a href=\"{0}\" rel=\"noreferrer\">{0}</a>{space}",
                Escaped(address)
            );
        } else {
            let _ = write!(out, "{}", Escaped(part));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_escaped_and_addresses_are_links() {
        let message = Message {
            subject: "<b>Hi</b>".to_owned(),
            text: Some(
                "Accept: http://localhost:3000/x?a=1&b=2\njavascript:alert(1) <script>".to_owned(),
            ),
            ..Message::default()
        };
        let page = html(&[message]);
        assert!(page.contains("&lt;b&gt;Hi&lt;/b&gt;"));
        assert!(
            page.contains("<a href=\"http://localhost:3000/x?a=1&amp;b=2\" rel=\"noreferrer\">")
        );
        assert!(page.contains("javascript:alert(1) &lt;script&gt;"));
    }
}
