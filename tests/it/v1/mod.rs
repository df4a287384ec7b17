//! `/v1`

pub(crate) mod auth;
mod billing;
mod collections;
mod exports;
mod health;
mod hosts;
mod invitations;
mod me;
mod members;
mod openapi;
mod permissions;
mod projects;
mod roles;
mod tenant;
mod tenant_lookup;
mod tenants;
mod transfer_ownership;
mod unknown;
