//! The values a condition compares with: a policy's on one side, a request's on the other.

use crate::arn::{self, ArnPattern};
use crate::context::Context;
use crate::date;
use crate::network::Network;
use crate::number;
use crate::operator::{Kind, Relation};
use crate::pattern;
use crate::variables::{Syntax, Text, Unresolved};
use jiff::Timestamp;
use std::net::IpAddr;

/// One value of a condition, ready to be compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    Equals(Text),
    EqualsIgnoreCase(Text),
    Like(Text),
    Number {
        relation: Relation,
        bound: f64,
        written: String,
    },
    Date {
        relation: Relation,
        bound: Timestamp,
        written: String,
    },
    Bool(bool),
    Address {
        network: Network,
        written: String,
    },
    Arn(ArnPattern),
}

impl Expected {
    pub(crate) fn parse(kind: Kind, value: &str) -> Result<Self, String> {
        let text = |wildcards| {
            Text::parse(
                value,
                Syntax {
                    wildcards,
                    variables: true,
                },
            )
        };
        let plain = || {
            if value.contains("${") {
                Err(format!(
                    "{value:?} has a variable, which only string and ARN operators take"
                ))
            } else {
                Ok(value.to_owned())
            }
        };
        Ok(match kind {
            Kind::StringEquals => Self::Equals(text(false)?),
            Kind::StringEqualsIgnoreCase => Self::EqualsIgnoreCase(text(false)?),
            Kind::StringLike => Self::Like(text(true)?),
            Kind::Arn => Self::Arn(ArnPattern::parse(value)?),
            Kind::Numeric(relation) => {
                let written = plain()?;
                let bound =
                    number::parse(value).ok_or_else(|| format!("{value:?} is not a number"))?;
                Self::Number {
                    relation,
                    bound,
                    written,
                }
            }
            Kind::Date(relation) => {
                let written = plain()?;
                let bound = date::parse(value).ok_or_else(|| format!("{value:?} is not a point in time (2026-01-31T12:00:00Z, 2026-01-31, or seconds since 1970)"))?;
                Self::Date {
                    relation,
                    bound,
                    written,
                }
            }
            Kind::Bool => Self::Bool(
                boolean(value).ok_or_else(|| format!("{value:?} is neither true nor false"))?,
            ),
            Kind::IpAddress => {
                let written = plain()?;
                let network = Network::parse(value).ok_or_else(|| {
                    format!("{value:?} is not an address or a range (203.0.113.0/24)")
                })?;
                Self::Address { network, written }
            }
        })
    }

    /// Whether a request's value fits. A value of another type fits nothing.
    pub(crate) fn fits<'a>(
        &'a self,
        value: &str,
        context: &Context,
    ) -> Result<bool, Unresolved<'a>> {
        Ok(match self {
            Self::Equals(text) => pattern::literal(&text.resolve(context)?) == value,
            Self::EqualsIgnoreCase(text) => {
                pattern::literal(&text.resolve(context)?).to_lowercase() == value.to_lowercase()
            }
            Self::Like(text) => pattern::matches(&text.resolve(context)?, value),
            Self::Arn(arn) => arn.matches(value, context)?,
            Self::Number {
                relation, bound, ..
            } => number::parse(value).is_some_and(|value| relation.holds(&value, bound)),
            Self::Date {
                relation, bound, ..
            } => date::parse(value).is_some_and(|value| relation.holds(&value, bound)),
            Self::Bool(expected) => boolean(value) == Some(*expected),
            Self::Address { network, .. } => {
                address(value).is_some_and(|value| network.contains(value))
            }
        })
    }

    /// The value as a reader should see it, variables replaced where they have a value.
    pub(crate) fn shown(&self, context: &Context) -> String {
        match self {
            Self::Equals(text) | Self::EqualsIgnoreCase(text) => match text.resolve(context) {
                Ok(tokens) => format!("{:?}", pattern::literal(&tokens)),
                Err(unresolved) => without_value(text, &unresolved),
            },
            Self::Like(text) => like(text, context),
            Self::Arn(arn) => like(arn.whole(), context),
            Self::Number { written, .. }
            | Self::Date { written, .. }
            | Self::Address { written, .. } => format!("{written:?}"),
            Self::Bool(expected) => format!("\"{expected}\""),
        }
    }

    /// The variable that has no value in this request, if there is one.
    pub(crate) fn unresolved(&self, context: &Context) -> Option<&str> {
        let text = self.text()?;
        text.resolve(context).err().map(|Unresolved(key)| key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.text().into_iter().flat_map(Text::keys)
    }

    fn text(&self) -> Option<&Text> {
        match self {
            Self::Equals(text) | Self::EqualsIgnoreCase(text) | Self::Like(text) => Some(text),
            Self::Arn(arn) => Some(arn.whole()),
            Self::Number { .. } | Self::Date { .. } | Self::Bool(_) | Self::Address { .. } => None,
        }
    }
}

/// Why a value can't be compared by an operator of this kind.
pub(crate) fn type_error(kind: Kind, value: &str) -> Option<&'static str> {
    match kind {
        Kind::StringEquals | Kind::StringEqualsIgnoreCase | Kind::StringLike => None,
        Kind::Numeric(_) => number::parse(value).is_none().then_some("a number"),
        Kind::Date(_) => date::parse(value).is_none().then_some("a point in time"),
        Kind::Bool => boolean(value).is_none().then_some("true or false"),
        Kind::IpAddress => address(value).is_none().then_some("an address"),
        Kind::Arn => (!arn::is_arn(value)).then_some("an ARN"),
    }
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A client behind an IPv6 socket may show its IPv4 address mapped.
fn address(text: &str) -> Option<IpAddr> {
    text.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

fn like(text: &Text, context: &Context) -> String {
    match text.resolve(context) {
        Ok(tokens) => format!("{:?}", pattern::written(&tokens)),
        Err(unresolved) => without_value(text, &unresolved),
    }
}

fn without_value(text: &Text, Unresolved(key): &Unresolved<'_>) -> String {
    format!("{:?} ({key} has no single value)", text.as_written())
}
