//! Takes the guards of the roles away one by one. Each time a guarantee must fall: the one named here, at least.

use super::guarantees::ALL;
use super::roles::Roles;
use serde_json::{Value, json};

/// A change for the worse.
struct Mutation {
    /// What is done, in words.
    what: &'static str,
    role: &'static str,
    /// In each of these statements, one at a time.
    sids: &'static [&'static str],
    change: fn(&mut Value),
    /// The guarantee that tells of it.
    falls: &'static str,
}

const TENANT_STATEMENTS: &[&str] = &[
    "TenantRead",
    "TenantWriteRecords",
    "TenantWriteCore",
    "TenantReadAudit",
];
const WITH_DELIMITER: &[&str] = TENANT_STATEMENTS;
const USER_STATEMENTS: &[&str] = &["UserReadOwn", "UserWriteOwn"];
const TRUST_STATEMENTS: &[&str] = &["TradeToken", "TagFromToken"];
const AUTHORIZER_READS: &[&str] = &["ReadUserForAuthorization", "ReadTenantForAuthorization"];
const KEYS: &str = "dynamodb:LeadingKeys";
const AUDIENCE: &str = "issuerapi.execute-api.us-east-1.amazonaws.com:aud";
const SUBJECT: &str = "issuerapi.execute-api.us-east-1.amazonaws.com:sub";

fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |role, sids, what, falls, change| {
        all.push(Mutation {
            what,
            role,
            sids,
            change,
            falls,
        })
    };

    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "no Null guard on the keys",
        "a_request_without_keys_is_refused",
        |s| remove(s, "Null", KEYS),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "no Null guard on the tag",
        "every_tag_in_a_pattern_has_its_null_guard",
        |s| {
            remove(s, "Null", "aws:PrincipalTag/TenantId");
        },
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "no Null guard at all",
        "a_request_without_keys_is_refused",
        |s| drop_operator(s, "Null"),
    );
    add(
        "TenantRole",
        WITH_DELIMITER,
        "no `#` after the id",
        "an_id_that_begins_like_another_ones_is_another",
        |s| replace(s, "}#*", "}*"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "`*` in the place of the tag",
        "another_tenants_data_is_out_of_reach",
        |s| {
            replace(s, "${aws:PrincipalTag/TenantId}", "*");
        },
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "no condition on the keys",
        "another_tenants_data_is_out_of_reach",
        |s| drop_operator(s, "ForAllValues:StringLike"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "no condition at all",
        "another_tenants_data_is_out_of_reach",
        |s| {
            s.as_object_mut().unwrap().remove("Condition");
        },
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "ForAnyValue for ForAllValues",
        "one_foreign_key_spoils_a_batch",
        |s| {
            rename(s, "ForAllValues:StringLike", "ForAnyValue:StringLike");
        },
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "StringNotLike for StringLike",
        "another_tenants_data_is_out_of_reach",
        |s| {
            rename(s, "ForAllValues:StringLike", "ForAllValues:StringNotLike");
        },
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "StringEquals for StringLike",
        "a_tenant_reaches_its_own_data",
        |s| {
            rename(s, "ForAllValues:StringLike", "ForAllValues:StringEquals");
        },
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "StringLikeIfExists for the keys",
        "every_access_to_a_table_names_its_partitions",
        |s| {
            rename(
                s,
                "ForAllValues:StringLike",
                "ForAllValues:StringLikeIfExists",
            );
        },
    );
    add(
        "TenantRole",
        &["TenantWriteRecords"],
        "no Access condition",
        "read_credentials_write_nothing",
        |s| remove(s, "StringEquals", "aws:PrincipalTag/Access"),
    );
    add(
        "TenantRole",
        &["TenantWriteCore"],
        "no Access condition",
        "write_credentials_leave_the_core_alone",
        |s| {
            remove(s, "StringEquals", "aws:PrincipalTag/Access");
        },
    );
    add(
        "TenantRole",
        &["TenantWriteRecords"],
        "Access may be read",
        "read_credentials_write_nothing",
        |s| {
            s["Condition"]["StringEquals"]["aws:PrincipalTag/Access"] =
                json!(["read", "write", "admin"]);
        },
    );
    add(
        "TenantRole",
        &["TenantWriteCore"],
        "Access may be write",
        "write_credentials_leave_the_core_alone",
        |s| {
            s["Condition"]["StringEquals"]["aws:PrincipalTag/Access"] = json!(["write", "admin"]);
        },
    );
    add(
        "TenantRole",
        &["TenantWriteRecords", "TenantWriteCore"],
        "StringLike * for Access",
        "an_unknown_access_level_writes_nothing",
        |s| {
            drop_operator(s, "StringEquals");
            s["Condition"]["StringLike"] = json!({"aws:PrincipalTag/Access": "*"});
        },
    );
    add(
        "TenantRole",
        &["TenantWriteRecords"],
        "the core among the records",
        "write_credentials_leave_the_core_alone",
        |s| {
            s["Condition"]["ForAllValues:StringLike"][KEYS] = json!([
                "TENANT#${aws:PrincipalTag/TenantId}",
                "TENANT#${aws:PrincipalTag/TenantId}#*"
            ]);
        },
    );
    add(
        "TenantRole",
        &["TenantWriteCore"],
        "batches for the core",
        "the_core_is_never_written_in_batches",
        |s| allow(s, "dynamodb:BatchWriteItem"),
    );
    add(
        "TenantRole",
        &["TenantReadAudit"],
        "writing the audit trail",
        "the_audit_trail_can_only_be_read",
        |s| allow(s, "dynamodb:PutItem"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "Scan",
        "nobody_scans",
        |s| allow(s, "dynamodb:Scan"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "PartiQL",
        "nobody_scans",
        |s| allow(s, "dynamodb:PartiQLSelect"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "every action",
        "no_statement_uses_a_wildcard_for_actions_or_tables",
        |s| s["Action"] = json!("dynamodb:*"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "every table",
        "a_tenants_credentials_reach_no_other_table",
        |s| s["Resource"] = json!("*"),
    );
    add(
        "TenantRole",
        TENANT_STATEMENTS,
        "the directory",
        "a_tenants_credentials_reach_no_other_table",
        |s| {
            s["Resource"] = json!(super::roles::table("DirectoryTable"));
        },
    );

    add(
        "UserRole",
        USER_STATEMENTS,
        "no Null guard on the keys",
        "a_request_without_keys_is_refused",
        |s| remove(s, "Null", KEYS),
    );
    add(
        "UserRole",
        USER_STATEMENTS,
        "no Null guard on the tag",
        "every_tag_in_a_pattern_has_its_null_guard",
        |s| remove(s, "Null", "aws:PrincipalTag/UserId"),
    );
    add(
        "UserRole",
        USER_STATEMENTS,
        "no `#` after the id",
        "a_person_reaches_their_own_partition_and_no_other",
        |s| replace(s, "}#*", "}*"),
    );
    add(
        "UserRole",
        USER_STATEMENTS,
        "`*` in the place of the tag",
        "a_person_reaches_their_own_partition_and_no_other",
        |s| {
            replace(s, "${aws:PrincipalTag/UserId}", "*");
        },
    );
    add(
        "UserRole",
        USER_STATEMENTS,
        "no condition at all",
        "a_person_reaches_their_own_partition_and_no_other",
        |s| {
            s.as_object_mut().unwrap().remove("Condition");
        },
    );
    add(
        "UserRole",
        USER_STATEMENTS,
        "ForAnyValue for ForAllValues",
        "a_person_reaches_their_own_partition_and_no_other",
        |s| {
            rename(s, "ForAllValues:StringLike", "ForAnyValue:StringLike");
        },
    );

    add(
        "UserRole",
        &["UserKeepsPassword"],
        "the password among what may be written",
        "a_persons_own_credentials_never_write_a_password",
        |s| {
            s["Condition"]["ForAnyValue:StringEquals"]["dynamodb:Attributes"] =
                json!(["another_hash"]);
        },
    );
    add(
        "UserRole",
        &["UserKeepsPassword"],
        "ForAllValues for ForAnyValue",
        "a_persons_own_credentials_never_write_a_password",
        |s| {
            rename(s, "ForAnyValue:StringEquals", "ForAllValues:StringEquals");
        },
    );

    for role in ["TenantRole", "UserRole"] {
        add(
            role,
            TRUST_STATEMENTS,
            "any audience",
            "only_a_token_of_the_issuer_for_sts_is_traded",
            |s| remove(s, "StringEquals", AUDIENCE),
        );
        add(
            role,
            TRUST_STATEMENTS,
            "any subject",
            "a_persons_token_is_no_tenants_and_the_other_way_round",
            |s| remove(s, "StringLike", SUBJECT),
        );
        add(
            role,
            TRUST_STATEMENTS,
            "another issuer",
            "only_a_token_of_the_issuer_for_sts_is_traded",
            |s| {
                s["Principal"] = json!({"Federated": "arn:aws:iam::000000000000:oidc-provider/accounts.example.com"});
            },
        );
        add(
            role,
            TRUST_STATEMENTS,
            "any tags besides its own",
            "a_token_has_exactly_the_tags_of_its_role",
            |s| drop_operator(s, "ForAllValues:StringEquals"),
        );
        add(
            role,
            TRUST_STATEMENTS,
            "no Null guard on the tags",
            "every_condition_on_all_values_has_its_null_guard",
            |s| drop_operator(s, "Null"),
        );
        add(
            role,
            TRUST_STATEMENTS,
            "no condition at all",
            "only_a_token_of_the_issuer_for_sts_is_traded",
            |s| {
                s.as_object_mut().unwrap().remove("Condition");
            },
        );
    }
    add(
        "TenantRole",
        TRUST_STATEMENTS,
        "any form of tenant id",
        "a_tenant_tag_is_one_uuid",
        |s| remove(s, "StringLike", "aws:RequestTag/TenantId"),
    );
    add(
        "TenantRole",
        TRUST_STATEMENTS,
        "`*` for the form of a tenant id",
        "a_tenant_tag_is_one_uuid",
        |s| {
            s["Condition"]["StringLike"]["aws:RequestTag/TenantId"] = json!("*");
        },
    );
    add(
        "TenantRole",
        TRUST_STATEMENTS,
        "any access level",
        "an_access_tag_is_one_of_the_three_levels",
        |s| remove(s, "StringEquals", "aws:RequestTag/Access"),
    );
    add(
        "UserRole",
        TRUST_STATEMENTS,
        "any form of user id",
        "a_tenant_tag_is_one_uuid",
        |s| remove(s, "StringLike", "aws:RequestTag/UserId"),
    );
    add(
        "TenantRole",
        TRUST_STATEMENTS,
        "a third tag",
        "a_token_has_exactly_the_tags_of_its_role",
        |s| {
            s["Condition"]["ForAllValues:StringEquals"]["aws:TagKeys"] =
                json!(["TenantId", "Access", "Platform"]);
        },
    );
    add(
        "EndpointRole",
        &["RunByLambda"],
        "taken on by another service",
        "execution_roles_are_lambdas_alone",
        |s| {
            s["Principal"] =
                json!({"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]});
        },
    );

    add(
        "EndpointRole",
        &["WriteLogs"],
        "data of its own",
        "an_endpoints_own_role_reaches_no_data_and_no_role",
        |s| {
            *s = json!({"Sid": "WriteLogs", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": super::roles::table("TenantTable")});
        },
    );
    add(
        "EndpointRole",
        &["WriteLogs"],
        "roles of its choice",
        "an_endpoints_own_role_reaches_no_data_and_no_role",
        |s| {
            *s = json!({"Sid": "WriteLogs", "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "arn:aws:iam::000000000000:role/TenantRole"});
        },
    );
    add(
        "AuthLoginRole",
        &["ReadAccessKey"],
        "the issuer's key",
        "only_the_authorizer_reads_the_keys_it_signs_with",
        |s| {
            s["Resource"] =
                json!("arn:aws:secretsmanager:us-east-1:000000000000:secret:IssuerKeySecret");
        },
    );
    add(
        "AuthorizerRole",
        AUTHORIZER_READS,
        "any attribute",
        "the_authorizer_reads_only_what_decides",
        |s| drop_operator(s, "ForAllValues:StringEquals"),
    );
    add(
        "AuthorizerRole",
        AUTHORIZER_READS,
        "whole items",
        "the_authorizer_reads_only_what_decides",
        |s| drop_operator(s, "StringEquals"),
    );
    add(
        "AuthorizerRole",
        AUTHORIZER_READS,
        "no Null guards",
        "the_authorizer_reads_only_what_decides",
        |s| drop_operator(s, "Null"),
    );
    add(
        "AuthorizerRole",
        AUTHORIZER_READS,
        "any partition",
        "the_authorizer_reads_only_what_decides",
        |s| {
            s["Condition"]["ForAllValues:StringLike"][KEYS] =
                json!(["TENANT#*", "USER#*", "EMAIL#*"]);
        },
    );
    add(
        "AuthLoginRole",
        &["StartSession"],
        "any attribute",
        "only_sign_up_accept_and_log_in_write_a_password",
        any_attribute,
    );
    add(
        "AuthRefreshRole",
        &["RotateSession"],
        "any attribute",
        "only_sign_up_accept_and_log_in_write_a_password",
        any_attribute,
    );
    for role in ["MembersLeaveRole", "MembersRemoveRole"] {
        add(
            role,
            &["ReleaseSeat"],
            "any attribute",
            "only_sign_up_and_accept_give_a_role",
            any_attribute,
        );
    }
    add(
        "InvitationsPreviewRole",
        &["ReadPreview"],
        "any attribute",
        "a_preview_reads_what_an_invitation_is_about",
        any_attribute,
    );
    add(
        "InvitationsPreviewRole",
        &["ReadPreview"],
        "any selection",
        "a_preview_reads_what_an_invitation_is_about",
        |s| drop_operator(s, "StringEquals"),
    );
    add(
        "MembersRemoveRole",
        &["WriteLetter"],
        "any partition",
        "removing_a_member_puts_nothing_but_a_letter",
        |s| {
            s["Condition"]["ForAllValues:StringLike"][KEYS] = json!([
                "TENANT#????????-????-????-????-????????????",
                "TENANT#????????-????-????-????-????????????#OUTBOX"
            ]);
        },
    );
    for (role, sid) in [
        ("InvitationsAcceptRole", "TakeSeat"),
        ("TenantsCreateRole", "CreateTenant"),
        ("MembersLeaveRole", "ReleaseSeat"),
        ("MembersRemoveRole", "ReleaseSeat"),
    ] {
        let sids: &'static [&'static str] = match sid {
            "TakeSeat" => &["TakeSeat"],
            "CreateTenant" => &["CreateTenant"],
            _ => &["ReleaseSeat"],
        };
        add(
            role,
            sids,
            "no Null guard",
            "every_access_to_a_table_names_its_partitions",
            |s| drop_operator(s, "Null"),
        );
        add(
            role,
            sids,
            "records too",
            "no_execution_role_reaches_records_or_the_audit_trail",
            |s| {
                s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["TENANT#*"]);
            },
        );
    }
    of_event_functions(&mut add);
    of_billing(&mut add);
    of_files(&mut add);
    of_vectors(&mut add);
    of_exports(&mut add);
    of_second_factors(&mut add);
    of_the_tenant_itself(&mut add);
    all
}

/// What the functions of second factors, and everybody else, could do too much with them.
#[rustfmt::skip]
fn of_second_factors(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const REACH: &str = "only_the_functions_of_second_factors_reach_them";
    const NAMED: &str = "every_access_to_a_table_names_its_partitions";
    add("UserRole", &["UserKeepsPassword"], "proofs among what may be written", "a_persons_own_credentials_never_write_a_proof", |s| {
        s["Condition"]["ForAnyValue:StringEquals"]["dynamodb:Attributes"] = json!(["password_hash", "mfa_at", "mfa_enabled"]);
    });
    add("UserRole", USER_STATEMENTS, "one's own second factors", "second_factors_are_out_of_reach_of_whoever_they_belong_to", |s| {
        let keys = s["Condition"]["ForAllValues:StringLike"][KEYS].as_array_mut().unwrap();
        keys.push(json!("MFA#${aws:PrincipalTag/UserId}"));
    });
    add("AuthLoginRole", &["FindAddress", "ReadUser", "StartSession", "RememberTenant"], "second factors too", REACH, |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS].as_array_mut().unwrap().push(json!("MFA#*"));
    });
    add("AuthMfaRole", &["TryLogin"], "reading log-ins that wait", REACH, |s| allow(s, "dynamodb:GetItem"));
    add("AuthMfaRole", &["FinishLogin"], "removing second factors", REACH, |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS].as_array_mut().unwrap().push(json!("MFA#*"));
    });
    add("MfaTotpStartRole", &["StoreSecret"], "reading what is stored", REACH, |s| allow(s, "dynamodb:GetItem"));
    add("MfaRecoveryCodesRole", &["ReplaceRecoveryCodes"], "removing it", REACH, |s| allow(s, "dynamodb:DeleteItem"));
    add("AuthStepUpRole", &["UseCodeAndNoteProof"], "any attribute", "only_set_up_and_removal_turn_a_second_factor_on_or_off", any_attribute);
    add("AuthMfaRole", &["UseCodeAndRememberTenant"], "any attribute", "only_set_up_and_removal_turn_a_second_factor_on_or_off", any_attribute);
    add("AuthLoginRole", &["RememberTenant"], "any attribute", "only_set_up_and_removal_turn_a_second_factor_on_or_off", any_attribute);
    add("MeUpdateRole", &["Rename"], "any attribute", "only_sign_up_accept_and_log_in_write_a_password", any_attribute);
    add("AuthVerifyEmailRole", &["ProveAddress"], "any attribute", "only_sign_up_accept_and_log_in_write_a_password", any_attribute);
    add("AuthVerifyEmailRole", &["ReadLinks"], "any attribute", "asking_for_a_link_shows_no_password_and_changes_no_person", any_attribute);
    add("AuthForgotPasswordRole", &["ReadProfile"], "whole items", "asking_for_a_link_shows_no_password_and_changes_no_person", |s| drop_operator(s, "StringEquals"));
    add("MeTenantsCreateRole", &["RegisterTenant"], "anybody's address", "only_sign_up_accept_and_a_followed_link_say_whose_an_address_is", |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["SLUG#*", "USER#*", "EMAIL#*"]);
        any_attribute(s);
    });
    add("AuthLoginRole", &["MakeRoomAndForgive"], "the network's count too", "counts_of_guesses_are_raised_and_forgiven_by_functions_alone", |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["USER#*", "BACKOFF#*"]);
    });
    add("MfaTotpDeleteRole", &["NoteFactorOff"], "any attribute", "only_sign_up_accept_and_log_in_write_a_password", any_attribute);
    add("MfaTotpConfirmRole", &["TurnFactorOn"], "any attribute", "only_sign_up_accept_and_log_in_write_a_password", any_attribute);
    add("AuthMfaRole", &["StartSessionAndTell"], "any attribute", "only_sign_up_accept_and_log_in_write_a_password", any_attribute);
    add("AuthRefreshRole", &["ReadAccessKey"], "the key of second factors", "only_the_functions_of_second_factors_read_their_key", |s| {
        s["Resource"] = json!("arn:aws:secretsmanager:us-east-1:000000000000:secret:MfaKeySecret");
    });
    add("EndpointRole", &["WriteLogs"], "the key of records' secrets", "only_the_functions_that_store_records_read_the_key_of_their_secrets", |s| {
        allow(s, "secretsmanager:GetSecretValue");
        s["Resource"] = json!("arn:aws:secretsmanager:us-east-1:000000000000:secret:FieldKeySecret");
    });
    for (role, sids) in [
        ("AuthMfaRole", &["TryLogin", "ReadFactorForLogin", "ReadUserForLogin", "UseCodeAndRememberTenant", "StartSessionAndTell", "FinishLogin"][..]),
        ("AuthStepUpRole", &["ReadAccount", "ReadFactorForStepUp", "UseCodeAndNoteProof", "ForgiveGuesses"]),
        ("MfaTotpStartRole", &["StoreSecret"]),
        ("MfaTotpConfirmRole", &["ReadFactorToConfirm", "TurnFactorOn", "TellFactorOn", "ForgiveCodes"]),
        ("MfaTotpDeleteRole", &["RemoveFactor", "NoteFactorOff", "TellFactorOff"]),
        ("MfaRecoveryCodesRole", &["ReplaceRecoveryCodes", "TellCodesReplaced"]),
    ] {
        add(role, sids, "no Null guard", NAMED, |s| drop_operator(s, "Null"));
        add(role, sids, "no condition on the keys", NAMED, |s| drop_operator(s, "ForAllValues:StringLike"));
    }
}

/// What those who rename a tenant, prove its domains or look it up could do too much.
#[rustfmt::skip]
fn of_the_tenant_itself(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const DECIDES: &str = "renaming_and_proving_change_nothing_that_decides";
    const HOSTS: &str = "only_founding_renaming_and_a_proof_say_whose_a_host_name_is";
    const FACE: &str = "the_public_look_up_sees_name_and_look_alone";
    const NAMED: &str = "every_access_to_a_table_names_its_partitions";
    add("TenantUpdateRole", &["RenameTenant", "NoteMetadata", "RenameMembership"], "any attribute", DECIDES, any_attribute);
    add("TenantDomainsRole", &["NoteProof"], "any attribute", DECIDES, any_attribute);
    add("TenantDomainsRole", &["NoteProof"], "removing items", DECIDES, |s| allow(s, "dynamodb:DeleteItem"));
    add("TenantUpdateRole", &["RenameTenant"], "reading items", DECIDES, |s| allow(s, "dynamodb:GetItem"));
    add("TenantUpdateRole", &["TakeSlug", "GiveSlugBack"], "domains too", HOSTS, |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["SLUG#*", "DOMAIN#*"]);
    });
    add("TenantDomainsRole", &["TakeDomain", "GiveDomainBack"], "slugs too", HOSTS, |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["SLUG#*", "DOMAIN#*"]);
    });
    add("TenantLookupRole", &["ReadLook"], "any attribute", FACE, any_attribute);
    add("TenantLookupRole", &["ReadLook"], "whole items", FACE, |s| drop_operator(s, "StringEquals"));
    add("TenantLookupRole", &["ReadPublicFace"], "people too", FACE, |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["SLUG#*", "DOMAIN#*", "USER#*"]);
    });
    for (role, sids) in [
        ("TenantUpdateRole", &["RenameTenant", "NoteMetadata", "TakeSlug", "GiveSlugBack", "RenameSlug", "RenameMembership"][..]),
        ("TenantDomainsRole", &["NoteProof", "TakeDomain", "GiveDomainBack"]),
        ("TenantLookupRole", &["ReadPublicFace", "ReadLook"]),
    ] {
        add(role, sids, "no Null guard", NAMED, |s| drop_operator(s, "Null"));
        add(role, sids, "no condition on the keys", NAMED, |s| drop_operator(s, "ForAllValues:StringLike"));
    }
}

