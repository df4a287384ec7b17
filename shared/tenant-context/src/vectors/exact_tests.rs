#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::*;
use crate::ids::{ProjectId, TenantId};
use crate::keys::TenantKeys;

#[test]
fn what_is_written_where_no_index_follows_ends_the_one_that_there_was() {
    let keys = TenantKeys::of(TenantId::generate());
    let project = ProjectScope::trusted(keys, ProjectId::generate());
    for (more, dimension) in [(1, Some(2)), (0, Some(2)), (-1, None)] {
        let write = Embeddings::of(&project).count(more, dimension).unwrap();
        let Write::Update(_, update) = write else {
            unreachable!("it is no update");
        };
        let (expression, _, bindings) = update.render();
        let removed = expression.split_once("REMOVE ").unwrap().1;
        let (removed, _) = removed.split_once(" ADD").unwrap_or((removed, ""));
        let names: Vec<&str> = removed
            .split(", ")
            .map(|alias| &*bindings.names[alias])
            .collect();
        assert_eq!(names, ["indexed", "building", "gone"], "{more}");
    }
}

#[test]
fn there_is_room_for_what_the_table_can_search_and_for_more_where_the_index_is_whole() {
    let rendered = |bucket| {
        let (_, condition, bindings) = Update::new().when(room(5, bucket)).render();
        let values = bindings.values.into_iter();
        let mut values: Vec<String> = values.map(|(_, value)| format!("{value:?}")).collect();
        values.sort();
        (condition.unwrap(), values.join(" "))
    };
    let (table, values) = rendered(None);
    assert_eq!(table, "(attribute_not_exists(#n0) OR #n0 <= :v0)");
    assert_eq!(values, r#"N("19995")"#);
    let (indexed, values) = rendered(Some("bucket"));
    assert_eq!(
        indexed,
        "((attribute_not_exists(#n0) OR #n0 <= :v0) OR \
         #n1 = :v1 AND (attribute_not_exists(#n0) OR #n0 <= :v2))"
    );
    assert_eq!(values, r#"N("19995") N("1999999995") S("bucket")"#);
}
