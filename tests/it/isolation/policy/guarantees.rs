//! The guarantees, each a test of the shipped template by its own name.

use super::roles::{
    ACME, Call, GLOBEX, Holds, LEVELS, PERSON, READS, Roles, STRANGER, Session, Token, VECTORS,
    WRITES, core, letters, person, records, table,
};
use records::{OnDelete, collections};
use serde_json::Value;

/// A guarantee by name.
pub(super) struct Guarantee {
    pub(super) name: &'static str,
    pub(super) check: fn(&Roles) -> Holds,
}

macro_rules! guarantees {
    ($($(#[$doc:meta])* fn $name:ident($roles:ident) $body:block)*) => {
        $($(#[$doc])* fn $name($roles: &Roles) -> Holds { $body Ok(()) })*

        /// All of them.
        pub(super) const ALL: &[Guarantee] = &[$(Guarantee { name: stringify!($name), check: $name },)*];

        mod shipped_policy_holds {
            $(#[test] fn $name() {
                if let Err(what) = super::$name(super::Roles::shipped()) {
                    panic!("template.yaml no longer holds `{}`: {what}", stringify!($name));
                }
            })*
        }
    };
}

guarantees! {
    // ------------------------------------------------------------ a tenant's credentials
    /// The positive half: without it, a template that refuses everything would pass all the others.
    fn a_tenant_reaches_its_own_data(roles) {
        for level in LEVELS {
            let session = roles.tenant(ACME, level);
            for action in READS {
                session.may(&Call::new(action, "TenantTable", &[&core(ACME)]))?;
                session.may(&Call::new(action, "TenantTable", &[&records(ACME)]))?;
            }
            session.may(&Call::new("BatchGetItem", "TenantTable", &[&core(ACME), &records(ACME)]))?;
            for action in ["GetItem", "Query"] {
                session.may(&Call::new(action, "AuditTable", &[&format!("{}#2026-01", core(ACME))]))?;
            }
        }
        for level in ["write", "admin"] {
            for action in WRITES {
                roles.tenant(ACME, level).may(&Call::new(action, "TenantTable", &[&records(ACME)]))?;
            }
        }
        for action in ["PutItem", "UpdateItem", "DeleteItem"] {
            roles.tenant(ACME, "admin").may(&Call::new(action, "TenantTable", &[&core(ACME)]))?;
            // In one transaction with a letter or with the answer that is kept for who repeats the request.
            roles.tenant(ACME, "admin").may(&Call::new(action, "TenantTable", &[&core(ACME), &letters(ACME)]))?;
        }
    }

    fn another_tenants_data_is_out_of_reach(roles) {
        for level in LEVELS {
            refused_everywhere(&roles.tenant(ACME, level), &[&[&core(GLOBEX)], &[&records(GLOBEX)]])?;
        }
    }

    /// The `#` after the id in the pattern: `TENANT#12*` would also cover tenant 123.
    fn an_id_that_begins_like_another_ones_is_another(roles) {
        let longer = format!("TENANT#{ACME}0");
        for level in LEVELS {
            let session = roles.tenant(ACME, level);
            refused_everywhere(&session, &[&[&longer], &[&format!("{longer}#PROJECT#1#DEALS")]])?;
        }
    }

    /// One foreign key in a batch is enough to refuse the whole of it.
    fn one_foreign_key_spoils_a_batch(roles) {
        let (own, own_core, foreign) = (records(ACME), core(ACME), records(GLOBEX));
        for level in LEVELS {
            let session = roles.tenant(ACME, level);
            refused_everywhere(&session, &[&[&own, &foreign], &[&foreign, &own], &[&own_core, &foreign]])?;
        }
    }

    /// ForAllValues is true of an empty set: a request that names no key must be caught by the Null guard.
    fn a_request_without_keys_is_refused(roles) {
        for level in LEVELS {
            refused_everywhere(&roles.tenant(ACME, level), &[&[]])?;
        }
        let own = roles.person(PERSON);
        for action in READS.iter().chain(&WRITES) {
            own.may_not(&Call::new(action, "DirectoryTable", &[]))?;
        }
    }

    fn a_session_without_a_tenant_reaches_nothing(roles) {
        let keys = ["TENANT#".to_owned(), "TENANT##PROJECT".to_owned(), core(ACME), "TENANT#${aws:PrincipalTag/TenantId}".to_owned()];
        for tags in [&[][..], &[("Access", "admin")], &[("TenantId", ""), ("Access", "admin")], &[("UserId", ACME), ("Access", "admin")]] {
            let session = Session::new(roles.role("TenantRole"), tags);
            for key in &keys {
                // An empty tag would make the pattern `TENANT#`: the trust policy lets none through, and no item is there.
                if tags.iter().any(|(_, value)| value.is_empty()) && key.starts_with("TENANT#") && !key.contains(ACME) {
                    continue;
                }
                refused_everywhere(&session, &[&[key]])?;
            }
        }
    }

    /// What a tag puts into a pattern is text: a `*` in it is no wildcard.
    fn a_wildcard_in_a_tag_is_text(roles) {
        for tag in ["*", "????????-????-????-????-????????????", "0198c5f0*"] {
            refused_everywhere(&roles.tenant(tag, "admin"), &[&[&core(ACME)], &[&records(ACME)]])?;
        }
    }

    fn read_credentials_write_nothing(roles) {
        let read = roles.tenant(ACME, "read");
        for action in WRITES {
            for key in [core(ACME), records(ACME)] {
                read.may_not(&Call::new(action, "TenantTable", &[&key]))?;
            }
        }
    }

    fn write_credentials_leave_the_core_alone(roles) {
        for action in WRITES {
            roles.tenant(ACME, "write").may_not(&Call::new(action, "TenantTable", &[&core(ACME)]))?;
            roles.tenant(ACME, "write").may_not(&Call::new(action, "TenantTable", &[&core(ACME), &records(ACME)]))?;
        }
    }

    /// Members, roles and projects change by conditional writes only; a batch write has no conditions.
    fn the_core_is_never_written_in_batches(roles) {
        roles.tenant(ACME, "admin").may_not(&Call::new("BatchWriteItem", "TenantTable", &[&core(ACME)]))?;
    }

    fn an_unknown_access_level_writes_nothing(roles) {
        for level in ["", "owner", "Admin", "*", "read,write"] {
            for action in WRITES {
                for key in [core(ACME), records(ACME)] {
                    roles.tenant(ACME, level).may_not(&Call::new(action, "TenantTable", &[&key]))?;
                }
            }
        }
    }

    fn the_audit_trail_can_only_be_read(roles) {
        let month = format!("{}#2026-01", core(ACME));
        for level in LEVELS {
            for action in WRITES {
                roles.tenant(ACME, level).may_not(&Call::new(action, "AuditTable", &[&month]))?;
            }
        }
    }

    fn a_tenants_credentials_reach_no_other_table(roles) {
        let session = roles.tenant(ACME, "admin");
        for name in ["DirectoryTable", "AnotherTable", "TenantTableOfAnotherStack"] {
            for action in READS.iter().chain(&WRITES) {
                session.may_not(&Call::new(action, name, &[&records(ACME)]))?;
                session.may_not(&Call::new(action, name, &[&core(ACME)]))?;
            }
        }
    }

    // ------------------------------------------------------------ the bytes of files
    fn a_tenants_credentials_reach_its_own_objects_alone(roles) {
        for level in LEVELS {
            let session = roles.tenant(ACME, level);
            session.may(&Call::object("GetObject", &object(ACME)))?;
            for key in [object(GLOBEX), format!("{ACME}0/x"), ACME.to_owned(), format!("x/{}", object(ACME)), String::new()] {
                for action in ["GetObject", "PutObject", "DeleteObject", "GetObjectTagging", "PutObjectAcl"] {
                    session.may_not(&Call::object(action, &key))?;
                }
            }
            session.may_not(&Call { resource: "arn:aws:s3:::AnotherBucket/".to_owned() + &object(ACME), ..Call::object("GetObject", "") })?;
        }
        for tags in [&[][..], &[("Access", "admin")], &[("UserId", ACME), ("Access", "admin")]] {
            let nobody = Session::new(roles.role("TenantRole"), tags);
            for key in [object(ACME), "/x".to_owned(), "${aws:PrincipalTag/TenantId}/x".to_owned()] {
                nobody.may_not(&Call::object("GetObject", &key))?;
                nobody.may_not(&Call::object("PutObject", &key))?;
            }
        }
    }

    fn a_wildcard_in_a_tag_names_no_object(roles) {
        for tag in ["*", "????????-????-????-????-????????????"] {
            roles.tenant(tag, "admin").may_not(&Call::object("GetObject", &object(ACME)))?;
        }
    }

    fn read_credentials_store_no_bytes(roles) {
        for level in ["read", "", "Admin", "*"] {
            roles.tenant(ACME, level).may_not(&Call::object("PutObject", &object(ACME)))?;
        }
        for level in ["write", "admin"] {
            roles.tenant(ACME, level).may(&Call::object("PutObject", &object(ACME)))?;
        }
    }

    /// Requests neither list nor delete objects: a record names the one it has, and the rest is done behind them.
    fn objects_are_listed_and_deleted_by_who_settles_files_alone(roles) {
        for id in roles.ids().into_iter().filter(|id| *id != "FilesSystemRole") {
            for level in LEVELS {
                let session = Session::new(roles.role(id), &[("TenantId", ACME), ("UserId", ACME), ("Access", level)]);
                session.may_not(&Call::object("DeleteObject", &object(ACME)))?;
                session.may_not(&Call { prefix: Some(object(ACME)), ..Call::bucket() })?;
                session.may_not(&Call::bucket())?;
            }
        }
    }

    fn who_settles_files_reaches_one_tenants_files(roles) {
        let session = Session::new(roles.role("FilesSystemRole"), &[("TenantId", ACME), ("Access", "write")]);
        let files = |tenant: &str| format!("TENANT#{tenant}#PROJECT#0198c5f0-0000-7000-8000-0000000000d1#FILES");
        let noting = &["pk", "sk", "change", "version", "fields", "by_status"][..];
        for action in ["GetObject", "DeleteObject"] {
            session.may(&Call::object(action, &object(ACME)))?;
            session.may_not(&Call::object(action, &object(GLOBEX)))?;
            session.may_not(&Call::object(action, &format!("{ACME}0/x")))?;
        }
        session.may_not(&Call::object("PutObject", &object(ACME)))?;
        session.may(&Call { prefix: Some(object(ACME)), ..Call::bucket() })?;
        for prefix in [object(GLOBEX), ACME.to_owned(), format!("{ACME}0/"), String::new()] {
            session.may_not(&Call { prefix: Some(prefix), ..Call::bucket() })?;
        }
        session.may_not(&Call::bucket())?;
        session.may(&Call::new("GetItem", "TenantTable", &[&files(ACME)]))?;
        for action in ["GetItem", "ConditionCheckItem"] {
            session.may(&Call::new(action, "TenantTable", &[&format!("{}#DELETED", files(ACME))]))?;
        }
        session.may(&Call { attributes: noting, ..Call::new("UpdateItem", "TenantTable", &[&files(ACME)]) })?;
        session.may_not(&Call { attributes: &["pk", "sk", "owner_id"], ..Call::new("UpdateItem", "TenantTable", &[&files(ACME)]) })?;
        session.may_not(&Call { attributes: noting, ..Call::new("UpdateItem", "TenantTable", &[]) })?;
        let waiting = |tenant| Call { attributes: &["pk", "sk", "change", "ttl"], ..Call::new("UpdateItem", "TenantTable", &[&format!("{}#PENDING", files(tenant))]) };
        session.may(&waiting(ACME))?;
        session.may_not(&waiting(GLOBEX))?;
        let (counting, usage) = (&["pk", "sk", "change", "bytes", "ttl"][..], |tenant: &str| format!("TENANT#{tenant}#USAGE"));
        session.may(&Call { attributes: counting, ..Call::new("UpdateItem", "TenantTable", &[&usage(ACME)]) })?;
        session.may_not(&Call { attributes: counting, ..Call::new("UpdateItem", "TenantTable", &[&usage(GLOBEX)]) })?;
        session.may_not(&Call { attributes: &["pk", "sk", "emails"], ..Call::new("UpdateItem", "TenantTable", &[&usage(ACME)]) })?;
        for action in READS.iter().chain(&WRITES) {
            for key in [core(ACME), records(ACME), letters(ACME), files(GLOBEX), format!("{}#1", files(ACME))] {
                session.may_not(&Call::new(action, "TenantTable", &[&key]).modest())?;
            }
            if !matches!(*action, "GetItem" | "ConditionCheckItem" | "UpdateItem") {
                session.may_not(&Call::new(action, "TenantTable", &[&files(ACME)]).modest())?;
            }
        }
        let untagged = roles.execution("FilesSystemRole");
        untagged.may_not(&Call::object("GetObject", "/x"))?;
        untagged.may_not(&Call { prefix: Some("/x".to_owned()), ..Call::bucket() })?;
        untagged.may_not(&Call::new("GetItem", "TenantTable", &[&files("")]))?;
    }

    fn a_tenants_credentials_search_its_own_indexes_alone(roles) {
        for level in LEVELS {
            let session = roles.tenant(ACME, level);
            for action in ["s3vectors:QueryVectors", "s3vectors:GetVectors"] {
                session.may(&Call::index(action, &index(ACME)))?;
                for other in [index(GLOBEX), format!("{ACME}0.a"), ACME.to_owned(), "*".to_owned()] {
                    session.may_not(&Call::index(action, &other))?;
                }
                let elsewhere = index(ACME);
                let resource = format!("{VECTORS}-2/index/{elsewhere}");
                session.may_not(&Call { action, resource, ..Call::default() })?;
                roles.execution("TenantRole").may_not(&Call::index(action, ".a"))?;
            }
            for action in ["CreateIndex", "DeleteIndex", "PutVectors", "DeleteVectors", "ListVectors", "GetIndex"] {
                session.may_not(&Call::index(&format!("s3vectors:{action}"), &index(ACME)))?;
            }
        }
    }

    fn indexes_are_searched_by_tenants_and_written_by_who_follows_the_vectors_alone(roles) {
        const ALL: [&str; 8] = ["QueryVectors", "GetVectors", "ListVectors", "GetIndex", "CreateIndex", "DeleteIndex", "PutVectors", "DeleteVectors"];
        for id in roles.ids().into_iter().filter(|id| !matches!(*id, "TenantRole" | "FilesSystemRole")) {
            let session = Session::new(roles.role(id), &[("TenantId", ACME), ("Access", "admin"), ("UserId", PERSON)]);
            for action in ALL {
                session.may_not(&Call::index(&format!("s3vectors:{action}"), &index(ACME)))?;
            }
        }
    }

    fn who_follows_the_vectors_writes_one_tenants_indexes(roles) {
        let session = Session::new(roles.role("FilesSystemRole"), &[("TenantId", ACME), ("Access", "write")]);
        for action in ["CreateIndex", "DeleteIndex", "PutVectors", "DeleteVectors"] {
            let action = format!("s3vectors:{action}");
            session.may(&Call::index(&action, &index(ACME)))?;
            for other in [index(GLOBEX), format!("{ACME}0.a"), ACME.to_owned(), "*".to_owned()] {
                session.may_not(&Call::index(&action, &other))?;
            }
            let resource = format!("{VECTORS}-2/index/{}", index(ACME));
            session.may_not(&Call { action: &action, resource, ..Call::default() })?;
            roles.execution("FilesSystemRole").may_not(&Call::index(&action, ".a"))?;
        }
        for action in ["s3vectors:QueryVectors", "s3vectors:GetVectors", "s3vectors:ListVectors"] {
            session.may_not(&Call::index(action, &index(ACME)))?;
        }
        let vectors = |tenant: &str| format!("TENANT#{tenant}#PROJECT#0198c5f0-0000-7000-8000-0000000000d1#VECTORS");
        let (noting, part) = (&["pk", "sk", "change", "indexed", "building", "gone", "step"][..], |tenant: &str| format!("{}#7", vectors(tenant)));
        for action in ["GetItem", "BatchGetItem", "Query"] {
            for (key, foreign) in [(vectors(ACME), vectors(GLOBEX)), (part(ACME), part(GLOBEX))] {
                session.may(&Call::new(action, "TenantTable", &[&key]))?;
                session.may_not(&Call::new(action, "TenantTable", &[&foreign]))?;
                session.may_not(&Call::new(action, "TenantTable", &[]))?;
            }
            session.may_not(&Call::new(action, "TenantTable", &[&records(ACME)]))?;
        }
        let update = |key: &str, attributes| Call { attributes, ..Call::new("UpdateItem", "TenantTable", &[key]) };
        session.may(&update(&vectors(ACME), noting))?;
        for (key, attributes) in [
            (vectors(GLOBEX), noting),
            (part(ACME), noting),
            (vectors(ACME), &["pk", "sk", "vectors"][..]),
            (vectors(ACME), &[][..]),
        ] {
            session.may_not(&update(&key, attributes))?;
        }
        session.may_not(&Call { attributes: noting, ..Call::new("UpdateItem", "TenantTable", &[]) })?;
        roles.execution("FilesSystemRole").may_not(&Call::new("GetItem", "TenantTable", &[&vectors("")]))?;
    }

    /// With the access `admin`, and with no other, the same role takes away what is gone. It lists the keys alone, and it puts
    /// nothing there.
    fn who_settles_files_purges_one_tenants_projects(roles) {
        let session = |level| Session::new(roles.role("FilesSystemRole"), &[("TenantId", ACME), ("Access", level)]);
        let (admin, others) = (session("admin"), [session("write"), session("read"), session("")]);
        let project = |tenant: &str| format!("TENANT#{tenant}#PROJECT#0198c5f0-0000-7000-8000-0000000000d1");
        let purges = |tenant: &str| format!("TENANT#{tenant}#PURGES");
        let call = |action, keys: &[&str]| Call::new(action, "TenantTable", keys).modest();
        let own = [format!("#NOTIFICATIONS#{PERSON}"), format!("#NOTIFICATIONS#{PERSON}#DELETED"), "#CONTACTS".to_owned(), "#CONTACTS#DELETED".to_owned()];
        for part in own {
            let key = format!("{}{part}", project(ACME));
            for action in ["DeleteItem", "Query"] {
                admin.may(&call(action, &[&key]))?;
                for other in &others {
                    other.may_not(&call(action, &[&key]))?;
                }
            }
            for (attributes, select) in [(&["pk", "sk", "fields"][..], "SPECIFIC_ATTRIBUTES"), (&[], "SPECIFIC_ATTRIBUTES"), (&["pk", "sk"], "ALL_ATTRIBUTES")] {
                admin.may_not(&Call { attributes, select: Some(select), ..call("Query", &[&key]) })?;
            }
            for action in READS.iter().chain(&WRITES).filter(|action| !matches!(**action, "DeleteItem" | "Query")) {
                admin.may_not(&call(action, &[&key]))?;
            }
            for action in ["DeleteItem", "Query"] {
                for keys in [&[][..], &[&*format!("{}{part}", project(GLOBEX))], &[key.as_str(), &*format!("{}{part}", project(GLOBEX))], &[&*format!("TENANT#{ACME}0#PROJECT#1#DEALS")]] {
                    admin.may_not(&call(action, keys))?;
                }
            }
        }
        for key in ["VECTORS", "VECTORS#7", "FILES", "FILES#DELETED", "FILES#PENDING"] {
            admin.may(&call("DeleteItem", &[&format!("{}#{key}", project(ACME))]))?;
        }
        for action in ["ConditionCheckItem", "Query"] {
            admin.may(&call(action, &[&core(ACME)]))?;
            admin.may_not(&call(action, &[&core(GLOBEX)]))?;
            admin.may_not(&call(action, &[]))?;
            admin.may_not(&Call { attributes: &["pk", "sk", "name"], ..call(action, &[&core(ACME)]) })?;
            for other in &others {
                other.may_not(&call(action, &[&core(ACME)]))?;
            }
        }
        for action in READS.iter().chain(&WRITES).filter(|action| !matches!(**action, "ConditionCheckItem" | "Query")) {
            admin.may_not(&call(action, &[&core(ACME)]))?;
        }
        for key in [letters(ACME), format!("{}#USAGE", core(ACME)), format!("{}#TELEPHONY_SETTINGS", core(ACME)), project(ACME)] {
            for action in ["DeleteItem", "Query", "PutItem"] {
                admin.may_not(&call(action, &[&key]))?;
            }
        }
        let moving = |attributes, tenant| Call { attributes, ..Call::new("UpdateItem", "TenantTable", &[&purges(tenant)]) };
        let of_purge = &["pk", "sk", "change", "step", "attempt", "after"][..];
        admin.may(&moving(of_purge, ACME))?;
        admin.may(&call("DeleteItem", &[&purges(ACME)]))?;
        admin.may_not(&moving(of_purge, GLOBEX))?;
        admin.may_not(&moving(&["pk", "sk", "ttl"], ACME))?;
        admin.may_not(&moving(&[], ACME))?;
        admin.may_not(&call("DeleteItem", &[&purges(GLOBEX)]))?;
        for other in &others {
            other.may_not(&moving(of_purge, ACME))?;
            other.may_not(&call("DeleteItem", &[&purges(ACME)]))?;
        }
        roles.execution("FilesSystemRole").may_not(&call("DeleteItem", &[&format!("{}#DEALS", project(""))]))?;
    }

    /// A file that never got its bytes goes as by a request, in one transaction: what it names, and what names it, can be changed as far as
    /// that takes, and nothing else of them.
    fn who_settles_files_gives_up_one_tenants_files(roles) {
        const RELEASING: &[&str] = &["pk", "sk", "change", "version", "changed", "fields", "held_by", "named_by", "by_reference3"];
        const KEPT: &[&str] = &["pk", "sk", "change", "owner_id", "created_by", "updated_at", "updated_by", "version", "fields", "deleted_at", "ttl"];
        let session = |level| Session::new(roles.role("FilesSystemRole"), &[("TenantId", ACME), ("Access", level)]);
        let (admin, others) = (session("admin"), [session("write"), session("read"), session("")]);
        let key = |tenant: &str, part: &str| format!("TENANT#{tenant}#PROJECT#0198c5f0-0000-7000-8000-0000000000d1#{part}");
        let update = |keys: &[&str]| Call { attributes: RELEASING, ..Call::new("UpdateItem", "TenantTable", keys) };
        let naming = |tenant: &str, part: &str| Call {
            resource: format!("{}/index/by_reference3", table("TenantTable")),
            ..Call::new("Query", "TenantTable", &[&format!("TENANT#{tenant}#AZjF8AAAcACAAAAAAAAA0Q#{part}#AZjF8AAAcACAAAAAAAAA0Q")])
        };
        // What the collections say: which ones files name, and in which ones a field that names a file is cleared with it.
        let mut touched = vec!["FILES", "VECTORS#3"];
        for collection in collections::ALL {
            for (field, target) in collection.references() {
                if collection.name == "files" {
                    touched.extend(collections::ALL.iter().filter(|other| other.name == target).map(|other| other.part));
                } else if target == "files" && field.on_delete == OnDelete::Clear {
                    touched.push(collection.part);
                    admin.may(&naming(ACME, collection.part))?;
                }
            }
        }
        for part in &touched {
            admin.may(&update(&[&key(ACME, part)]))?;
            admin.may(&update(&[&key(ACME, "FILES"), &key(ACME, part)]))?;
            admin.may_not(&update(&[&key(GLOBEX, part)]))?;
            for attribute in ["owner_id", "created_by", "by_owner", "vector"] {
                admin.may_not(&Call { attributes: &["pk", "sk", "version", attribute], ..update(&[&key(ACME, part)]) })?;
            }
            for other in &others {
                other.may_not(&update(&[&key(ACME, part)]))?;
            }
        }
        for keys in [&[][..], &[&*key(ACME, "CONTACTS")], &[&*key(ACME, "FILES#DELETED")], &[&*core(ACME)], &[&*letters(ACME)]] {
            admin.may_not(&update(keys))?;
        }
        admin.may_not(&naming(GLOBEX, "CHUNKS"))?;
        admin.may_not(&naming(ACME, "CONTACTS"))?;
        admin.may_not(&Call { keys: Vec::new(), ..naming(ACME, "CHUNKS") })?;
        let keep = |tenant, part| Call { attributes: KEPT, ..Call::new("PutItem", "TenantTable", &[&key(tenant, part)]) };
        admin.may(&keep(ACME, "FILES#DELETED"))?;
        for (tenant, part) in [(GLOBEX, "FILES#DELETED"), (ACME, "FILES"), (ACME, "DEALS#DELETED"), (ACME, "FILES#PENDING")] {
            admin.may_not(&keep(tenant, part))?;
        }
        // Not while it is waited for.
        let missing = |key: &str| Call::new("ConditionCheckItem", "TenantTable", &[key]).modest();
        admin.may(&missing(&key(ACME, "FILES#PENDING")))?;
        for key in [key(GLOBEX, "FILES#PENDING"), key(ACME, "CONTACTS"), key(ACME, "CONTACTS#PENDING")] {
            admin.may_not(&missing(&key))?;
        }
        // In nobody's name.
        admin.may_not(&Call { attributes: &["pk", "sk", "deleted_by"], ..keep(ACME, "FILES#DELETED") })?;
        for other in &others {
            other.may_not(&keep(ACME, "FILES#DELETED"))?;
            other.may_not(&naming(ACME, "CHUNKS"))?;
        }
    }

    fn only_who_settles_files_takes_that_role_on(roles) {
        let system = roles.role("FilesSystemRole");
        let good = Token::of_tenant(ACME, "write");
        for id in roles.ids() {
            match id {
                "FilesSettleRole" => {
                    system.is_taken_on_by(id, &good)?;
                    system.is_taken_on_by(id, &Token::of_tenant(ACME, "admin"))?;
                }
                _ => {
                    system.is_not_taken_on_by(id, &good, "a role that has no part in files")?;
                    system.is_not_taken_on_by(id, &Token::of_tenant(ACME, "admin"), "a role that has no part in files")?;
                }
            }
        }
        for level in ["", "read", "*"] {
            system.is_not_taken_on_by("FilesSettleRole", &Token::of_tenant(ACME, level), "another access")?;
        }
        for tenant in ["", "*", &ACME[1..], &format!("{ACME}0")] {
            system.is_not_taken_on_by("FilesSettleRole", &Token::of_tenant(tenant, "write"), "no tenant's id")?;
        }
        let mut further = good.clone();
        further.tags.push(("Platform", "operator".to_owned()));
        system.is_not_taken_on_by("FilesSettleRole", &further, "a further tag")?;
        system.refuses(&good, "a token from outside")?;
    }

    // ------------------------------------------------------------ exports
    fn a_tenants_credentials_read_its_own_exports_and_make_none(roles) {
        for level in LEVELS {
            let session = roles.tenant(ACME, level);
            session.may(&exported("GetObject", ACME))?;
            session.may_not(&exported("GetObject", GLOBEX))?;
            for key in [format!("{ACME}0/exports/x"), format!("{ACME}/x"), format!("x/{ACME}/exports/x"), String::new()] {
                session.may_not(&Call { resource: format!("arn:aws:s3:::ExportsBucket/{key}"), ..exported("GetObject", ACME) })?;
            }
            for action in ["PutObject", "AbortMultipartUpload", "DeleteObject"] {
                session.may_not(&exported(action, ACME))?;
                session.may_not(&exported(action, GLOBEX))?;
            }
        }
        Session::new(roles.role("TenantRole"), &[("Access", "admin")]).may_not(&exported("GetObject", ""))?;
    }

    fn who_makes_exports_reads_one_tenants_records_and_stores_its_files(roles) {
        let session = Session::new(roles.role("ExportsSystemRole"), &[("TenantId", ACME), ("Access", "write")]);
        let moving = &["pk", "sk", "change", "status", "step", "attempt", "parts"][..];
        for action in ["PutObject", "AbortMultipartUpload", "GetObject"] {
            session.may(&exported(action, ACME))?;
            session.may_not(&exported(action, GLOBEX))?;
            session.may_not(&Call::object(action, &object(ACME)))?;
        }
        session.may_not(&exported("DeleteObject", ACME))?;
        session.may_not(&Call::bucket())?;
        let index = "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable/index/by_owner".to_owned();
        let by_owner = |tenant: &str| format!("TENANT#{tenant}#AZjF8AAAcACAAAAAAAAA0Q#CONTACTS#x");
        session.may(&Call::new("Query", "TenantTable", &[&records(ACME)]))?;
        session.may(&Call { resource: index.clone(), ..Call::new("Query", "TenantTable", &[&by_owner(ACME)]) })?;
        session.may_not(&Call { resource: index, ..Call::new("Query", "TenantTable", &[&by_owner(GLOBEX)]) })?;
        session.may(&Call { attributes: moving, ..Call::new("UpdateItem", "TenantTable", &[&exports(ACME)]) })?;
        session.may_not(&Call { attributes: moving, ..Call::new("UpdateItem", "TenantTable", &[&exports(GLOBEX)]) })?;
        session.may_not(&Call { attributes: moving, ..Call::new("UpdateItem", "TenantTable", &[]) })?;
        session.may_not(&Call::new("Query", "TenantTable", &[]))?;
        // Whose it is, of what, and for how long, is the asker's to say.
        for attribute in ["created_by", "project_id", "filter", "is_own", "ttl", "expires_at"] {
            session.may_not(&Call { attributes: &["pk", "sk", attribute], ..Call::new("UpdateItem", "TenantTable", &[&exports(ACME)]) })?;
        }
        for action in READS.iter().chain(&WRITES) {
            for key in [core(ACME), letters(ACME), records(GLOBEX), exports(GLOBEX), format!("{}#1", exports(ACME))] {
                session.may_not(&Call::new(action, "TenantTable", &[&key]).modest())?;
            }
            if *action != "Query" {
                session.may_not(&Call::new(action, "TenantTable", &[&records(ACME)]).modest())?;
            }
            if *action != "UpdateItem" {
                session.may_not(&Call::new(action, "TenantTable", &[&exports(ACME)]).modest())?;
            }
        }
        let untagged = roles.execution("ExportsSystemRole");
        untagged.may_not(&exported("GetObject", ""))?;
        untagged.may_not(&Call::new("Query", "TenantTable", &[&records("")]))?;
    }

    fn only_who_makes_exports_takes_that_role_on(roles) {
        let system = roles.role("ExportsSystemRole");
        let good = Token::of_tenant(ACME, "write");
        for id in roles.ids() {
            match id {
                "ExportsRunRole" => system.is_taken_on_by(id, &good)?,
                _ => system.is_not_taken_on_by(id, &good, "a role that has no part in exports")?,
            }
        }
        for level in ["", "read", "admin", "*"] {
            system.is_not_taken_on_by("ExportsRunRole", &Token::of_tenant(ACME, level), "another access")?;
        }
        for tenant in ["", "*", &ACME[1..], &format!("{ACME}0")] {
            system.is_not_taken_on_by("ExportsRunRole", &Token::of_tenant(tenant, "write"), "no tenant's id")?;
        }
        let mut further = good.clone();
        further.tags.push(("Platform", "operator".to_owned()));
        system.is_not_taken_on_by("ExportsRunRole", &further, "a further tag")?;
        system.refuses(&good, "a token from outside")?;
    }

    // ------------------------------------------------------------ a person's credentials
    fn a_person_reaches_their_own_partition_and_no_other(roles) {
        let session = roles.person(PERSON);
        let own = [person(PERSON), format!("{}#PASSKEYS", person(PERSON))];
        for action in ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"] {
            for key in &own {
                session.may(&Call::new(action, "DirectoryTable", &[key]))?;
            }
        }
        let others = [person(STRANGER), format!("{}0", person(PERSON)), "EMAIL#a@b.c".to_owned(), "SLUG#acme".to_owned(), "USER#".to_owned()];
        for action in READS.iter().chain(&WRITES) {
            for key in &others {
                session.may_not(&Call::new(action, "DirectoryTable", &[key]))?;
                session.may_not(&Call::new(action, "DirectoryTable", &[&own[0], key]))?;
            }
            session.may_not(&Call::new(action, "TenantTable", &[&core(PERSON)]))?;
        }
        let nobody = Session::new(roles.role("UserRole"), &[]);
        for key in [person(PERSON), "USER#".to_owned()] {
            nobody.may_not(&Call::new("GetItem", "DirectoryTable", &[&key]))?;
        }
    }

    fn a_persons_own_credentials_never_write_a_password(roles) {
        let session = roles.person(PERSON);
        for action in ["PutItem", "UpdateItem"] {
            let call = Call::new(action, "DirectoryTable", &[&person(PERSON)]);
            session.may(&Call { attributes: &["pk", "sk", "name"], ..call.clone() })?;
            session.may_not(&Call { attributes: &["pk", "sk", "name", "password_hash"], ..call })?;
        }
    }

    /// What a session and an account say of proofs is written by the functions that have seen the proof.
    fn a_persons_own_credentials_never_write_a_proof(roles) {
        let session = roles.person(PERSON);
        for action in ["PutItem", "UpdateItem"] {
            for proof in ["mfa_at", "stepped_up_at", "mfa_enabled"] {
                let call = Call::new(action, "DirectoryTable", &[&person(PERSON)]);
                session.may_not(&Call { attributes: &["pk", "sk", "last_seen_at", proof], ..call })?;
            }
        }
    }

    fn second_factors_are_out_of_reach_of_whoever_they_belong_to(roles) {
        let keys = [second_factor(PERSON), pending_login()];
        for session in [roles.person(PERSON), roles.tenant(PERSON, "admin")] {
            for key in &keys {
                for action in READS.iter().chain(&WRITES) {
                    session.may_not(&Call::new(action, "DirectoryTable", &[key]).modest())?;
                    session.may_not(&Call::new(action, "DirectoryTable", &[&person(PERSON), key]).modest())?;
                }
            }
        }
    }

    // ------------------------------------------------------------ who gets these credentials
    fn only_a_token_of_the_issuer_for_sts_is_traded(roles) {
        for (role, good) in [("TenantRole", Token::of_tenant(ACME, "write")), ("UserRole", Token::of_person(PERSON))] {
            let role = roles.role(role);
            role.takes(&good)?;
            role.refuses(&Token { audience: "tenantry-api", ..good.clone() }, "another audience")?;
            role.refuses(&Token { provider: "arn:aws:iam::000000000000:oidc-provider/accounts.example.com".to_owned(), ..good.clone() }, "another issuer")?;
            role.refuses(&Token { provider: good.provider.replace("issuerapi", "issuerapi2"), ..good }, "another issuer")?;
        }
    }

    fn a_persons_token_is_no_tenants_and_the_other_way_round(roles) {
        let (tenant, user) = (Token::of_tenant(ACME, "write"), Token::of_person(PERSON));
        roles.role("TenantRole").refuses(&Token { subject: user.subject.clone(), ..tenant.clone() }, "a person's subject")?;
        roles.role("UserRole").refuses(&Token { subject: tenant.subject.clone(), ..user.clone() }, "a tenant's subject")?;
        roles.role("TenantRole").refuses(&user, "a person's token")?;
        roles.role("UserRole").refuses(&tenant, "a tenant's token")?;
    }

    fn a_tenant_tag_is_one_uuid(roles) {
        for wrong in ["", "*", "acme", &ACME[1..], &format!("{ACME}0"), &ACME.replace('-', "_"), &format!("{ACME}#")] {
            roles.role("TenantRole").refuses(&Token::of_tenant(wrong, "read"), "a tenant id of another form")?;
            let token = Token { subject: format!("user:{PERSON}"), ..Token::of_person(wrong) };
            roles.role("UserRole").refuses(&token, "a user id of another form")?;
        }
    }

    fn an_access_tag_is_one_of_the_three_levels(roles) {
        for level in LEVELS {
            roles.role("TenantRole").takes(&Token::of_tenant(ACME, level))?;
        }
        for wrong in ["", "root", "Admin", "*", "read,admin"] {
            roles.role("TenantRole").refuses(&Token::of_tenant(ACME, wrong), "an unknown access level")?;
        }
    }

    fn a_token_has_exactly_the_tags_of_its_role(roles) {
        let (tenant, user) = (Token::of_tenant(ACME, "read"), Token::of_person(PERSON));
        for (role, good) in [("TenantRole", tenant), ("UserRole", user)] {
            let role = roles.role(role);
            role.refuses(&Token { tags: Vec::new(), ..good.clone() }, "no tags")?;
            for missing in 0..good.tags.len() {
                let mut token = good.clone();
                token.tags.remove(missing);
                role.refuses(&token, "a tag is missing")?;
            }
            let mut token = good.clone();
            token.tags.push(("Platform", "operator".to_owned()));
            role.refuses(&token, "a further tag")?;
        }
    }

    fn execution_roles_are_lambdas_alone(roles) {
        for id in roles.ids().into_iter().filter(|id| !matches!(*id, "TenantRole" | "UserRole" | "TenantSystemRole" | "FilesSystemRole" | "ExportsSystemRole")) {
            roles.role(id).is_lambdas_alone()?;
        }
    }

    // ------------------------------------------------------------ the functions' own roles
    fn an_endpoints_own_role_reaches_no_data_and_no_role(roles) {
        for id in ["EndpointRole", "IssuerRole", "RecordsWriteRole"] {
            let session = roles.execution(id);
            for name in roles.tables() {
                for action in READS.iter().chain(&WRITES) {
                    for key in [core(ACME), records(ACME), person(PERSON), "EMAIL#a@b.c".to_owned()] {
                        session.may_not(&Call::new(action, name, &[&key]).modest())?;
                    }
                }
            }
            let roles_arn = |role: &str| format!("arn:aws:iam::000000000000:role/{role}");
            for action in ["sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity", "iam:PassRole", "secretsmanager:GetSecretValue"] {
                for resource in [roles_arn("TenantRole"), roles_arn("UserRole"), secret_arn("IssuerKeySecret")] {
                    session.may_not(&Call { action, resource, ..Call::default() })?;
                }
            }
        }
    }

    fn the_authorizer_reads_only_what_decides(roles) {
        let session = roles.execution("AuthorizerRole");
        let deciding = &["pk", "sk", "status", "slug", "tenant_id", "role", "project_ids", "expires_at", "revoked_at"][..];
        let read = |on: &str, key: &str| Call { attributes: deciding, select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("BatchGetItem", on, &[key]) };
        session.may(&read("TenantTable", &core(ACME)))?;
        session.may(&read("DirectoryTable", &person(PERSON)))?;
        session.may(&read("DirectoryTable", "DOMAIN#portal.example.com"))?;
        for (on, key) in [("TenantTable", core(ACME)), ("DirectoryTable", person(PERSON)), ("DirectoryTable", "DOMAIN#portal.example.com".to_owned())] {
            for curious in [&["pk", "sk", "name"][..], &["pk", "password_hash"], &["email"]] {
                session.may_not(&Call { attributes: curious, ..read(on, &key) })?;
            }
            session.may_not(&Call { select: Some("ALL_ATTRIBUTES"), ..read(on, &key) })?;
            session.may_not(&Call { select: None, ..read(on, &key) })?;
            session.may_not(&Call { attributes: &[], ..read(on, &key) })?;
            session.may_not(&Call { keys: Vec::new(), ..read(on, &key) })?;
            for action in READS.iter().chain(&WRITES).filter(|action| **action != "BatchGetItem") {
                session.may_not(&Call { action, ..read(on, &key) })?;
            }
        }
        session.may_not(&read("TenantTable", &records(ACME)))?;
        session.may_not(&read("DirectoryTable", "EMAIL#a@b.c"))?;
        session.may_not(&read("AuditTable", &format!("{}#2026-01", core(ACME))))?;
    }

    fn only_the_authorizer_reads_the_keys_it_signs_with(roles) {
        let call = Call { action: "secretsmanager:GetSecretValue", resource: secret_arn("IssuerKeySecret"), ..Call::default() };
        for id in roles.ids() {
            let session = roles.execution(id);
            if id == "AuthorizerRole" { session.may(&call)?; } else { session.may_not(&call)?; }
        }
    }

    /// Functions that act before there is a tenant reach core partitions at most: never a record, never the audit trail.
    fn no_execution_role_reaches_records_or_the_audit_trail(roles) {
        for id in roles.ids().into_iter().filter(|id| !matches!(*id, "TenantRole" | "UserRole")) {
            let session = roles.execution(id);
            for action in READS.iter().chain(&WRITES) {
                session.may_not(&Call::new(action, "TenantTable", &[&records(ACME)]).modest())?;
                session.may_not(&Call::new(action, "AuditTable", &[&format!("{}#2026-01", core(ACME))]).modest())?;
            }
        }
    }

    /// Who signs up, or accepts an invitation without having an account, chooses a password; log-in renews an old hash, and
    /// its second step holds the password fast while it begins the session; a link or the present password sets a new one.
    /// No other function writes one.
    fn only_sign_up_accept_and_log_in_write_a_password(roles) {
        for id in roles.ids().into_iter().filter(|id| *id != "UserRole") {
            for action in ["PutItem", "UpdateItem"] {
                let call = Call { attributes: &["pk", "sk", "password_hash"], ..Call::new(action, "DirectoryTable", &[&person(PERSON)]) };
                match (id, action) {
                    ("TenantsCreateRole" | "InvitationsAcceptRole", "PutItem") | ("AuthLoginRole" | "AuthMfaRole" | "AuthResetPasswordRole" | "MeChangePasswordRole", "UpdateItem") => roles.execution(id).may(&call)?,
                    _ => roles.execution(id).may_not(&call)?,
                }
            }
        }
    }

    /// An address leads to who signed up with it, was invited by it, or has followed a link to it: no other function says
    /// whose it is, and none but the last gives one up.
    fn only_sign_up_accept_and_a_followed_link_say_whose_an_address_is(roles) {
        for id in roles.ids() {
            let session = roles.execution(id);
            let put = Call { attributes: &["pk", "sk", "user_id"], ..Call::new("PutItem", "DirectoryTable", &["EMAIL#ada@example.com"]) };
            match id {
                "TenantsCreateRole" | "InvitationsAcceptRole" | "AuthVerifyEmailRole" => session.may(&put)?,
                _ => session.may_not(&put)?,
            }
            let delete = Call { attributes: &["pk", "sk", "user_id"], ..Call::new("DeleteItem", "DirectoryTable", &["EMAIL#ada@example.com"]) };
            match id {
                "AuthVerifyEmailRole" => session.may(&delete)?,
                _ => session.may_not(&delete)?,
            }
            session.may_not(&Call { attributes: &["pk", "sk", "user_id"], ..Call::new("UpdateItem", "DirectoryTable", &["EMAIL#ada@example.com"]) })?;
        }
    }

    /// Public functions that are asked about an address don't see the password's hash, and what they leave is a link and a
    /// letter.
    fn asking_for_a_link_shows_no_password_and_changes_no_person(roles) {
        for id in ["AuthForgotPasswordRole", "AuthVerifyEmailRole"] {
            let session = roles.execution(id);
            let get = |attributes| Call { attributes, select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("GetItem", "DirectoryTable", &[&person(PERSON)]) };
            session.may(&get(&["name", "email"]))?;
            session.may_not(&get(&["name", "password_hash"]))?;
            session.may_not(&Call { select: Some("ALL_ATTRIBUTES"), ..get(&["name", "email"]) })?;
        }
        let forgot = roles.execution("AuthForgotPasswordRole");
        for attributes in [&["pk", "sk", "email"][..], &["pk", "sk", "email_verified_at"], &["pk", "sk", "revoked_at"]] {
            forgot.may_not(&Call { attributes, ..Call::new("UpdateItem", "DirectoryTable", &[&person(PERSON)]) })?;
        }
        forgot.may_not(&Call::new("DeleteItem", "DirectoryTable", &[&person(PERSON)]).modest())?;
    }

    /// A count of guesses that could be taken away by whoever guesses would stop nobody: a network's never is, and a
    /// person's own credentials reach none.
    fn counts_of_guesses_are_raised_and_forgiven_by_functions_alone(roles) {
        let count = |action, key: &str| Call { attributes: &["pk", "sk"], ..Call::new(action, "DirectoryTable", &[key]) };
        let (account, network) = ("BACKOFF#ACCOUNT#x", "BACKOFF#IP#127.0.0.0/24");
        for action in READS.iter().chain(&WRITES) {
            for key in [account, network] {
                roles.person(PERSON).may_not(&count(action, key))?;
            }
        }
        for id in roles.ids().into_iter().filter(|id| *id != "UserRole") {
            for action in ["DeleteItem", "PutItem", "BatchWriteItem"] {
                roles.execution(id).may_not(&count(action, network))?;
            }
        }
        roles.execution("AuthLoginRole").may(&count("DeleteItem", account))?;
        roles.execution("AuthForgotPasswordRole").may_not(&count("DeleteItem", account))?;
    }

    /// The role of a member is given at sign-up and when an invitation is accepted. Everything else needs an admin's credentials.
    fn only_sign_up_and_accept_give_a_role(roles) {
        for id in roles.ids() {
            for action in ["PutItem", "UpdateItem"] {
                let call = Call { attributes: &["pk", "sk", "role"], ..Call::new(action, "TenantTable", &[&core(ACME)]) };
                match (id, action) {
                    // A seat that is bought for somebody invites them: an invitation has a role, too.
                    ("TenantsCreateRole" | "MeTenantsCreateRole" | "InvitationsAcceptRole" | "BillingWebhookRole", "PutItem") => roles.execution(id).may(&call)?,
                    _ => roles.execution(id).may_not(&call)?,
                }
            }
        }
    }

    // ------------------------------------------------------------ billing
    fn billing_changes_what_is_paid_for_and_nothing_else(roles) {
        let session = roles.execution("BillingWebhookRole");
        let (core, letters) = (core(ACME), letters(ACME));
        let stand = Call { attributes: &["pk", "sk", "change", "plan", "seats", "status", "seats_taken"], ..Call::new("UpdateItem", "TenantTable", &[&core]) };
        session.may(&stand)?;
        for other in ["role", "owners", "members", "name", "mfa_required", "project_ids", "custom_roles", "project_roles"] {
            session.may_not(&Call { attributes: &["pk", "sk", "status", other], ..stand.clone() })?;
        }
        let store = Call { attributes: &["pk", "sk", "change", "invoice_id", "amount"], ..Call::new("PutItem", "TenantTable", &[&core, &letters]) };
        session.may(&store)?;
        for other in ["user_id", "project_roles", "joined_at", "custom_roles"] {
            session.may_not(&Call { attributes: &["pk", "sk", other], ..store.clone() })?;
        }
        let look = Call { attributes: &["pk", "sk", "plan", "version"], select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("GetItem", "TenantTable", &[&core]) };
        let owners = Call { attributes: &["pk", "sk", "email", "role"], ..Call { action: "Query", ..look.clone() } };
        for call in [look, owners] {
            session.may(&call)?;
            session.may_not(&Call { attributes: &["pk", "sk", "secret_hash"], ..call.clone() })?;
            session.may_not(&Call { attributes: &[], ..call.clone() })?;
            session.may_not(&Call { select: Some("ALL_ATTRIBUTES"), ..call })?;
        }
        let event = Call { attributes: &["pk", "sk", "change", "tenant_id", "ttl"], ..Call::new("PutItem", "DirectoryTable", &["BILLINGEVENT#evt_1"]) };
        session.may(&event)?;
        session.may_not(&Call { attributes: &["pk", "sk", "email"], ..event })?;
        for action in READS.iter().chain(&WRITES) {
            for key in [person(PERSON), "EMAIL#a@b.c".to_owned(), "SLUG#acme".to_owned(), "DUE#TRIAL#1#1".to_owned()] {
                session.may_not(&Call::new(action, "DirectoryTable", &[&key]).modest())?;
            }
            if !["GetItem", "Query", "PutItem", "UpdateItem"].contains(action) {
                session.may_not(&Call::new(action, "TenantTable", &[&core]).modest())?;
            }
            if *action != "PutItem" {
                session.may_not(&Call::new(action, "TenantTable", &[&letters]).modest())?;
                session.may_not(&Call::new(action, "DirectoryTable", &["BILLINGEVENT#evt_1"]).modest())?;
            }
        }
    }

    fn only_the_billing_webhook_reads_what_events_are_signed_with(roles) {
        let call = Call { action: "secretsmanager:GetSecretValue", resource: secret_arn("BillingWebhookSecret"), ..Call::default() };
        for id in roles.ids() {
            let session = roles.execution(id);
            if id == "BillingWebhookRole" { session.may(&call)?; } else { session.may_not(&call)?; }
        }
    }

    fn the_end_of_trials_knows_what_is_due_and_nothing_else(roles) {
        let session = roles.execution("TrialsExpireRole");
        let note = ["pk", "sk", "change", "tenant_id", "noticed"];
        let (due, others) = ("DUE#TRIAL#20000#1", [person(PERSON), "DUE#OTHER#1#1".to_owned(), "DUE#TRIAL".to_owned(), "BILLINGEVENT#evt_1".to_owned()]);
        for action in ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"] {
            session.may(&Call { attributes: &note, ..Call::new(action, "DirectoryTable", &[due]) })?;
        }
        for action in READS.iter().chain(&WRITES) {
            for key in &others {
                session.may_not(&Call::new(action, "DirectoryTable", &[key]).modest())?;
            }
            for key in [core(ACME), letters(ACME)] {
                session.may_not(&Call::new(action, "TenantTable", &[&key]).modest())?;
            }
        }
        for action in ["PutItem", "UpdateItem"] {
            session.may_not(&Call { attributes: &["pk", "sk", "email"], ..Call::new(action, "DirectoryTable", &[due]) })?;
        }
        session.may_not(&Call { action: "sts:AssumeRole", resource: "arn:aws:iam::000000000000:role/TenantRole".to_owned(), ..Call::default() })?;
    }

    /// Its own role names the tenant; what it reaches then is one tenant's plan and status, and letters to its owners.
    fn the_end_of_a_trial_reaches_one_tenants_plan_and_its_owners(roles) {
        let system = roles.role("TenantSystemRole");
        let good = Token::of_tenant(ACME, "admin");
        system.is_taken_on_by("TrialsExpireRole", &good)?;
        for id in roles.ids().into_iter().filter(|id| *id != "TrialsExpireRole") {
            system.is_not_taken_on_by(id, &good, "a role that has no part in trials")?;
        }
        for level in ["", "read", "write", "*"] {
            system.is_not_taken_on_by("TrialsExpireRole", &Token::of_tenant(ACME, level), "another access")?;
        }
        for tenant in ["", "*", &ACME[1..], &format!("{ACME}0")] {
            system.is_not_taken_on_by("TrialsExpireRole", &Token::of_tenant(tenant, "admin"), "no tenant's id")?;
        }
        let mut further = good.clone();
        further.tags.push(("Platform", "operator".to_owned()));
        system.is_not_taken_on_by("TrialsExpireRole", &further, "a further tag")?;
        system.is_not_taken_on_by("TrialsExpireRole", &Token { tags: Vec::new(), ..good }, "no tags")?;

        let of = |access: &str| Session::new(roles.role("TenantSystemRole"), &[("TenantId", ACME), ("Access", access)]);
        let (session, sender) = (of("admin"), of("write"));
        let calls = |core: &str, letters: &str| [
            Call { attributes: &["pk", "sk", "change", "plan", "seats", "status"], ..Call::new("UpdateItem", "TenantTable", &[core]) },
            Call { attributes: &["pk", "sk", "change", "plan", "status", "version"], ..Call::new("PutItem", "TenantTable", &[core]) },
            Call { attributes: &["pk", "sk", "change", "id", "state", "letter", "ttl"], ..Call::new("PutItem", "TenantTable", &[letters]) },
            Call { attributes: &["pk", "sk", "plan", "version"], select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("GetItem", "TenantTable", &[core]) },
            Call { attributes: &["pk", "sk", "email", "role"], select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("Query", "TenantTable", &[core]) },
        ];
        for call in calls(&core(ACME), &letters(ACME)) {
            session.may(&call)?;
            sender.may_not(&call)?;
            session.may_not(&Call { attributes: &[], ..call.clone() })?;
            session.may_not(&Call { attributes: &["pk", "sk", "secret_hash"], ..call.clone() })?;
            session.may_not(&Call { attributes: &["pk", "sk", "owners"], ..call })?;
        }
        for call in calls(&core(GLOBEX), &letters(GLOBEX)).into_iter().chain(calls(&records(ACME), &records(ACME))) {
            session.may_not(&call)?;
        }
        for action in ["DeleteItem", "BatchWriteItem", "BatchGetItem"] {
            for key in [core(ACME), letters(ACME)] {
                session.may_not(&Call::new(action, "TenantTable", &[&key]).modest())?;
            }
        }
        for action in ["GetItem", "Query"] {
            session.may_not(&Call { select: Some("ALL_ATTRIBUTES"), ..Call::new(action, "TenantTable", &[&core(ACME)]).modest() })?;
        }
    }

    // ------------------------------------------------------------ the tenant itself
    /// A slug is taken at founding and at renaming, and given up at renaming; a domain belongs to whoever has proved it. No
    /// other function says whose they are, and no tenant's credentials do.
    fn only_founding_renaming_and_a_proof_say_whose_a_host_name_is(roles) {
        let call = |action, key: &str| Call { attributes: &["pk", "sk", "tenant_id"], ..Call::new(action, "DirectoryTable", &[key]) };
        for id in roles.ids().into_iter().filter(|id| *id != "UserRole") {
            let session = roles.execution(id);
            for action in WRITES {
                match (id, action) {
                    ("TenantsCreateRole" | "MeTenantsCreateRole", "PutItem") | ("TenantUpdateRole", "PutItem" | "DeleteItem" | "UpdateItem") => session.may(&call(action, "SLUG#acme"))?,
                    _ => session.may_not(&call(action, "SLUG#acme"))?,
                }
                match (id, action) {
                    ("TenantDomainsRole", "PutItem" | "DeleteItem") => session.may(&call(action, "DOMAIN#acme.example"))?,
                    _ => session.may_not(&call(action, "DOMAIN#acme.example"))?,
                }
            }
        }
        for level in LEVELS {
            refused_everywhere(&roles.tenant(ACME, level), &[&[&"SLUG#acme".to_owned()], &[&"DOMAIN#acme.example".to_owned()]])?;
        }
    }

    /// Both may write to a core partition; what they may not touch there is everything that decides.
    fn renaming_and_proving_change_nothing_that_decides(roles) {
        for id in ["TenantUpdateRole", "TenantDomainsRole"] {
            let session = roles.execution(id);
            for attribute in ["role", "project_roles", "seats", "members", "owners", "project_ids", "custom_roles", "mfa_required", "plan"] {
                for action in ["UpdateItem", "PutItem"] {
                    session.may_not(&Call { attributes: &["pk", "sk", attribute], ..Call::new(action, "TenantTable", &[&core(ACME)]) })?;
                }
            }
            for action in READS.iter().chain(&["DeleteItem", "BatchWriteItem"]) {
                session.may_not(&Call::new(action, "TenantTable", &[&core(ACME)]).modest())?;
            }
            for attribute in ["email", "password_hash", "last_tenant_id", "revoked_at"] {
                session.may_not(&Call { attributes: &["pk", "sk", attribute], ..Call::new("UpdateItem", "DirectoryTable", &[&person(PERSON)]) })?;
            }
            for action in READS.iter().chain(&["PutItem", "DeleteItem"]) {
                session.may_not(&Call::new(action, "DirectoryTable", &[&person(PERSON)]).modest())?;
            }
        }
        let status = Call { attributes: &["pk", "sk", "status"], ..Call::new("UpdateItem", "TenantTable", &[&core(ACME)]) };
        roles.execution("TenantDomainsRole").may_not(&status)?;
    }

    /// Anybody may ask it, so it sees what anybody may see.
    fn the_public_look_up_sees_name_and_look_alone(roles) {
        let session = roles.execution("TenantLookupRole");
        let read = |on: &str, key: &str, attributes| Call { attributes, select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("GetItem", on, &[key]) };
        session.may(&read("DirectoryTable", "SLUG#acme", &["tenant_id"]))?;
        session.may(&read("DirectoryTable", "DOMAIN#acme.example", &["tenant_id"]))?;
        session.may(&read("TenantTable", &core(ACME), &["name", "slug", "status"]))?;
        for attributes in [&["name", "email"][..], &["role"], &["plan"], &["token"], &["email_templates"], &[]] {
            session.may_not(&read("TenantTable", &core(ACME), attributes))?;
        }
        let whole = Call { select: Some("ALL_ATTRIBUTES"), ..read("TenantTable", &core(ACME), &["name"]) };
        session.may_not(&whole)?;
        session.may_not(&read("DirectoryTable", &person(PERSON), &["tenant_id"]))?;
        session.may_not(&read("DirectoryTable", "EMAIL#a@b.c", &["tenant_id"]))?;
        for action in WRITES {
            session.may_not(&Call::new(action, "TenantTable", &[&core(ACME)]).modest())?;
        }
    }

    // ------------------------------------------------------------ event functions
    /// They name the tenant themselves, so it is counted who may, and what they reach then.
    fn a_tenants_system_credentials_are_taken_on_by_named_functions_alone(roles) {
        let system = roles.role("TenantSystemRole");
        let good = Token::of_tenant(ACME, "write");
        for id in roles.ids() {
            match id {
                "EmailsSendRole" | "EmailsFeedbackRole" => system.is_taken_on_by(id, &good)?,
                _ => system.is_not_taken_on_by(id, &good, "a role that has no part in letters")?,
            }
        }
        for level in ["", "read", "admin", "*"] {
            system.is_not_taken_on_by("EmailsSendRole", &Token::of_tenant(ACME, level), "another access")?;
        }
        for tenant in ["", "*", &ACME[1..], &format!("{ACME}0")] {
            system.is_not_taken_on_by("EmailsSendRole", &Token::of_tenant(tenant, "write"), "no tenant's id")?;
        }
        let mut further = good.clone();
        further.tags.push(("Platform", "operator".to_owned()));
        system.is_not_taken_on_by("EmailsSendRole", &further, "a further tag")?;
        let none = Token { tags: Vec::new(), ..good.clone() };
        system.is_not_taken_on_by("EmailsSendRole", &none, "no tags")?;
        system.refuses(&good, "a token from outside")?;
    }

    fn system_credentials_reach_one_tenants_letters_and_its_branding(roles) {
        let session = roles.system(ACME);
        let moving = &["pk", "sk", "change", "state", "attempt"][..];
        session.may(&Call::new("GetItem", "TenantTable", &[&letters(ACME)]))?;
        session.may(&Call { attributes: moving, ..Call::new("UpdateItem", "TenantTable", &[&letters(ACME)]) })?;
        let usage = |tenant| format!("{}#USAGE", core(tenant));
        let counting = &["pk", "sk", "change", "day", "emails", "ttl"][..];
        session.may(&Call { attributes: counting, ..Call::new("UpdateItem", "TenantTable", &[&letters(ACME), &usage(ACME)]) })?;
        session.may_not(&Call { attributes: counting, ..Call::new("UpdateItem", "TenantTable", &[&usage(GLOBEX)]) })?;
        let look = Call { attributes: &["pk", "sk", "name", "logo_url"], select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("GetItem", "TenantTable", &[&core(ACME)]) };
        session.may(&look)?;
        session.may_not(&Call { select: None, ..look.clone() })?;
        session.may_not(&Call { attributes: &["pk", "sk", "email"], ..look.clone() })?;
        session.may_not(&Call { attributes: &[], ..look })?;
        let reworded = Call { attributes: &["pk", "sk", "change", "letter"], ..Call::new("UpdateItem", "TenantTable", &[&letters(ACME)]) };
        session.may_not(&reworded)?;
        for action in READS.iter().chain(&WRITES) {
            for key in [letters(GLOBEX), core(GLOBEX), records(ACME), format!("{}#1", letters(ACME)), format!("TENANT#{ACME}0#OUTBOX")] {
                session.may_not(&Call::new(action, "TenantTable", &[&key]).modest())?;
            }
            for name in ["DirectoryTable", "AuditTable"] {
                session.may_not(&Call::new(action, name, &[&letters(ACME)]).modest())?;
            }
            if !matches!(*action, "GetItem" | "UpdateItem") {
                session.may_not(&Call::new(action, "TenantTable", &[&letters(ACME)]).modest())?;
            }
        }
        for action in ["UpdateItem", "PutItem"] {
            session.may_not(&Call::new(action, "TenantTable", &[&core(ACME)]).modest())?;
        }
        let untagged = roles.execution("TenantSystemRole");
        untagged.may_not(&Call::new("GetItem", "TenantTable", &[&letters(ACME)]))?;
        untagged.may_not(&Call::new("GetItem", "TenantTable", &["TENANT##OUTBOX"]))?;
    }

    fn senders_of_letters_reach_nothing_else_of_a_person(roles) {
        let own = format!("{}#OUTBOX", person(PERSON));
        for id in ["EmailsSendRole", "EmailsFeedbackRole"] {
            let session = roles.execution(id);
            session.may(&Call { attributes: &["pk", "sk", "change", "state"], ..Call::new("UpdateItem", "DirectoryTable", &[&own]) })?;
            for action in READS.iter().chain(&WRITES) {
                for key in [person(PERSON), format!("{own}#1"), "USER#OUTBOX".to_owned(), "EMAIL#a@b.c".to_owned()] {
                    session.may_not(&Call::new(action, "DirectoryTable", &[&key]).modest())?;
                }
                session.may_not(&Call::new(action, "TenantTable", &[&letters(ACME)]).modest())?;
            }
        }
        let reader = roles.execution("StreamFanoutRole");
        for name in roles.tables() {
            for action in READS.iter().chain(&WRITES) {
                for key in [core(ACME), letters(ACME), person(PERSON), own.clone()] {
                    reader.may_not(&Call::new(action, name, &[&key]).modest())?;
                }
            }
        }
    }

    fn only_the_sender_of_letters_sends_mail(roles) {
        for id in roles.ids() {
            for statement in roles.statements(id) {
                let sends = texts(&statement["Action"]).iter().any(|action| action.starts_with("ses:"));
                if sends && !matches!(id, "EmailsSendRole") {
                    return Err(format!("{id}/{} sends mail", statement["Sid"]));
                }
            }
        }
    }

    /// Each with the actions that it needs, and no other function with any.
    fn only_the_functions_of_second_factors_reach_them(roles) {
        for id in roles.ids().into_iter().filter(|id| !is_traded(id)) {
            let session = roles.execution(id);
            for action in READS.iter().chain(&WRITES) {
                let of_factor = Call::new(action, "DirectoryTable", &[&second_factor(PERSON)]).modest();
                match (id, *action) {
                    ("AuthMfaRole" | "AuthStepUpRole" | "MfaTotpConfirmRole", "GetItem" | "UpdateItem")
                    | ("MfaTotpStartRole" | "MfaRecoveryCodesRole", "UpdateItem")
                    | ("MfaTotpDeleteRole", "DeleteItem") => session.may(&of_factor)?,
                    _ => session.may_not(&of_factor)?,
                }
                let of_login = Call::new(action, "DirectoryTable", &[&pending_login()]).modest();
                match (id, *action) {
                    ("AuthLoginRole", "PutItem") | ("AuthMfaRole", "UpdateItem" | "DeleteItem") => session.may(&of_login)?,
                    _ => session.may_not(&of_login)?,
                }
            }
        }
    }

    /// Whether a log-in asks for a second factor is written where one is set up or removed.
    fn only_set_up_and_removal_turn_a_second_factor_on_or_off(roles) {
        for id in roles.ids().into_iter().filter(|id| !is_traded(id)) {
            for action in ["PutItem", "UpdateItem"] {
                let call = Call { attributes: &["pk", "sk", "mfa_enabled"], ..Call::new(action, "DirectoryTable", &[&person(PERSON)]) };
                match (id, action) {
                    ("MfaTotpConfirmRole" | "MfaTotpDeleteRole", "UpdateItem") => roles.execution(id).may(&call)?,
                    _ => roles.execution(id).may_not(&call)?,
                }
            }
        }
    }

    fn only_the_functions_of_second_factors_read_their_key(roles) {
        let call = Call { action: "secretsmanager:GetSecretValue", resource: secret_arn("MfaKeySecret"), ..Call::default() };
        for id in roles.ids() {
            let session = roles.execution(id);
            match id {
                "AuthMfaRole" | "AuthStepUpRole" | "MfaTotpStartRole" | "MfaTotpConfirmRole" | "MfaRecoveryCodesRole" => session.may(&call)?,
                _ => session.may_not(&call)?,
            }
        }
    }

    fn only_the_functions_that_store_records_read_the_key_of_their_secrets(roles) {
        let call = Call { action: "secretsmanager:GetSecretValue", resource: secret_arn("FieldKeySecret"), ..Call::default() };
        for id in roles.ids() {
            let session = roles.execution(id);
            if id == "RecordsWriteRole" { session.may(&call)?; } else { session.may_not(&call)?; }
        }
    }

    /// It looks nobody up in the directory, and sees no more of a core item than it shows.
    fn a_preview_reads_what_an_invitation_is_about(roles) {
        let session = roles.execution("InvitationsPreviewRole");
        let call = Call { attributes: &["pk", "sk", "name", "email", "role", "status"], select: Some("SPECIFIC_ATTRIBUTES"), ..Call::new("GetItem", "TenantTable", &[&core(ACME)]) };
        session.may(&call)?;
        session.may_not(&Call { attributes: &["pk", "sk", "custom_roles"], ..call.clone() })?;
        session.may_not(&Call { attributes: &[], select: Some("ALL_ATTRIBUTES"), ..call.clone() })?;
        session.may_not(&Call { select: Some("ALL_ATTRIBUTES"), ..call })?;
        for key in [person(PERSON), "EMAIL#a@b.c".to_owned()] {
            for action in READS.iter().chain(&WRITES) {
                session.may_not(&Call::new(action, "DirectoryTable", &[&key]).modest())?;
            }
        }
    }

    fn removing_a_member_puts_nothing_but_a_letter(roles) {
        let session = roles.execution("MembersRemoveRole");
        let call = Call { attributes: &["pk", "sk", "change", "id", "state", "letter", "ttl"], ..Call::new("PutItem", "TenantTable", &[&format!("{}#OUTBOX", core(ACME))]) };
        session.may(&call)?;
        session.may_not(&Call { attributes: &["pk", "sk", "role"], ..call.clone() })?;
        session.may_not(&Call { attributes: call.attributes, ..Call::new("PutItem", "TenantTable", &[&core(ACME)]) })?;
    }

    // ------------------------------------------------------------ all roles
    fn nobody_scans(roles) {
        let sweeping = ["Scan", "PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "SearchVectors", "ExportTableToPointInTime", "GetRecords", "UpdateTable", "DeleteTable", "CreateTable"];
        for id in roles.ids() {
            let tags = [("TenantId", ACME), ("Access", "admin"), ("UserId", PERSON)];
            let session = Session::new(roles.role(id), &tags);
            for name in roles.tables() {
                for action in sweeping {
                    for keys in [&[][..], &[core(ACME).as_str()], &[records(ACME).as_str()], &[person(PERSON).as_str()]] {
                        let call = Call::new(action, name, keys);
                        session.may_not(&call)?;
                        session.may_not(&Call { resource: format!("{}/index/any", table(name)), ..call.clone() })?;
                    }
                }
            }
        }
    }

    /// A condition that only speaks of all values says nothing where there are none.
    fn every_condition_on_all_values_has_its_null_guard(roles) {
        for id in roles.ids() {
            for statement in roles.statements(id) {
                let conditions = statement["Condition"].as_object().into_iter().flatten();
                let on_all = conditions.filter(|(operator, _)| operator.starts_with("ForAllValues:"));
                for key in on_all.flat_map(|(_, keys)| keys.as_object().unwrap().keys()) {
                    guarded(id, statement, key)?;
                }
            }
        }
    }

    /// An unresolved variable matches nothing; that a tag must be there is said all the same, and not left to that rule.
    fn every_tag_in_a_pattern_has_its_null_guard(roles) {
        for id in roles.ids() {
            for statement in roles.statements(id) {
                let text = format!("{}{}", statement["Condition"], statement["Resource"]);
                for variable in text.split("${").skip(1).filter_map(|rest| rest.split('}').next()) {
                    guarded(id, statement, variable)?;
                }
            }
        }
    }

    /// Each access to a table says which partitions, by all of the request's keys.
    fn every_access_to_a_table_names_its_partitions(roles) {
        for id in roles.ids() {
            for statement in roles.statements(id) {
                let actions = texts(&statement["Action"]);
                // A stream has no keys to ask for: who may read it is in the resource.
                if texts(&statement["Resource"]).iter().all(|on| on.contains("/stream/")) {
                    continue;
                }
                if statement["Effect"] == "Allow" && actions.iter().any(|action| action.starts_with("dynamodb:")) {
                    let named = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"].clone();
                    if texts(&named).is_empty() || texts(&named).iter().any(|pattern| pattern.starts_with('*')) {
                        return Err(format!("{id}/{}", statement["Sid"]));
                    }
                    guarded(id, statement, "dynamodb:LeadingKeys")?;
                }
            }
        }
    }

    fn no_statement_uses_a_wildcard_for_actions_or_tables(roles) {
        for id in roles.ids() {
            for statement in roles.statements(id) {
                let actions = texts(&statement["Action"]);
                let resources = texts(&statement["Resource"]);
                let wild = resources.iter().any(|resource| {
                    // A table's own indexes, the streams of a log group, and a tenant's own objects and indexes may be meant as a whole.
                    let named = resource.strip_suffix("/${aws:PrincipalTag/TenantId}/*").or_else(|| resource.strip_suffix("/${aws:PrincipalTag/TenantId}/exports/*")).or_else(|| resource.strip_suffix("/${aws:PrincipalTag/TenantId}.*")).or_else(|| resource.strip_suffix("/index/*")).or_else(|| resource.strip_suffix(":*")).unwrap_or(resource);
                    named.contains(['*', '?'])
                });
                if statement.get("NotAction").is_some() || statement.get("NotResource").is_some() || wild || actions.iter().any(|action| action.contains('*')) {
                    return Err(format!("{id}/{} is about {actions:?} on {resources:?}", statement["Sid"]));
                }
            }
        }
    }
}

/// A project's index.
fn index(tenant: &str) -> String {
    format!("{tenant}.adfx2wyrxqjhbq5ncemkiwdxcm")
}

/// The key of an object of a tenant.
fn object(tenant: &str) -> String {
    format!("{tenant}/0198c5f0-0000-7000-8000-0000000000d1/f/u")
}

/// A file that was made of a tenant's records.
fn exported(action: &str, tenant: &str) -> Call<'static> {
    Call {
        resource: format!("arn:aws:s3:::ExportsBucket/{tenant}/exports/e/1"),
        ..Call::object(action, "")
    }
}

/// The exports that a person has asked for.
fn exports(tenant: &str) -> String {
    format!("TENANT#{tenant}#EXPORTS#{PERSON}")
}

/// The partition of a person's second factors.
fn second_factor(user: &str) -> String {
    format!("MFA#{user}")
}

/// A log-in that waits for its second factor.
fn pending_login() -> String {
    format!("LOGIN#{STRANGER}")
}

/// A secret of the template.
fn secret_arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}")
}

/// Whether a role is no function's own.
fn is_traded(id: &str) -> bool {
    matches!(id, "TenantRole" | "UserRole" | "TenantSystemRole")
}

/// None of a tenant's actions, on its tables and their indexes, goes through for these keys.
fn refused_everywhere(session: &Session, sets_of_keys: &[&[&String]]) -> Holds {
    for keys in sets_of_keys {
        let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
        for name in ["TenantTable", "AuditTable"] {
            for action in READS.iter().chain(&WRITES) {
                session.may_not(&Call::new(action, name, &keys))?;
            }
        }
        let index = format!("{}/index/by-name", table("TenantTable"));
        session.may_not(&Call {
            resource: index,
            ..Call::new("Query", "TenantTable", &keys)
        })?;
    }
    Ok(())
}

fn guarded(role: &str, statement: &Value, key: &str) -> Holds {
    if statement["Condition"]["Null"][key] == "false" {
        return Ok(());
    }
    Err(format!(
        "{role}/{} has no Null guard for {key}",
        statement["Sid"]
    ))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        single => single.as_str().into_iter().collect(),
    }
}
