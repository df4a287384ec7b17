//! Contacts: the people one talks to.

use super::parts::{ADDRESS, CONTACT_STAGES, SOURCES};
use crate::{Collection, Field, Scope};

/// A person, usually at an account.
pub(super) const CONTACTS: Collection = Collection {
    name: "contacts",
    part: "CONTACTS",
    summary: "A person, usually at an account.",
    scope: Scope::Project,
    fields: &[
        Field::name("Full name.").personal(),
        Field::text("first_name", 100, "Given name.").personal(),
        Field::text("last_name", 100, "Family name.").personal(),
        Field::text("salutation", 50, "How they are addressed.").personal(),
        Field::email("email", "E-mail address."),
        Field::choice(
            "email_status",
            &["unknown", "valid", "bounced", "complained", "unsubscribed"],
            "Whether e-mails arrive and are wanted.",
        )
        .personal(),
        Field::phone("phone", "Telephone number.").personal(),
        Field::phone("mobile_phone", "Mobile telephone number.").personal(),
        Field::text("job_title", 200, "What they do there.").personal(),
        Field::text("department", 200, "Where in the company they work.").personal(),
        Field::reference("account_id", "accounts", "The account they belong to.").cleared(),
        Field::choice("stage", CONTACT_STAGES, "How close they are.").stage(),
        Field::choice("source", SOURCES, "How you met."),
        Field::whole("lead_score", 0, 100, "How promising they are."),
        Field::choice(
            "seniority",
            &[
                "owner",
                "executive",
                "director",
                "manager",
                "senior",
                "junior",
                "other",
            ],
            "How high up they are.",
        )
        .personal(),
        Field::day("birthday", "When they were born.").personal(),
        Field::object("address", ADDRESS, "Where they live or work.").personal(),
        Field::website("profile_url", "Their profile in a professional network.").personal(),
        Field::language("language", "The language they prefer (BCP 47).").personal(),
        Field::time_zone("time_zone", "Where their clock stands (IANA name).").personal(),
        Field::flag("do_not_call", "They do not want to be called.").personal(),
        Field::flag("do_not_email", "They do not want to be written to.").personal(),
        Field::flag("do_not_text", "They do not want text messages.").personal(),
        Field::moment("consented_at", "When they agreed to be written to.").personal(),
        Field::text("consent_source", 300, "Where they agreed.").personal(),
        Field::moment("last_contacted_at", "When you last talked to them.").personal(),
        Field::tags(),
        Field::notes(),
    ],
};
