//! Accounts: the companies one does business with.

use crate::{Collection, Field};
use fields::{Currency, LongText, Name, PhoneNumber, Website};

/// A company that is, was or may become a customer.
pub(super) const ACCOUNTS: Collection = Collection {
    name: "accounts",
    part: "ACCOUNTS",
    summary: "A company that is, was or may become a customer.",
    fields: &[
        Field::name("Name of the company."),
        Field::choice(
            "type",
            &[
                "prospect",
                "customer",
                "partner",
                "former_customer",
                "other",
            ],
            "What the company is to you.",
        ),
        Field::of::<Name>("industry", "What it does."),
        Field::of::<Website>("website", "Its web site."),
        Field::of::<PhoneNumber>("phone", "Its main telephone number."),
        Field::whole(
            "employee_count",
            0,
            10_000_000,
            "How many people work there.",
        ),
        Field::whole(
            "annual_revenue",
            0,
            1_000_000_000_000_000,
            "Revenue a year, in minor units of `currency`.",
        ),
        Field::of::<Currency>("currency", "Currency of `annual_revenue`."),
        Field::of::<LongText>("address", "Postal address."),
        Field::of::<LongText>("description", "Anything else."),
    ],
};
