//! The generated files: written by `generate`, compared by `check`.

use crate::describe::Functions;
use crate::failure::{Failure, Result, read, write};
use crate::{
    access_table, openapi, permissions_table, phone_plans, plans_table, routes, template_part,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Paths inside the repository, with what should stand there.
pub(crate) type Outputs = BTreeMap<&'static str, String>;

pub(crate) const TEMPLATE: &str = "template.yaml";
pub(crate) const ACCESS: &str = "infra/docs/access.md";

/// Makes every generated file from the declarations and the hand-written part of the template.
pub(crate) fn make(root: &Path, functions: &Functions) -> Result<Outputs> {
    let template = template_part::replace(&read(&root.join(TEMPLATE))?, functions)?;
    let endpoints = functions.endpoints.as_slice();
    Ok(BTreeMap::from([
        (ACCESS, access_table::render(&template)?),
        (
            "infra/docs/permissions.md",
            permissions_table::render(endpoints),
        ),
        ("infra/docs/plans.md", plans_table::render()),
        ("shared/fields/src/phone/plans.txt", phone_plans::render()),
        ("infra/openapi.json", openapi::render(endpoints)?),
        ("infra/routes.json", routes::render(endpoints)),
        (TEMPLATE, template),
    ]))
}

/// Writes what differs and answers the names of what was written.
pub(crate) fn write_changed(root: &Path, outputs: &Outputs) -> Result<Vec<&'static str>> {
    let stale = stale(root, outputs);
    for path in &stale {
        if let Some(text) = outputs.get(path) {
            write(&root.join(path), text)?;
        }
    }
    Ok(stale)
}

/// The files that are missing or say something else than they should.
pub(crate) fn stale(root: &Path, outputs: &Outputs) -> Vec<&'static str> {
    outputs
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| *path)
        .collect()
}

/// Fails when a file is stale, naming each.
pub(crate) fn check(root: &Path, outputs: &Outputs) -> Result<()> {
    let stale = stale(root, outputs);
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "stale: {}. Run `cargo xtask generate` and commit what it writes",
        stale.join(", ")
    )))
}

/// Indented JSON that ends in a newline.
pub(crate) fn json(value: &impl Serialize) -> String {
    // Maps with text keys and no foreign types: this can't fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn stale_files_are_named_and_written() {
        let root = std::env::temp_dir().join(format!("tenantry-xtask-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("template.yaml"), "old").unwrap();
        std::fs::write(root.join("same.md"), "same").unwrap();
        let outputs = Outputs::from([
            ("infra/routes.json", "[]".to_owned()),
            ("same.md", "same".to_owned()),
            ("template.yaml", "new".to_owned()),
        ]);
        let error = check(&root, &outputs).unwrap_err().to_string();
        assert_eq!(
            error,
            "stale: infra/routes.json, template.yaml. Run `cargo xtask generate` and commit what it writes"
        );
        assert_eq!(
            write_changed(&root, &outputs).unwrap(),
            ["infra/routes.json", "template.yaml"]
        );
        assert!(check(&root, &outputs).is_ok());
        assert!(write_changed(&root, &outputs).unwrap().is_empty());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
