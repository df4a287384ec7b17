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
        let html = message.html.as_deref().unwrap_or_default();
        match &message.text {
            Some(text) => with_links(&mut content, text),
            None => with_links(&mut content, &targets(html).collect::<Vec<_>>().join("\n")),
        }
        content.push_str("</pre>");
        // Only as its source: it is never run as part of this page.
        if !html.is_empty() {
            source(&mut content, html);
        }
        content.push_str("</article>");
    }
    page("/_local/mail", "Mail", &content)
}

fn source(out: &mut String, html: &str) {
    let html = Escaped(html);
    let _ = write!(
        out,
        "<details><summary>HTML</summary><pre>{html}</pre></details>"
    );
}

/// Where the links of an HTML body lead.
fn targets(html: &str) -> impl Iterator<Item = String> {
    let links = html.split("href=\"").skip(1);
    links.filter_map(|rest| {
        let (target, _) = rest.split_once('"')?;
        Some(target.replace("&amp;", "&"))
    })
}

/// Text with its web addresses as links.
fn with_links(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(start) = address_start(rest) {
        let (before, from) = rest.split_at(start);
        let ends = |c: char| c.is_whitespace() || "<>\"'".contains(c);
        let (address, _) = from.split_at(from.find(ends).unwrap_or(from.len()));
        // What ends a sentence is not part of the address.
        let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
        let (link, before) = (Escaped(address), Escaped(before));
        let _ = write!(
            out,
            "{before}<a href=\"{link}\" rel=\"noreferrer\">{link}</a>"
        );
        rest = from.get(address.len()..).unwrap_or_default();
    }
    let _ = write!(out, "{}", Escaped(rest));
}

fn address_start(text: &str) -> Option<usize> {
    let starts = ["http://", "https://"].map(|scheme| text.find(scheme));
    starts.into_iter().flatten().min()
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

    #[test]
    fn an_address_ends_where_its_sentence_does() {
        for (text, link) in [
            (
                "See (https://a.example/x#token=y_-1).",
                "https://a.example/x#token=y_-1",
            ),
            ("<https://a.example/x>", "https://a.example/x"),
            ("Go to https://a.example/x, or not", "https://a.example/x"),
        ] {
            let mut out = String::new();
            with_links(&mut out, text);
            assert!(out.contains(&format!("<a href=\"{link}\" rel")), "{out}");
            assert_eq!(out.matches("<a ").count(), 1, "{out}");
        }
    }

    #[test]
    fn the_links_of_a_body_without_text_are_shown() {
        let message = Message {
            html: Some("<a href=\"https://a.example/?b=1&amp;c=2\">Join</a>".to_owned()),
            ..Message::default()
        };
        let page = html(&[message]);
        assert!(page.contains("<a href=\"https://a.example/?b=1&amp;c=2\" rel=\"noreferrer\">"));
        assert!(
            !page.contains(">Join</a>"),
            "it was run as part of the page"
        );
    }
}
