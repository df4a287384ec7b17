//! Telephony settings: how the tenant calls and writes.

use crate::{Collection, Field, Scope};

/// How the tenant calls and writes: its account at a provider, and what is to happen with calls.
pub(super) const TELEPHONY_SETTINGS: Collection = Collection {
    name: "telephony-settings",
    part: "TELEPHONY_SETTINGS",
    summary: "How the tenant calls and writes: its account at a provider, and what is to happen with calls. A tenant has one, \
              the same in all its projects.",
    scope: Scope::Tenant,
    fields: &[
        Field::choice(
            "provider",
            &[
                "twilio",
                "vonage",
                "telnyx",
                "plivo",
                "sinch",
                "bandwidth",
                "bird",
                "ringcentral",
                "amazon_connect",
                "sip",
                "other",
            ],
            "Who carries calls and messages.",
        )
        .required(),
        Field::flag("is_enabled", "Whether it is used."),
        Field::text("account_sid", 100, "Your account at the provider."),
        Field::secret("auth_token", 500, "The account's token. Never shown."),
        Field::tells_of("auth_token_set", "auth_token"),
        Field::text(
            "api_key",
            200,
            "The id of an API key, beside or instead of the token.",
        ),
        Field::secret("api_secret", 500, "The API key's secret. Never shown."),
        Field::tells_of("api_secret_set", "api_secret"),
        Field::secret(
            "signing_secret",
            500,
            "What the provider signs its callbacks with. Never shown.",
        ),
        Field::tells_of("signing_secret_set", "signing_secret"),
        Field::text("application_sid", 100, "The application that takes calls."),
        Field::text("region", 50, "Where the provider keeps your data."),
        Field::text("sip_domain", 255, "Where calls over SIP go."),
        Field::text("sip_username", 100, "As whom."),
        Field::secret("sip_password", 500, "With which password. Never shown."),
        Field::tells_of("sip_password_set", "sip_password"),
        Field::phone(
            "default_caller_number",
            "The number that is shown to those who are called.",
        ),
        Field::text(
            "messaging_service_sid",
            100,
            "The messaging service that picks a sender.",
        ),
        Field::text(
            "sms_sender_id",
            11,
            "The name that text messages come from.",
        ),
        Field::whole(
            "ring_seconds",
            5,
            600,
            "How long it rings before nobody answers.",
        ),
        Field::choice(
            "recording",
            &["off", "inbound", "outbound", "all"],
            "Which calls are recorded.",
        ),
        Field::choice(
            "recording_notice",
            &["none", "announcement", "tone"],
            "How those on the line are told that they are recorded.",
        ),
        Field::flag(
            "records_channels_apart",
            "Whether each side is recorded by itself.",
        ),
        Field::whole(
            "recording_retention_days",
            1,
            3_650,
            "How long recordings are kept.",
        ),
        Field::flag("transcribes_calls", "Whether what is said is written down."),
        Field::flag("takes_voicemail", "Whether callers can leave a message."),
        Field::whole(
            "voicemail_after_seconds",
            5,
            120,
            "After how long they can.",
        ),
        Field::long_text("voicemail_greeting", 1_000, "What is read to them first."),
        Field::website("voicemail_greeting_url", "Or a recording of it."),
        Field::website("voice_url", "Who is asked what to do with a call."),
        Field::website("message_url", "Who is told of a message."),
        Field::website(
            "status_callback_url",
            "Who is told how calls and messages go on.",
        ),
    ],
};
