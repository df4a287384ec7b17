//! The functions of the finished product, read from `planned.txt`.

use crate::failure::{Failure, Result};
use std::collections::BTreeSet;

/// Everything that is planned.
pub(crate) struct Plan {
    pub(crate) functions: Vec<Planned>,
    pub(crate) other_resources: usize,
}

/// A function of the finished product.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) binary: String,
    pub(crate) routes: usize,
    /// Resources beside the function and its routes' permissions.
    pub(crate) extra_resources: usize,
}

impl Plan {
    /// The plan in this package.
    pub(crate) fn of_the_product() -> Result<Plan> {
        Plan::parse(include_str!("../planned.txt"))
    }

    pub(crate) fn parse(text: &str) -> Result<Plan> {
        let mut plan = Plan {
            functions: Vec::new(),
            other_resources: 0,
        };
        let mut names = BTreeSet::new();
        let mut all_routes = BTreeSet::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| Failure(format!("planned.txt, line {number}: {what}"));
            if let Some(other) = line.strip_prefix('+') {
                let count = other.split('|').next().unwrap_or_default().trim();
                plan.other_resources +=
                    count.parse::<usize>().map_err(|_| wrong("not a number"))?;
                continue;
            }
            let mut columns = line.split('|').map(str::trim);
            let (Some(binary), Some(routes), Some(extras), None) = (
                columns.next(),
                columns.next(),
                columns.next(),
                columns.next(),
            ) else {
                return Err(wrong("needs three columns"));
            };
            if !names.insert(binary.to_owned()) {
                return Err(wrong("the function is there already"));
            }
            let routes: Vec<&str> = routes.split(", ").filter(|route| *route != "-").collect();
            for route in &routes {
                if !all_routes.insert((*route).to_owned()) {
                    return Err(wrong("the route is there already"));
                }
            }
            let mut extra_resources = 0;
            for extra in extras.split_whitespace() {
                extra_resources += match extra {
                    "role" | "stream" => 1,
                    "schedule" | "topic" => 2,
                    "queue" => 3,
                    _ => {
                        return Err(wrong(
                            "only role, stream, queue, topic and schedule are known",
                        ));
                    }
                };
            }
            plan.functions.push(Planned {
                binary: binary.to_owned(),
                routes: routes.len(),
                extra_resources,
            });
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_plan_is_read() {
        let plan = Plan::parse(
            "# comment\n\na | GET /a, POST /a | role queue\nb | - | schedule\n+ 5 | alarms\n",
        )
        .unwrap();
        let read: Vec<_> = plan
            .functions
            .iter()
            .map(|f| (f.binary.as_str(), f.routes, f.extra_resources))
            .collect();
        assert_eq!(read, [("a", 2, 4), ("b", 0, 2)]);
        assert_eq!(plan.other_resources, 5);
        assert!(Plan::of_the_product().unwrap().functions.len() >= 130);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let wrong = |text: &str| Plan::parse(text).map(|_| ()).unwrap_err().to_string();
        assert_eq!(wrong("\na"), "planned.txt, line 2: needs three columns");
        assert_eq!(
            wrong("a | GET /a | gold"),
            "planned.txt, line 1: only role, stream, queue, topic and schedule are known"
        );
        assert_eq!(
            wrong("a | GET /a |\na | GET /b |"),
            "planned.txt, line 2: the function is there already"
        );
        assert_eq!(
            wrong("a | GET /a |\nb | GET /a |"),
            "planned.txt, line 2: the route is there already"
        );
    }
}
