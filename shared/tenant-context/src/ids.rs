//! Typed ids. Each is a UUID, shown with a prefix that says what it names (`prj_0190…`).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is not an id of the expected type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an id of the form {prefix}<uuid>")]
pub struct IdError {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// What stands before the UUID.
            pub const PREFIX: &'static str = $prefix;

            /// A fresh id, ordered by the time of its making (UUID version 7, RFC 9562).
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// The bare UUID.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.hyphenated())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
                })
            }
        }
    };
}

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        id!($(#[$doc])* $name, $prefix);

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text, $prefix).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parse(&Cow::<str>::deserialize(deserializer)?, $prefix).map(Self).map_err(D::Error::custom)
            }
        }
    };
}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, IdError> {
    let error = IdError { prefix };
    let uuid = text.strip_prefix(prefix).ok_or_else(|| error.clone())?;
    // One spelling only: the id is part of keys, so `PRJ_` or upper-case digits must not name the same thing twice.
    let parsed = Uuid::try_parse(uuid).map_err(|_| error.clone())?;
    if parsed.hyphenated().to_string() == uuid {
        Ok(parsed)
    } else {
        Err(error)
    }
}

id!(
    /// A tenant. It can't be read from input: it comes from a verified context, or is freshly made at sign-up.
    TenantId,
    "ten_"
);
public_id!(
    /// A user.
    UserId,
    "usr_"
);
public_id!(
    /// A file that is made of records.
    ExportId,
    "exp_"
);
public_id!(
    /// A session.
    SessionId,
    "ses_"
);
public_id!(
    /// A project of a tenant.
    ProjectId,
    "prj_"
);
public_id!(
    /// An invitation.
    InvitationId,
    "inv_"
);
public_id!(
    /// A custom role of a tenant.
    RoleId,
    "rol_"
);
public_id!(
    /// A record of any collection.
    RecordId,
    "rec_"
);

impl TenantId {
    /// For what has been verified or read from the directory by this crate.
    pub(crate) fn trusted(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_spelling() {
        let id = ProjectId::generate();
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            id.to_string().to_uppercase(),
            id.uuid().to_string(),
            format!("prj_{}", id.uuid().simple()),
            format!("usr_{}", id.uuid()),
            "prj_".to_owned(),
            format!("prj_{}#", id.uuid()),
        ] {
            assert!(wrong.parse::<ProjectId>().is_err(), "{wrong}");
        }
    }
}
