//! Items read straight from an answer into what they were stored from.
//!
//! The SDK makes a map of each item and an enum of each value, from which `serde_dynamo` then reads: half of what a record
//! of a list cost. What is written goes through both, and so does what is read to be looked at as it is stored.
//!
//! In an answer each value names its type, `{"S": "text"}`; source: DynamoDB developer guide, "Data type descriptors".

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;

/// An item, as what it was stored from.
#[derive(Debug)]
pub(crate) struct Item<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let attributes = Typed(Type::M, deserializer);
        T::deserialize(attributes).map(Item)
    }
}

/// What a value says that it is.
#[derive(Clone, Copy, Deserialize)]
enum Type {
    S,
    N,
    B,
    #[serde(rename = "BOOL")]
    Bool,
    #[serde(rename = "NULL")]
    Null,
    M,
    L,
    #[serde(rename = "SS")]
    Strings,
    #[serde(rename = "NS")]
    Numbers,
    #[serde(rename = "BS")]
    Binaries,
}

/// What is behind the name of a type.
struct Typed<D>(Type, D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Typed<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Self(kind, inner) = self;
        match kind {
            Type::S => inner.deserialize_str(visitor),
            Type::N => inner.deserialize_str(Number(visitor)),
            Type::B => inner.deserialize_str(Binary(visitor)),
            Type::Bool => inner.deserialize_bool(visitor),
            Type::Null => {
                IgnoredAny::deserialize(inner)?;
                visitor.visit_unit()
            }
            Type::M => inner.deserialize_map(Map(visitor)),
            Type::L => inner.deserialize_seq(List(visitor, None)),
            Type::Strings => inner.deserialize_seq(visitor),
            Type::Numbers => inner.deserialize_seq(List(visitor, Some(Type::N))),
            Type::Binaries => inner.deserialize_seq(List(visitor, Some(Type::B))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        match self.0 {
            Type::Null => {
                IgnoredAny::deserialize(self.1)?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        match self.0 {
            Type::S => self.1.deserialize_str(Variant(visitor)),
            _ => self.deserialize_any(Variant(visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.1.deserialize_ignored_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// What is in the place of a value: an object with the name of its type, or, in a set, what such a name would stand before.
struct Value<S>(S, Option<Type>);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Value<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        match self.1 {
            Some(kind) => self.0.deserialize(Typed(kind, deserializer)),
            None => deserializer.deserialize_map(self),
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Value<S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<S::Value, A::Error> {
        let kind = object.next_key()?;
        let kind = kind.ok_or_else(|| A::Error::custom("a value names no type"))?;
        let value = object.next_value_seed(Value(self.0, Some(kind)))?;
        match object.next_key::<IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::custom("a value names two types")),
        }
    }
}

/// The entries of a map, whose values name their types.
struct Map<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Map<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Entries(map))
    }
}

struct Entries<A>(A);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Value(seed, None))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// The elements of a list, or of a set, which names the type of all of them.
struct List<V>(V, Option<Type>);

impl<'de, V: Visitor<'de>> Visitor<'de> for List<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Elements(elements, self.1))
    }
}

struct Elements<A>(A, Option<Type>);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Value(seed, self.1))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// A number, which is sent as text.
struct Number<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Number<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if let Ok(number) = text.parse() {
            return self.0.visit_u64(number);
        }
        if let Ok(number) = text.parse() {
            return self.0.visit_i64(number);
        }
        let number = text.parse();
        self.0
            .visit_f64(number.map_err(|_| E::custom("a number can't be read"))?)
    }
}

/// Bytes, which are sent in base64.
struct Binary<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Binary<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        let bytes = BASE64_STANDARD.decode(text).map_err(E::custom)?;
        self.0.visit_byte_buf(bytes)
    }
}

/// One of an enum's: its name, or an object of its name and what it holds.
struct Variant<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Variant<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        self.0.visit_enum(StrDeserializer::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
#[path = "item_tests.rs"]
mod tests;
