//! The one answer that shows recovery codes.

use schemars::JsonSchema;
use serde::Serialize;

/// New recovery codes. They are shown this once.
#[derive(Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Ten codes, each good for one log-in without the authenticator app.
    pub recovery_codes: Vec<String>,
}
