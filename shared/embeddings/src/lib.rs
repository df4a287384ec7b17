//! The arithmetic of embeddings: how near one passage's meaning is to another's.
//!
//! A search looks at every vector of a project twice. The first look is at a byte for each number ([`Quantised`]), which is
//! a quarter to be read, and whole numbers, which the compiler turns into vector instructions of whatever machine it builds
//! for; the second is exact, at the few that were nearest. A crate of its own, so that it alone is built for speed.

mod nearest;
mod quantised;

pub use nearest::Nearest;
pub use quantised::Quantised;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The most numbers that an embedding can have.
pub const MOST_NUMBERS: usize = 4096;

/// A passage's place in the space of meanings. It has a direction: not all its numbers are 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(Vec<f32>);

impl Embedding {
    /// The embedding of these numbers.
    ///
    /// # Errors
    /// When there are none or too many, when one is too large, or all are 0: what is wrong, in a sentence.
    pub fn new(numbers: &[f64]) -> Result<Self, String> {
        if numbers.is_empty() || numbers.len() > MOST_NUMBERS {
            return Err(format!("is not a list of 1 to {MOST_NUMBERS} numbers"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what is beyond f32 is refused below"
        )]
        let single: Vec<f32> = numbers.iter().map(|number| *number as f32).collect();
        if let Some(at) = single.iter().position(|number| !number.is_finite()) {
            return Err(format!(
                "has at {at} a number that is not between -3.4e38 and 3.4e38"
            ));
        }
        match single.iter().any(|number| *number != 0.0) {
            true => Ok(Self(single)),
            false => Err("has no direction: all its numbers are 0".to_owned()),
        }
    }

    /// The numbers.
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// How many numbers it has.
    pub fn dimension(&self) -> usize {
        self.0.len()
    }

    /// As it is stored: four bytes for each number, the lowest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.0.iter().flat_map(|number| number.to_le_bytes());
        bytes.collect()
    }

    /// What is stored in these bytes, if it is an embedding.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        let numbers: Vec<f32> = numbers.iter().map(|n| f32::from_le_bytes(*n)).collect();
        let is_one = rest.is_empty() && numbers.iter().any(|number| *number != 0.0);
        is_one.then_some(Self(numbers))
    }

    /// The cosine of the angle between the two, from -1 to 1: how near their meanings are. 0 where they have not as many
    /// numbers.
    pub fn cosine(&self, other: &Self) -> f64 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        let cosine = dot(&self.0, &other.0) / (self.length() * other.length());
        cosine.clamp(-1.0, 1.0)
    }

    fn length(&self) -> f64 {
        dot(&self.0, &self.0).sqrt()
    }
}

fn dot(left: &[f32], right: &[f32]) -> f64 {
    let pairs = left.iter().zip(right);
    pairs.map(|(l, r)| f64::from(*l) * f64::from(*r)).sum()
}

impl<'de> Deserialize<'de> for Embedding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<f64>::deserialize(deserializer)?;
        Self::new(&numbers).map_err(D::Error::custom)
    }
}

impl JsonSchema for Embedding {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Embedding".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": {"type": "number"},
            "minItems": 1,
            "maxItems": MOST_NUMBERS,
            "examples": [[0.12, -0.4, 0.07]],
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn what_has_no_direction_or_no_end_is_refused() {
        for wrong in [
            vec![],
            vec![0.0; 3],
            vec![1e39],
            vec![1e-50, 0.0],
            vec![f64::NAN],
            vec![1.0; MOST_NUMBERS + 1],
        ] {
            assert!(Embedding::new(&wrong).is_err(), "{} numbers", wrong.len());
        }
        assert!(Embedding::new(&vec![1.0; MOST_NUMBERS]).is_ok());
    }

    #[test]
    fn it_is_stored_and_read_back() {
        let embedding = Embedding::new(&[0.1, -2.5, 3e38]).unwrap();
        let bytes = embedding.to_bytes();
        assert_eq!(bytes.len(), 12);
        assert_eq!(Embedding::from_bytes(&bytes), Some(embedding));
        for wrong in [&[][..], &[0; 4], &bytes[..11]] {
            assert_eq!(Embedding::from_bytes(wrong), None);
        }
    }

    #[test]
    fn only_the_direction_counts() {
        let one = Embedding::new(&[3.0, 4.0]).unwrap();
        let cosine = |numbers: &[f64]| one.cosine(&Embedding::new(numbers).unwrap());
        assert!((cosine(&[3e30, 4e30]) - 1.0).abs() < 1e-12);
        assert!((cosine(&[-3.0, -4.0]) + 1.0).abs() < 1e-12);
        assert!(cosine(&[4.0, -3.0]).abs() < 1e-12);
        assert!((cosine(&[1.0, 0.0]) - 0.6).abs() < 1e-12);
    }
}
