//! Quotes: offers with their prices.

use super::parts::{ADDRESS, PAYMENT_TERMS};
use super::totals::{discount, subtotal, tax, total};
use crate::{Collection, Field, Scope};

/// An offer with its lines and totals.
pub(super) const QUOTES: Collection = Collection {
    name: "quotes",
    part: "QUOTES",
    summary: "An offer with its lines and totals.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is about."),
        Field::status(&[
            ("draft", &["sent", "void"]),
            ("sent", &["accepted", "declined", "expired", "void"]),
            ("accepted", &["void"]),
            ("declined", &["draft"]),
            ("expired", &["draft"]),
            ("void", &[]),
        ]),
        Field::text("number", 50, "Its number in your books."),
        Field::reference("account_id", "accounts", "Whom it is made to."),
        Field::reference("deal_id", "deals", "The deal it belongs to."),
        Field::reference("contact_id", "contacts", "Who gets it.").cleared(),
        Field::currency().required(),
        Field::list("lines", &LINE, 50, "What is offered.").required(),
        Field::money("subtotal", "The lines before discounts and taxes.")
            .computed("lines", subtotal),
        Field::money("discount_total", "What the discounts come to.").computed("lines", discount),
        Field::money("tax_total", "What the taxes come to.").computed("lines", tax),
        Field::money("total", "What is to be paid.").computed("lines", total),
        Field::day("valid_until", "The last day on which it holds."),
        PAYMENT_TERMS,
        Field::object("billing_address", ADDRESS, "Where the invoice goes.").personal(),
        Field::text("purchase_order", 100, "The number of the customer's order."),
        Field::moment("declined_at", "When it was declined."),
        Field::text("declined_reason", 500, "Why it was declined.").personal(),
        Field::moment("sent_at", "When it was sent."),
        Field::moment("accepted_at", "When it was accepted."),
        Field::long_text("terms", 10_000, "Under which terms."),
        Field::notes(),
    ],
};

/// A line of a quote: what it says stays as it was offered, whatever becomes of the product.
const LINE: Field = Field::object(
    "line",
    &[
        Field::text("product_code", 100, "The product's number in your books."),
        Field::text("description", 500, "What is offered.").required(),
        Field::whole("quantity", 1, 1_000_000, "How many.").required(),
        Field::whole(
            "unit_price",
            0,
            1_000_000_000_000,
            "Price of one, in minor units.",
        )
        .required(),
        Field::whole(
            "discount_basis_points",
            0,
            10_000,
            "Discount, in hundredths of a percent.",
        ),
        Field::whole(
            "tax_basis_points",
            0,
            10_000,
            "Tax, in hundredths of a percent.",
        ),
    ],
    "A line.",
);
