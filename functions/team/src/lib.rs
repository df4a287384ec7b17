//! What the endpoints about members and invitations share.

pub mod caller_of_public;
pub mod joining;
