//! Where the records of a project lie: for what is to be done with all of them.

use crate::collection::Scope;
use crate::collections::ALL;
use tenant_context::{Partition, ProjectScope, UserId};

/// Where all records of a project lie, those too that wait for their purge; but not what is people's own, nor what the whole tenant has.
pub fn partitions(project: &ProjectScope) -> Vec<Partition> {
    in_scope(Scope::Project, |part| project.records(part))
}

/// Where one person's own lie.
pub fn partitions_of(project: &ProjectScope, person: UserId) -> Vec<Partition> {
    in_scope(Scope::Person, |part| project.records(part).of_user(person))
}

fn in_scope(scope: Scope, partition: impl Fn(&'static str) -> Partition) -> Vec<Partition> {
    let collections = ALL.iter().filter(|collection| collection.scope == scope);
    let partitions = collections.map(|collection| partition(collection.part));
    partitions
        // In the order in which records move, so that none is missed between the two.
        .flat_map(|partition| [partition.clone(), partition.deleted()])
        .collect()
}
