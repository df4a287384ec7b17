//! `POST /v1/projects/{project_id}/files/{record_id}/upload-url`: where the bytes of a file can be sent.

use endpoint::prelude::*;
use files_functions::allowance::Allowance;
use files_functions::input::{MediaType, Sha256, Size};
use files_functions::pending::wait_on;
use files_functions::record::FilePath;
use permissions::Grant;
use std::collections::BTreeMap;
use tenant_context::files::Upload;

struct FilesUploadUrl;

/// What is to be uploaded: these bytes and no others.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// How many bytes.
    size_bytes: Size,
    /// Their media type.
    content_type: MediaType,
    /// Their SHA-256, in hexadecimal.
    sha256: Sha256,
}

/// How to send them.
#[derive(Serialize, JsonSchema)]
struct UploadUrl {
    /// Where to.
    url: String,
    /// The method.
    method: &'static str,
    /// Headers to send as they are; the signature covers them.
    headers: BTreeMap<&'static str, String>,
    /// Until when.
    expires_at: String,
}

impl Endpoint for FilesUploadUrl {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/files/{record_id}/upload-url",
        "Gives a URL to which the bytes of a file can be sent, for a quarter of an hour. Exactly the bytes that are described here are \
         taken there. A moment later the file is `available` with them, in place of those that it had. The plan says \
         how much.",
    )
    .success(200)
    .permission(
        Permission::new(Resource::Records, Action::Update),
        Access::Write,
    )
    .needs(&[Needs::Tenant, Needs::Files])
    .problems(&[Kind::PlanLimit]);
    type Caller = TenantContext;
    type Path = FilePath;
    type Query = NoInput;
    type Body = Body;
    type Output = UploadUrl;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<UploadUrl>, Problem> {
        let project = caller.project(input.path.project_id)?;
        // First, since these credentials must last longer than the table's.
        let files = caller.files().await?;
        let allowance = Allowance::read(&caller, &project, input.path.record_id).await?;
        if input.grant == Grant::Own && allowance.file.owner_id != caller.user_id() {
            return Err(Problem::new(Kind::PermissionDenied)
                .detail("Your role lets you change only records that you own."));
        }
        allowance.check(input.body.size_bytes.0)?;
        let file = files.of(&project, input.path.record_id);
        wait_on(&caller, file, &allowance.file).await?;
        let upload = Upload {
            size: input.body.size_bytes.0,
            content_type: &input.body.content_type.0,
            sha256: input.body.sha256.0,
            by: caller.user_id(),
        };
        let signed = files.upload_url(file, &upload)?;
        Ok(Reply::new(UploadUrl {
            url: signed.url,
            method: "PUT",
            headers: signed.headers.into_iter().collect(),
            expires_at: format!("{:.0}", signed.expires_at),
        }))
    }
}

fn main() -> ExitCode {
    run::<FilesUploadUrl>()
}
