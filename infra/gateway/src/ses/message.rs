//! A message, and how it is read from a request.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// AWS's limit on the recipients of one message.
const MAX_RECIPIENTS: usize = 50;
const MEMBERS: [&str; 6] = [
    "FromEmailAddress",
    "Destination",
    "ReplyToAddresses",
    "Content",
    "EmailTags",
    "ConfigurationSetName",
];

/// A message that would have been sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The id the sender was given.
    pub id: String,
    /// When, in UTC.
    pub time: String,
    /// The sender, as given: perhaps with a display name.
    pub from: String,
    /// The recipients.
    pub to: Vec<String>,
    /// The recipients of copies.
    pub cc: Vec<String>,
    /// The recipients the others do not see.
    pub bcc: Vec<String>,
    /// Where replies go.
    pub reply_to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The body as HTML.
    pub html: Option<String>,
    /// The body as text.
    pub text: Option<String>,
    /// The configuration set.
    pub configuration_set: Option<String>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
}

/// The bare address of `Name <address>`.
pub(super) fn address_of(text: &str) -> &str {
    text.rsplit_once('<')
        .and_then(|(_, rest)| rest.strip_suffix('>'))
        .unwrap_or(text)
        .trim()
}

/// Reads the body of a request; what is not kept is refused.
pub(super) fn read(body: &Map<String, Value>) -> Result<Message, String> {
    only(body, &MEMBERS)?;
    let content = object(body.get("Content"), "Content")?;
    only(content, &["Simple"])?;
    let simple = object(content.get("Simple"), "Content.Simple")?;
    only(simple, &["Subject", "Body", "Headers"])?;
    let parts = object(simple.get("Body"), "Content.Simple.Body")?;
    only(parts, &["Html", "Text"])?;
    let destination = object(body.get("Destination"), "Destination")?;
    only(destination, &["ToAddresses", "CcAddresses", "BccAddresses"])?;
    let message = Message {
        from: text(body.get("FromEmailAddress")).ok_or("FromEmailAddress is missing")?,
        to: texts(destination.get("ToAddresses"))?,
        cc: texts(destination.get("CcAddresses"))?,
        bcc: texts(destination.get("BccAddresses"))?,
        reply_to: texts(body.get("ReplyToAddresses"))?,
        subject: data(simple.get("Subject"))?.ok_or("Content.Simple.Subject is missing")?,
        html: data(parts.get("Html"))?,
        text: data(parts.get("Text"))?,
        configuration_set: text(body.get("ConfigurationSetName")),
        tags: pairs(body.get("EmailTags"))?,
        headers: pairs(simple.get("Headers"))?,
        ..Message::default()
    };
    let recipients = message.to.len() + message.cc.len() + message.bcc.len();
    if recipients == 0 || recipients > MAX_RECIPIENTS {
        return Err(format!(
            "a message needs 1 to {MAX_RECIPIENTS} recipients, not {recipients}"
        ));
    }
    if message.html.is_none() && message.text.is_none() {
        return Err("a message needs a body".to_owned());
    }
    // A line break in an address or subject would let a sender add headers.
    let lines = std::iter::once(&message.subject)
        .chain(std::iter::once(&message.from))
        .chain(&message.to)
        .chain(&message.cc)
        .chain(&message.bcc)
        .chain(&message.reply_to);
    if lines.into_iter().any(|line| line.contains(['\r', '\n'])) {
        return Err("an address or the subject has a line break".to_owned());
    }
    if let Some(bad) = message
        .to
        .iter()
        .chain(&message.cc)
        .chain(&message.bcc)
        .find(|recipient| !address_of(recipient).contains('@'))
    {
        return Err(format!("the recipient {bad:?} is not an address"));
    }
    Ok(message)
}

fn only(object: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match object
        .iter()
        .find(|(name, value)| !value.is_null() && !known.contains(&name.as_str()))
    {
        Some((unknown, _)) => Err(format!(
            "the member {unknown} is not offered by the local gateway"
        )),
        None => Ok(()),
    }
}

fn object<'a>(value: Option<&'a Value>, name: &str) -> Result<&'a Map<String, Value>, String> {
    value
        .and_then(Value::as_object)
        .ok_or_else(|| format!("{name} is missing"))
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// The `Data` of a part that also names its character set.
fn data(value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(part) => part
            .get("Data")
            .and_then(Value::as_str)
            .map(|data| Some(data.to_owned()))
            .ok_or_else(|| "a part of the message has no Data".to_owned()),
    }
}

fn texts(value: Option<&Value>) -> Result<Vec<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|item| {
                text(Some(item))
                    .ok_or_else(|| "a list of addresses has something else in it".to_owned())
            })
            .collect(),
        Some(_) => Err("addresses must be a list".to_owned()),
    }
}

fn pairs(value: Option<&Value>) -> Result<BTreeMap<String, String>, String> {
    let list = match value {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(value) => value.as_array().ok_or("tags and headers must be lists")?,
    };
    list.iter()
        .map(
            |pair| match (text(pair.get("Name")), text(pair.get("Value"))) {
                (Some(name), Some(value)) => Ok((name, value)),
                _ => Err("a tag or header needs a Name and a Value".to_owned()),
            },
        )
        .collect()
}
