//! `/v1`

mod health;
