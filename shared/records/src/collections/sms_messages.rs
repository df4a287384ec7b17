//! SMS messages: text messages.

use crate::{Collection, Field, Scope};

/// A text message.
pub(super) const SMS_MESSAGES: Collection = Collection {
    name: "sms-messages",
    part: "SMS_MESSAGES",
    summary: "A text message.",
    scope: Scope::Project,
    fields: &[
        Field::choice("direction", &["inbound", "outbound"], "Who wrote to whom.").required(),
        Field::status(&[
            (
                "queued",
                &[
                    "sending",
                    "sent",
                    "delivered",
                    "failed",
                    "undelivered",
                    "cancelled",
                ],
            ),
            ("sending", &["sent", "delivered", "failed", "undelivered"]),
            ("sent", &["delivered", "failed", "undelivered"]),
            ("delivered", &["read"]),
            ("received", &["read"]),
            ("read", &["received"]),
            ("failed", &[]),
            ("undelivered", &[]),
            ("cancelled", &[]),
        ])
        .inbox(&["received"]),
        Field::sender("from_number", "Who wrote.")
            .required()
            .personal(),
        Field::sender("to_number", "Who was written to.")
            .required()
            .personal(),
        Field::long_text("body", 1_600, "What it says.")
            .required()
            .personal(),
        Field::reference("contact_id", "contacts", "Who it was with.").cleared(),
        Field::reference(
            "conversation_id",
            "conversations",
            "The conversation it is part of.",
        )
        .cleared(),
        Field::reference(
            "phone_number_id",
            "phone-numbers",
            "Which of your numbers was used.",
        )
        .cleared(),
        Field::reference("template_id", "sms-templates", "What it was made from.").cleared(),
        Field::list("media_urls", &MEDIA, 10, "What comes with it.").personal(),
        Field::whole(
            "segment_count",
            1,
            100,
            "How many messages it was billed as.",
        ),
        Field::choice(
            "channel",
            &["sms", "mms", "rcs", "whatsapp"],
            "How it goes.",
        ),
        Field::choice(
            "encoding",
            &["gsm7", "ucs2"],
            "In which letters it was sent.",
        ),
        Field::flag("is_opt_out", "Whether it says that no more are wanted.").personal(),
        Field::moment("sent_at", "When it was sent."),
        Field::moment("delivered_at", "When it arrived."),
        Field::moment("read_at", "When it was read."),
        Field::text("error_code", 50, "What the provider says went wrong."),
        Field::text("provider_message_id", 100, "Its id at the provider."),
        Field::money("cost", "What it cost."),
        Field::currency(),
    ],
};

/// A picture or sound.
const MEDIA: Field = Field::website("media_url", "Where it lies.");
