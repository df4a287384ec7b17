//! What the model knows of the collections, written apart from the product's own tables.

use serde_json::{Value, json};

/// A field that names records.
pub(super) struct Reference {
    pub(super) field: &'static str,
    /// The place of the collection that it leads to.
    pub(super) target: usize,
    pub(super) required: bool,
    /// Whether it is cleared with the record that it names; else that one can't be deleted.
    pub(super) cleared: bool,
}

const fn reference(field: &'static str, target: usize) -> Reference {
    Reference {
        field,
        target,
        required: false,
        cleared: false,
    }
}

impl Reference {
    const fn cleared(mut self) -> Self {
        self.cleared = true;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// The words of a status, each with those that may follow it; without those, any may follow.
pub(super) struct Status {
    pub(super) field: &'static str,
    pub(super) words: &'static [(&'static str, &'static [&'static str])],
    pub(super) is_ordered: bool,
    pub(super) required: bool,
}

/// A collection.
pub(super) struct Shape {
    pub(super) name: &'static str,
    /// As it stands in partition keys.
    pub(super) part: &'static str,
    pub(super) label: &'static str,
    pub(super) status: Option<Status>,
    pub(super) references: &'static [Reference],
    /// Fields that a record must have besides its label and references.
    pub(super) needed: &'static [&'static str],
}

const ACCOUNTS: usize = 0;
const CONTACTS: usize = 1;
const DEALS: usize = 2;
const FOLDERS: usize = 5;

/// Named by others and naming others, required or not, cleared or not, in trees, with and without statuses.
pub(super) const SHAPES: [Shape; 6] = [
    Shape {
        name: "accounts",
        part: "ACCOUNTS",
        label: "name",
        status: None,
        references: &[reference("parent_id", ACCOUNTS).cleared()],
        needed: &[],
    },
    Shape {
        name: "contacts",
        part: "CONTACTS",
        label: "name",
        status: Some(Status {
            field: "stage",
            words: &[("lead", &[]), ("qualified", &[]), ("customer", &[])],
            is_ordered: false,
            required: false,
        }),
        references: &[reference("account_id", ACCOUNTS).cleared()],
        needed: &[],
    },
    Shape {
        name: "deals",
        part: "DEALS",
        label: "name",
        status: Some(Status {
            field: "stage",
            words: &[("proposal", &[]), ("won", &[]), ("lost", &[])],
            is_ordered: false,
            required: true,
        }),
        references: &[
            reference("account_id", ACCOUNTS).required(),
            reference("contact_id", CONTACTS).cleared(),
        ],
        needed: &["stage"],
    },
    Shape {
        name: "activities",
        part: "ACTIVITIES",
        label: "subject",
        status: Some(Status {
            field: "status",
            words: &[
                ("open", &["in_progress", "done", "cancelled"]),
                ("in_progress", &["open", "done", "cancelled"]),
                ("done", &["open"]),
                ("cancelled", &["open"]),
            ],
            is_ordered: true,
            required: true,
        }),
        references: &[
            reference("account_id", ACCOUNTS).cleared(),
            reference("contact_id", CONTACTS).cleared(),
            reference("deal_id", DEALS).cleared(),
        ],
        needed: &["type"],
    },
    Shape {
        name: "customers",
        part: "CUSTOMERS",
        label: "name",
        status: Some(Status {
            field: "status",
            words: &[
                ("onboarding", &["active", "churned"]),
                ("active", &["at_risk", "churned"]),
                ("at_risk", &["active", "churned"]),
                ("churned", &["active"]),
            ],
            is_ordered: true,
            required: true,
        }),
        references: &[
            reference("account_id", ACCOUNTS),
            reference("primary_contact_id", CONTACTS).cleared(),
        ],
        needed: &[],
    },
    Shape {
        name: "folders",
        part: "FOLDERS",
        label: "name",
        status: None,
        references: &[reference("parent_id", FOLDERS)],
        needed: &[],
    },
];

/// Values of a collection's plain fields.
pub(super) fn plain(shape: &Shape) -> Vec<(&'static str, Vec<Value>)> {
    match shape.name {
        "accounts" => vec![
            ("industry", vec![json!("Shipping"), json!("Mining")]),
            ("employee_count", vec![json!(0), json!(51)]),
            ("tags", vec![json!([]), json!(["a", "b"])]),
        ],
        "contacts" => vec![
            ("email", vec![json!("ada@customer.example")]),
            ("do_not_call", vec![json!(true), json!(false)]),
        ],
        "deals" => vec![
            ("amount", vec![json!(1), json!(1_000_000_000_000_i64)]),
            ("next_step", vec![json!("Call again.")]),
        ],
        "activities" => vec![
            ("type", vec![json!("task"), json!("meeting")]),
            ("priority", vec![json!("low"), json!("urgent")]),
        ],
        "customers" => vec![("health_score", vec![json!(0), json!(100)])],
        _ => vec![("colour", vec![json!("red"), json!("green")])],
    }
}

/// Beginnings of names, some of which are beginnings of others.
pub(super) const NAMES: [&str; 6] = ["Ada", "Adam", "adamant", "Babbage", "Zuse", "\u{c9}mile"];

impl Shape {
    /// Whether records of it lie in each other.
    pub(super) fn tree(&self) -> Option<&'static Reference> {
        let is_own = |reference: &&Reference| SHAPES[reference.target].name == self.name;
        self.references.iter().find(is_own)
    }
}
