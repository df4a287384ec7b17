//! What several collections have in common.

use crate::Field;

/// A postal address.
pub(super) const ADDRESS: &[Field] = &[
    Field::text("line1", 200, "Street and number."),
    Field::text("line2", 200, "Building, floor, care of."),
    Field::text("city", 100, "Town."),
    Field::text("region", 100, "State, province or county."),
    Field::text("postal_code", 20, "Postal code."),
    Field::country("country", "Country (ISO 3166)."),
];

/// Somebody an e-mail goes to.
pub(super) const ADDRESSEE: Field = Field::email("address", "An e-mail address.");

/// A variable of a wording.
pub(super) const VARIABLE: Field = Field::text("variable", 50, "The name of a variable.");

/// A passage that something rests on: what it said then stays, whatever becomes of the passage.
pub(super) const SOURCE: Field = Field::object(
    "source",
    &[
        Field::reference(
            "chunk_id",
            "chunks",
            "The passage, which must be there when this is written.",
        ),
        Field::text("title", 300, "What it is from."),
        Field::long_text("quote", 2_000, "What it says."),
        Field::decimal("score", -1, 1, 6, "How near it is to the question."),
    ],
    "A passage.",
);

/// How close a contact is.
pub(super) const CONTACT_STAGES: &[&str] = &["lead", "qualified", "customer", "inactive"];

/// The stages of deals that go through no pipeline.
pub(super) const STAGES: &[&str] = &["qualification", "proposal", "negotiation", "won", "lost"];

/// When what is sold is to be paid.
pub(super) const PAYMENT_TERMS: Field = Field::choice(
    "payment_terms",
    &["due_on_receipt", "net_15", "net_30", "net_60", "net_90"],
    "When it is to be paid.",
);

/// How much something presses.
pub(super) const PRIORITY: Field = Field::choice(
    "priority",
    &["low", "normal", "high", "urgent"],
    "How much it presses.",
);

/// What a campaign counts of those who read it.
pub(super) const TRACKS_OPENS: Field = Field::flag("tracks_opens", "Whether openings are counted.");
/// And of those who follow its links.
pub(super) const TRACKS_CLICKS: Field =
    Field::flag("tracks_clicks", "Whether followed links are counted.");

/// The clock by which something is sent.
pub(super) const SENDING_ZONE: Field =
    Field::time_zone("time_zone", "Whose clock that is (IANA name).");

/// How somebody came to you.
pub(super) const SOURCES: &[&str] = &[
    "web", "referral", "event", "outbound", "partner", "import", "other",
];
