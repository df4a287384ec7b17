//! What the model knows of the collections, written apart from the product's own tables.

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
    /// Postal addresses, of which a change may change a part.
    pub(super) objects: &'static [&'static str],
    /// Whether a record is its owner's alone.
    pub(super) is_own: bool,
}

const ACCOUNTS: usize = 0;
const CONTACTS: usize = 1;
const DEALS: usize = 2;
const FOLDERS: usize = 5;
pub(super) const NOTIFICATIONS: usize = 6;

/// Named by others and naming others, required or not, cleared or not, in trees, with and without statuses, with parts and
/// with totals, everybody's and each person's own.
pub(super) const SHAPES: [Shape; 8] = [
    Shape {
        name: "accounts",
        part: "ACCOUNTS",
        label: "name",
        status: None,
        references: &[reference("parent_id", ACCOUNTS).cleared()],
        needed: &[],
        objects: &["billing_address", "shipping_address"],
        is_own: false,
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
        objects: &["address"],
        is_own: false,
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
        objects: &[],
        is_own: false,
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
        objects: &[],
        is_own: false,
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
        objects: &[],
        is_own: false,
    },
    Shape {
        name: "folders",
        part: "FOLDERS",
        label: "name",
        status: None,
        references: &[reference("parent_id", FOLDERS)],
        needed: &[],
        objects: &[],
        is_own: false,
    },
    Shape {
        name: "notifications",
        part: "NOTIFICATIONS",
        label: "title",
        status: Some(Status {
            field: "status",
            words: &[
                ("unread", &["read", "archived"]),
                ("read", &["unread", "archived"]),
                ("archived", &["read"]),
            ],
            is_ordered: true,
            required: true,
        }),
        references: &[
            reference("contact_id", CONTACTS).cleared(),
            reference("deal_id", DEALS).cleared(),
        ],
        needed: &["type"],
        objects: &[],
        is_own: true,
    },
    Shape {
        name: "quotes",
        part: "QUOTES",
        label: "name",
        status: Some(Status {
            field: "status",
            words: &[
                ("draft", &["sent", "void"]),
                ("sent", &["accepted", "declined", "expired", "void"]),
                ("accepted", &["void"]),
                ("declined", &["draft"]),
                ("expired", &["draft"]),
                ("void", &[]),
            ],
            is_ordered: true,
            required: true,
        }),
        references: &[
            reference("account_id", ACCOUNTS),
            reference("deal_id", DEALS),
            reference("contact_id", CONTACTS).cleared(),
        ],
        needed: &["currency", "lines"],
        objects: &["billing_address"],
        is_own: false,
    },
];

impl Shape {
    /// Whether records of it lie in each other.
    pub(super) fn tree(&self) -> Option<&'static Reference> {
        let is_own = |reference: &&Reference| SHAPES[reference.target].name == self.name;
        self.references.iter().find(is_own)
    }
}
