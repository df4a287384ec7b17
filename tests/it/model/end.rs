//! What is in the table at the end: the records of the model, the counts of who names them, and nothing else.

use super::shapes::SHAPES;
use super::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

impl World {
    pub(super) fn compare_tables(&self) {
        let mut stored: BTreeMap<(String, String), Value> = BTreeMap::new();
        for item in self.cloud.dump("TenantTable") {
            let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
            stored.insert((key("pk"), key("sk")), item);
        }
        for side in &self.sides {
            let tenant = format!("TENANT#{}", side.tenant.uuid());
            let mut expected = 0;
            for records in &side.projects {
                let project = records.id.strip_prefix("prj_").unwrap();
                for (place, record) in records.all.iter().enumerate() {
                    let part = SHAPES[record.shape].part;
                    let deleted = if record.is_deleted { "#DELETED" } else { "" };
                    let owner = match SHAPES[record.shape].is_own {
                        true => record.owner.replace("usr_", "#"),
                        false => String::new(),
                    };
                    let pk = format!("{tenant}#PROJECT#{project}#{part}{owner}{deleted}");
                    let sk = record.id.replace("rec_", "RECORD#");
                    let item = &stored[&(pk, sk)];
                    assert_eq!(item["version"]["N"], record.version.to_string(), "{item}");
                    let named = |cleared| match record.is_deleted {
                        true => 0,
                        false => records.named(place, cleared).len(),
                    };
                    let count = |name: &str| {
                        let count = item[name]["N"].as_str();
                        count.map_or(0, |count| count.parse::<usize>().unwrap())
                    };
                    assert_eq!(count("held_by"), named(false), "{item}");
                    assert_eq!(count("named_by"), named(true), "{item}");
                    expected += 1;
                }
            }
            let of_projects = format!("{tenant}#PROJECT#");
            let there = stored.keys().filter(|(pk, _)| pk.starts_with(&of_projects));
            let there = there.filter(|(_, sk)| sk.starts_with("RECORD#")).count();
            assert_eq!(there, expected, "{tenant}");
        }
    }
}
