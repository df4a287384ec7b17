//! The condition keys that the gateway provides. A policy that looks at any other would be judged without it, so it is refused at the
//! start: a Deny on a key that is never there would deny nothing.

const PROVIDED: [&str; 24] = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "dynamodb:Attributes",
    "dynamodb:EnclosingOperation",
    "dynamodb:LeadingKeys",
    "dynamodb:ReturnValues",
    "dynamodb:Select",
    "s3:max-keys",
    "s3:prefix",
    "secretsmanager:SecretId",
    "secretsmanager:VersionStage",
    "ses:ApiVersion",
    "ses:FromAddress",
    "ses:FromDisplayName",
    "ses:Recipients",
    "sts:RoleSessionName",
    "sts:TransitiveTagKeys",
];
const PROVIDED_BY_TAG: [&str; 2] = ["aws:PrincipalTag/", "aws:RequestTag/"];
/// Services that are not served here, whose own keys only matter to their own actions.
const ELSEWHERE: [&str; 4] = ["cloudwatch:", "kms:", "logs:", "scheduler:"];
/// The claims of a token that trust policies may look at.
const CLAIMS: [&str; 2] = ["aud", "sub"];

/// The first of the keys that the gateway does not provide. `issuer` is the issuer's URL without its scheme.
pub(crate) fn first_missing<'a>(
    mut keys: impl Iterator<Item = &'a str>,
    issuer: &str,
) -> Option<&'a str> {
    keys.find(|key| !is_provided(key, issuer))
}

fn is_provided(key: &str, issuer: &str) -> bool {
    let begins = |prefix: &str| {
        key.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    PROVIDED.iter().any(|known| key.eq_ignore_ascii_case(known))
        || PROVIDED_BY_TAG.iter().any(|prefix| begins(prefix))
        || ELSEWHERE.iter().any(|prefix| begins(prefix))
        || CLAIMS
            .iter()
            .any(|claim| key.eq_ignore_ascii_case(&format!("{issuer}:{claim}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_provided() {
        let missing = |key| first_missing([key].into_iter(), "issuer.example.com");
        for key in [
            "dynamodb:leadingkeys",
            "aws:PrincipalTag/TenantId",
            "AWS:RequestTag/Access",
            "issuer.example.com:sub",
            "s3:prefix",
        ] {
            assert_eq!(missing(key), None, "{key}");
        }
        for key in [
            "aws:SourceIp",
            "aws:SecureTransport",
            "dynamodb:FullTableScan",
            "s3:signatureAge",
            "issuer.example.com:amr",
            "other.example.com:sub",
            "lambda:SourceFunctionArn",
        ] {
            assert_eq!(missing(key), Some(key));
        }
    }
}
