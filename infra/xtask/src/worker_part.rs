//! The part of template.yaml of a function without a route.

use crate::template_part::{environment, head};
use crate::workers::Worker;

/// A function without a route.
pub(crate) fn render(worker: &Worker) -> String {
    let Worker {
        binary,
        summary,
        role,
        memory_mb,
        timeout_s,
        ..
    } = worker;
    let tables = worker.needs("tables") || worker.needs("system") || worker.needs("files");
    let all = [
        (tables, "TENANT_TABLE", "!Ref TenantTable"),
        (tables, "DIRECTORY_TABLE", "!Ref DirectoryTable"),
        (
            worker.needs("system"),
            "TENANT_SYSTEM_ROLE_ARN",
            "!GetAtt TenantSystemRole.Arn",
        ),
        (
            worker.needs("files"),
            "TENANT_SYSTEM_ROLE_ARN",
            "!GetAtt FilesSystemRole.Arn",
        ),
        (worker.needs("files"), "FILES_BUCKET", "!Ref FilesBucket"),
        (
            worker.needs("files_queue"),
            "FILES_QUEUE_URL",
            "!Ref FilesQueue",
        ),
        (
            worker.needs("link_key"),
            "LINK_KEY_SECRET",
            "!Ref LinkKeySecret",
        ),
        (
            worker.needs("email_queue"),
            "EMAIL_QUEUE_URL",
            "!Ref EmailQueue",
        ),
        (
            worker.needs("mail"),
            "EMAIL_CONFIGURATION_SET",
            "!Ref EmailConfigurationSet",
        ),
        (
            worker.needs("mail"),
            "EMAIL_RETRY_SECONDS",
            "!Ref EmailRetrySeconds",
        ),
    ];
    let variables: Vec<(&str, &str)> = all
        .into_iter()
        .filter(|(wanted, ..)| *wanted)
        .map(|(_, name, value)| (name, value))
        .collect();
    let head = head(binary, summary, role, *memory_mb, *timeout_s);
    format!("{head}{}{}", environment(&variables), worker.events())
}
