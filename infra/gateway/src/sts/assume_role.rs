//! `AssumeRole`: a role takes on another, with tags it chooses within what the other's trust policy allows.

use super::session;
use super::tags::SessionTags;
use super::xml::{self, Element};
use super::{Parameters, access_denied, validation};
use crate::Gateway;
use crate::api_error::ApiError;
use crate::decisions::{DecisionRecord, Verdict};
use crate::judge::judge;
use crate::principal::Principal;

const PARAMETERS: [&str; 5] = [
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "Tags",
    "TransitiveTagKeys",
];

/// Performs the action.
pub(crate) fn perform(
    gateway: &Gateway,
    caller: &Principal,
    parameters: &Parameters,
    record: &mut DecisionRecord,
) -> Result<Element, ApiError> {
    parameters.only(&PARAMETERS)?;
    let role_arn = parameters.required("RoleArn")?;
    let session_name = session::session_name(parameters)?;
    let tags = read_tags(parameters)?;
    if let Some(key) = tags.values.keys().find(|key| {
        caller
            .transitive_tags
            .keys()
            .any(|inherited| inherited.eq_ignore_ascii_case(key))
    }) {
        return Err(access_denied(format!(
            "The tag {key} is transitive and cannot be given another value"
        )));
    }
    let refused = || {
        access_denied(format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
            caller.arn()
        ))
    };
    let Some(role) = gateway.roles.with_arn(role_arn) else {
        record.deny(format!("there is no role {role_arn}"));
        return Err(refused());
    };
    // Every caller here is itself a role, so the session is chained.
    let life = session::duration(parameters, role, true)?;
    let mut context = caller.context(gateway.clock.now(), &gateway.region);
    context.set("sts:RoleSessionName", [session_name.clone()]);
    tags.set_in(&mut context);

    let caller_role = gateway
        .roles
        .named(&caller.role)
        .ok_or_else(|| ApiError::internal("the caller's role is not in the template"))?;
    let actions = if tags.values.is_empty() {
        vec!["sts:AssumeRole"]
    } else {
        vec!["sts:AssumeRole", "sts:TagSession"]
    };
    for action in actions {
        // A trust policy here names its roles one by one, and AWS asks no more than that of a role in the same account; but an explicit
        // Deny of the caller's own counts.
        let identity = judge(caller_role, action, role_arn, &[], &context);
        if identity.explicit_deny {
            record.deny(identity.record.reason.clone().unwrap_or_default());
            record.add(identity.record);
            return Err(refused());
        }
        let trusted = iam::Principal::Role(caller.role_arn.clone());
        session::trust(role, &trusted, action, &context, record).map_err(|_| refused())?;
    }
    let (principal, credentials) = session::issue(
        gateway,
        role,
        session_name,
        &tags,
        &caller.transitive_tags,
        None,
        life,
    )?;
    record.decision = Verdict::Allowed;
    Ok(xml::parent(
        "AssumeRoleResult",
        [
            session::credentials_element(&credentials),
            session::assumed_role_user(&principal),
            xml::text("PackedPolicySize", "0"),
        ],
    ))
}

fn read_tags(parameters: &Parameters) -> Result<SessionTags, ApiError> {
    let mut tags = SessionTags::default();
    for number in 1..=parameters.members("Tags")? {
        let key = parameters.required(&format!("Tags.member.{number}.Key"))?;
        tags.add(
            key,
            parameters
                .get(&format!("Tags.member.{number}.Value"))
                .unwrap_or_default(),
        )?;
    }
    for number in 1..=parameters.members("TransitiveTagKeys")? {
        let key = parameters.required(&format!("TransitiveTagKeys.member.{number}"))?;
        if !tags
            .values
            .keys()
            .any(|known| known.eq_ignore_ascii_case(key))
        {
            return Err(validation(format!(
                "the transitive tag key {key} is not among the tags"
            )));
        }
        tags.transitive.push(key.to_owned());
    }
    Ok(tags)
}
