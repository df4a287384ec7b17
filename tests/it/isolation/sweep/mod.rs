//! Proof by sweep: every route × every way of asking for what one must not have. The routes come from the endpoints'
//! declarations, so a new one is swept from its first day; without a row in [`requests`] it fails by name.

mod direct;
mod factors;
mod foreign;
mod fresh;
mod input;
pub(crate) mod records;
pub(crate) mod requests;
mod roles;
mod schema;
mod standing;
pub(crate) mod values;
pub(crate) mod variants;
pub(crate) mod world;

use requests::ROWS;
use std::collections::BTreeSet;
use tests::Route;

#[test]
fn every_route_has_a_row() {
    let routes: BTreeSet<String> = Route::all()
        .into_iter()
        .map(|route| route.route_key)
        .collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.route_key.to_owned()).collect();
    let without: Vec<&String> = routes.difference(&rows).collect();
    assert!(
        without.is_empty(),
        "no row in requests.rs says how to make a valid request for {without:?}"
    );
    let left_over: Vec<&String> = rows.difference(&routes).collect();
    assert!(
        left_over.is_empty(),
        "requests.rs has rows for routes that are gone: {left_over:?}"
    );
    assert_eq!(rows.len(), ROWS.len(), "a route has two rows");
}
