//! Contacts: the people one talks to.

use super::parts::ADDRESS;
use crate::{Collection, Field, Scope};

/// A person, usually at an account.
pub(super) const CONTACTS: Collection = Collection {
    name: "contacts",
    part: "CONTACTS",
    summary: "A person, usually at an account.",
    scope: Scope::Project,
    fields: &[
        Field::name("Full name.").personal(),
        Field::email("email", "E-mail address."),
        Field::phone("phone", "Telephone number.").personal(),
        Field::phone("mobile_phone", "Mobile telephone number.").personal(),
        Field::text("job_title", 200, "What they do there.").personal(),
        Field::text("department", 200, "Where in the company they work.").personal(),
        Field::reference("account_id", "accounts", "The account they belong to.").cleared(),
        Field::choice(
            "stage",
            &["lead", "qualified", "customer", "inactive"],
            "How close they are.",
        )
        .stage(),
        Field::choice(
            "source",
            &["web", "referral", "event", "outbound", "import", "other"],
            "How you met.",
        ),
        Field::object("address", ADDRESS, "Where they live or work.").personal(),
        Field::website("profile_url", "Their profile in a professional network.").personal(),
        Field::text("language", 35, "The language they prefer (BCP 47).").personal(),
        Field::text("time_zone", 50, "Where their clock stands (IANA name).").personal(),
        Field::flag("do_not_call", "They do not want to be called.").personal(),
        Field::flag("do_not_email", "They do not want to be written to.").personal(),
        Field::tags(),
        Field::notes(),
    ],
};
