//! What the endpoints of sign-up and sign-in share.

pub mod address;
pub mod founding;
pub mod links;
pub mod member_copies;
pub mod new_password;
