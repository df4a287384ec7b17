//! Bulk email campaigns: one e-mail to many.

use super::parts::{CONTACT_STAGES, SENDING_ZONE, TRACKS_CLICKS, TRACKS_OPENS};
use crate::{Collection, Field, Scope};

/// One e-mail to many people.
pub(super) const BULK_EMAIL_CAMPAIGNS: Collection = Collection {
    name: "bulk-email-campaigns",
    part: "BULK_EMAIL_CAMPAIGNS",
    summary: "One e-mail to many people.",
    scope: Scope::Project,
    fields: &[
        Field::name("What it is called."),
        Field::status(&[
            ("draft", &["scheduled", "sending", "cancelled"]),
            ("scheduled", &["draft", "sending", "cancelled"]),
            ("sending", &["paused", "sent", "failed", "cancelled"]),
            ("paused", &["sending", "cancelled"]),
            ("sent", &[]),
            ("failed", &["draft"]),
            ("cancelled", &["draft"]),
        ]),
        Field::text("subject", 500, "Its subject.").required(),
        Field::reference("template_id", "email-templates", "What it is made from.").required(),
        Field::text("from_name", 200, "Who writes."),
        Field::email("from_address", "From which address.").required(),
        Field::email("reply_to", "Where answers go."),
        Field::choice(
            "audience",
            &["all_contacts", "stage", "tags", "list"],
            "How its readers are chosen.",
        ),
        Field::list(
            "audience_tags",
            &TAG,
            20,
            "The tags, where they are chosen by them.",
        ),
        Field::choice(
            "audience_stage",
            CONTACT_STAGES,
            "The stage of the contacts, where they are chosen by it.",
        ),
        Field::text(
            "audience_list",
            200,
            "The list, where they are on one, as whoever keeps it names it.",
        ),
        Field::moment("send_at", "When it is to be sent."),
        SENDING_ZONE,
        Field::whole("per_minute", 1, 100_000, "How many are sent each minute."),
        TRACKS_OPENS,
        TRACKS_CLICKS,
        Field::text(
            "preheader",
            200,
            "What mail programs show beside the subject.",
        ),
        Field::text(
            "other_subject",
            500,
            "A second subject, to see which is opened more.",
        ),
        Field::whole("other_share", 1, 50, "How many get that one, in percent."),
        Field::long_text(
            "postal_address",
            500,
            "The sender's, which such an e-mail must show.",
        ),
        Field::count(
            "suppressed_count",
            "How many are left out, since they want no more.",
        ),
        Field::count("recipient_count", "How many get it."),
        Field::moment("sent_at", "When the last one was sent."),
        Field::tags(),
    ],
};

/// A word by which contacts are grouped.
const TAG: Field = Field::text("tag", 50, "A tag.");
