//! A kind of business record.

use crate::collections;
use crate::field::{Choice, Field, object_schema};
use crate::merge;
use embeddings::Embedding;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::borrow::Cow;
use tenant_context::{Partition, ProjectScope, RecordId, TenantId, UserId};
use uuid::Builder;

/// Whose the records of a collection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The project's: who may see its records sees them.
    Project,
    /// Each its owner's: nobody else sees it, whatever their role.
    Person,
    /// The whole tenant's, which has one and no more: it is the same in all its projects.
    Tenant,
}

/// A collection: its name in paths, its part of the partition key, and its fields.
pub struct Collection {
    /// As it stands in paths.
    pub name: &'static str,
    /// As it stands in partition keys. Never changes once records exist.
    pub part: &'static str,
    /// What a record of it is, in a sentence.
    pub summary: &'static str,
    /// Whose its records are.
    pub scope: Scope,
    /// The fields.
    pub fields: &'static [Field],
}

impl Collection {
    /// The collection of this name.
    pub fn named(name: &str) -> Option<&'static Collection> {
        let mut all = collections::ALL.iter().copied();
        all.find(|collection| collection.name == name)
    }

    /// Passages of knowledge, which a search finds.
    pub fn chunks() -> &'static Collection {
        &collections::CHUNKS
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Where the records lie that this user sees, or makes for themselves.
    pub fn records(&self, project: &ProjectScope, user: UserId) -> Partition {
        let records = project.records(self.part);
        match self.scope {
            Scope::Project => records,
            Scope::Person => records.of_user(user),
            Scope::Tenant => project.tenant_records(self.part),
        }
    }

    /// The id of the only record that a tenant can have. As it follows from the tenant, a second one is refused by its key.
    pub(crate) fn only(&self, tenant: TenantId) -> Option<RecordId> {
        if self.scope != Scope::Tenant {
            return None;
        }
        let text = format!("{} of {tenant}", self.part);
        let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let bytes = *hash.as_ref().first_chunk()?;
        Some(Builder::from_custom_bytes(bytes).into_uuid().into())
    }

    /// Whether a record of it can hold secrets.
    pub(crate) fn has_secrets(&self) -> bool {
        self.fields.iter().any(Field::is_secret)
    }

    /// The field by whose first letters people look records up.
    pub fn label(&self) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.is_label())
    }

    /// The field that says where a record stands.
    pub fn status(&self) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.is_status())
    }

    /// The field that says at which stage of what another one names a record stands, and that other one.
    pub(crate) fn staged(&self) -> Option<(&'static Field, &'static str)> {
        let mut fields = self.fields.iter();
        fields.find_map(|field| Some((field, field.staged_by()?)))
    }

    /// Whether records of other collections stand at stages of this one's.
    pub(crate) fn has_stages(&self) -> bool {
        collections::ALL.iter().any(|other| {
            let named = other.staged().and_then(|(_, name)| other.field(name));
            named.is_some_and(|field| field.references == Some(self.name))
        })
    }

    /// The statuses in which a record waits in its owner's inbox to be read; nothing where it comes to no inbox.
    pub(crate) fn unread(&self) -> Option<Choice> {
        self.status().and_then(Field::unread)
    }

    /// The fields that name other records. Their order is that of the indexes by which records are listed: a new one
    /// comes behind those that there are.
    pub fn references(&self) -> impl Iterator<Item = (&'static Field, &'static str)> {
        let fields = self.fields.iter();
        fields.filter_map(|field| Some((field, field.references?)))
    }

    /// The fields that cite records of another collection: the part of each row that names one, and the collection.
    pub fn citations(&self) -> impl Iterator<Item = (&'static Field, &'static str, &'static str)> {
        let fields = self.fields.iter();
        fields.filter_map(|field| field.citation().map(|(part, of)| (field, part, of)))
    }

    /// Whether its records can have an embedding.
    pub(crate) fn takes_embedding(&self) -> bool {
        self.fields.iter().any(Field::is_dimension)
    }

    /// The JSON Schema of what a client sends: to create a record, or to change one (where every field may be left out
    /// and an optional one be null).
    pub fn schema(&self, is_patch: bool) -> Value {
        let mut schema = object_schema(self.fields);
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            let written = self.fields.iter().filter(|field| !field.is_computed());
            for field in written.filter(|_| is_patch) {
                properties.insert(field.name.to_owned(), merge::schema(field));
            }
            for field in self.fields.iter().filter(|field| field.is_computed()) {
                properties.remove(field.name);
            }
            if self.takes_embedding() {
                properties.insert(EMBEDDING.to_owned(), embedding_schema(is_patch));
            }
            properties.insert("owner_id".to_owned(), owner_schema());
        }
        if is_patch {
            schema.insert("required".to_owned(), json!([]));
        }
        schema.insert("title".to_owned(), self.name.into());
        schema.insert("description".to_owned(), self.summary.into());
        schema.into()
    }

    /// The JSON Schema of a new record as it is sent: what need not be there may be null.
    pub(crate) fn schema_of_new(&self) -> Value {
        let mut schema = self.schema(false);
        let optional = self.fields.iter().filter(|field| !field.is_required);
        let mut names: Vec<&str> = optional.map(|field| field.name).collect();
        names.push(EMBEDDING);
        for name in names {
            let property = schema.pointer_mut(&format!("/properties/{name}"));
            if let Some(property) = property {
                *property = json!({"anyOf": [property.take(), {"type": "null"}]});
            }
        }
        schema
    }
}

fn owner_schema() -> Value {
    let mut schema = Value::from(UserId::json_schema(&mut SchemaGenerator::default()));
    if let Some(schema) = schema.as_object_mut() {
        let what = "The user who owns the record; you, if left out. Only for those who may change all records.";
        schema.insert("description".to_owned(), what.into());
    }
    schema
}

/// What a record's embedding is sent as.
pub(crate) const EMBEDDING: &str = "embedding";

fn embedding_schema(is_patch: bool) -> Value {
    let mut schema = Value::from(Embedding::json_schema(&mut SchemaGenerator::default()));
    if is_patch {
        schema = json!({"anyOf": [schema, {"type": "null"}]});
    }
    if let Some(schema) = schema.as_object_mut() {
        let what = "Where it stands among meanings, to be found by. Every embedding of a project has as many numbers as its first. It is not shown.";
        schema.insert("description".to_owned(), what.into());
        schema.insert("writeOnly".to_owned(), true.into());
    }
    schema
}

/// The `{collection}` of a path. An unknown name is no place at all, so it answers 404.
#[derive(Clone, Copy)]
pub struct CollectionName(pub &'static Collection);

impl<'de> Deserialize<'de> for CollectionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Collection::named(&name)
            .map(Self)
            .ok_or_else(|| D::Error::custom("is not a collection"))
    }
}

impl JsonSchema for CollectionName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "CollectionName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = collections::ALL
            .iter()
            .map(|collection| collection.name)
            .collect();
        json_schema!({"type": "string", "enum": names})
    }
}
