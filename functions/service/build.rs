//! Takes the white space out of the OpenAPI document, which is for people in the repository and for programs over HTTP.

use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

const DOCUMENT: &str = "../../infra/openapi.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let text = fs::read_to_string(DOCUMENT)?;
    let document = match serde_json::from_str::<Value>(&text) {
        Ok(document) => document.to_string(),
        // With the marks of a merge in it, say. What makes it anew must be able to build this function; the function refuses such
        // a document when it starts, and `cargo xtask check` calls it stale.
        Err(error) => {
            println!(
                "cargo::warning=infra/openapi.json is no JSON ({error}): `cargo xtask generate` makes it anew"
            );
            text
        }
    };
    let made = Path::new(&env::var("OUT_DIR")?).join("openapi.json");
    Ok(fs::write(made, document)?)
}
