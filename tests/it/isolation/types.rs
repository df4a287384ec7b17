//! What an endpoint can't even say: each program in `types/` reaches past the caller's tenant, and the compiler refuses it.
//!
//! A program names its errors where they are: `//~ E0616 field …` on the line, or `//~^` on the line below; `-` stands for
//! an error without a number. It must have these errors and no others, so that none is refused for another reason than it seems. The programs are checked against
//! the libraries that the functions themselves were built with, which takes a fraction of a second each.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that endpoints use.
const CRATES: [&str; 8] = [
    "endpoint",
    "tenant_context",
    "permissions",
    "problem",
    "records",
    "fields",
    "schemars",
    "serde",
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The libraries as cargo left them, by crate. Where the functions are built already this takes no time.
struct Libraries {
    by_crate: BTreeMap<String, PathBuf>,
    folder: PathBuf,
}

impl Libraries {
    fn of_the_functions() -> Self {
        let mut cargo = tests::cargo();
        cargo.args(["build", "--quiet", "--bins", "--message-format=json"]);
        for package in function_packages() {
            cargo.args(["--package", &package]);
        }
        let built = cargo.output().expect("cargo");
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        let mut by_crate = BTreeMap::new();
        for line in built.stdout.split(|byte| *byte == b'\n') {
            let Ok(message) = serde_json::from_slice::<Value>(line) else {
                continue;
            };
            let name = message["target"]["name"]
                .as_str()
                .unwrap_or_default()
                .replace('-', "_");
            let files = message["filenames"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            if let Some(library) = files.clone().find(|file| file.ends_with(".rlib"))
                && CRATES.contains(&name.as_str())
            {
                by_crate.insert(name, PathBuf::from(library));
            }
        }
        let folder = by_crate["endpoint"].parent().unwrap().join("deps");
        let folder = if folder.is_dir() {
            folder
        } else {
            by_crate["endpoint"].parent().unwrap().to_owned()
        };
        Self { by_crate, folder }
    }

    /// What the compiler says about a program.
    fn check(&self, program: &Path) -> Vec<Found> {
        let out = std::env::temp_dir().join(format!("tenantry-types-{}", std::process::id()));
        std::fs::create_dir_all(&out).unwrap();
        let mut compiler =
            Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        compiler.current_dir(root()).arg(program);
        compiler.args([
            "--edition=2024",
            "--crate-type=bin",
            "--emit=metadata",
            "--error-format=json",
            "--cap-lints=allow",
        ]);
        compiler
            .arg("--out-dir")
            .arg(&out)
            .arg("-L")
            .arg(format!("dependency={}", self.folder.display()));
        for (name, library) in &self.by_crate {
            compiler
                .arg("--extern")
                .arg(format!("{name}={}", library.display()));
        }
        let output = compiler.output().expect("rustc");
        let text = String::from_utf8(output.stderr).unwrap();
        let messages = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{text}")));
        messages
            .filter_map(|message| Found::in_message(&message))
            .collect()
    }
}

fn function_packages() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let manifests = folders
        .filter(|folder| folder.join("src/bin").is_dir())
        .map(|folder| folder.join("Cargo.toml"));
    let names = manifests.filter_map(|manifest| {
        let text = std::fs::read_to_string(manifest).ok()?;
        Some(
            text.lines()
                .find_map(|line| line.strip_prefix("name = "))?
                .trim_matches('"')
                .to_owned(),
        )
    });
    names.collect()
}

/// An error by its line.
struct Found {
    line: u64,
    code: String,
    text: String,
}

impl Found {
    fn in_message(message: &Value) -> Option<Self> {
        let spans = message["spans"].as_array()?;
        if message["level"] != "error" || spans.is_empty() {
            return None;
        }
        let primary = spans.iter().find(|span| span["is_primary"] == true)?;
        let labels = spans
            .iter()
            .filter_map(|span| span["label"].as_str())
            .collect::<Vec<_>>()
            .join("; ");
        Some(Self {
            line: primary["line_start"].as_u64()?,
            code: message["code"]["code"].as_str().unwrap_or("-").to_owned(),
            text: format!("{}; {labels}", message["message"].as_str()?),
        })
    }
}

/// An error that a program announces.
struct Expected {
    line: u64,
    code: String,
    text: String,
}

impl Expected {
    fn all_of(program: &str) -> Vec<Self> {
        let numbered = (1u64..).zip(program.lines());
        let announced = numbered.filter_map(|(number, line)| {
            let (_, note) = line.split_once("//~")?;
            let (line, note) = note
                .strip_prefix('^')
                .map_or((number, note), |note| (number - 1, note));
            let (code, text) = note.trim().split_once(' ').expect("a code and a text");
            Some(Self {
                line,
                code: code.to_owned(),
                text: text.to_owned(),
            })
        });
        announced.collect()
    }

    fn is(&self, found: &Found) -> bool {
        // By which of its paths the compiler names a type is a matter of chance.
        self.line == found.line
            && self.code == found.code
            && without_paths(&found.text).contains(&without_paths(&self.text))
    }
}

fn without_paths(text: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut parts = text.split("::").peekable();
    let mut out = String::new();
    while let Some(part) = parts.next() {
        out.push_str(if parts.peek().is_some() {
            part.trim_end_matches(is_name)
        } else {
            part
        });
    }
    out
}

#[test]
fn what_reaches_past_the_callers_tenant_does_not_compile() {
    let libraries = Libraries::of_the_functions();
    let mut programs: Vec<PathBuf> =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/types"))
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .collect();
    programs.sort();
    let (mut wrong, mut errors) = (Vec::new(), 0);
    for program in &programs {
        let name = program.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = Expected::all_of(&std::fs::read_to_string(program).unwrap());
        assert_eq!(
            expected.is_empty(),
            name == "compiles",
            "{name} announces {} errors",
            expected.len()
        );
        let found = libraries.check(program);
        errors += expected.len();
        for missing in expected
            .iter()
            .filter(|expected| !found.iter().any(|found| expected.is(found)))
        {
            wrong.push(format!(
                "{name}:{} should be refused with {} {}",
                missing.line, missing.code, missing.text
            ));
        }
        for other in found
            .iter()
            .filter(|found| !expected.iter().any(|expected| expected.is(found)))
        {
            wrong.push(format!(
                "{name}:{} is refused with {} {}",
                other.line, other.code, other.text
            ));
        }
    }
    println!("{} programs, {errors} errors", programs.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `Identity` gives keys of any tenant, to a role that the template narrows. An endpoint that works with its caller's
/// credentials has no business there.
#[test]
fn only_functions_with_a_role_of_their_own_act_before_there_is_a_context() {
    let mut wrong = Vec::new();
    let mut allowed = 0;
    for area in std::fs::read_dir(root().join("functions"))
        .unwrap()
        .flatten()
    {
        for file in std::fs::read_dir(area.path().join("src/bin"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let text = std::fs::read_to_string(file.path()).unwrap();
            if text.contains("Identity::new") {
                allowed += 1;
                if !text.contains(".role(\"") {
                    wrong.push(file.path().display().to_string());
                }
            }
        }
    }
    assert!(
        allowed > 0,
        "nothing uses Identity under that name any more"
    );
    assert!(
        wrong.is_empty(),
        "these use Identity with EndpointRole: {}",
        wrong.join(", ")
    );
}

/// `deny.toml` is the rule; this tells sooner, and without another tool.
#[test]
fn only_tenant_context_depends_on_the_dynamodb_client() {
    let mut cargo = tests::cargo();
    cargo.args(["metadata", "--no-deps", "--format-version=1", "--offline"]);
    let metadata: Value = serde_json::from_slice(&cargo.output().expect("cargo").stdout).unwrap();
    let mut users = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let mut clients = dependencies.filter(|dependency| {
            dependency["name"] == "aws-sdk-dynamodb" && dependency["kind"].is_null()
        });
        if clients.next().is_some() {
            users.push(package["name"].as_str().unwrap());
        }
    }
    assert_eq!(users, ["tenant-context"]);
}
