#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::*;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};

/// A value as DynamoDB sends it.
fn sent(value: &AttributeValue) -> Json {
    let base64 = |bytes: &Blob| BASE64_STANDARD.encode(bytes);
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::B(bytes) => json!({"B": base64(bytes)}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::M(map) => {
            let entries = map.iter().map(|(name, value)| (name.clone(), sent(value)));
            json!({"M": entries.collect::<serde_json::Map<_, _>>()})
        }
        AttributeValue::L(list) => json!({"L": list.iter().map(sent).collect::<Vec<_>>()}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::Bs(all) => json!({"BS": all.iter().map(base64).collect::<Vec<_>>()}),
        other => panic!("{other:?}"),
    }
}

fn read<T: serde::de::DeserializeOwned>(sent: &Json) -> serde_json::Result<T> {
    serde_json::from_str::<Item<T>>(&sent.to_string()).map(|Item(item)| item)
}

/// Whatever can be stored.
fn any_value() -> impl Strategy<Value = AttributeValue> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        (-1e9..1e9_f64).prop_map(|number| number.to_string()),
    ];
    let leaf = prop_oneof![
        ".*".prop_map(AttributeValue::S),
        number.clone().prop_map(AttributeValue::N),
        any::<Vec<u8>>().prop_map(|bytes| AttributeValue::B(Blob::new(bytes))),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        prop::collection::vec(".*", 1..4).prop_map(AttributeValue::Ss),
        prop::collection::vec(number, 1..4).prop_map(AttributeValue::Ns),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(AttributeValue::L),
            prop::collection::hash_map(".*", inner, 0..6).prop_map(AttributeValue::M),
        ]
    })
}

#[derive(Debug, PartialEq, Deserialize)]
struct Everything {
    text: String,
    whole: u32,
    below: i64,
    fraction: f64,
    is: bool,
    maybe: Option<u8>,
    none: Option<String>,
    #[serde(default)]
    left_out: Option<String>,
    kind: Named,
    holding: Named,
    transparent: Wrapped,
    list: Vec<Option<i64>>,
    set: BTreeSet<String>,
    numbers: Vec<u64>,
    map: HashMap<String, f64>,
    bytes: Bytes,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    Plain,
    Holding { inside: String },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapped(u64);

#[derive(Debug, PartialEq)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Owned;
        impl Visitor<'_> for Owned {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Owned)
    }
}

fn everything() -> Json {
    json!({
        "text": {"S": "a \"quoted\" \\ ü"}, "whole": {"N": "7"}, "below": {"N": "-7"}, "fraction": {"N": "3"},
        "is": {"BOOL": true}, "maybe": {"N": "8"}, "none": {"NULL": true}, "kind": {"S": "plain"},
        "holding": {"M": {"holding": {"M": {"inside": {"S": "x"}}}}}, "transparent": {"N": "18446744073709551615"},
        "list": {"L": [{"N": "1"}, {"NULL": true}]}, "set": {"SS": ["b", "a"]}, "numbers": {"NS": ["2", "1"]},
        "map": {"M": {"a": {"N": "1.5"}, "b": {"N": "1E+2"}}}, "bytes": {"B": "AQI="}, "unknown": {"BS": ["AQI="]},
    })
}

#[test]
fn an_item_is_read_as_what_it_was_stored_from() {
    let read: Everything = read(&everything()).unwrap();
    let expected = Everything {
        text: "a \"quoted\" \\ ü".to_owned(),
        whole: 7,
        below: -7,
        fraction: 3.0,
        is: true,
        maybe: Some(8),
        none: None,
        left_out: None,
        kind: Named::Plain,
        holding: Named::Holding {
            inside: "x".to_owned(),
        },
        transparent: Wrapped(u64::MAX),
        list: vec![Some(1), None],
        set: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
        numbers: vec![2, 1],
        map: HashMap::from([("a".to_owned(), 1.5), ("b".to_owned(), 100.0)]),
        bytes: Bytes(vec![1, 2]),
    };
    assert_eq!(read, expected);
}

#[test]
fn what_is_no_item_is_an_error() {
    for (name, value) in [
        ("text", json!({"N": "7"})),
        ("text", json!("bare")),
        ("text", json!({})),
        ("text", json!({"S": "a", "N": "1"})),
        ("text", json!({"X": "a"})),
        ("whole", json!({"N": "-1"})),
        ("whole", json!({"N": "seven"})),
        ("whole", json!({"S": "7"})),
        ("kind", json!({"S": "unknown"})),
        ("bytes", json!({"B": "?"})),
        ("list", json!({"L": {"N": "1"}})),
    ] {
        let mut item = everything();
        *item.pointer_mut(&format!("/{name}")).unwrap() = value;
        let read = read::<Everything>(&item);
        assert!(read.is_err(), "{item}: {read:?}");
    }
    assert!(read::<Everything>(&json!([])).is_err());
}

proptest! {
    /// The same as the SDK and `serde_dynamo` read, of any item. Neither orders a map.
    #[test]
    fn an_item_says_the_same_either_way(
        item in prop::collection::hash_map(".*", any_value(), 0..8),
    ) {
        let stored: HashMap<String, AttributeValue> = item.clone();
        let expected: HashMap<String, Content> = serde_dynamo::from_item(stored).unwrap();
        let wire = item.iter().map(|(name, value)| (name.clone(), sent(value)));
        let wire = Json::Object(wire.collect());
        prop_assert_eq!(read::<HashMap<String, Content>>(&wire).unwrap(), expected);
    }
}

/// Whatever was read, by what the reader calls it.
#[derive(Debug, PartialEq)]
enum Content {
    Text(String),
    Number(f64),
    Bytes(Vec<u8>),
    Bool(bool),
    Null,
    List(Vec<Content>),
    Map(HashMap<String, Content>),
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Content;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
                Ok(Content::Text(text.to_owned()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Content, E> {
                Ok(Content::Number(number as f64))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Content, E> {
                Ok(Content::Number(number as f64))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Content, E> {
                Ok(Content::Number(number))
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Content, E> {
                Ok(Content::Bytes(bytes.to_owned()))
            }
            fn visit_bool<E: Error>(self, is: bool) -> Result<Content, E> {
                Ok(Content::Bool(is))
            }
            fn visit_unit<E: Error>(self) -> Result<Content, E> {
                Ok(Content::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Content, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = elements.next_element()? {
                    list.push(element);
                }
                Ok(Content::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
                let mut map = HashMap::new();
                while let Some((name, value)) = entries.next_entry()? {
                    map.insert(name, value);
                }
                Ok(Content::Map(map))
            }
        }
        deserializer.deserialize_any(Any)
    }
}
