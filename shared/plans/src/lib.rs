//! What can be subscribed to, and what each plan allows: one table, printed into infra/docs/plans.md.

mod figures;

pub use figures::{Figures, Price};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A plan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// To try with a few people, for ever.
    Free,
    /// For one team.
    Team,
    /// For several.
    Business,
    /// For a whole company.
    Enterprise,
}

impl Plan {
    /// Every plan, from the smallest on.
    pub const ALL: [Self; 4] = [Self::Free, Self::Team, Self::Business, Self::Enterprise];
    /// What a tenant has while its trial lasts.
    pub const TRIAL: Self = Self::Team;
    /// How long that is.
    pub const TRIAL_DAYS: i64 = 14;
    /// No tenant has more seats, whatever it buys: more is a matter for a cell of its own.
    pub const MOST_SEATS: i64 = 10_000;

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Team => "team",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }

    /// The plan of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == name)
    }

    /// How many seats come with it.
    pub const fn seats(self) -> i64 {
        self.figures().seats
    }

    /// How many projects it allows, archived ones included.
    pub const fn projects(self) -> usize {
        self.figures().projects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for plan in Plan::ALL {
            assert_eq!(Plan::named(plan.as_str()), Some(plan));
        }
        assert_eq!(Plan::named("Team"), None);
    }

    #[test]
    fn a_larger_plan_allows_no_less() {
        for (smaller, larger) in Plan::ALL.into_iter().zip(Plan::ALL.into_iter().skip(1)) {
            let (less, more) = (smaller.figures(), larger.figures());
            assert!(less.seats < more.seats, "{larger:?}");
            assert!(less.projects < more.projects, "{larger:?}");
            assert!(less.records < more.records, "{larger:?}");
            assert!(less.file_bytes < more.file_bytes, "{larger:?}");
            assert!(less.storage_bytes < more.storage_bytes, "{larger:?}");
            assert!(less.calls_per_minute < more.calls_per_minute, "{larger:?}");
            assert!(less.audit_days < more.audit_days, "{larger:?}");
        }
    }
}
