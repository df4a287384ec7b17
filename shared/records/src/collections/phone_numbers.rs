//! Phone numbers: the numbers one calls from.

use super::parts::ADDRESS;
use crate::{Collection, Field, Scope};

/// A telephone number of your own.
pub(super) const PHONE_NUMBERS: Collection = Collection {
    name: "phone-numbers",
    part: "PHONE_NUMBERS",
    summary: "A telephone number of your own.",
    scope: Scope::Project,
    fields: &[
        Field::sender(
            "number",
            "The number; a short code or a name where its type says so.",
        )
        .required(),
        Field::text("name", 200, "What it is called.").label(),
        Field::status(&[
            ("active", &["suspended", "released"]),
            ("pending", &["active", "released"]),
            ("porting", &["active", "released"]),
            ("suspended", &["active", "released"]),
            ("released", &[]),
        ]),
        Field::choice(
            "type",
            &["local", "mobile", "toll_free", "short_code", "alphanumeric"],
            "What kind of number it is.",
        ),
        Field::country("country", "Its country (ISO 3166)."),
        Field::list("capabilities", &CAPABILITY, 4, "What it can do."),
        Field::text("provider_number_id", 100, "Its id at the provider."),
        Field::phone("forward_to", "Where calls to it go.").personal(),
        Field::flag("records_calls", "Whether calls are recorded."),
        Field::flag("takes_voicemail", "Whether callers can leave a message."),
        Field::choice(
            "sms_registration",
            &["none", "pending", "approved", "rejected"],
            "Whether text messages from it are registered with the networks.",
        ),
        Field::object("emergency_address", ADDRESS, "Where help is sent.").personal(),
        Field::day("bought_on", "Since when it is yours."),
        Field::day("released_on", "Until when it was."),
        Field::money("monthly_price", "What it costs each month."),
        Field::currency(),
        Field::long_text("greeting", 2_000, "What callers hear first."),
    ],
};

/// Something that a number can do.
const CAPABILITY: Field = Field::choice(
    "capability",
    &["voice", "sms", "mms", "fax"],
    "What it can do.",
);
