//! `/v1`

mod auth;
mod collections;
mod health;
mod invitations;
mod me;
mod members;
mod openapi;
mod projects;
mod tenant_lookup;
mod tenants;
mod unknown;
