//! `GET /v1/projects/{project_id}/files/{record_id}/download-url`: where the bytes of a file can be had.

use endpoint::prelude::*;
use files_functions::record::{FileItem, FilePath};

struct FilesDownloadUrl;

/// Where the bytes are, and what they are.
#[derive(Serialize, JsonSchema)]
struct DownloadUrl {
    /// Where from, with `GET`.
    url: String,
    /// Until when.
    expires_at: String,
    /// How many bytes there are.
    size_bytes: u64,
    /// Their media type.
    content_type: String,
    /// Their SHA-256, in hexadecimal.
    sha256: String,
}

impl Endpoint for FilesDownloadUrl {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/files/{record_id}/download-url",
        "Gives a URL from which the bytes of a file can be had, for a quarter of an hour. It is theirs alone: when others are uploaded in \
         their place, it leads nowhere.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Read),
        Access::Read,
    )
    .needs(&[Needs::Tenant, Needs::Files])
    .problems(&[Kind::FileNotUploaded]);
    type Caller = TenantContext;
    type Path = FilePath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = DownloadUrl;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<DownloadUrl>, Problem> {
        let project = caller.project(input.path.project_id)?;
        // First, since these credentials must last longer than the table's.
        let files = caller.files().await?;
        let file = FileItem::read(&caller, &project, input.path.record_id).await?;
        if input.grant == Grant::Own && file.owner_id != caller.user_id() {
            return Err(Kind::NotFound.into());
        }
        let missing = || Problem::new(Kind::FileNotUploaded);
        let upload = file.upload().ok_or_else(missing)?;
        let text = |field| file.text(field).map(str::to_owned).ok_or_else(missing);
        let of = files.of(&project, input.path.record_id);
        let signed = files.download_url(of, upload, &text("name")?)?;
        Ok(Reply::new(DownloadUrl {
            url: signed.url,
            expires_at: format!("{:.0}", signed.expires_at),
            size_bytes: file.size().ok_or_else(missing)?,
            content_type: text("content_type")?,
            sha256: text("sha256")?,
        }))
    }
}

fn main() -> ExitCode {
    run::<FilesDownloadUrl>()
}
