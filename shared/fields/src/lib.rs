//! Refined types for input: a value of one of these types is valid, so nothing behind the boundary checks again.
//!
//! Each is read from a JSON string, refuses what it must with a sentence that can be shown, and has a JSON Schema that
//! says the same.

mod code;
mod contact;
mod domain;
mod host;
mod identifier;
mod money;
mod object;
mod patch;
mod phone;
mod region;
mod secret;
mod text;
mod time;

pub use code::{Country, IpAddress, LastFour, Sha256};
pub use contact::{EmailAddress, Link, Website};
pub use domain::DomainName;
pub use host::Host;
pub use identifier::Slug;
pub use money::Currency;
pub use object::Object;
pub use patch::{Patch, merge, present};
pub use phone::{PhoneNumber, Sender};
pub use region::{Locale, TimeZone};
pub use secret::Password;
pub use text::{Description, LongText, Name, line, lines};
pub use time::{Day, Moment};

/// Implements reading, writing, schema and display of a type that is made from text by `fn parse(String) -> Result<Self, &'static str>`.
macro_rules! from_text {
    ($name:ident, $schema:tt) => {
        impl std::str::FromStr for $name {
            type Err = crate::Refused;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::parse(text.to_owned()).map_err(crate::Refused)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(text).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

/// [`from_text!`] for types whose text may be shown.
macro_rules! shown {
    ($name:ident) => {
        impl $name {
            /// The valid text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

pub(crate) use {from_text, shown};

/// Why a text is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub &'static str);
