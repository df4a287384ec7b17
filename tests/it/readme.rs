//! The README's first five minutes: each line is run as it is printed, and must answer what is shown.

use std::path::Path;
use std::process::Command;
use tests::TestCloud;

/// One command, and the lines shown under it.
struct Step {
    command: String,
    shown: Vec<String>,
}

#[tokio::test]
async fn the_lines_give_the_answers_shown() {
    let cloud = TestCloud::shared();
    local::create_demo_data(cloud.api_url()).await.unwrap();
    let steps = steps(include_str!("../../README.md"));
    assert!(steps.len() > 15, "the README's lines were not found");

    let folder = std::env::temp_dir().join(format!("tenantry-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = script(&steps, cloud);
    let folder_of_run = folder.clone();
    let run = tokio::task::spawn_blocking(move || run(&script, &folder_of_run));
    let output = run.await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();

    for (number, step) in steps.iter().enumerate() {
        let answer = between(&output, number);
        let shown = step.shown.join("\n");
        assert!(
            is_like(&shown, answer),
            "{}\nshows   {shown}\nanswers {answer}",
            step.command
        );
    }
}

/// The commands of the `console` blocks, with what stands under each.
fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if is_console && let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                shown: Vec::new(),
            });
        } else if is_console {
            let step = steps
                .last_mut()
                .expect("a console block begins with a command");
            step.shown.push(line.to_owned());
        }
    }
    steps
}

/// The commands as a reader would type them, with a mark before each answer; the ports are those of the test's cloud.
fn script(steps: &[Step], cloud: &TestCloud) -> String {
    let host = |url: &str| url.trim_start_matches("http://").to_owned();
    let mut script = String::new();
    for (number, step) in steps.iter().enumerate() {
        let command = step
            .command
            .replace("localhost:3000", &host(cloud.api_url()));
        let command = command.replace("localhost:4566", &host(cloud.aws_url()));
        script.push_str(&format!("echo; echo '@@{number}'\n{command}\n"));
    }
    script
}

fn run(script: &str, folder: &Path) -> String {
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(folder)
        .output()
        .expect("bash");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    String::from_utf8(output.stdout).unwrap() + "\n"
}

/// What was written between the mark of a step and the next.
fn between(output: &str, number: usize) -> &str {
    let mark = format!("\n@@{number}\n");
    let start = output.find(&mark).expect("every step is marked") + mark.len();
    let rest = output.get(start..).unwrap();
    let end = rest.find("\n@@").unwrap_or(rest.len());
    rest.get(..end).unwrap().trim_end()
}

/// Whether the answer is what is shown, where `…` stands for anything.
fn is_like(shown: &str, answer: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(mut rest) = parts.next().and_then(|first| answer.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let is_last = number + 1 == parts.len();
        let found = if is_last && rest.ends_with(part) {
            Some(rest.len())
        } else {
            rest.find(part).map(|at| at + part.len())
        };
        match found.and_then(|end| rest.get(end..)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty()
}

#[test]
fn likeness() {
    assert!(is_like("", ""));
    assert!(is_like("200", "200"));
    assert!(is_like("{\"id\":\"…\",\"a\":1}", "{\"id\":\"x\",\"a\":1}"));
    assert!(is_like("begins …", "begins anyhow"));
    assert!(!is_like("200", "404"));
    assert!(!is_like("{\"id\":\"…\",\"a\":1}", "{\"id\":\"x\",\"a\":2}"));
    assert!(!is_like("", "something"));
}
