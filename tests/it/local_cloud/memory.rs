//! What a cloud with every function used takes of the machine's memory. Linux says it in `/proc`.
#![cfg(target_os = "linux")]

use super::run::Running;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::{PASSWORD, Route, unique};

/// `cargo local` keeps so many idle processes, of all functions together.
const MAX_IDLE: usize = 16;
/// "A few hundred MB at most."
const MAX_KIB: u64 = 400 * 1024;

/// The processes that this one has started.
fn children(of: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parent = |process: &u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name before it is in parentheses and may contain anything.
        let (_, rest) = stat.rsplit_once(')')?;
        rest.split_whitespace().nth(1)?.parse().ok()
    };
    numbers
        .filter(|process| parent(process) == Some(of))
        .collect()
}

/// A process's memory in KiB: its share (`Pss`), or everything it can see (`Rss`).
fn memory(process: u32, kind: &str) -> Option<u64> {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix(kind))?;
    line.split_whitespace().next()?.parse().ok()
}

async fn send(cloud: &Running, method: &str, path: &str, token: &str, body: Value) -> Value {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = Client::new()
        .request(method.clone(), format!("{}{path}", cloud.api))
        .bearer_auth(token);
    if method != Method::GET {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    answer.json().await.unwrap_or_default()
}

#[tokio::test]
async fn a_cloud_with_every_function_used_stays_within_its_bound() {
    let cloud = Running::start(&[]);
    let slug = format!("memory-{}", unique());
    let sign_up = json!({"name": "Memory", "slug": slug, "owner_name": "Mia", "owner_email": format!("mia@{slug}.example"), "owner_password": PASSWORD});
    let signed_up = send(&cloud, "POST", "/v1/tenants", "", sign_up).await;
    let token = signed_up["access_token"].as_str().unwrap();
    let routes: Vec<Route> = Route::all()
        .into_iter()
        .filter(|route| route.api == "main")
        .collect();
    for route in &routes {
        let path: Vec<&str> = route
            .path()
            .split('/')
            .map(|part| match part {
                "{collection}" => "contacts",
                parameter if parameter.starts_with('{') => "x",
                fixed => fixed,
            })
            .collect();
        // Whatever the answer: the authorizer or the function has run for it.
        send(&cloud, route.method(), &path.join("/"), token, json!({})).await;
    }
    assert!(routes.len() > MAX_IDLE, "the bound would never be reached");

    // The last processes become idle, or end, just after their answers.
    let begun = Instant::now();
    let processes = loop {
        let processes = children(cloud.process());
        if processes.len() <= MAX_IDLE {
            break processes;
        }
        let count = processes.len();
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{count} processes"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(
        processes.len() > MAX_IDLE / 2,
        "{} processes: functions are not kept warm",
        processes.len()
    );
    // Pages that another cloud's processes have too count for a part only, so while other tests run the share is less than it would be
    // alone. What each can see counts the system's libraries once for each process, so it is more.
    for (kind, most) in [("Pss:", MAX_KIB), ("Rss:", MAX_KIB * 5 / 4)] {
        let each: Vec<u64> = processes
            .iter()
            .filter_map(|process| memory(*process, kind))
            .collect();
        assert_eq!(each.len(), processes.len(), "a process can't be measured");
        let sum = each.iter().sum::<u64>();
        println!("{} processes, {kind} {} MB", each.len(), sum / 1024);
        assert!(sum < most, "{kind} {} MB", sum / 1024);
    }
}
