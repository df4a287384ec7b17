//! The attributes a sender gives a message beside its body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// SQS takes no more than ten.
const MOST: usize = 10;

/// A value with its type, which may have a label of the sender's own: `Number.int`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attribute {
    data_type: String,
    value: AttributeValue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum AttributeValue {
    Text(String),
    Bytes(Vec<u8>),
}

pub(crate) type Attributes = BTreeMap<String, Attribute>;

/// Reads `MessageAttributes`.
pub(crate) fn read(value: Option<&Value>) -> Result<Attributes, String> {
    let given = match value {
        None | Some(Value::Null) => return Ok(Attributes::new()),
        Some(Value::Object(given)) => given,
        Some(_) => return Err("MessageAttributes must be a map".to_owned()),
    };
    if given.len() > MOST {
        return Err(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{MOST}].",
            given.len()
        ));
    }
    given
        .iter()
        .map(|(name, value)| Ok((name.clone(), read_one(name, value)?)))
        .collect()
}

fn read_one(name: &str, value: &Value) -> Result<Attribute, String> {
    let wrong = |what: &str| format!("The message attribute '{name}' {what}");
    let fits = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    if name.is_empty() || name.len() > 256 || !name.chars().all(fits) {
        return Err(wrong("has a name that SQS does not take."));
    }
    let members = value.as_object().ok_or_else(|| wrong("is not a value."))?;
    let known = ["DataType", "StringValue", "BinaryValue"];
    if let Some((unknown, _)) = members
        .iter()
        .find(|(member, value)| !value.is_null() && !known.contains(&member.as_str()))
    {
        return Err(wrong(&format!("has {unknown}, which is not offered here.")));
    }
    let text = |member: &str| {
        members
            .get(member)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let data_type = text("DataType").ok_or_else(|| wrong("must contain a non-empty type."))?;
    let value = match data_type.split('.').next() {
        Some("String" | "Number") => AttributeValue::Text(
            text("StringValue")
                .ok_or_else(|| wrong("must contain a non-empty value."))?
                .to_owned(),
        ),
        Some("Binary") => AttributeValue::Bytes(
            text("BinaryValue")
                .and_then(|text| STANDARD.decode(text).ok())
                .ok_or_else(|| wrong("must contain a non-empty value."))?,
        ),
        _ => return Err(wrong("has a type that is not String, Number or Binary.")),
    };
    Ok(Attribute {
        data_type: data_type.to_owned(),
        value,
    })
}

/// What the attributes count towards the size of a message.
pub(crate) fn size(attributes: &Attributes) -> usize {
    let of_one = |(name, attribute): (&String, &Attribute)| {
        name.len() + attribute.data_type.len() + attribute.bytes().len()
    };
    attributes.iter().map(of_one).sum()
}

/// As `ReceiveMessage` gives them.
pub(crate) fn for_client(attributes: &Attributes) -> Value {
    in_form(attributes, ["DataType", "StringValue", "BinaryValue"])
}

/// As a function's event has them.
pub(crate) fn for_event(attributes: &Attributes) -> Value {
    in_form(attributes, ["dataType", "stringValue", "binaryValue"])
}

fn in_form(attributes: &Attributes, [data_type, text, bytes]: [&str; 3]) -> Value {
    let form = |attribute: &Attribute| {
        let (member, value) = match &attribute.value {
            AttributeValue::Text(value) => (text, value.clone()),
            AttributeValue::Bytes(value) => (bytes, STANDARD.encode(value)),
        };
        json!({data_type: attribute.data_type, member: value})
    };
    let all = attributes
        .iter()
        .map(|(name, attribute)| (name.clone(), form(attribute)));
    Value::Object(all.collect::<Map<_, _>>())
}

impl Attribute {
    fn bytes(&self) -> &[u8] {
        match &self.value {
            AttributeValue::Text(text) => text.as_bytes(),
            AttributeValue::Bytes(bytes) => bytes,
        }
    }
}

/// The checksum over all attributes, by which a client sees that they arrived whole.
pub(crate) fn md5(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut text = Vec::new();
    for (name, attribute) in attributes {
        let transport = match attribute.value {
            AttributeValue::Text(_) => 1,
            AttributeValue::Bytes(_) => 2,
        };
        add(&mut text, name.as_bytes());
        add(&mut text, attribute.data_type.as_bytes());
        text.push(transport);
        add(&mut text, attribute.bytes());
    }
    Some(format!("{:x}", md5::compute(text)))
}

fn add(text: &mut Vec<u8>, part: &[u8]) {
    // No part is longer than a message, which is far from that.
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    text.extend(length.to_be_bytes());
    text.extend(part);
}
