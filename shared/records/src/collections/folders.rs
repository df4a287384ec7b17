//! Folders: where files lie.

use crate::{Collection, Field, Scope};

/// A folder, in a tree of folders.
pub(super) const FOLDERS: Collection = Collection {
    name: "folders",
    part: "FOLDERS",
    summary: "A folder, in a tree of folders.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::reference(
            "parent_id",
            "folders",
            "The folder it lies in; the top, if left out.",
        ),
        Field::text("colour", 20, "The colour it is shown in."),
        Field::long_text("description", 2_000, "What lies in it."),
        Field::tags(),
    ],
};
