//! A field of a collection: its name, its type, and what else is known of it.

mod known;

use crate::kind::{Kind, typed};
use fields::{
    Country, Currency, Day, EmailAddress, Locale, Moment, PhoneNumber, Sender, TimeZone, Website,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tenant_context::RecordId;

/// The legal values of a field that is a choice.
pub type Choice = &'static [&'static str];

/// The statuses of a collection, each with those that may follow it. The first is a new record's, unless it says otherwise.
pub type Statuses = &'static [(&'static str, Choice)];

/// The most that an amount of money can be, in minor units: exact in every JSON reader.
const MOST_MONEY: i64 = 1_000_000_000_000_000;

/// What happens to a record when one that it names is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// The other one can't be deleted as long as it is named.
    Refuse,
    /// The field is cleared.
    Clear,
}

/// What a value comes to that follows from another field's, or why there is none.
pub(crate) type Computation = fn(&Value) -> Result<Value, String>;

/// What a field is to its record beyond its value.
#[derive(Clone, Copy)]
enum Part {
    Plain,
    Label,
    /// With the statuses in which it waits in its owner's inbox, if it comes there.
    Status(Option<Choice>),
    /// At a stage of what the field of this name names.
    Staged(&'static str),
    Computed(&'static str, Computation),
    Dimension,
}

/// One field. Built in a constant by its kind, then described further.
#[derive(Clone, Copy)]
pub struct Field {
    /// As it stands in JSON.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub description: &'static str,
    /// Whether a record must have it.
    pub is_required: bool,
    /// The collection whose records it names.
    pub references: Option<&'static str>,
    /// What happens when the record that it names is deleted.
    pub on_delete: OnDelete,
    /// Whether it holds data about a person, which erasure must find.
    pub is_personal: bool,
    is_ours: bool,
    part: Part,
    kind: Kind,
}

impl Field {
    const fn new(name: &'static str, description: &'static str, kind: Kind) -> Self {
        Self {
            name,
            description,
            is_required: false,
            references: None,
            on_delete: OnDelete::Refuse,
            is_personal: false,
            is_ours: false,
            part: Part::Plain,
            kind,
        }
    }

    /// A field of a refined type.
    pub const fn of<T: DeserializeOwned + Serialize + JsonSchema>(
        name: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new(name, description, typed::<T>())
    }

    /// The name by which people know the record.
    pub const fn name(description: &'static str) -> Self {
        Self::text("name", 200, description).required().label()
    }

    /// A text on one line, of `most` characters at most.
    pub const fn text(name: &'static str, most: usize, description: &'static str) -> Self {
        Self::new(name, description, Kind::Line(most))
    }

    /// A text of any number of lines, of `most` characters at most.
    pub const fn long_text(name: &'static str, most: usize, description: &'static str) -> Self {
        Self::new(name, description, Kind::Lines(most))
    }

    /// What nobody may read, of `most` characters at most: it is stored sealed and never shown. Another field tells of it. A
    /// collection has its first one from its first day, since records made before have no place for it.
    pub const fn secret(name: &'static str, most: usize, description: &'static str) -> Self {
        Self::new(name, description, Kind::Secret(most))
    }

    /// Tells whether there is the secret of this name.
    pub(crate) const fn tells_of(name: &'static str, secret: &'static str) -> Self {
        Self::flag(name, "Whether it is set.").computed(secret, |_| Ok(Value::Bool(true)))
    }

    /// Remarks of whoever works with the record; they may well be about people.
    pub const fn notes() -> Self {
        Self::long_text("notes", 10_000, "Anything else.").personal()
    }

    /// Words by which records are grouped.
    pub const fn tags() -> Self {
        const TAG: Field = Field::text("tag", 50, "A word.");
        Self::list("tags", &TAG, 20, "Words by which you group them.")
    }

    /// An e-mail address, which tells of a person.
    pub const fn email(name: &'static str, description: &'static str) -> Self {
        Self::of::<EmailAddress>(name, description).personal()
    }

    /// A telephone number in the international form.
    pub const fn phone(name: &'static str, description: &'static str) -> Self {
        Self::of::<PhoneNumber>(name, description)
    }

    /// What a text message is from or to: a telephone number, a short code, or a name.
    pub const fn sender(name: &'static str, description: &'static str) -> Self {
        Self::of::<Sender>(name, description)
    }

    /// An `http` or `https` address.
    pub const fn website(name: &'static str, description: &'static str) -> Self {
        Self::of::<Website>(name, description)
    }

    /// A language (BCP 47), with script and region where they matter.
    pub const fn language(name: &'static str, description: &'static str) -> Self {
        Self::of::<Locale>(name, description)
    }

    /// A time zone, by its name in the IANA database.
    pub const fn time_zone(name: &'static str, description: &'static str) -> Self {
        Self::of::<TimeZone>(name, description)
    }

    /// A country (ISO 3166).
    pub const fn country(name: &'static str, description: &'static str) -> Self {
        Self::of::<Country>(name, description)
    }

    /// A calendar day.
    pub const fn day(name: &'static str, description: &'static str) -> Self {
        Self::of::<Day>(name, description)
    }

    /// A moment.
    pub const fn moment(name: &'static str, description: &'static str) -> Self {
        Self::of::<Moment>(name, description)
    }

    /// An amount of money, in minor units of the record's `currency`.
    pub const fn money(name: &'static str, description: &'static str) -> Self {
        Self::whole(name, 0, MOST_MONEY, description)
    }

    /// The currency of the record's amounts.
    pub const fn currency() -> Self {
        let description = "Currency of the amounts (ISO 4217). Where none is named, it is the project's `default_currency`.";
        Self::of::<Currency>("currency", description)
    }

    /// One of a few words.
    pub const fn choice(name: &'static str, words: Choice, description: &'static str) -> Self {
        Self::new(name, description, Kind::Choice(words))
    }

    /// A word that stands for something in other fields, such as `in_review`. `words` are what it may well be.
    pub(crate) const fn key(name: &'static str, words: Choice, description: &'static str) -> Self {
        Self::new(name, description, Kind::Key(words))
    }

    /// Where the record stands, by which it can be listed. From each status only some others can be reached.
    pub const fn status(statuses: Statuses) -> Self {
        let kind = Kind::Status(statuses);
        let mut field = Self::new("status", "Where it stands.", kind).required();
        field.part = Part::Status(None);
        field
    }

    /// Yes or no.
    pub const fn flag(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Kind::Flag)
    }

    /// A whole number in a range, both ends included.
    pub const fn whole(
        name: &'static str,
        least: i64,
        most: i64,
        description: &'static str,
    ) -> Self {
        Self::new(name, description, Kind::Whole { least, most })
    }

    /// A number of things.
    pub const fn count(name: &'static str, description: &'static str) -> Self {
        Self::whole(name, 0, 1_000_000_000, description)
    }

    /// A number with a few decimal places in a range, both ends included.
    pub const fn decimal(
        name: &'static str,
        least: i32,
        most: i32,
        places: u8,
        description: &'static str,
    ) -> Self {
        let kind = Kind::Decimal {
            least,
            most,
            places,
        };
        Self::new(name, description, kind)
    }

    /// Several values of one type, `most` at most.
    pub const fn list(
        name: &'static str,
        item: &'static Field,
        most: usize,
        description: &'static str,
    ) -> Self {
        Self::new(name, description, Kind::List { item, most })
    }

    /// Fields that belong together.
    pub const fn object(
        name: &'static str,
        fields: &'static [Field],
        description: &'static str,
    ) -> Self {
        Self::new(name, description, Kind::Object(fields))
    }

    /// The id of a record in another collection of the same project. It must be there when the field is written, and
    /// can't be deleted as long as it is named.
    pub const fn reference(
        name: &'static str,
        collection: &'static str,
        description: &'static str,
    ) -> Self {
        let mut field = Self::of::<RecordId>(name, description);
        field.references = Some(collection);
        field
    }

    /// How many numbers the record's embedding has. A collection with this field takes an `embedding`, which is stored apart.
    pub(crate) const fn dimension() -> Self {
        let mut field = Self::whole(
            "dimension",
            1,
            4096,
            "How many numbers its embedding has; not there without one.",
        );
        field.part = Part::Dimension;
        field.ours()
    }

    /// The field is cleared when the record that it names is deleted.
    pub const fn cleared(mut self) -> Self {
        self.on_delete = OnDelete::Clear;
        self
    }

    /// A record must have this field.
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The field holds data about a person.
    pub const fn personal(mut self) -> Self {
        self.is_personal = true;
        self
    }

    /// The product itself sets the field; it can't be written.
    pub(crate) const fn ours(mut self) -> Self {
        self.is_ours = true;
        self
    }

    /// People look the record up by this field's first letters.
    pub const fn label(mut self) -> Self {
        self.part = Part::Label;
        self
    }

    /// Records can be listed by this field, a choice.
    pub const fn stage(mut self) -> Self {
        self.part = Part::Status(None);
        self
    }

    /// Records can be listed by this field, a key: of a stage of what the field of this name names. Where that names
    /// nothing, it is one of the field's own words.
    pub(crate) const fn stage_of(mut self, reference: &'static str) -> Self {
        self.part = Part::Staged(reference);
        self
    }

    /// The records come to the inbox of their owner, who has not read them as long as this field, their status, is one of
    /// these. What came in is at the first of them when it is new.
    pub(crate) const fn inbox(mut self, unread: Choice) -> Self {
        self.part = Part::Status(Some(unread));
        self
    }

    /// The field follows from another one and can't be written.
    pub(crate) const fn computed(mut self, from: &'static str, by: Computation) -> Self {
        self.part = Part::Computed(from, by);
        self
    }
}

/// What is wrong with the input: where it stands (a JSON pointer), and a sentence.
pub(crate) type Wrong = Vec<(String, String)>;

/// The JSON Schema of an object of these fields.
pub(crate) fn object_schema(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), field.schema()))
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.is_required && field.default().is_none())
        .map(|field| field.name)
        .collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("required".to_owned(), required.into());
    schema.insert("additionalProperties".to_owned(), false.into());
    schema
}
