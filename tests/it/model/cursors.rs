//! Cursors, taken up by whoever and wherever.

use super::shapes::SHAPES;
use super::world::World;
use tests::Kind;

impl World {
    /// A cursor goes on for the one who got it, where and as they got it, and for nobody else.
    pub(super) async fn take_up_a_cursor(&mut self) {
        if self.seen.is_empty() {
            return;
        }
        let seen = self.seen.swap_remove(self.random.below(self.seen.len()));
        let (mut by, mut at, mut query, mut cursor) = (
            seen.by.clone(),
            seen.at,
            seen.query.clone(),
            seen.cursor.clone(),
        );
        let way = self.random.below(7);
        match way {
            0 => {
                // Somebody else who sees the same list.
                let others = self.sides[at.side].people.iter().take(2);
                let mut others = others.map(|(_, person)| person);
                let other = others.find(|person| person.user_id != by.user_id);
                by = other.unwrap().clone();
            }
            1 => {
                at.side = 1 - at.side;
                by = self.sides[at.side].tenant.owner.clone();
                if query.contains("reference=") || query.contains("owner_id=") {
                    query = String::new();
                }
            }
            2 => {
                let owner = &self.sides[at.side].tenant.owner;
                if by.user_id != owner.user_id {
                    return;
                }
                at.project = 1 - at.project;
            }
            3 if !query.contains("status=") && !query.contains("reference=") => {
                at.shape = (at.shape + 1) % SHAPES.len();
            }
            4 => {
                query = if query.is_empty() {
                    "&sort=created_at".to_owned()
                } else {
                    String::new()
                }
            }
            5 => {
                let mut bytes = cursor.into_bytes();
                let place = self.random.below(bytes.len());
                bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
                cursor = String::from_utf8(bytes).unwrap();
            }
            _ => {}
        }
        let is_same = (&by.user_id, at, &query, &cursor)
            == (&seen.by.user_id, seen.at, &seen.query, &seen.cursor);
        let path = format!("{}?limit=5{query}&cursor={cursor}", self.path(at));
        self.note(format!("GET {path} by {}, way {way}", by.user_id));
        let answer = self.cloud.get(&path).as_(&by).await;
        if is_same {
            answer.assert_status(200);
        } else {
            answer.assert_problem(Kind::InvalidCursor);
        }
    }
}
