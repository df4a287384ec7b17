//! Scheduled SMS: text messages that wait.

use super::parts::SENDING_ZONE;
use crate::{Collection, Field, Scope};

/// A text message that is to be sent later.
pub(super) const SCHEDULED_SMS: Collection = Collection {
    name: "scheduled-sms",
    part: "SCHEDULED_SMS",
    summary: "A text message that is to be sent later.",
    scope: Scope::Project,
    fields: &[
        Field::status(&[
            ("scheduled", &["sending", "failed", "cancelled"]),
            ("sending", &["sent", "failed"]),
            ("sent", &[]),
            ("failed", &["scheduled"]),
            ("cancelled", &["scheduled"]),
        ]),
        Field::phone("to_number", "Who is written to.")
            .required()
            .personal(),
        Field::long_text("body", 1_600, "What it says.")
            .required()
            .personal(),
        Field::moment("send_at", "When it is to be sent.").required(),
        SENDING_ZONE,
        Field::reference("contact_id", "contacts", "Who it is for.").cleared(),
        Field::reference(
            "phone_number_id",
            "phone-numbers",
            "Which of your numbers sends it.",
        ),
        Field::reference("template_id", "sms-templates", "What it is made from.").cleared(),
        Field::reference(
            "sms_message_id",
            "sms-messages",
            "The message that was sent.",
        )
        .cleared(),
        Field::choice(
            "repeats",
            &["never", "daily", "weekly", "monthly"],
            "How often it is sent.",
        ),
        Field::moment("sent_at", "When it was sent."),
        Field::whole("attempts", 0, 100, "How often it was tried."),
        Field::text("error", 500, "What went wrong."),
    ],
};
