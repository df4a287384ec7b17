//! The collections, a file each. To add one: write its file, and name it here.

mod accounts;
mod contacts;
mod deals;

use crate::Collection;

/// Every collection.
pub const ALL: &[&Collection] = &[&accounts::ACCOUNTS, &contacts::CONTACTS, &deals::DEALS];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn definitions_are_consistent() {
        let reserved = [
            "id",
            "project_id",
            "owner_id",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
            "version",
        ];
        for (position, collection) in ALL.iter().enumerate() {
            let name = collection.name;
            assert!(
                ALL.iter()
                    .skip(position + 1)
                    .all(|other| other.name != name && other.part != collection.part),
                "{name} twice"
            );
            assert!(
                collection
                    .part
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c == '_'),
                "{name}: a part has no # and no *"
            );
            for (position, field) in collection.fields.iter().enumerate() {
                assert!(
                    !reserved.contains(&field.name),
                    "{name}.{} is a name of every record",
                    field.name
                );
                assert!(
                    !field.name.contains('.'),
                    "{name}.{}: a dot would make a path",
                    field.name
                );
                assert!(
                    collection
                        .fields
                        .iter()
                        .skip(position + 1)
                        .all(|other| other.name != field.name),
                    "{name}.{} twice",
                    field.name
                );
                if let Some(target) = field.references {
                    assert!(
                        ALL.iter().any(|other| other.name == target),
                        "{name}.{} names no collection",
                        field.name
                    );
                }
            }
        }
    }
}
