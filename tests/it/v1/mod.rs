//! `/v1`

mod auth;
mod collections;
mod health;
mod me;
mod openapi;
mod projects;
mod tenant_lookup;
mod tenants;
