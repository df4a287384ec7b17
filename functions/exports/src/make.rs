//! Making an export, a step at a time. All of it can be repeated; see the crate for what may go wrong.

use crate::item::{ExportItem, Failure, Status, UNFINISHED};
use problem::{Kind, Problem};
use records::{Collection, Extract, Piece};
use serde::Deserialize;
use tenant_context::exports::{Completed, ExportOf, ExportStore, Part};
use tenant_context::system::SystemContext;
use tenant_context::{Condition, Key, Update, WriteError};

/// How often a step is tried.
pub const MOST_TRIES: u32 = 8;
/// What is read for one part: S3 wants 5 MiB at least of every part but the last.
const PART: usize = 5 * 1024 * 1024;
/// How many parts there may be. An item holds 400 KB, and each of them is named in it.
const MOST_PARTS: usize = 2_000;

/// What the queue says of an export.
#[derive(Debug, Deserialize)]
pub struct Waiting {
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
    /// The step that is next.
    pub step: i64,
}

/// One attempt at one step.
pub struct Attempt<'a> {
    store: &'a ExportStore,
    tenant: SystemContext,
    request: String,
    key: Key,
    of: ExportOf,
    item: ExportItem,
    step: i64,
}

impl<'a> Attempt<'a> {
    /// Begins an attempt; nothing if the step has been made.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn begin(
        store: &'a ExportStore,
        of: ExportOf,
        step: i64,
        request: &str,
    ) -> Result<Option<Self>, Problem> {
        let tenant = store.tenant(of, &format!("{request}/begin")).await?;
        let key = store.key(of);
        let begun = Update::new()
            .add("attempt", 1)
            .set("status", Status::Running)?;
        match tenant.table().update(&key, unless_made(begun, step)).await {
            Ok(item) => Ok(Some(Self {
                tenant: store.tenant(of, request).await?,
                request: request.to_owned(),
                store,
                key,
                of,
                item,
                step,
            })),
            Err(WriteError::Refused(_)) => Ok(None),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }

    /// Makes the step, or gives the export up if that has been tried often enough.
    ///
    /// # Errors
    /// When it is to be tried again.
    pub async fn make(self) -> Result<(), Problem> {
        let tries = self.item.attempt.saturating_sub(self.item.accepted);
        if tries > MOST_TRIES || self.item.has_expired() {
            return self.fail(Failure::Interrupted).await;
        }
        let made = match self.item.is_read {
            true => self.complete().await,
            false => self.advance().await,
        };
        match made {
            Ok(None) => Ok(()),
            Ok(Some(failure)) => self.fail(failure).await,
            Err(_) if tries >= MOST_TRIES => self.fail(Failure::Interrupted).await,
            Err(problem) => Err(problem),
        }
    }

    /// Reads on, and uploads what it has read.
    async fn advance(&self) -> Result<Option<Failure>, Problem> {
        let item = &self.item;
        let named = Collection::named(&item.collection);
        let collection = named.ok_or_else(|| Problem::new(Kind::Internal))?;
        let project = self.tenant.project(item.project_id);
        let filter = item.filter.of_list();
        let user = self.of.user();
        let extract = Extract::new(collection, &project, user, filter, item.format)?;
        let table = self.tenant.table();
        let piece = extract.piece(table, item.after.clone(), PART).await?;
        let moved = self.moved(&piece)?;
        match (item.upload(), piece.next) {
            // All of it is in one piece.
            (None, None) => {
                let (attempt, media_type) = (item.attempt, item.format.media_type());
                let bytes = piece.text.into_bytes();
                let put = self.store.put(self.of, attempt, media_type, bytes);
                put.await?;
                let moved = moved.set("object", attempt)?;
                self.change(done(moved)?).await?;
            }
            (None, Some(next)) => self.first(piece.text, next, moved).await?,
            (Some(_), Some(_)) if item.parts.len() >= MOST_PARTS => {
                return Ok(Some(Failure::TooLarge));
            }
            (Some(upload), next) => {
                let mut moved = moved.add("step", 1);
                if !piece.text.is_empty() {
                    moved = with(moved, self.upload(upload, piece.text).await?)?;
                }
                let moved = match next {
                    Some(next) => moved.set("after", next)?,
                    None => moved.remove("after").set("is_read", true)?,
                };
                self.change(moved).await?;
            }
        }
        Ok(None)
    }

    /// What every step that reads changes.
    fn moved(&self, piece: &Piece) -> Result<Update, Problem> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let bytes = u64::try_from(piece.text.len()).unwrap_or(u64::MAX);
        Ok(Update::new()
            .add("records", number(piece.records))
            .add("bytes", number(bytes))
            .set("accepted", self.item.attempt)?)
    }

    /// Begins the upload with its first part.
    async fn first(&self, text: String, next: String, moved: Update) -> Result<(), Problem> {
        let (attempt, media_type) = (self.item.attempt, self.item.format.media_type());
        let id = self.store.begin(self.of, attempt, media_type).await?;
        let upload = (attempt, id.as_str());
        let part = match self.upload(upload, text).await {
            Ok(part) => part,
            Err(problem) => {
                self.forget(upload).await;
                return Err(problem);
            }
        };
        let moved = with(moved.add("step", 1), part)?
            .set("object", attempt)?
            .set("upload", &id)?
            .set("after", next)?;
        if let Changed::Refused(found) = self.change(moved).await?
            // It is this one where the next step has come before the answer to this change, which was lost.
            && found.as_ref().and_then(|found| found.upload()) != Some(upload)
        {
            // Somebody else has begun another.
            self.forget(upload).await;
        }
        Ok(())
    }

    async fn upload(&self, upload: (u32, &str), text: String) -> Result<Part, Problem> {
        let (number, bytes) = (self.item.attempt, text.into_bytes());
        self.store.part(self.of, upload, number, bytes).await
    }

    /// Makes the object of the parts.
    async fn complete(&self) -> Result<Option<Failure>, Problem> {
        let upload = self.item.upload();
        let upload = upload.ok_or_else(|| Problem::new(Kind::Internal))?;
        let mut parts: Vec<Part> = self.item.parts.values().cloned().collect();
        parts.sort_unstable_by_key(|part| part.number);
        match self.store.complete(self.of, upload, &parts).await? {
            Completed::Done => {
                let done = done(Update::new())?.remove("parts").remove("upload");
                self.change(done).await?;
                Ok(None)
            }
            Completed::Gone => Ok(Some(Failure::Interrupted)),
        }
    }

    /// Gives the export up, and then what it has uploaded.
    async fn fail(&self, failure: Failure) -> Result<(), Problem> {
        tracing::error!(event = "export_failed", ?failure, "an export has failed");
        let failed = Update::new()
            .set("status", Status::Failed)?
            .set("failure", failure)?
            .set("finished_at", endpoint::now())?
            .remove("parts")
            .remove("after");
        // Under a name of its own: a step that was written, and whose answer was lost, must not pass for this.
        let request = format!("{}/fail", self.request);
        let tenant = self.store.tenant(self.of, &request).await?;
        if matches!(self.change_as(&tenant, failed).await?, Changed::Done)
            && let Some(upload) = self.item.upload()
        {
            self.forget(upload).await;
        }
        Ok(())
    }

    /// Ends an upload of which nothing will become. If that fails now, the bucket's rule ends it.
    async fn forget(&self, upload: (u32, &str)) {
        if self.store.abort(self.of, upload).await.is_err() {
            tracing::warn!("an upload is left to the bucket's rule");
        }
    }

    /// Changes the item, unless another attempt has.
    async fn change(&self, update: Update) -> Result<Changed, Problem> {
        self.change_as(&self.tenant, update).await
    }

    async fn change_as(&self, tenant: &SystemContext, update: Update) -> Result<Changed, Problem> {
        let update = unless_made(update, self.step);
        match tenant.table().update::<ExportItem>(&self.key, update).await {
            Ok(_) => Ok(Changed::Done),
            Err(WriteError::Refused(refused)) => {
                let found = refused.into_iter().find_map(|(_, found)| found);
                let found = found.map(|found| found.read().map(Box::new)).transpose()?;
                Ok(Changed::Refused(found))
            }
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }
}

/// What became of a change of the item.
enum Changed {
    Done,
    /// The step has been made before, or the export is over: the item as it is, if there is one.
    Refused(Option<Box<ExportItem>>),
}

fn unless_made(update: Update, step: i64) -> Update {
    update
        .when(Condition::equals("step", step))
        .when(Condition::one_of("status", UNFINISHED))
}

fn with(update: Update, part: Part) -> Result<Update, Problem> {
    Ok(update.set(format!("parts.{}", part.number), part)?)
}

fn done(update: Update) -> Result<Update, Problem> {
    Ok(update
        .set("status", Status::Done)?
        .set("finished_at", endpoint::now())?)
}
