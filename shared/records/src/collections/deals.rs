//! Deals: the business one hopes to make.

use crate::{Collection, Field};
use fields::{Currency, LongText};
use jiff::civil::Date;

/// Possible business with an account.
pub(super) const DEALS: Collection = Collection {
    name: "deals",
    part: "DEALS",
    summary: "Possible business with an account.",
    fields: &[
        Field::name("What it is about."),
        Field::reference("account_id", "accounts", "The account it is with.").required(),
        Field::reference("contact_id", "contacts", "The person it is discussed with."),
        Field::choice(
            "stage",
            &["qualification", "proposal", "negotiation", "won", "lost"],
            "Where it stands.",
        )
        .required(),
        Field::whole(
            "amount",
            0,
            1_000_000_000_000_000,
            "What it is worth, in minor units of `currency`.",
        ),
        Field::of::<Currency>("currency", "Currency of `amount`."),
        Field::whole(
            "probability",
            0,
            100,
            "How likely it is to be won, in percent.",
        ),
        Field::of::<Day>("expected_close", "The day it should be decided."),
        Field::of::<LongText>("description", "Anything else."),
    ],
};

/// A calendar day (RFC 3339 full-date).
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
struct Day(Date);

impl schemars::JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date"})
    }
}
