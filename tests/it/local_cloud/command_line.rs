//! Whatever is wrong is said in one clear line.

use super::run::{Folder, Running, fails, local, root};
use std::net::TcpListener;

/// One line on stderr that begins with `error:` and contains this; exit status 1.
#[track_caller]
fn says(arguments: &[&str], expected: &[&str]) {
    let (code, text) = fails(arguments);
    assert_eq!(code, Some(1), "{arguments:?}: {text}");
    assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
    assert!(
        text.starts_with("error: ") && !text.contains("panicked"),
        "{text}"
    );
    for part in expected {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

#[test]
fn a_busy_port_is_named_with_the_option_that_changes_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    says(&["--api-port", &port], &["port", &port, "--api-port"]);
    says(&["--aws-port", &port], &["port", &port, "--aws-port"]);
}

#[test]
fn a_missing_file_or_folder_is_named() {
    says(
        &["--template", "/nowhere/template.yaml"],
        &["/nowhere/template.yaml", "can't be read"],
    );
    says(
        &["--functions-dir", "/nowhere"],
        &["/nowhere has no binary for", "--functions-dir"],
    );
    says(
        &["--data", "/proc/nowhere"],
        &["/proc/nowhere", "can't be made"],
    );
    let folder = Folder::new();
    let file = folder.file("a-file", "");
    says(&["--data", &file], &[&file]);
}

#[test]
fn without_a_template_it_says_how_to_name_one() {
    let folder = Folder::new();
    let output = local(&[]).current_dir(&folder.0).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.lines().count() == 1
            && text.contains("no template.yaml")
            && text.contains("--template"),
        "{text}"
    );
}

/// The shipped template with one text replaced by another.
fn broken(folder: &Folder, text: &str, by: &str) -> String {
    let shipped = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    assert!(
        shipped.contains(text),
        "template.yaml does not have {text:?} any more"
    );
    folder.file("template.yaml", &shipped.replacen(text, by, 1))
}

#[test]
fn a_broken_template_is_refused_with_the_place() {
    let folder = Folder::new();
    for (text, by, expected) in [
        // No YAML.
        (
            "Resources:\n",
            "Resources: [\n",
            &["template.yaml", "line"][..],
        ),
        // An intrinsic function that is not known.
        (
            "!GetAtt TenantRole.Arn",
            "!GetAttr TenantRole.Arn",
            &["GetAttr"],
        ),
        // A resource that is not there.
        (
            "!GetAtt TenantRole.Arn",
            "!GetAtt TenantRoles.Arn",
            &["TenantRoles"],
        ),
        // A condition operator that is not evaluated must not be passed over.
        (
            "ForAllValues:StringLike:",
            "ForAllValues:StringLikely:",
            &["StringLikely"],
        ),
        // A condition key that the gateway does not provide would never hold.
        (
            "dynamodb:LeadingKeys: [\"TENANT#${aws:PrincipalTag/TenantId}\", ",
            "dynamodb:LeadingKey: [\"TENANT#${aws:PrincipalTag/TenantId}\", ",
            &["dynamodb:LeadingKey"],
        ),
        // A statement that can't be named can't be shown as the one that decided.
        (
            "              - Sid: TenantRead\n                Effect: Allow",
            "              - Effect: Allow",
            &["TenantRole", "Sid"],
        ),
        // A function without a role.
        (
            "Role: !GetAtt EndpointRole.Arn",
            "Role: arn:aws:iam::000000000000:role/Nobody",
            &["Nobody"],
        ),
    ] {
        says(&["--template", &broken(&folder, text, by)], expected);
    }
}

#[test]
fn a_bad_option_is_clap_s_to_explain() {
    for arguments in [
        &["--prot", "1"][..],
        &["--api-port", "many"],
        &["--api-port", "70000"],
        &["--parameter", "Stage"],
        &["surplus"],
    ] {
        let (code, text) = fails(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(
            text.starts_with("error: ") && text.contains("--help") && !text.contains("backtrace"),
            "{text}"
        );
    }
}

#[test]
fn a_parameter_that_the_template_does_not_take_is_refused() {
    says(&["--parameter", "LogLevel=loud"], &["LogLevel", "loud"]);
    says(&["--parameter", "NoSuch=1"], &["NoSuch"]);
}

#[test]
fn help_lists_every_option() {
    let output = local(&["--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for option in [
        "--api-port",
        "--aws-port",
        "--data",
        "--demo",
        "--template",
        "--parameter",
    ] {
        assert!(text.contains(option), "{option} is not in: {text}");
    }
}

#[test]
fn it_says_ready_once_with_its_addresses_and_ends_when_told_to() {
    let cloud = Running::start(&[]);
    assert_eq!(cloud.printed.len(), 1, "{:?}", cloud.printed);
    assert!(
        cloud.api.starts_with("http://127.0.0.1:") && cloud.aws.starts_with("http://127.0.0.1:"),
        "{:?}",
        cloud.printed
    );
    assert!(
        cloud.printed[0].contains(&format!("{}/_local/", cloud.aws)),
        "{:?}",
        cloud.printed
    );
    assert_eq!(cloud.stop(), Some(0));
}
