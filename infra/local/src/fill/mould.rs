//! The items of one tenant, of which those of others are cast.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gateway::{Gateway, GatewayError};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Where items stand.
pub(super) const TABLES: [&str; 2] = ["TenantTable", "DirectoryTable"];
/// The bits of an id that differ from tenant to tenant: random ones. What goes before them is the id's time; of the last
/// byte some keys are made.
const VARIED: u128 = 0x003f_ffff_ffff_ff00;
/// Any odd number gives each number another one, up to 2^46.
const SPREAD: u128 = 0x9e37_79b9_7f4b;

pub(super) struct Mould {
    run: String,
    /// By table.
    patterns: [Vec<Pattern>; 2],
}

/// An item.
struct Pattern {
    pieces: Vec<Piece>,
    /// Whether it belongs to a group of records, of which a tenant has many.
    is_record: bool,
}

/// A part of an item's JSON.
enum Piece {
    Text(String),
    Slug,
    /// An id, hyphenated or in 22 letters; whether a record's, which differs from group to group.
    Id {
        id: Uuid,
        is_short: bool,
        is_record: bool,
    },
}

/// A tenant's short name; that of the first, which the product made, is number 0.
pub(super) fn slug(run: &str, number: usize) -> String {
    format!("{run}-{number:07}")
}

impl Mould {
    /// From the items of the tenant with the first slug of this run.
    pub(super) fn take(gateway: &Gateway, run: String) -> Result<Self, GatewayError> {
        let first = slug(&run, 0);
        let mut found = [Vec::new(), Vec::new()];
        let mut owned = BTreeSet::from([first.clone()]);
        let tables = TABLES.map(|table| gateway.dump(table));
        let [tenants, directory] = tables;
        let tables = [tenants?, directory?];
        // Whose they are: the tenant is named by its slug, and the owner in the tenant's partition by their id.
        for item in tables.iter().flatten() {
            let pk = partition_key(item);
            if item.to_string().contains(&first) {
                owned.extend(ids_in(pk).map(|id| id.to_string()));
            }
        }
        for (found, items) in found.iter_mut().zip(tables) {
            found.extend(items.into_iter().filter(|item| {
                let key = format!("{} {}", partition_key(item), sort_key(item));
                // A letter is on its way for a moment only.
                !key.contains("#OUTBOX") && owned.iter().any(|owned| key.contains(owned))
            }));
        }
        let records = found.iter().flatten().filter(|item| is_record(item));
        let records: BTreeSet<Uuid> = records.flat_map(|item| ids_in(sort_key(item))).collect();
        let texts = || found.iter().flatten().map(Value::to_string);
        let ids: BTreeSet<Uuid> = texts()
            .flat_map(|text| ids_in(&text).collect::<Vec<_>>())
            .collect();
        let mut needles = vec![(first, Piece::Slug)];
        for id in ids {
            let is_record = records.contains(&id);
            for (text, is_short) in [(id.to_string(), false), (short(id), true)] {
                needles.push((text, Piece::id(id, is_short, is_record)));
            }
        }
        let pattern = |item: &Value| Pattern {
            pieces: pieces(&item.to_string(), &needles),
            is_record: is_record(item),
        };
        let patterns = found.map(|items| items.iter().map(pattern).collect());
        Ok(Self { run, patterns })
    }

    /// The slug of a tenant.
    pub(super) fn slug(&self, number: usize) -> String {
        slug(&self.run, number)
    }

    /// The items of a further tenant with these groups of records, as DynamoDB's JSON, by table.
    pub(super) fn cast(&self, tenant: usize, groups: RangeInclusive<usize>) -> [Vec<String>; 2] {
        let slug = self.slug(tenant);
        let cast = |patterns: &Vec<Pattern>| {
            let own = patterns.iter().filter(|pattern| !pattern.is_record);
            let mut items: Vec<String> = own.map(|own| own.cast(&slug, tenant, 0)).collect();
            for group in groups.clone() {
                let records = patterns.iter().filter(|pattern| pattern.is_record);
                items.extend(records.map(|record| record.cast(&slug, tenant, group)));
            }
            items
        };
        self.patterns.each_ref().map(cast)
    }
}

