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
    let of_tables = ["tables", "system", "files", "exports"];
    let tables = of_tables.iter().any(|need| worker.needs(need));
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
            worker.needs("vectors"),
            "VECTOR_BUCKET_ARN",
            "!If [SearchesIndexes, !Ref VectorBucket, \"\"]",
        ),
        (
            worker.needs("vectors"),
            "VECTOR_INDEX_FROM",
            "!Ref VectorIndexFrom",
        ),
        (
            worker.needs("exports"),
            "TENANT_SYSTEM_ROLE_ARN",
            "!GetAtt ExportsSystemRole.Arn",
        ),
        (
            worker.needs("exports"),
            "EXPORTS_BUCKET",
            "!Ref ExportsBucket",
        ),
        (
            worker.needs("exports_queue"),
            "EXPORTS_QUEUE_URL",
            "!Ref ExportsQueue",
        ),
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
