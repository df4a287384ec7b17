//! What the endpoints of second factors share.

pub mod addressee;
pub mod recovery_codes;
