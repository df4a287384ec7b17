//! `PATCH /v1/projects/{project_id}`: changes a project by a JSON Merge Patch.

use endpoint::prelude::*;
use fields::{Currency, Description, Name, Object, Patch, present};
use projects_functions::{ProjectPath, change};
use tenant_context::items::{Project, ProjectSettings, Visibility};

struct ProjectsUpdate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What it is called.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Name")]
    name: Option<Name>,
    /// What it is for.
    #[serde(default)]
    description: Patch<Description>,
    /// Who sees it. Whoever closes a project that they are not in closes it to themselves, admins aside.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Visibility")]
    visibility: Option<Visibility>,
    /// What new records begin with.
    #[serde(default)]
    settings: Patch<Object<Settings>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ProjectSettingsChange")]
struct Settings {
    /// The currency of amounts.
    #[serde(default)]
    default_currency: Patch<Currency>,
}

impl Endpoint for ProjectsUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/projects/{project_id}",
        "Changes a project by a JSON Merge Patch (RFC 7396); with If-Match, only at that version.",
    )
    .permission(
        Permission::new(Resource::Projects, Action::Update),
        Access::Admin,
    )
    .problems(&[Kind::InvalidHeader, Kind::VersionMismatch, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = ProjectPath;
    type Query = NoInput;
    type Body = Body;
    type Output = Project;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Project>, Problem> {
        let id = caller.project(input.path.project_id)?.id();
        let if_match = input.request.if_match;
        let visibility = input.body.visibility;
        let change = change::by(&caller, if_match)?.when(Condition::equals("status", "active"));
        let change = merged(change, input.body)?;
        let changed = match visibility {
            None => {
                let key = caller.keys().project(id);
                caller.table().await?.update(&key, change).await
            }
            Some(visibility) => {
                let (set, id_text) = ("private_project_ids", id.to_string());
                let known = match visibility {
                    Visibility::Private => Update::new().insert(set, id_text),
                    Visibility::Open => Update::new().take(set, id_text),
                };
                change::with_tenant(&caller, id, change, known).await
            }
        };
        let project = changed.map_err(|error| {
            error.or(|mut refused| {
                change::refusal(refused.pop().and_then(|(_, item)| item), if_match)
            })
        })?;
        let version = project.version;
        Ok(Reply::new(project).version(version))
    }
}

fn merged(mut change: Update, body: Body) -> Result<Update, Problem> {
    if let Some(name) = body.name {
        change = change.set("name", name)?;
    }
    change = match body.description {
        Patch::Keep => change,
        Patch::Clear => change.set("description", "")?,
        Patch::Set(text) => change.set("description", text)?,
    };
    if let Some(visibility) = body.visibility {
        change = change.set("visibility", visibility)?;
    }
    // There is one setting: to merge it is to replace them all.
    Ok(match body.settings {
        Patch::Keep => change,
        Patch::Clear => change.remove("settings"),
        Patch::Set(Object(settings)) => match settings.default_currency {
            Patch::Keep => change,
            Patch::Clear => change.remove("settings"),
            Patch::Set(currency) => {
                let default_currency = Some(currency.to_string());
                change.set("settings", ProjectSettings { default_currency })?
            }
        },
    })
}

fn main() -> ExitCode {
    run::<ProjectsUpdate>()
}
