//! What the endpoints of sign-up and sign-in share.

pub mod founding;
pub mod plans;