const SYSTEM_STATEMENTS: &[&str] = &["SystemReadLetter", "SystemMoveLetter", "SystemReadBranding"];
const SYSTEM_TRUST: &[&str] = &["EnterForLetters", "TagForLetters"];
const SYSTEM_REACH: &str = "system_credentials_reach_one_tenants_letters_and_its_branding";
const SYSTEM_TAKEN: &str = "a_tenants_system_credentials_are_taken_on_by_named_functions_alone";

/// What the functions that nobody calls could do too much.
#[rustfmt::skip]
fn of_event_functions(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const ROLE: &str = "TenantSystemRole";
    add(ROLE, SYSTEM_STATEMENTS, "`*` in the place of the tag", SYSTEM_REACH, |s| replace(s, "${aws:PrincipalTag/TenantId}", "*"));
    add(ROLE, SYSTEM_STATEMENTS, "no condition on the keys", SYSTEM_REACH, |s| drop_operator(s, "ForAllValues:StringLike"));
    add(ROLE, SYSTEM_STATEMENTS, "no Null guard on the tag", "every_tag_in_a_pattern_has_its_null_guard", |s| remove(s, "Null", "aws:PrincipalTag/TenantId"));
    add(ROLE, SYSTEM_STATEMENTS, "no Null guard at all", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    add(ROLE, SYSTEM_STATEMENTS, "all of the tenant", SYSTEM_REACH, |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["TENANT#${aws:PrincipalTag/TenantId}#*"]);
    });
    add(ROLE, &["SystemMoveLetter"], "any attribute", SYSTEM_REACH, any_attribute);
    add(ROLE, &["SystemReadBranding"], "any attribute", SYSTEM_REACH, any_attribute);
    add(ROLE, &["SystemReadBranding"], "whole items", SYSTEM_REACH, |s| drop_operator(s, "StringEquals"));
    add(ROLE, &["SystemReadBranding"], "writing the core", SYSTEM_REACH, |s| allow(s, "dynamodb:UpdateItem"));
    add(ROLE, SYSTEM_TRUST, "another role", SYSTEM_TAKEN, |s| {
        s["Principal"]["AWS"].as_array_mut().unwrap().push(json!("arn:aws:iam::000000000000:role/EndpointRole"));
    });
    add(ROLE, SYSTEM_TRUST, "any access", SYSTEM_TAKEN, |s| remove(s, "StringEquals", "aws:RequestTag/Access"));
    add(ROLE, SYSTEM_TRUST, "any form of tenant id", SYSTEM_TAKEN, |s| remove(s, "StringLike", "aws:RequestTag/TenantId"));
    add(ROLE, SYSTEM_TRUST, "any tags besides its own", SYSTEM_TAKEN, |s| drop_operator(s, "ForAllValues:StringEquals"));
    add(ROLE, SYSTEM_TRUST, "no Null guard on the tags", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    for (role, sids) in [
        ("EmailsSendRole", &["ReadUserLetter", "SendUserLetter"][..]),
        ("EmailsFeedbackRole", &["MarkUserLetter"]),
    ] {
        add(role, sids, "all of the user", "senders_of_letters_reach_nothing_else_of_a_person", |s| {
            s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["USER#*"]);
        });
        add(role, sids, "no Null guard", "every_access_to_a_table_names_its_partitions", |s| drop_operator(s, "Null"));
    }
    add("StreamFanoutRole", &["ReadStreams"], "the tables themselves", "senders_of_letters_reach_nothing_else_of_a_person", |s| {
        allow(s, "dynamodb:GetItem");
        s["Resource"] = json!(super::roles::table("TenantTable"));
    });
    add("EmailsFeedbackRole", &["MarkUserLetter"], "sending mail", "only_the_sender_of_letters_sends_mail", |s| allow(s, "ses:SendEmail"));
}

