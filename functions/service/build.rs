//! Takes the white space out of the OpenAPI document, which is for people in the repository and for programs over HTTP.

use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

const DOCUMENT: &str = "../../infra/openapi.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let document: Value = serde_json::from_str(&fs::read_to_string(DOCUMENT)?)?;
    let made = Path::new(&env::var("OUT_DIR")?).join("openapi.json");
    Ok(fs::write(made, document.to_string())?)
}
