#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::ALL;
use crate::{Collection, Field, Scope};
use serde_json::Value;
use tenant_context::TenantId;

const RESERVED: [&str; 8] = [
    "id",
    "project_id",
    "owner_id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
];

#[test]
fn names_and_parts_are_unique_and_fit_into_keys() {
    for (position, collection) in ALL.iter().enumerate() {
        let name = collection.name;
        let others = ALL.iter().skip(position + 1);
        let is_other = |other: &&Collection| other.name != name && other.part != collection.part;
        assert!(
            others.copied().all(|other| is_other(&other)),
            "{name} twice"
        );
        assert_eq!(
            name.to_uppercase().replace('-', "_"),
            collection.part,
            "a part has no # and no *"
        );
        let fits = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(name.chars().all(fits), "{name}");
    }
}

#[test]
fn fields_are_named_once_and_by_no_name_that_every_record_has() {
    for collection in ALL {
        let name = collection.name;
        for (position, field) in collection.fields.iter().enumerate() {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(field.name.chars().all(fits), "{name}.{}", field.name);
            assert!(!RESERVED.contains(&field.name), "{name}.{}", field.name);
            let mut later = collection.fields.iter().skip(position + 1);
            assert!(
                later.all(|other| other.name != field.name),
                "{name}.{} twice",
                field.name
            );
            assert!(field.description.ends_with('.'), "{name}.{}", field.name);
        }
    }
}

#[test]
fn references_name_collections_and_fit_into_the_indexes() {
    for collection in ALL {
        for (field, target) in collection.references() {
            let name = format!("{}.{}", collection.name, field.name);
            assert!(Collection::named(target).is_some(), "{name}");
            assert!(field.name.ends_with("_id"), "{name}");
        }
        assert!(collection.references().count() <= 4, "{}", collection.name);
        let count = |is: fn(&Field) -> bool| collection.fields.iter().filter(|f| is(f)).count();
        assert!(count(Field::is_label) <= 1, "{}", collection.name);
        assert!(count(Field::is_status) <= 1, "{}", collection.name);
    }
}

#[test]
fn statuses_lead_to_statuses() {
    for collection in ALL {
        let Some(status) = collection.status() else {
            continue;
        };
        let words = status.words();
        assert!(!words.is_empty(), "{}", collection.name);
        let Some(first) = status.default() else {
            continue;
        };
        assert_eq!(first, Value::from(*words.first().unwrap()));
        for word in &words {
            let ways = status.ways_to(word).unwrap();
            assert!(ways.contains(word), "{}: {word} can stay", collection.name);
        }
    }
}

#[test]
fn what_is_the_whole_tenants_is_so_for_the_permissions_too() {
    let names = ALL.iter().filter(|one| one.scope == Scope::Tenant);
    let names: Vec<&str> = names.map(|one| one.name).collect();
    assert_eq!(names, permissions::TENANT_WIDE);
    for collection in ALL.iter().filter(|one| one.scope == Scope::Tenant) {
        // What a project has is not there in the next one.
        assert_eq!(collection.references().count(), 0, "{}", collection.name);
        assert!(collection.unread().is_none(), "{}", collection.name);
    }
}

#[test]
fn a_tenant_has_one_id_for_what_it_has_one_of() {
    let (one, other) = (TenantId::generate(), TenantId::generate());
    for collection in ALL {
        let id = collection.only(one);
        assert_eq!(id, collection.only(one));
        assert_eq!(id.is_some(), collection.scope == Scope::Tenant);
        assert!(id.is_none() || id != collection.only(other));
    }
}

#[test]
fn a_secret_is_told_of_by_another_field_and_by_that_alone() {
    for collection in ALL {
        for field in collection.fields.iter().filter(|field| field.is_secret()) {
            let name = format!("{}.{}", collection.name, field.name);
            assert!(
                !field.is_required && !field.is_label() && !field.is_status(),
                "{name}"
            );
            let tells = collection.fields.iter();
            let mut tells =
                tells.filter(|other| other.computation().is_some_and(|(of, _)| of == field.name));
            let teller = tells.next().unwrap();
            assert_eq!(teller.name, format!("{}_set", field.name));
            assert!(tells.next().is_none(), "{name}");
        }
    }
}

/// A merge patch of an object relies on it.
#[test]
fn nothing_in_an_object_is_secret_computed_or_a_reference() {
    fn look(name: &str, members: &[Field]) {
        for member in members {
            let name = format!("{name}.{}", member.name);
            assert!(!member.is_secret(), "{name} is a secret");
            assert!(!member.is_computed(), "{name} is computed");
            assert!(member.references.is_none(), "{name} is a reference");
            look(&name, member.members().unwrap_or_default());
        }
    }
    let mut objects = 0;
    for collection in ALL {
        for field in collection.fields {
            let name = format!("{}.{}", collection.name, field.name);
            if let Some(members) = field.members() {
                objects += 1;
                look(&name, members);
            }
            let source = field.computation().map(|(source, _)| source);
            let source = source.and_then(|source| collection.field(source));
            let is_of_object = source.is_some_and(|source| source.members().is_some());
            assert!(!is_of_object, "{name} is computed from an object");
        }
    }
    assert!(objects >= 7, "{objects}");
}
