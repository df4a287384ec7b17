//! What the endpoints about members, invitations and roles share.

pub mod bulk;
pub mod caller_of_public;
pub mod counts;
pub mod custom_roles;
pub mod ending;
pub mod giving;
pub mod inviting;
pub mod joining;
pub mod managing;
pub mod seats;
pub mod shown;
pub mod together;