/// What could be done too much with the bytes of files.
#[rustfmt::skip]
fn of_files(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const OWN: &str = "a_tenants_credentials_reach_its_own_objects_alone";
    const READ: &str = "read_credentials_store_no_bytes";
    const SETTLED: &str = "who_settles_files_reaches_one_tenants_files";
    const GUARDED: &str = "every_tag_in_a_pattern_has_its_null_guard";
    const TAKEN: &str = "only_who_settles_files_takes_that_role_on";
    const FILES: &[&str] = &["TenantReadFiles", "TenantWriteFiles"];
    const BYTES: &[&str] = &["SystemReadBytes", "SystemDeleteBytes"];
    const ITEMS: &[&str] = &["SystemReadFile", "SystemNoteUpload"];
    const TRUST: &[&str] = &["EnterForFiles", "TagForFiles"];
    add("TenantRole", FILES, "`*` in the place of the tag", OWN, |s| on(s, "FilesBucket/*"));
    add("TenantRole", FILES, "no `/` after the id", OWN, |s| on(s, "FilesBucket/${aws:PrincipalTag/TenantId}*"));
    add("TenantRole", FILES, "any bucket", OWN, |s| on(s, "*/${aws:PrincipalTag/TenantId}/*"));
    add("TenantRole", FILES, "no Null guard", GUARDED, |s| drop_operator(s, "Null"));
    add("TenantRole", &["TenantWriteFiles"], "any access", READ, |s| drop_operator(s, "StringEquals"));
    add("TenantRole", &["TenantReadFiles"], "storing", READ, |s| allow(s, "s3:PutObject"));
    add("TenantRole", FILES, "deleting", "objects_are_listed_and_deleted_by_who_settles_files_alone", |s| allow(s, "s3:DeleteObject"));
    add("TenantRole", &["TenantReadFiles"], "listing", "objects_are_listed_and_deleted_by_who_settles_files_alone", |s| {
        allow(s, "s3:ListBucket");
        on(s, "FilesBucket");
    });
    add("FilesSystemRole", BYTES, "`*` in the place of the tag", SETTLED, |s| on(s, "FilesBucket/*"));
    add("FilesSystemRole", BYTES, "storing", SETTLED, |s| allow(s, "s3:PutObject"));
    add("FilesSystemRole", &["SystemListBytes"], "any prefix", SETTLED, |s| drop_operator(s, "StringLike"));
    add("FilesSystemRole", &["SystemListBytes"], "no `/` after the id", SETTLED, |s| replace(s, "}/*", "}*"));
    add("FilesSystemRole", &["SystemListBytes"], "an absent prefix", SETTLED, |s| {
        rename(s, "StringLike", "StringLikeIfExists");
        remove(s, "Null", "s3:prefix");
    });
    add("FilesSystemRole", &["SystemReadBytes", "SystemDeleteBytes", "SystemListBytes"], "no Null guard", GUARDED, |s| drop_operator(s, "Null"));
    add("FilesSystemRole", ITEMS, "`*` in the place of the tag", SETTLED, |s| replace(s, "${aws:PrincipalTag/TenantId}", "*"));
    add("FilesSystemRole", ITEMS, "no condition on the keys", SETTLED, |s| drop_operator(s, "ForAllValues:StringLike"));
    add("FilesSystemRole", ITEMS, "all records", SETTLED, |s| replace(s, "#FILES", "#*"));
    add("FilesSystemRole", ITEMS, "no Null guard at all", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    add("FilesSystemRole", &["SystemNoteUpload"], "any attribute", SETTLED, any_attribute);
    const PURGED: &str = "who_settles_files_purges_one_tenants_projects";
    const GIVEN_UP: &str = "who_settles_files_gives_up_one_tenants_files";
    const PURGE: &[&str] = &["SystemFindMissing", "SystemListKeys", "SystemPurge", "SystemMovePurge"];
    const RELEASE: &[&str] = &["SystemReleaseFile", "SystemKeepFile", "SystemFindNamingFile"];
    for (sids, guarantee) in [(PURGE, PURGED), (RELEASE, GIVEN_UP)] {
        add("FilesSystemRole", sids, "`*` in the place of the tag", guarantee, |s| replace(s, "${aws:PrincipalTag/TenantId}", "*"));
        add("FilesSystemRole", sids, "no condition on the keys", guarantee, |s| drop_operator(s, "ForAllValues:StringLike"));
        add("FilesSystemRole", sids, "any access", guarantee, |s| remove(s, "StringEquals", "aws:PrincipalTag/Access"));
        add("FilesSystemRole", sids, "no Null guard at all", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    }
    add("FilesSystemRole", &["SystemFindMissing", "SystemListKeys", "SystemMovePurge"], "any attribute", PURGED, any_attribute);
    add("FilesSystemRole", &["SystemListKeys"], "whole items", PURGED, |s| remove(s, "StringEquals", "dynamodb:Select"));
    add("FilesSystemRole", &["SystemPurge"], "putting", PURGED, |s| allow(s, "dynamodb:PutItem"));
    add("FilesSystemRole", &["SystemPurge"], "all of the tenant", PURGED, |s| replace(s, "#PROJECT#????????-????-????-????-????????????#*", "#*"));
    add("FilesSystemRole", &["SystemReleaseFile", "SystemKeepFile"], "any attribute", GIVEN_UP, any_attribute);
    add("FilesSystemRole", &["SystemReleaseFile"], "all records", GIVEN_UP, |s| replace(s, "#FOLDERS", "#*"));
    add("FilesSystemRole", &["SystemKeepFile"], "all deleted records", GIVEN_UP, |s| replace(s, "#FILES#DELETED", "#*#DELETED"));
    add("FilesSystemRole", TRUST, "another role", TAKEN, |s| {
        s["Principal"]["AWS"] = json!(["arn:aws:iam::000000000000:role/FilesSettleRole", "arn:aws:iam::000000000000:role/EndpointRole"]);
    });
    add("FilesSystemRole", TRUST, "any access", TAKEN, |s| remove(s, "StringEquals", "aws:RequestTag/Access"));
    add("FilesSystemRole", TRUST, "any form of tenant id", TAKEN, |s| remove(s, "StringLike", "aws:RequestTag/TenantId"));
    add("FilesSystemRole", TRUST, "any tags besides its own", TAKEN, |s| drop_operator(s, "ForAllValues:StringEquals"));
    add("FilesSystemRole", TRUST, "no Null guard on the tags", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
}

/// What could be done too much with exports.
#[rustfmt::skip]
fn of_exports(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const OWN: &str = "a_tenants_credentials_read_its_own_exports_and_make_none";
    const MADE: &str = "who_makes_exports_reads_one_tenants_records_and_stores_its_files";
    const GUARDED: &str = "every_tag_in_a_pattern_has_its_null_guard";
    const TAKEN: &str = "only_who_makes_exports_takes_that_role_on";
    const ITEMS: &[&str] = &["SystemReadRecords", "SystemMoveExport"];
    const TRUST: &[&str] = &["EnterForExports", "TagForExports"];
    add("TenantRole", &["TenantReadExports"], "`*` in the place of the tag", OWN, |s| on(s, "ExportsBucket/*"));
    add("TenantRole", &["TenantReadExports"], "no `/` after the id", OWN, |s| on(s, "ExportsBucket/${aws:PrincipalTag/TenantId}*"));
    add("TenantRole", &["TenantReadExports"], "storing", OWN, |s| allow(s, "s3:PutObject"));
    add("TenantRole", &["TenantReadExports"], "no Null guard", GUARDED, |s| drop_operator(s, "Null"));
    add("ExportsSystemRole", &["SystemStoreExport"], "`*` in the place of the tag", MADE, |s| on(s, "ExportsBucket/*"));
    add("ExportsSystemRole", &["SystemStoreExport"], "any bucket", MADE, |s| on(s, "*/${aws:PrincipalTag/TenantId}/*"));
    add("ExportsSystemRole", &["SystemStoreExport"], "deleting", MADE, |s| allow(s, "s3:DeleteObject"));
    add("ExportsSystemRole", &["SystemStoreExport"], "no Null guard", GUARDED, |s| drop_operator(s, "Null"));
    add("ExportsSystemRole", ITEMS, "`*` in the place of the tag", MADE, |s| replace(s, "${aws:PrincipalTag/TenantId}", "*"));
    add("ExportsSystemRole", ITEMS, "no condition on the keys", MADE, |s| drop_operator(s, "ForAllValues:StringLike"));
    add("ExportsSystemRole", ITEMS, "no Null guard at all", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    add("ExportsSystemRole", &["SystemReadRecords"], "writing", MADE, |s| allow(s, "dynamodb:PutItem"));
    add("ExportsSystemRole", &["SystemMoveExport"], "any attribute", MADE, any_attribute);
    add("ExportsSystemRole", TRUST, "another role", TAKEN, |s| {
        s["Principal"]["AWS"] = json!(["arn:aws:iam::000000000000:role/ExportsRunRole", "arn:aws:iam::000000000000:role/EndpointRole"]);
    });
    add("ExportsSystemRole", TRUST, "any access", TAKEN, |s| remove(s, "StringEquals", "aws:RequestTag/Access"));
    add("ExportsSystemRole", TRUST, "any form of tenant id", TAKEN, |s| remove(s, "StringLike", "aws:RequestTag/TenantId"));
    add("ExportsSystemRole", TRUST, "any tags besides its own", TAKEN, |s| drop_operator(s, "ForAllValues:StringEquals"));
    add("ExportsSystemRole", TRUST, "no Null guard on the tags", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
}

fn on(statement: &mut Value, resource: &str) {
    statement["Resource"] = json!(format!("arn:aws:s3:::{resource}"));
}

/// What could be done too much with the indexes of vectors.
#[rustfmt::skip]
fn of_vectors(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const OWN: &str = "a_tenants_credentials_search_its_own_indexes_alone";
    const FOLLOWED: &str = "who_follows_the_vectors_writes_one_tenants_indexes";
    const GUARDED: &str = "every_tag_in_a_pattern_has_its_null_guard";
    const ITEMS: &[&str] = &["SystemReadVectors", "SystemNoteIndex"];
    for (role, sids, guarantee) in [
        ("TenantRole", &["TenantSearchVectors"], OWN),
        ("FilesSystemRole", &["SystemIndexVectors"], FOLLOWED),
    ] {
        add(role, sids, "`*` in the place of the tag", guarantee, |s| index(s, "vectorbucket", "*"));
        add(role, sids, "no `.` after the id", guarantee, |s| index(s, "vectorbucket", "${aws:PrincipalTag/TenantId}*"));
        add(role, sids, "any bucket", guarantee, |s| index(s, "*", "${aws:PrincipalTag/TenantId}.*"));
        add(role, sids, "listing", guarantee, |s| allow(s, "s3vectors:ListVectors"));
        add(role, sids, "no Null guard", GUARDED, |s| drop_operator(s, "Null"));
    }
    add("UserRole", &["UserReadOwn"], "searching anybody's vectors", "indexes_are_searched_by_tenants_and_written_by_who_follows_the_vectors_alone", |s| {
        allow(s, "s3vectors:QueryVectors");
        s["Resource"] = json!("*");
        s.as_object_mut().unwrap().remove("Condition");
    });
    add("TenantRole", &["TenantSearchVectors"], "putting", OWN, |s| allow(s, "s3vectors:PutVectors"));
    add("FilesSystemRole", &["SystemIndexVectors"], "searching", FOLLOWED, |s| allow(s, "s3vectors:QueryVectors"));
    add("FilesSystemRole", ITEMS, "`*` in the place of the tag", FOLLOWED, |s| replace(s, "${aws:PrincipalTag/TenantId}", "*"));
    add("FilesSystemRole", ITEMS, "no condition on the keys", FOLLOWED, |s| drop_operator(s, "ForAllValues:StringLike"));
    add("FilesSystemRole", ITEMS, "all records", FOLLOWED, |s| replace(s, "#VECTORS", "#*"));
    add("FilesSystemRole", ITEMS, "no Null guard at all", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    add("FilesSystemRole", &["SystemNoteIndex"], "any attribute", FOLLOWED, any_attribute);
}

/// The statement is about these indexes.
fn index(statement: &mut Value, bucket: &str, index: &str) {
    let arn = format!("arn:aws:s3vectors:us-east-1:000000000000:bucket/{bucket}/index/{index}");
    statement["Resource"] = json!(arn);
}

/// What billing could do too much.
#[rustfmt::skip]
fn of_billing(
    add: &mut impl FnMut(&'static str, &'static [&'static str], &'static str, &'static str, fn(&mut Value)),
) {
    const PAID: &str = "billing_changes_what_is_paid_for_and_nothing_else";
    const ENDED: &str = "the_end_of_a_trial_reaches_one_tenants_plan_and_its_owners";
    const NAMED: &str = "every_access_to_a_table_names_its_partitions";
    const WEBHOOK: &[&str] = &["ReadSubscribed", "FindOwners", "StandWithTenant", "StoreSubscription", "RememberEvent"];
    const TRIAL: &[&str] = &["SystemReadSubscribed", "SystemFindOwners", "SystemStandWithTenant", "SystemStoreSubscription"];
    const TRUST: &[&str] = &["EnterForTrials", "TagForTrials"];
    add("BillingWebhookRole", WEBHOOK, "any attribute", PAID, any_attribute);
    add("BillingWebhookRole", WEBHOOK, "no Null guard", NAMED, |s| drop_operator(s, "Null"));
    add("BillingWebhookRole", WEBHOOK, "no condition on the keys", NAMED, |s| drop_operator(s, "ForAllValues:StringLike"));
    add("BillingWebhookRole", &["ReadSubscribed", "FindOwners"], "whole items", PAID, |s| drop_operator(s, "StringEquals"));
    add("BillingWebhookRole", &["StandWithTenant"], "deleting", PAID, |s| allow(s, "dynamodb:DeleteItem"));
    add("EndpointRole", &["WriteLogs"], "the signing secret", "only_the_billing_webhook_reads_what_events_are_signed_with", |s| {
        allow(s, "secretsmanager:GetSecretValue");
        s["Resource"] = json!("*");
    });
    add("TrialsExpireRole", &["ReadDueTrials", "NoteDueTrials"], "all that is due", "the_end_of_trials_knows_what_is_due_and_nothing_else", |s| {
        s["Condition"]["ForAllValues:StringLike"][KEYS] = json!(["DUE#*"]);
    });
    add("TrialsExpireRole", &["NoteDueTrials"], "any attribute", "the_end_of_trials_knows_what_is_due_and_nothing_else", any_attribute);
    add("TrialsExpireRole", &["ReadDueTrials", "NoteDueTrials"], "no Null guard", NAMED, |s| drop_operator(s, "Null"));
    add("TenantSystemRole", TRIAL, "`*` in the place of the tag", ENDED, |s| replace(s, "${aws:PrincipalTag/TenantId}", "*"));
    add("TenantSystemRole", TRIAL, "no condition on the keys", ENDED, |s| drop_operator(s, "ForAllValues:StringLike"));
    add("TenantSystemRole", TRIAL, "any attribute", ENDED, any_attribute);
    add("TenantSystemRole", TRIAL, "whoever takes the role on", ENDED, |s| remove(s, "StringEquals", "aws:PrincipalTag/Access"));
    add("TenantSystemRole", TRIAL, "no Null guard at all", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
    add("TenantSystemRole", &["SystemReadSubscribed", "SystemFindOwners"], "whole items", ENDED, |s| remove(s, "StringEquals", "dynamodb:Select"));
    add("TenantSystemRole", TRUST, "another role", ENDED, |s| {
        s["Principal"]["AWS"] = json!(["arn:aws:iam::000000000000:role/TrialsExpireRole", "arn:aws:iam::000000000000:role/EndpointRole"]);
    });
    add("TenantSystemRole", TRUST, "any access", ENDED, |s| remove(s, "StringEquals", "aws:RequestTag/Access"));
    add("TenantSystemRole", TRUST, "any form of tenant id", ENDED, |s| remove(s, "StringLike", "aws:RequestTag/TenantId"));
    add("TenantSystemRole", TRUST, "any tags besides its own", ENDED, |s| drop_operator(s, "ForAllValues:StringEquals"));
    add("TenantSystemRole", TRUST, "no Null guard on the tags", "every_condition_on_all_values_has_its_null_guard", |s| drop_operator(s, "Null"));
}

#[test]
fn every_guard_of_a_role_is_missed_when_it_is_gone() {
    let shipped = Roles::shipped();
    let (mut table, mut unnoticed) = (String::new(), Vec::new());
    let mut count = 0;
    for mutation in mutations() {
        for sid in mutation.sids {
            let mut roles = shipped.clone();
            let statement = roles.statement_mut(mutation.role, sid);
            let before = statement.clone();
            (mutation.change)(statement);
            let place = format!("{}/{sid}: {}", mutation.role, mutation.what);
            assert_ne!(
                *statement, before,
                "{place} changes nothing: the template's text has moved on"
            );
            let fallen: Vec<&str> = ALL
                .iter()
                .filter(|guarantee| (guarantee.check)(&roles).is_err())
                .map(|guarantee| guarantee.name)
                .collect();
            if !fallen.contains(&mutation.falls) {
                unnoticed.push(format!(
                    "{place}: expected {} to fall, and {fallen:?} did",
                    mutation.falls
                ));
            }
            table.push_str(&format!(
                "| {place} | {} | {} |\n",
                mutation.falls,
                fallen.len()
            ));
            count += 1;
        }
    }
    println!(
        "| change for the worse | guarantee that falls | and in all |\n|---|---|---|\n{table}"
    );
    println!("{count} changes for the worse, {} guarantees", ALL.len());
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}

fn remove(statement: &mut Value, operator: &str, key: &str) {
    let keys = statement["Condition"][operator].as_object_mut().unwrap();
    keys.remove(key);
    if keys.is_empty() {
        drop_operator(statement, operator);
    }
}

fn any_attribute(statement: &mut Value) {
    drop_operator(statement, "ForAllValues:StringEquals");
}

fn drop_operator(statement: &mut Value, operator: &str) {
    statement["Condition"]
        .as_object_mut()
        .unwrap()
        .remove(operator);
}

fn rename(statement: &mut Value, operator: &str, to: &str) {
    let conditions = statement["Condition"].as_object_mut().unwrap();
    let keys = conditions.remove(operator).unwrap();
    conditions.insert(to.to_owned(), keys);
}

fn replace(statement: &mut Value, text: &str, by: &str) {
    let changed = statement["Condition"].to_string().replace(text, by);
    statement["Condition"] = serde_json::from_str(&changed).unwrap();
}

fn allow(statement: &mut Value, action: &str) {
    statement["Action"]
        .as_array_mut()
        .unwrap()
        .push(json!(action));
}
