//! The program itself, started for a test.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tests::TestCloud;

pub(super) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The program's path. It is built here, once, unless it is up to date.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let built = tests::cargo()
            .args(["build", "--quiet", "--package", "local", "--bin", "local"])
            .output()
            .expect("cargo");
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        target_folder().join("local")
    })
}

/// The tests' executable is in `<target>/debug/deps`.
fn target_folder() -> PathBuf {
    std::env::current_exe()
        .unwrap()
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// The folder with the functions, which the shared cloud has built.
fn functions() -> PathBuf {
    TestCloud::shared();
    std::env::var_os("TENANTRY_FUNCTIONS_DIR").map_or_else(target_folder, PathBuf::from)
}

/// `cargo local` on free ports, with the functions that are there; an option given again counts.
pub(super) fn local(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .current_dir(root())
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
        .arg("--functions-dir")
        .arg(functions())
        .args(["--api-port", "0", "--aws-port", "0"])
        .args(arguments);
    command
}

/// A local cloud that is running; it is told to end when this is dropped.
pub(super) struct Running {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    pub(super) api: String,
    pub(super) aws: String,
    /// What it printed, up to and with the ready line.
    pub(super) printed: Vec<String>,
}

impl Running {
    pub(super) fn start(arguments: &[&str]) -> Self {
        let mut child = local(arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut printed = Vec::new();
        loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut errors = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut errors)
                    .unwrap();
                panic!("it ended before it was ready: {errors}");
            }
            printed.push(line.trim_end().to_owned());
            if line.starts_with("ready") {
                break;
            }
        }
        let ready = printed.last().unwrap();
        let after = |word: &str| {
            ready
                .split_whitespace()
                .skip_while(|known| *known != word)
                .nth(1)
                .unwrap()
                .to_owned()
        };
        let (api, aws) = (after("API"), after("AWS"));
        Self {
            child,
            out,
            api,
            aws,
            printed,
        }
    }

    /// The program's process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as a terminal does, and waits for that.
    pub(super) fn stop(mut self) -> Option<i32> {
        self.terminate();
        let code = wait(&mut self.child);
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "it went on talking after the ready line");
        code
    }

    fn terminate(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.terminate();
            wait(&mut self.child);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a thread of a test waits for another program"
)]
fn wait(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    panic!("it did not end");
}

/// Runs it to its end, which must come by itself.
pub(super) fn fails(arguments: &[&str]) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = local(arguments).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&stdout),
        "",
        "an error goes to stderr"
    );
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// A folder of its own for a test, removed at the end.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("tenantry-local-{}", tests::unique()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A file of this text in it.
    pub(super) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the system's folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
