//! How much of a tenant's data a request's credentials may change: the `Access` session tag that IAM checks.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The value of the `Access` session tag. A higher level includes the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reads everything of the tenant, writes nothing.
    Read,
    /// Also writes records, in the growing collections.
    Write,
    /// Also writes the core partition: profile, members, invitations, projects.
    Admin,
}

impl Access {
    /// Every level, lowest first.
    pub const ALL: &[Access] = &[Access::Read, Access::Write, Access::Admin];

    /// The text of the session tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
            Access::Admin => "admin",
        }
    }

    /// The level with this text.
    pub fn parse(text: &str) -> Option<Access> {
        Access::ALL
            .iter()
            .copied()
            .find(|access| access.as_str() == text)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
