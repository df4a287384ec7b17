//! The collections, a file each. To add one: write its file, and name it here.

mod accounts;
mod activities;
mod assertions;
mod bulk_email_campaigns;
mod call_transcripts;
mod calls;
mod campaign_analytics;
mod chunks;
mod competitors;
mod contacts;
mod conversations;
mod customers;
mod deals;
mod document_signatures;
mod documents;
mod email_campaigns;
mod email_templates;
mod emails;
mod files;
mod folders;
mod notifications;
mod parts;
mod payments;
mod performance_alerts;
mod phone_numbers;
mod pipelines;
mod products;
mod queries;
mod quotes;
mod responses;
mod scheduled_sms;
mod sms_messages;
mod sms_templates;
mod stakeholders;
mod telephony_settings;
#[cfg(test)]
mod tests;
mod totals;
mod workflow_executions;
mod workflows;

use crate::Collection;
pub(crate) use chunks::CHUNKS;
pub(crate) use files::FILES;

/// Every collection.
pub const ALL: &[&Collection] = &[
    &accounts::ACCOUNTS,
    &contacts::CONTACTS,
    &stakeholders::STAKEHOLDERS,
    &customers::CUSTOMERS,
    &competitors::COMPETITORS,
    &products::PRODUCTS,
    &pipelines::PIPELINES,
    &deals::DEALS,
    &quotes::QUOTES,
    &activities::ACTIVITIES,
    &calls::CALLS,
    &call_transcripts::CALL_TRANSCRIPTS,
    &phone_numbers::PHONE_NUMBERS,
    &sms_messages::SMS_MESSAGES,
    &scheduled_sms::SCHEDULED_SMS,
    &sms_templates::SMS_TEMPLATES,
    &telephony_settings::TELEPHONY_SETTINGS,
    &conversations::CONVERSATIONS,
    &emails::EMAILS,
    &email_templates::EMAIL_TEMPLATES,
    &email_campaigns::EMAIL_CAMPAIGNS,
    &bulk_email_campaigns::BULK_EMAIL_CAMPAIGNS,
    &campaign_analytics::CAMPAIGN_ANALYTICS,
    &folders::FOLDERS,
    &FILES,
    &documents::DOCUMENTS,
    &document_signatures::DOCUMENT_SIGNATURES,
    &CHUNKS,
    &queries::QUERIES,
    &responses::RESPONSES,
    &assertions::ASSERTIONS,
    &workflows::WORKFLOWS,
    &workflow_executions::WORKFLOW_EXECUTIONS,
    &notifications::NOTIFICATIONS,
    &performance_alerts::PERFORMANCE_ALERTS,
    &payments::PAYMENTS,
];
