//! Lists, their filters and orders, and their cursors.

use super::records::Record;
use super::shapes::SHAPES;
use super::values::NAMES;
use super::world::{Actor, Doing, Place, Seen, World};
use serde_json::Value;
use tests::Kind;

/// What is asked of a list.
enum Filter {
    Nothing,
    Owner(String),
    Status(String),
    Reference(&'static str, String),
    Name(&'static str),
}

/// The order that it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Created { newest_first: bool },
    Changed { newest_first: bool },
    Name,
}

struct Asked {
    filter: Filter,
    from: Option<String>,
    until: Option<String>,
    order: Order,
    query: String,
}

impl Asked {
    fn shows(&self, record: &Record) -> bool {
        let is_meant = match &self.filter {
            Filter::Nothing => true,
            Filter::Owner(user) => record.owner == *user,
            Filter::Status(word) => {
                let status = SHAPES[record.shape].status.as_ref().unwrap();
                record.text(status.field) == Some(word)
            }
            Filter::Reference(field, id) => record.text(field) == Some(id),
            Filter::Name(beginning) => name(record).starts_with(&beginning.to_lowercase()),
        };
        let created = &record.created_at;
        is_meant
            && self.from.as_ref().is_none_or(|from| created >= from)
            && self.until.as_ref().is_none_or(|until| created < until)
    }
}

fn name(record: &Record) -> String {
    record
        .text(SHAPES[record.shape].label)
        .unwrap()
        .to_lowercase()
}

impl World {
    fn asked(&mut self, at: Place) -> Asked {
        let shape = Self::shape(at);
        let filter = match self.random.below(10) {
            0..2 => Filter::Owner(self.random.one(&self.sides[at.side].users())),
            2..4 if shape.status.is_some() => {
                let words = shape.status.as_ref().unwrap().words;
                Filter::Status(self.random.one(words).0.to_owned())
            }
            4..6 => {
                let reference = self.random.pick(shape.references).unwrap();
                let target = Place {
                    shape: reference.target,
                    ..at
                };
                Filter::Reference(reference.field, self.id(target))
            }
            6..8 => Filter::Name(self.random.one(&NAMES)),
            _ => Filter::Nothing,
        };
        let mut query = match &filter {
            Filter::Nothing => String::new(),
            Filter::Owner(user) => format!("&owner_id={user}"),
            Filter::Status(word) => format!("&status={word}"),
            Filter::Reference(field, id) => format!("&reference={field}:{id}"),
            Filter::Name(beginning) => format!("&name_prefix={beginning}"),
        };
        let newest_first = self.random.chance(50);
        let (mut from, mut until) = (None, None);
        let order = match &filter {
            Filter::Name(_) => Order::Name,
            Filter::Nothing if self.random.chance(40) => Order::Changed { newest_first },
            _ => {
                (from, until) = self.times(at);
                Order::Created { newest_first }
            }
        };
        for (parameter, moment) in [("created_from", &from), ("created_until", &until)] {
            if let Some(moment) = moment {
                query.push_str(&format!("&{parameter}={moment}"));
            }
        }
        let minus = if newest_first { "-" } else { "" };
        match order {
            Order::Created { newest_first: true } if self.random.chance(50) => {}
            Order::Created { .. } => query.push_str(&format!("&sort={minus}created_at")),
            Order::Changed { .. } => query.push_str(&format!("&sort={minus}updated_at")),
            Order::Name => {}
        }
        Asked {
            filter,
            from,
            until,
            order,
            query,
        }
    }

    /// Between which moments the records were made.
    fn times(&mut self, at: Place) -> (Option<String>, Option<String>) {
        let all = &self.sides[at.side].projects[at.project].all;
        let mut moment = |percent| {
            let is_asked = self.random.chance(percent);
            let record = self.random.pick(all).filter(|_| is_asked)?;
            Some(record.created_at.clone())
        };
        (moment(20), moment(20))
    }

    pub(super) async fn list(&mut self, at: Place, by: &Actor) {
        let asked = self.asked(at);
        let most = 1 + self.random.below(40);
        let is_backwards =
            matches!((&asked.from, &asked.until), (Some(from), Some(until)) if from >= until);
        // What is a person's own is not listed by what it names.
        let is_unlisted = Self::shape(at).is_own && matches!(asked.filter, Filter::Reference(..));
        let against = by
            .turned_away(Doing::Reads, at)
            .or((is_backwards || is_unlisted).then_some(Kind::InvalidQuery));
        let (mut shown, mut cursor) = (Vec::new(), String::new());
        // Not every list is read to its end.
        let pages = 1 + self.random.below(8);
        let mut is_whole = false;
        for _ in 0..pages {
            let path = format!("{}?limit={most}{}{cursor}", self.path(at), asked.query);
            let answer = self
                .noted(self.cloud.get(&path), &format!("GET {path}"), by)
                .await;
            if let Some(kind) = against {
                answer.assert_problem(kind);
                return;
            }
            let answer = answer.assert_status(200);
            shown.extend(answer.items().clone());
            let Some(next) = answer.json["next_cursor"].as_str() else {
                is_whole = true;
                break;
            };
            assert_eq!(
                answer.items().len(),
                most,
                "a page that is followed is full: {answer}"
            );
            cursor = format!("&cursor={next}");
            let seen = Seen {
                cursor: next.to_owned(),
                by: by.person.clone(),
                at,
                query: asked.query.clone(),
            };
            self.seen.push(seen);
        }
        self.agree(at, by, &asked, &shown, is_whole);
    }

    /// What was shown is what there is, in its order; of a list that was not read to its end, the beginning.
    fn agree(&mut self, at: Place, by: &Actor, asked: &Asked, shown: &[Value], is_whole: bool) {
        let records = self.records(at);
        let mut expected: Vec<&str> = records
            .live(at.shape)
            .into_iter()
            .filter(|record| asked.shows(record))
            .filter(|record| !SHAPES[at.shape].is_own || record.owner == by.person.user_id)
            .map(|record| record.id.as_str())
            .collect();
        let ids: Vec<&str> = shown
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        if let Order::Created { newest_first } = asked.order {
            // An id begins with its time.
            expected.sort_unstable();
            if newest_first {
                expected.reverse();
            }
            let end = if is_whole { expected.len() } else { ids.len() };
            assert_eq!(ids, expected[..end]);
        } else {
            let mut sorted = ids.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), ids.len(), "a record is shown twice");
            assert!(sorted.iter().all(|id| expected.contains(id)), "{ids:?}");
            assert!(
                !is_whole || sorted.len() == expected.len(),
                "{ids:?}, not {expected:?}"
            );
        }
        let key = |item: &Value| match asked.order {
            Order::Name => item[SHAPES[at.shape].label]
                .as_str()
                .unwrap()
                .to_lowercase(),
            _ => item["updated_at"].as_str().unwrap().to_owned(),
        };
        match asked.order {
            Order::Created { .. } => {}
            Order::Changed { newest_first: true } => {
                assert!(shown.is_sorted_by_key(|item| std::cmp::Reverse(key(item))))
            }
            Order::Changed { .. } | Order::Name => assert!(shown.is_sorted_by_key(key)),
        }
        for item in shown {
            let found = records.find(at.shape, item["id"].as_str().unwrap());
            records.all[found.unwrap()].see(&records.id, item);
        }
    }
}
