//! The names of condition operators.

/// How a condition looks at a key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// No prefix: the key has one value.
    Single,
    /// `ForAllValues:` – true of no values too.
    All,
    /// `ForAnyValue:` – false of no values.
    Any,
}

/// An operator's name, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) quantifier: Quantifier,
    pub(crate) if_exists: bool,
    pub(crate) test: Test,
}

/// What an operator does with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    /// Whether there is a value at all.
    Null,
    /// Compares it with the policy's values; a negated operator holds when none fits.
    Compare { kind: Kind, negated: bool },
}

/// The kind of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Relation),
    Date(Relation),
    Bool,
    IpAddress,
    /// `ArnEquals` and `ArnLike` are the same to AWS.
    Arn,
}

/// How two ordered values stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Quantifier::All, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::Any, rest),
            Some(_) => return None,
            None => (Quantifier::Single, name),
        };
        // A Null condition is about existence itself: it takes neither prefix nor suffix.
        if rest == "Null" {
            return (quantifier == Quantifier::Single).then_some(Self {
                quantifier,
                if_exists: false,
                test: Test::Null,
            });
        }
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (kind, negated) = kind(base)?;
        Some(Self {
            quantifier,
            if_exists,
            test: Test::Compare { kind, negated },
        })
    }
}

fn kind(base: &str) -> Option<(Kind, bool)> {
    Some(match base {
        "StringEquals" => (Kind::StringEquals, false),
        "StringNotEquals" => (Kind::StringEquals, true),
        "StringEqualsIgnoreCase" => (Kind::StringEqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Kind::StringEqualsIgnoreCase, true),
        "StringLike" => (Kind::StringLike, false),
        "StringNotLike" => (Kind::StringLike, true),
        "Bool" => (Kind::Bool, false),
        "IpAddress" => (Kind::IpAddress, false),
        "NotIpAddress" => (Kind::IpAddress, true),
        "ArnEquals" | "ArnLike" => (Kind::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Kind::Arn, true),
        ordered => {
            let (make, relation): (fn(Relation) -> Kind, &str) =
                match ordered.strip_prefix("Numeric") {
                    Some(relation) => (Kind::Numeric, relation),
                    None => (Kind::Date, ordered.strip_prefix("Date")?),
                };
            let (relation, negated) = match relation {
                "Equals" => (Relation::Equal, false),
                "NotEquals" => (Relation::Equal, true),
                "LessThan" => (Relation::Less, false),
                "LessThanEquals" => (Relation::LessOrEqual, false),
                "GreaterThan" => (Relation::Greater, false),
                "GreaterThanEquals" => (Relation::GreaterOrEqual, false),
                _ => return None,
            };
            (make(relation), negated)
        }
    })
}

impl Relation {
    pub(crate) fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}
