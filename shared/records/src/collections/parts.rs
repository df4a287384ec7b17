//! What several collections have in common.

use crate::Field;

/// A postal address.
pub(super) const ADDRESS: &[Field] = &[
    Field::text("line1", 200, "Street and number."),
    Field::text("line2", 200, "Building, floor, care of."),
    Field::text("city", 100, "Town."),
    Field::text("region", 100, "State, province or county."),
    Field::text("postal_code", 20, "Postal code."),
    Field::text("country", 2, "Country (ISO 3166)."),
];

/// Somebody an e-mail goes to.
pub(super) const ADDRESSEE: Field = Field::email("address", "An e-mail address.");

/// A variable of a wording.
pub(super) const VARIABLE: Field = Field::text("variable", 50, "The name of a variable.");

/// The stages of deals that go through no pipeline.
pub(super) const STAGES: &[&str] = &["qualification", "proposal", "negotiation", "won", "lost"];
