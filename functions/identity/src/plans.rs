//! What can be subscribed to.

/// A plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// What a tenant has while its trial lasts.
    pub const TRIAL: Self = Self::Team;
    /// How long that is.
    pub const TRIAL_DAYS: i64 = 14;

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Team => "team",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }

    /// How many seats come with it.
    pub const fn seats(self) -> i64 {
        match self {
            Self::Free => 3,
            Self::Team => 10,
            Self::Business => 50,
            Self::Enterprise => 250,
        }
    }
}
