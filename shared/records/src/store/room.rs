//! How much of a transaction its records take.

use crate::record::StoredRecord;
use tenant_context::idempotency::LARGEST_ANSWER;

/// How many bytes the records of one transaction may come to. DynamoDB takes 4 MB; the rest is for what is not counted: keys and
/// index entries of the records, and the small items beside them. What is large and not counted, such as a large record that is
/// named and counts it, can still make a transaction too large: then DynamoDB itself refuses it.
const MOST: usize = 3_800_000;

/// About how many bytes of a transaction a record takes: its fields.
pub(super) fn bytes_of(record: &StoredRecord) -> usize {
    serde_json::to_vec(&record.fields).map_or(0, |text| text.len())
}

/// The same for one that is deleted. It is in the transaction twice: where it was, and where it can be restored from.
pub(super) fn bytes_moved(record: &StoredRecord) -> usize {
    2 * bytes_of(record)
}

/// The room that a transaction has for records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    most: usize,
    taken: usize,
}

impl Room {
    /// All that there is.
    pub(super) fn whole() -> Self {
        Self {
            most: MOST,
            taken: 0,
        }
    }

    /// What is left beside the answer of a request that can be repeated, which is kept in the same transaction. How large it
    /// is, is known only when it is made.
    pub(super) fn beside_an_answer() -> Self {
        Self {
            most: MOST - LARGEST_ANSWER,
            taken: 0,
        }
    }

    /// Half of it, as yet untaken: for a transaction that DynamoDB has found too large.
    pub(super) fn half(self) -> Self {
        Self {
            most: self.most / 2,
            taken: 0,
        }
    }

    /// Whether it is all that there is.
    pub(super) fn is_whole(self) -> bool {
        self.most == MOST
    }

    /// Takes so many bytes of it, and says whether there were as many: if not, nothing is taken.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let taken = self.taken.saturating_add(bytes);
        let fits = taken <= self.most;
        if fits {
            self.taken = taken;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About the largest record.
    const LARGE: usize = 390_000;

    /// How many of this size have room.
    fn fit(mut room: Room, bytes: usize) -> usize {
        std::iter::repeat_with(|| room.take(bytes))
            .take(100)
            .filter(|fits| *fits)
            .count()
    }

    #[test]
    fn large_records_have_room_for_as_many_as_a_transaction_takes() {
        assert_eq!(fit(Room::whole(), LARGE), 9);
        assert_eq!(fit(Room::whole(), 200_000), 19);
        assert_eq!(fit(Room::whole(), 1_000), 100);
        // What is deleted is in it twice, and leaves room for fewer that name it.
        let mut room = Room::whole();
        assert!(room.take(2 * LARGE));
        assert_eq!(fit(room, LARGE), 7);
    }

    #[test]
    fn what_does_not_fit_takes_nothing_and_the_last_byte_can_be_taken() {
        let mut room = Room::whole();
        assert!(room.take(MOST - 1));
        assert!(!room.take(2) && !room.take(usize::MAX));
        assert!(room.take(1) && !room.take(1));
        assert!(room.take(0));
    }

    #[test]
    fn with_a_kept_answer_it_stays_below_what_dynamodb_takes() {
        let mut room = Room::beside_an_answer();
        assert!(!room.take(MOST - LARGEST_ANSWER + 1));
        assert!(room.take(MOST - LARGEST_ANSWER));
        assert!(!room.is_whole() && Room::whole().is_whole());
    }

    #[test]
    fn half_the_room_is_untaken_and_smaller_each_time() {
        let mut room = Room::whole();
        assert!(room.take(MOST));
        let mut half = room.half();
        assert!(!half.is_whole() && half.take(MOST / 2) && !half.take(1));
        let quarter = half.half();
        assert_eq!(fit(quarter, LARGE), 2);
    }
}
