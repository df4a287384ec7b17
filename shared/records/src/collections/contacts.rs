//! Contacts: the people one talks to.

use crate::{Collection, Field};
use fields::{EmailAddress, LongText, Name, PhoneNumber};

/// A person, usually at an account.
pub(super) const CONTACTS: Collection = Collection {
    name: "contacts",
    part: "CONTACTS",
    summary: "A person, usually at an account.",
    fields: &[
        Field::name("Full name.").personal(),
        Field::of::<EmailAddress>("email", "E-mail address.").personal(),
        Field::of::<PhoneNumber>("phone", "Telephone number.").personal(),
        Field::of::<Name>("job_title", "What they do there."),
        Field::reference("account_id", "accounts", "The account they belong to."),
        Field::choice(
            "stage",
            &["lead", "qualified", "customer", "inactive"],
            "How close they are.",
        ),
        Field::choice(
            "source",
            &["web", "referral", "event", "outbound", "import", "other"],
            "How you met.",
        ),
        Field::of::<LongText>("notes", "Anything else.").personal(),
    ],
};
