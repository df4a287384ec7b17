//! A byte for each number.

use crate::Embedding;

/// An embedding at a byte a number: enough to find what may be nearest.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantised {
    numbers: Vec<i8>,
    /// 1 over its length.
    scale: f32,
}

impl Quantised {
    /// Of an embedding: its largest number becomes 127, up or down.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no number is larger than the largest"
    )]
    pub fn of(embedding: &Embedding) -> Self {
        let largest = embedding.0.iter().fold(0_f32, |most, n| most.max(n.abs()));
        let step = 127.0 / f64::from(largest);
        let numbers = embedding.0.iter().map(|n| (f64::from(*n) * step).round());
        let numbers: Vec<i8> = numbers.map(|number| number as i8).collect();
        let square: f64 = numbers.iter().map(|n| f64::from(*n) * f64::from(*n)).sum();
        Self {
            numbers,
            scale: (1.0 / square.sqrt()) as f32,
        }
    }

    /// As it is stored: the scale, then a byte for each number.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = self.numbers.iter().flat_map(|number| number.to_le_bytes());
        self.scale
            .to_le_bytes()
            .into_iter()
            .chain(numbers)
            .collect()
    }

    /// The numbers of what is stored in these bytes. They have its direction, and not its length.
    pub fn numbers(stored: &[u8]) -> Option<Vec<f32>> {
        let (_, numbers) = stored.split_first_chunk::<4>()?;
        let numbers = numbers.iter().map(|byte| i8::from_le_bytes([*byte]));
        Some(numbers.map(f32::from).collect())
    }

    /// About the cosine of the angle to what is stored in these bytes, where it has as many numbers.
    pub fn cosine(&self, stored: &[u8]) -> Option<f32> {
        let (scale, numbers) = stored.split_first_chunk::<4>()?;
        if numbers.len() != self.numbers.len() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
        let dot = dot(&self.numbers, numbers) as f32;
        Some(dot * self.scale * f32::from_le_bytes(*scale))
    }
}

/// Each product fits into 16 bits and all of them into 32, for which every machine has an instruction.
fn dot(left: &[i8], right: &[u8]) -> i32 {
    let right = right.iter().map(|byte| i8::from_le_bytes([*byte]));
    let products = left.iter().zip(right);
    products
        .map(|(l, r)| i32::from(i16::from(*l) * i16::from(r)))
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::MOST_NUMBERS;

    /// Numbers that look like chance and are the same each time.
    fn numbers(seed: u64, count: usize) -> Vec<f64> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1_u32 << 23) - 1.0
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn the_estimate_is_near_the_truth() {
        for count in [1, 3, 64, 1536, MOST_NUMBERS] {
            for seed in 1..20 {
                let one = Embedding::new(&numbers(seed, count)).unwrap();
                let other = Embedding::new(&numbers(seed + 100, count)).unwrap();
                let stored = Quantised::of(&other).to_bytes();
                assert_eq!(stored.len(), count + 4);
                let estimate = f64::from(Quantised::of(&one).cosine(&stored).unwrap());
                let truth = one.cosine(&other);
                assert!(
                    (estimate - truth).abs() < 0.01,
                    "{count}: {estimate}, {truth}"
                );
            }
        }
    }

    #[test]
    fn the_largest_and_the_smallest_numbers_have_a_direction() {
        for size in [1e-45, 1e-30, 3e38] {
            let one = Embedding::new(&vec![size; MOST_NUMBERS]).unwrap();
            let stored = Quantised::of(&one).to_bytes();
            let estimate = Quantised::of(&one).cosine(&stored).unwrap();
            assert!((estimate - 1.0).abs() < 1e-3, "{size}: {estimate}");
        }
    }

    #[test]
    fn what_has_another_dimension_is_not_compared() {
        let one = Quantised::of(&Embedding::new(&[1.0, 2.0]).unwrap());
        let other = Quantised::of(&Embedding::new(&[1.0]).unwrap());
        assert_eq!(one.cosine(&other.to_bytes()), None);
        assert_eq!(one.cosine(&[1, 2]), None);
    }
}
