//! Customers: those who have bought.

use super::parts::{ADDRESS, PAYMENT_TERMS};
use crate::{Collection, Field, Scope};

/// A company or a person who has bought.
pub(super) const CUSTOMERS: Collection = Collection {
    name: "customers",
    part: "CUSTOMERS",
    summary: "A company or a person who has bought.",
    scope: Scope::Project,
    fields: &[
        Field::name("Name of the customer.").personal(),
        Field::status(&[
            ("onboarding", &["active", "churned"]),
            ("active", &["at_risk", "churned"]),
            ("at_risk", &["active", "churned"]),
            ("churned", &["active"]),
        ]),
        Field::reference("account_id", "accounts", "The account that bought."),
        Field::reference("primary_contact_id", "contacts", "Whom one turns to.").cleared(),
        Field::text("customer_number", 50, "The number they have with you."),
        Field::email("billing_email", "Where invoices go."),
        Field::day("customer_since", "When they first bought."),
        Field::day("renewal_on", "When their contract is up."),
        Field::money("recurring_revenue", "What they pay each month."),
        Field::money("lifetime_value", "What they have paid so far."),
        Field::currency(),
        Field::whole("health_score", 0, 100, "How well it goes."),
        Field::whole(
            "net_promoter_score",
            0,
            10,
            "Whether they would recommend you.",
        ),
        Field::object("billing_address", ADDRESS, "Where invoices go.").personal(),
        Field::text("tax_number", 50, "Their number at the tax office.").personal(),
        PAYMENT_TERMS,
        Field::day("churned_on", "When they left."),
        Field::text("churn_reason", 500, "Why they left.").personal(),
        Field::moment("last_contacted_at", "When you last talked to them.").personal(),
        Field::tags(),
        Field::notes(),
    ],
};
