//! The table.

use crate::Plan;

const MB: u64 = 1024 * 1024;
const GB: u64 = 1024 * MB;

/// What a plan allows and costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Seats that come with it.
    pub seats: i64,
    /// Projects, archived ones included.
    pub projects: usize,
    /// Records of all collections together.
    pub records: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files together.
    pub storage_bytes: u64,
    /// API calls a minute.
    pub calls_per_minute: u32,
    /// Days for which the audit log is kept.
    pub audit_days: u32,
    /// What it costs; nothing where it is free, and then no seat can be bought.
    pub price: Option<Price>,
}

/// Prices for a month, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The plan with the seats that come with it.
    pub plan: i64,
    /// Each seat beyond these.
    pub seat: i64,
    /// ISO 4217.
    pub currency: &'static str,
}

const fn eur(plan: i64, seat: i64) -> Option<Price> {
    Some(Price {
        plan,
        seat,
        currency: "EUR",
    })
}

impl Plan {
    /// What it allows and costs.
    pub const fn figures(self) -> Figures {
        match self {
            Self::Free => Figures {
                seats: 3,
                projects: 3,
                records: 5_000,
                file_bytes: 25 * MB,
                storage_bytes: GB,
                calls_per_minute: 60,
                audit_days: 30,
                price: None,
            },
            Self::Team => Figures {
                seats: 10,
                projects: 20,
                records: 100_000,
                file_bytes: 250 * MB,
                storage_bytes: 100 * GB,
                calls_per_minute: 300,
                audit_days: 90,
                price: eur(9_900, 1_200),
            },
            Self::Business => Figures {
                seats: 50,
                projects: 100,
                records: 1_000_000,
                file_bytes: GB,
                storage_bytes: 1_000 * GB,
                calls_per_minute: 1_200,
                audit_days: 365,
                price: eur(69_900, 1_600),
            },
            Self::Enterprise => Figures {
                seats: 250,
                projects: 500,
                records: 10_000_000,
                file_bytes: 5 * GB,
                storage_bytes: 10_000 * GB,
                calls_per_minute: 6_000,
                audit_days: 2_555,
                price: eur(449_900, 2_000),
            },
        }
    }

    /// Whether seats beyond those included can be bought.
    pub const fn sells_seats(self) -> bool {
        self.figures().price.is_some()
    }
}