impl Pattern {
    fn cast(&self, slug: &str, tenant: usize, group: usize) -> String {
        let mut text = String::with_capacity(1_024);
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Slug => text.push_str(slug),
                Piece::Id {
                    id,
                    is_short,
                    is_record,
                } => {
                    let id = varied(*id, if *is_record { group } else { tenant });
                    let id = if *is_short { short(id) } else { id.to_string() };
                    text.push_str(&id);
                }
            }
        }
        text
    }
}

impl Piece {
    fn id(id: Uuid, is_short: bool, is_record: bool) -> Self {
        Self::Id {
            id,
            is_short,
            is_record,
        }
    }

    fn again(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.clone()),
            Self::Slug => Self::Slug,
            Self::Id {
                id,
                is_short,
                is_record,
            } => Self::id(*id, *is_short, *is_record),
        }
    }
}

/// The id in the place of this one: another for each number.
fn varied(id: Uuid, number: usize) -> Uuid {
    let number = u128::try_from(number).unwrap_or_default();
    let spread = (number.wrapping_mul(SPREAD) << 8) & VARIED;
    Uuid::from_u128(id.as_u128() ^ spread)
}

/// As ids stand in the keys of indexes.
fn short(id: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id)
}

fn partition_key(item: &Value) -> &str {
    let key = item.pointer("/pk/S").and_then(Value::as_str);
    key.unwrap_or_default()
}

fn sort_key(item: &Value) -> &str {
    let key = item.pointer("/sk/S").and_then(Value::as_str);
    key.unwrap_or_default()
}

fn is_record(item: &Value) -> bool {
    sort_key(item).starts_with("RECORD#")
}

/// The hyphenated ids that stand in a text.
fn ids_in(text: &str) -> impl Iterator<Item = Uuid> + '_ {
    (0..text.len()).filter_map(|start| {
        let word = text.get(start..start + 36)?;
        (word.as_bytes().get(8) == Some(&b'-')).then(|| word.parse().ok())?
    })
}

/// Cuts a text at what is replaced in it.
fn pieces(text: &str, needles: &[(String, Piece)]) -> Vec<Piece> {
    let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
    while let Some(next) = rest.chars().next() {
        let needle = needles
            .iter()
            .find(|(needle, _)| rest.starts_with(&**needle));
        let length = match needle {
            Some((needle, piece)) => {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(piece.again());
                needle.len()
            }
            None => {
                plain.push(next);
                next.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    pieces.push(Piece::Text(plain));
    pieces
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn each_number_gives_an_id_of_its_own_at_the_same_time() {
        let id = Uuid::now_v7();
        let ids: BTreeSet<Uuid> = (0..100_000).map(|number| varied(id, number)).collect();
        assert_eq!(ids.len(), 100_000);
        for other in ids {
            assert_eq!(other.get_timestamp(), id.get_timestamp());
            assert_eq!(other.as_bytes().last(), id.as_bytes().last());
        }
    }

    #[test]
    fn an_item_is_cast_with_other_ids_and_another_name() {
        let (tenant, record) = (Uuid::now_v7(), Uuid::now_v7());
        let text = format!("T#{tenant}#{} R#{record} run-0000000.", short(record));
        let needles = [
            ("run-0000000".to_owned(), Piece::Slug),
            (tenant.to_string(), Piece::id(tenant, false, false)),
            (record.to_string(), Piece::id(record, false, true)),
            (short(record), Piece::id(record, true, true)),
        ];
        let pattern = Pattern {
            pieces: pieces(&text, &needles),
            is_record: true,
        };
        assert_eq!(pattern.cast("run-0000000", 0, 0), text);
        let (tenant, record) = (varied(tenant, 3), varied(record, 8));
        let expected = format!("T#{tenant}#{} R#{record} run-0000003.", short(record));
        assert_eq!(pattern.cast("run-0000003", 3, 8), expected);
    }
}
