//! A tenant's own wording. Whoever wrote it is not trusted with more than words:
//!
//! - only letters in the tenant's own name can be reworded. The letters about a person's own account (links that choose a
//!   password, notices of security) are the product's: their links would be another tenant's way into the account;
//! - a template may name variables and ask whether one is empty (`{{ name }}`, `{% if name %}…{% else %}…{% endif %}`),
//!   nothing else: no loops, filters or calculations, so nothing in it can grow;
//! - HTML is cleaned after rendering: no script, style, picture, form or frame.

use super::variables::{NAMES, Rendering};
use super::{standard, subject};
use crate::Message;
use crate::branding::Branding;
use crate::outbox::{Letter, Notice};
use minijinja::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of a body.
const BODY_BYTES: usize = 16 * 1024;
/// Bytes of a subject.
const SUBJECT_BYTES: usize = 400;
/// Bytes of what is rendered: a variable can be named often.
const RENDERED_BYTES: usize = 256 * 1024;
/// What HTML may consist of.
const TAGS: [&str; 21] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "em",
    "h1",
    "h2",
    "h3",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "small",
    "span",
    "strong",
    "u",
    "ul",
    "table",
    "tr",
];
/// A link, to see whether a wording has one.
const SAMPLE_LINK: &str = "https://console.example/sample#token=sample";

/// A tenant's wording of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML; without one it is made from the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

/// Why a wording can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {detail}")]
pub struct OverrideError {
    /// `subject`, `text` or `html`; empty when it is about the notice itself.
    pub field: &'static str,
    /// What is wrong, to follow the field's name.
    pub detail: String,
}

/// Whether a tenant's wording of a notice can be used: what the branding endpoint asks before it stores one.
///
/// # Errors
/// What is wrong, with the field.
pub fn check(notice: &str, wording: &Override) -> Result<(), OverrideError> {
    let sample = Notice::samples()
        .into_iter()
        .find(|sample| sample.name() == notice && sample.is_the_tenants());
    let Some(sample) = sample else {
        return Err(OverrideError {
            field: "",
            detail: "is not a notice that can be reworded".to_owned(),
        });
    };
    let has_link = sample.link().is_some();
    let rendering = Rendering {
        letter: &Letter::new("ada@example.com", "Ada", sample),
        branding: &Branding {
            name: "Initech".to_owned(),
            ..Branding::default()
        },
        link: if has_link { SAMPLE_LINK } else { "" },
        console_url: "https://console.example",
    };
    render(wording, &rendering).map(|_| ())
}

/// The message in a tenant's wording.
pub(super) fn render(
    wording: &Override,
    rendering: &Rendering<'_>,
) -> Result<Message, OverrideError> {
    if !rendering.letter.notice.is_the_tenants() {
        return Err(error("", "is not a notice that can be reworded"));
    }
    let variables = rendering.variables();
    let subject = subject(&one(
        "subject",
        "subject",
        &wording.subject,
        SUBJECT_BYTES,
        &variables,
    )?);
    let text = one("text", "letter.txt", &wording.text, BODY_BYTES, &variables)?;
    if subject.is_empty() {
        return Err(error("subject", "is empty"));
    }
    if text.trim().is_empty() {
        return Err(error("text", "is empty"));
    }
    let html = match &wording.html {
        Some(html) => cleaned(&one("html", "letter.html", html, BODY_BYTES, &variables)?),
        None => paragraphs(&text),
    };
    if !text.contains(rendering.link) {
        return Err(error("text", "has no {{ link }}"));
    }
    // Cleaning may have written its signs otherwise, but not those of an address of ours.
    if !html.contains(rendering.link) {
        return Err(error("html", "has no {{ link }}"));
    }
    standard::framed(variables, subject, text, html).map_err(|_| error("html", "can't be framed"))
}

fn error(field: &'static str, detail: &str) -> OverrideError {
    OverrideError {
        field,
        detail: detail.to_owned(),
    }
}

/// One of the three texts, rendered.
fn one(
    field: &'static str,
    file: &str,
    source: &str,
    most: usize,
    variables: &BTreeMap<&'static str, Value>,
) -> Result<String, OverrideError> {
    if source.len() > most {
        return Err(error(field, &format!("is longer than {most} bytes")));
    }
    only_words(source).map_err(|detail| error(field, &detail))?;
    let rendered = standard::environment()
        .render_named_str(file, source, variables)
        .map_err(|failed| error(field, &format!("does not work: {}", failed.kind())))?;
    if rendered.len() > RENDERED_BYTES {
        return Err(error(field, "is too long with everything in its place"));
    }
    Ok(rendered)
}

/// Refuses everything but variables and `if` on one variable.
fn only_words(source: &str) -> Result<(), String> {
    let mut rest = source;
    while let Some(position) = rest.find('{') {
        let tail = rest.get(position..).unwrap_or_default();
        let (inner, after) = if let Some(tail) = tail.strip_prefix("{{") {
            let (inner, after) = tail.split_once("}}").ok_or("has a {{ without its }}")?;
            known(inner.trim())?;
            (inner, after)
        } else if let Some(tail) = tail.strip_prefix("{%") {
            let (inner, after) = tail.split_once("%}").ok_or("has a {% without its %}")?;
            match inner.split_whitespace().collect::<Vec<_>>().as_slice() {
                ["else"] | ["endif"] => {}
                ["if", name] | ["if", "not", name] => known(name)?,
                _ => {
                    return Err(format!(
                        "holds {{%{inner}%}}: only if, else and endif are possible"
                    ));
                }
            }
            (inner, after)
        } else if tail.starts_with("{#") {
            return Err("holds a comment".to_owned());
        } else {
            ("", tail.get(1..).unwrap_or_default())
        };
        if inner.contains('{') {
            return Err("has a { inside a variable".to_owned());
        }
        rest = after;
    }
    Ok(())
}

fn known(name: &str) -> Result<(), String> {
    if NAMES.contains(&name) {
        Ok(())
    } else {
        Err(format!("names {name:?}; it can name {}", NAMES.join(", ")))
    }
}

/// HTML without anything that does more than show words.
fn cleaned(html: &str) -> String {
    ammonia::Builder::empty()
        .add_tags(TAGS)
        .add_tags(["td", "th", "tbody"])
        .add_tag_attributes("a", ["href"])
        .add_url_schemes(["https", "http", "mailto"])
        .clean_content_tags(["script", "style"].into())
        .link_rel(Some("noopener noreferrer"))
        .clean(html)
        .to_string()
}

/// Text as HTML: an empty line begins a paragraph, and addresses can be followed.
fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
    {
        html.push_str("<p>");
        let lines: Vec<String> = paragraph.lines().map(escaped).collect();
        html.push_str(&lines.join("<br>"));
        html.push_str("</p>\n");
    }
    html
}

/// The text as HTML shows it.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
