//! Campaign analytics: what campaigns come to.

use crate::{Collection, Field, Scope};

/// What a campaign came to in a stretch of time.
pub(super) const CAMPAIGN_ANALYTICS: Collection = Collection {
    name: "campaign-analytics",
    part: "CAMPAIGN_ANALYTICS",
    summary: "What a campaign came to in a stretch of time.",
    scope: Scope::Project,
    fields: &[
        Field::reference("campaign_id", "email-campaigns", "The sequence."),
        Field::reference(
            "bulk_campaign_id",
            "bulk-email-campaigns",
            "Or the e-mail to many.",
        ),
        Field::choice(
            "period",
            &["hour", "day", "week", "month", "total"],
            "How long the stretch is.",
        )
        .required()
        .stage(),
        Field::moment("period_start", "When it begins.").required(),
        Field::moment("period_end", "When it ends."),
        Field::count("sent", "How many were sent."),
        Field::count("delivered", "How many arrived."),
        Field::count("opened", "How many were opened."),
        Field::count("unique_opens", "By how many people."),
        Field::count("clicked", "How many links were followed."),
        Field::count("unique_clicks", "By how many people."),
        Field::count("replied", "How many were answered."),
        Field::count("bounced", "How many came back."),
        Field::count("hard_bounced", "How many of those for good."),
        Field::count("complained", "How many were called unwanted."),
        Field::count("unsubscribed", "How many want no more."),
        Field::count("converted", "How many did what it is for."),
        Field::money("revenue", "What it brought."),
        Field::currency(),
    ],
};
