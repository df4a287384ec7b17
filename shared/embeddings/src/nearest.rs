//! The best of many, without keeping the rest.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The few that are nearest of all that are shown to it.
#[derive(Debug)]
pub struct Nearest<T> {
    most: usize,
    kept: BinaryHeap<Reverse<Scored<T>>>,
}

#[derive(Debug)]
struct Scored<T> {
    score: f32,
    what: T,
}

impl<T: Ord> Nearest<T> {
    /// Keeps so many at most.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            kept: BinaryHeap::with_capacity(most.saturating_add(1)),
        }
    }

    /// Looks at one more. Of two that are as near, the lesser is kept.
    pub fn show(&mut self, score: f32, what: T) {
        self.kept.push(Reverse(Scored { score, what }));
        if self.kept.len() > self.most {
            self.kept.pop();
        }
    }

    /// Looks at all that another one has kept.
    pub fn join(&mut self, other: Self) {
        for Reverse(one) in other.kept {
            self.show(one.score, one.what);
        }
    }

    /// Those that are kept, the nearest first.
    pub fn into_vec(self) -> Vec<T> {
        let kept = self.kept.into_sorted_vec().into_iter();
        kept.map(|Reverse(one)| one.what).collect()
    }
}

impl<T: Ord> Ord for Scored<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then_with(|| other.what.cmp(&self.what))
    }
}

impl<T: Ord> PartialOrd for Scored<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Scored<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Ord> Eq for Scored<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_in_their_order() {
        let (mut left, mut right) = (Nearest::new(3), Nearest::new(3));
        for (score, what) in [(0.1, 'a'), (0.9, 'b'), (0.5, 'd'), (0.2, 'e')] {
            left.show(score, what);
        }
        for (score, what) in [(0.5, 'c'), (-0.3, 'f'), (0.4, 'g')] {
            right.show(score, what);
        }
        left.join(right);
        assert_eq!(left.into_vec(), ['b', 'c', 'd']);
    }
}
