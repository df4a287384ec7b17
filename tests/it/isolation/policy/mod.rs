//! The isolation guarantees of the roles in `template.yaml`, and the proof that each of their guards is needed.
//!
//! `shipped_policy_holds` asks the shipped roles one question after the other: whoever edits `template.yaml` is told by
//! a test's name which guarantee they broke. `mutations` takes the guards away one by one, and wants a guarantee to fall
//! each time: a guard that nothing misses could be dropped without anybody noticing.

mod guarantees;
mod mutations;
mod roles;
