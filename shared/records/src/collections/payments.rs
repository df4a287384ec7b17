//! Payments: money that came in.

use crate::{Collection, Field, Scope};
use fields::LastFour;

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
                "wallet",
                "other",
            ],
            "How it is paid.",
        ),
        Field::of::<LastFour>("card_last4", "The last four digits of the card.").personal(),
        Field::text("card_brand", 50, "Whose card it is.").personal(),
        Field::money("tax_amount", "How much of it is tax."),
        Field::money("fee_amount", "What the provider keeps."),
        Field::text("invoice_number", 50, "The invoice that it pays."),
        Field::website("receipt_url", "Its receipt."),
        Field::day("due_on", "When it is due."),
        Field::moment("paid_at", "When it came in."),
        Field::moment("refunded_at", "When it went back."),
        Field::text("provider_payment_id", 100, "Its id at the provider."),
        Field::text("failure_reason", 500, "Why it failed."),
        Field::notes(),
    ],
};
