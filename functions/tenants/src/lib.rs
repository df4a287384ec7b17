//! What the endpoints about the tenant itself share.

pub mod branding;
mod css;
pub mod domains;
pub mod profile;
pub mod rename;
pub mod resolver;
pub mod settings;
