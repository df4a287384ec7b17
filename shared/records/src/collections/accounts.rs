//! Accounts: the companies one does business with.

use super::parts::{ADDRESS, SOURCES};
use crate::{Collection, Field, Scope};

/// A company that is, was or may become a customer.
pub(super) const ACCOUNTS: Collection = Collection {
    name: "accounts",
    part: "ACCOUNTS",
    summary: "A company that is, was or may become a customer.",
    scope: Scope::Project,
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
        Field::text("industry", 200, "What it does."),
        Field::website("website", "Its web site."),
        Field::phone("phone", "Its main telephone number."),
        Field::count("employee_count", "How many people work there."),
        Field::money("annual_revenue", "Revenue a year."),
        Field::currency(),
        Field::text("tax_number", 50, "Its number at the tax office."),
        Field::long_text("address", 1_000, "Postal address.").personal(),
        Field::object("billing_address", ADDRESS, "Where invoices go.").personal(),
        Field::object("shipping_address", ADDRESS, "Where goods go.").personal(),
        Field::reference("parent_id", "accounts", "The company that it belongs to.").cleared(),
        Field::email("email", "Its general address."),
        Field::website("profile_url", "Its page in a professional network."),
        Field::whole("founded_year", 1_000, 2_200, "When it was founded."),
        Field::text("ticker", 20, "What its shares are traded as."),
        Field::choice("rating", &["hot", "warm", "cold"], "How promising it is."),
        Field::choice("source", SOURCES, "How it came to you."),
        Field::tags(),
        Field::long_text("description", 10_000, "Anything else.").personal(),
    ],
};
