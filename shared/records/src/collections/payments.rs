//! Payments: money that came in.

use crate::{Collection, Field, Scope};

/// A payment of a customer.
pub(super) const PAYMENTS: Collection = Collection {
    name: "payments",
    part: "PAYMENTS",
    summary: "A payment of a customer.",
    scope: Scope::Project,
    fields: &[
        Field::text("number", 50, "Its number in your books.").label(),
        Field::status(&[
            ("pending", &["authorised", "paid", "failed", "cancelled"]),
            ("authorised", &["paid", "failed", "cancelled"]),
            ("paid", &["partly_refunded", "refunded", "disputed"]),
            ("partly_refunded", &["refunded", "disputed"]),
            ("refunded", &[]),
            ("disputed", &["paid", "refunded"]),
            ("failed", &["pending"]),
            ("cancelled", &[]),
        ]),
        Field::money("amount", "How much.").required(),
        Field::currency().required(),
        Field::money("refunded_amount", "How much went back."),
        Field::reference("customer_id", "customers", "Who pays."),
        Field::reference("quote_id", "quotes", "What was offered."),
        Field::reference("deal_id", "deals", "The deal it is for."),
        Field::choice(
            "method",
            &[
                "card",
                "bank_transfer",
                "direct_debit",
                "cash",
                "cheque",
                "other",
            ],
            "How it is paid.",
        ),
        Field::text("card_last4", 4, "The last four digits of the card.").personal(),
        Field::day("due_on", "When it is due."),
        Field::moment("paid_at", "When it came in."),
        Field::text("provider_payment_id", 100, "Its id at the provider."),
        Field::text("failure_reason", 500, "Why it failed."),
        Field::notes(),
    ],
};
