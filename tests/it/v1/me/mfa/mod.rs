//! `/v1/me/mfa`

mod enrolment;
mod nothing_in_clear;
mod recovery_codes;
mod removal;
mod required;

use tests::{Person, TestCloud, TestTenant};

/// Somebody who has just signed up.
async fn owner(cloud: &'static TestCloud) -> Person {
    TestTenant::create(cloud, "acme").await.owner
}
