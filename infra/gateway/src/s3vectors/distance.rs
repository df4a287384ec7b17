//! How far two vectors are apart, and how a vector's numbers are kept.

/// The distance that an index is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    Euclidean,
    Cosine,
}

impl Metric {
    /// As the API has them.
    pub(super) const NAMES: [&'static str; 2] = ["euclidean", "cosine"];

    /// The metric of one of these names.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "cosine" => Self::Cosine,
            _ => Self::Euclidean,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Euclidean => "euclidean",
            Self::Cosine => "cosine",
        }
    }

    /// From the one asked for to one that is kept; the smaller, the closer.
    pub(super) fn distance(self, asked: &[f32], kept: &[u8]) -> f32 {
        let pairs = asked.iter().copied().zip(floats(kept));
        let pairs = pairs.map(|(one, other)| (f64::from(one), f64::from(other)));
        let distance = match self {
            Self::Euclidean => pairs
                .fold(0.0, |sum, (one, other)| sum + (one - other) * (one - other))
                .sqrt(),
            Self::Cosine => {
                let (product, asked, kept) = pairs.fold((0.0, 0.0, 0.0), |sums, (one, other)| {
                    let (product, asked, kept) = sums;
                    (
                        product + one * other,
                        asked + one * one,
                        kept + other * other,
                    )
                });
                // Rounding could take it below the distance of a vector from itself.
                (1.0 - product / (asked.sqrt() * kept.sqrt())).clamp(0.0, 2.0)
            }
        };
        distance as f32
    }
}

/// Numbers as they are kept: 32 bits each, the least significant byte first.
pub(super) fn blob(numbers: &[f32]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    bytes.collect()
}

/// The numbers that were kept.
pub(super) fn floats(blob: &[u8]) -> impl Iterator<Item = f32> {
    let (numbers, _) = blob.as_chunks::<4>();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_textbook() {
        let distance =
            |metric: Metric, one: &[f32], other: &[f32]| metric.distance(one, &blob(other));
        for (one, other, cosine, euclidean) in [
            ([1.0, 0.0], [2.0, 0.0], 0.0, 1.0),
            ([1.0, 0.0], [0.0, 1.0], 1.0, std::f32::consts::SQRT_2),
            ([1.0, 0.0], [-1.0, 0.0], 2.0, 2.0),
            ([3.0, 4.0], [3.0, 4.0], 0.0, 0.0),
            ([0.0, 3.0], [4.0, 0.0], 1.0, 5.0),
        ] {
            assert!((distance(Metric::Cosine, &one, &other) - cosine).abs() < 1e-6);
            assert!((distance(Metric::Euclidean, &one, &other) - euclidean).abs() < 1e-6);
        }
        // Numbers whose squares are no 32-bit numbers.
        let (small, large) = ([1e-30, 1e-30], [1e30, 1e30]);
        assert!(distance(Metric::Cosine, &small, &large) < 1e-6);
    }

    #[test]
    fn numbers_come_back_as_they_were_kept() {
        let numbers = [0.1, -0.0, f32::MAX, f32::MIN_POSITIVE, 1e-45];
        let kept: Vec<f32> = floats(&blob(&numbers)).collect();
        assert_eq!(kept, numbers);
        assert_eq!(blob(&[1.0]), [0, 0, 128, 63]);
    }
}
