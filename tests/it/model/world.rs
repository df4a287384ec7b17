//! The tenants of one worker, their people, and what the worker knows of them.

use super::random::Random;
use super::records::Records;
use super::shapes::{SHAPES, Shape};
use permissions::Grant;
use std::sync::{Arc, Mutex};
use tests::{Kind, Person, Role, TestCloud, TestTenant};

/// A tenant with people in every kind of role, and two projects.
pub(super) struct Side {
    pub(super) tenant: TestTenant,
    pub(super) people: Vec<(Role, Person)>,
    pub(super) projects: [Records; 2],
}

/// A page that somebody saw, and the cursor that goes on from it.
pub(super) struct Seen {
    pub(super) cursor: String,
    pub(super) by: Person,
    pub(super) at: Place,
    pub(super) query: String,
}

/// A collection in a project of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) side: usize,
    pub(super) project: usize,
    pub(super) shape: usize,
}

/// Who asks.
#[derive(Clone)]
pub(super) struct Actor {
    pub(super) side: usize,
    pub(super) role: Role,
    pub(super) person: Person,
}

/// What somebody does with records, as permissions name it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Reads,
    Writes,
}

pub(super) struct World {
    pub(super) cloud: &'static TestCloud,
    pub(super) random: Random,
    pub(super) sides: [Side; 2],
    pub(super) seen: Vec<Seen>,
    /// How many batches of several kinds of operations were done, and how many refused.
    pub(super) batches: (usize, usize),
    /// What was done last, for whoever reads of a failure.
    pub(super) trace: Arc<Mutex<Vec<String>>>,
}

impl Side {
    async fn create(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "model").await;
        let mut people = vec![(Role::Owner, tenant.owner.clone())];
        for role in [Role::Manager, Role::SalesRep, Role::Viewer] {
            people.push((role, tenant.member(role).await));
        }
        let second = tenant.project().await;
        let projects = [tenant.project_id.clone(), second].map(|id| Records {
            id,
            ..Records::default()
        });
        Self {
            tenant,
            people,
            projects,
        }
    }

    /// The users who may own records.
    pub(super) fn users(&self) -> Vec<String> {
        let people = self.people.iter();
        people.map(|(_, person)| person.user_id.clone()).collect()
    }
}

impl Actor {
    pub(super) fn grant(&self, doing: Doing) -> Grant {
        match (self.role, doing) {
            (_, Doing::Reads) | (Role::Owner | Role::Manager, Doing::Writes) => Grant::All,
            (Role::SalesRep, Doing::Writes) => Grant::Own,
            _ => Grant::None,
        }
    }

    /// Why they do not get in at all. A sales representative is in the first project only.
    pub(super) fn turned_away(&self, doing: Doing, at: Place) -> Option<Kind> {
        let sees = self.side == at.side && (at.project == 0 || self.role != Role::SalesRep);
        if self.grant(doing) == Grant::None {
            Some(Kind::PermissionDenied)
        } else if sees {
            None
        } else {
            Some(Kind::NotFound)
        }
    }
}

impl World {
    pub(super) async fn create(
        cloud: &'static TestCloud,
        seed: u64,
        trace: Arc<Mutex<Vec<String>>>,
    ) -> Self {
        Self {
            cloud,
            random: Random::new(seed),
            sides: [Side::create(cloud).await, Side::create(cloud).await],
            seen: Vec::new(),
            batches: (0, 0),
            trace,
        }
    }

    pub(super) fn shape(at: Place) -> &'static Shape {
        &SHAPES[at.shape]
    }

    pub(super) fn records(&mut self, at: Place) -> &mut Records {
        &mut self.sides[at.side].projects[at.project]
    }

    /// The path of a collection.
    pub(super) fn path(&self, at: Place) -> String {
        let project = &self.sides[at.side].projects[at.project].id;
        format!("/v1/projects/{project}/{}", SHAPES[at.shape].name)
    }

    /// Some collection, more often in the first project, where more people are.
    pub(super) fn place(&mut self) -> Place {
        Place {
            side: self.random.below(2),
            project: usize::from(self.random.chance(20)),
            shape: self.random.below(SHAPES.len()),
        }
    }

    /// Somebody: most often of the tenant in question.
    pub(super) fn actor(&mut self, at: Place) -> Actor {
        let side = if self.random.chance(12) {
            1 - at.side
        } else {
            at.side
        };
        let of_all = &self.sides[side].people;
        let (role, person) = self.random.one(of_all);
        Actor { side, role, person }
    }

    /// The id of a record: most often one that is, or was, at this place.
    pub(super) fn id(&mut self, at: Place) -> String {
        let elsewhere = match self.random.below(100) {
            0..82 => at,
            82..88 => Place {
                side: 1 - at.side,
                ..at
            },
            88..92 => Place {
                project: 1 - at.project,
                ..at
            },
            92..97 => Place {
                shape: self.random.below(SHAPES.len()),
                ..at
            },
            _ => return format!("rec_{}", uuid::Uuid::now_v7()),
        };
        let all = &self.sides[elsewhere.side].projects[elsewhere.project].all;
        let here: Vec<&String> = all
            .iter()
            .filter(|record| record.shape == elsewhere.shape)
            .map(|record| &record.id)
            .collect();
        let picked = self.random.pick(&here).map(|id| (*id).clone());
        picked.unwrap_or_else(|| format!("rec_{}", uuid::Uuid::now_v7()))
    }

    /// Notes what is about to be done.
    pub(super) fn note(&self, text: String) {
        self.trace.lock().unwrap().push(text);
    }
}
