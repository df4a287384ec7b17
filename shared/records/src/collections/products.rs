//! Products: what is sold.

use crate::{Collection, Field, Scope};

/// What is sold: goods or a service.
pub(super) const PRODUCTS: Collection = Collection {
    name: "products",
    part: "PRODUCTS",
    summary: "What is sold: goods or a service.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("active", &["discontinued"]),
            ("draft", &["active", "discontinued"]),
            ("discontinued", &["active"]),
        ]),
        Field::text("code", 100, "Its number in your books (SKU)."),
        Field::choice(
            "type",
            &["goods", "service", "subscription"],
            "What kind of thing it is.",
        ),
        Field::text("family", 100, "What it is one of."),
        Field::money("unit_price", "Price of one."),
        Field::money("unit_cost", "What one costs you."),
        Field::currency(),
        Field::choice(
            "billing_period",
            &["once", "month", "quarter", "year"],
            "How often it is paid.",
        ),
        Field::text("unit", 50, "What one of it is: piece, hour, licence."),
        Field::whole(
            "tax_basis_points",
            0,
            10_000,
            "Tax on it, in hundredths of a percent.",
        ),
        Field::count("stock", "How many are at hand."),
        Field::website("image_url", "A picture of it."),
        Field::website("url", "Its page."),
        Field::text("barcode", 14, "Its number on the shelf (GTIN)."),
        Field::whole("weight_grams", 0, 1_000_000_000, "What one weighs."),
        Field::tags(),
        Field::long_text("description", 10_000, "What it is."),
    ],
};
