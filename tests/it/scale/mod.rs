//! Ten tenants or very many: a request makes the same calls and takes the same units, whoever asks.
//!
//! `TENANTRY_SCALE=30,1000,10000,100000 cargo test -p tests scale` does it for these numbers, and writes what it finds to
//! `infra/docs/scale-measured.md` and its chart. Times are printed and never asserted.

mod paper;

use gateway::{DecisionRecord, RouteUse};
use local::{Filled, Generator};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Instant;
use tests::{Answer, Person, Request, TestCloud};

/// How many tenants there are, one size after the other.
const SIZES: [usize; 2] = [10, 2_000];
/// Records of each tenant of the crowd.
const RECORDS: usize = 10;
/// Those who ask: some of the first tenants there are and some of the last. They have records for a list of 20. At each size
/// others do, since whoever logs in again soon costs a call more.
const ASKING: usize = 3;
const THEIR_RECORDS: usize = 40;
/// How often what is timed is asked for.
const TIMED: usize = 100;

/// Calls to DynamoDB, read units and write units of function and authorizer together.
type Cost = (u64, f64, f64);

/// What was found at one size.
struct Measured {
    tenants: usize,
    filled: Filled,
    resident_mb: u64,
    costs: BTreeMap<&'static str, Cost>,
    timed: Vec<Timed>,
}

/// A request that was timed: the middle and the slowest hundredth of its answers, and what its function computed for one.
struct Timed {
    name: &'static str,
    middle_ms: f64,
    slowest_ms: f64,
    cpu_ms: f64,
}

struct Crowd {
    cloud: &'static TestCloud,
    generator: Generator,
    tenants: usize,
    /// How many sizes there are, and how many have been looked at.
    rounds: usize,
    round: usize,
}

/// Somebody of a filled tenant, with what they ask about.
struct Asker {
    person: Person,
    contacts: String,
    owner: String,
}

impl Crowd {
    async fn new(rounds: usize) -> Self {
        let cloud = TestCloud::crowded();
        let generator = Generator::new(cloud.local()).await.unwrap();
        Self {
            cloud,
            generator,
            tenants: 0,
            rounds,
            round: 0,
        }
    }

    fn add(&mut self, tenants: usize, records: usize) -> Filled {
        self.tenants += tenants;
        let filled = self.generator.fill(self.cloud.local(), tenants, records);
        filled.unwrap()
    }

    /// Fills up to so many; the last of them will ask.
    fn grow(&mut self, size: usize) -> Filled {
        if self.tenants == 0 {
            self.add(ASKING * self.rounds, THEIR_RECORDS);
        }
        self.round += 1;
        let filled = self.add(size - self.tenants - ASKING, RECORDS);
        self.add(ASKING, THEIR_RECORDS);
        filled
    }

    /// The numbers of those who ask.
    fn asking(&self) -> impl Iterator<Item = usize> + use<> {
        let last = self.round * ASKING;
        (last + 1 - ASKING..=last).chain(self.tenants + 1 - ASKING..=self.tenants)
    }

    /// Somebody's log-in, from a network of its own: nobody has guessed there.
    fn log_in(&self, number: usize) -> (String, Request<'static>) {
        let (email, password) = self.generator.owner(number);
        let network = u8::try_from(number % 250).unwrap() + 1;
        let request = self
            .cloud
            .request_from(network, reqwest::Method::POST, "/v1/auth/login");
        let body = json!({"email": email, "password": password});
        (email, request.json(body))
    }

    /// The costs of all requests of one tenant.
    async fn costs_of(&self, number: usize) -> (Asker, BTreeMap<&'static str, Cost>) {
        let mut costs = BTreeMap::new();
        let (email, request) = self.log_in(number);
        let (answer, cost) = self.cost("POST /v1/auth/login", 200, request).await;
        costs.insert("log-in", cost.unwrap());
        let person = Person::signed_in(&answer, &email);
        let projects = self.cloud.get("/v1/projects").as_(&person).await;
        let contacts = format!("/v1/projects/{}/contacts", projects.text("/items/0/id"));
        let owner = person.user_id.clone();
        let asker = Asker {
            person,
            contacts,
            owner,
        };
        for case in CASES {
            let cost = self.warm_cost(&asker, case).await;
            costs.insert(case.name, cost);
        }
        (asker, costs)
    }

    /// Of a request whose function has the tenant's credentials: a process that has not trades a token first.
    async fn warm_cost(&self, asker: &Asker, case: &Case) -> Cost {
        for _ in 0..10 {
            let request = asker.request(self.cloud, case).await;
            let (answer, cost) = self.cost(case.route, case.status, request).await;
            // The lists are what they were.
            if matches!(case.name, "create" | "update") {
                let path = format!("{}/{}", asker.contacts, answer.id());
                let delete = self.cloud.delete(path).as_(&asker.person);
                delete.await.assert_status(204);
            }
            if let Some(cost) = cost {
                return cost;
            }
        }
        panic!("{}: each time another process", case.name);
    }

    /// Nothing where a token was traded.
    async fn cost(
        &self,
        route: &'static str,
        status: u16,
        request: Request<'_>,
    ) -> (Answer, Option<Cost>) {
        let gateway = self.cloud.gateway();
        gateway.clear_decisions();
        let answer = request.await.assert_status(status);
        let trades = |decision: &DecisionRecord| decision.service == "sts";
        if gateway.decisions().iter().any(trades) {
            return (answer, None);
        }
        let is_own = |used: &RouteUse| used.route == route || used.route == "authorizer";
        let routes = gateway.capacity();
        let cost = routes.iter().filter(|used| is_own(used)).fold(
            (0, 0.0, 0.0),
            |(calls, read, write), used| {
                (
                    calls + used.dynamodb_calls,
                    read + used.capacity.read,
                    write + used.capacity.write,
                )
            },
        );
        (answer, Some(cost))
    }

    /// Asks many times, each time as another of them.
    async fn time(&self, askers: &[Asker], case: &Case) -> Timed {
        let mut answers = Vec::new();
        let before = self.cpu(case.function);
        for number in 0..TIMED {
            let request = askers[number % askers.len()]
                .request(self.cloud, case)
                .await;
            let begun = Instant::now();
            request.await.assert_status(case.status);
            answers.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        answers.sort_by(f64::total_cmp);
        Timed {
            name: case.name,
            middle_ms: answers[TIMED / 2],
            slowest_ms: answers[TIMED - 1 - TIMED / 100],
            cpu_ms: (self.cpu(case.function) - before) / TIMED as f64,
        }
    }

    /// What a function's processes have computed so far, in ms; nothing where the system does not say.
    fn cpu(&self, function: &str) -> f64 {
        let processes = self.cloud.local().process_ids(function).into_iter();
        let threads = processes
            .filter_map(|process| std::fs::read_dir(format!("/proc/{process}/task")).ok())
            .flat_map(Iterator::flatten);
        let times = threads.filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        });
        times.sum::<f64>() / 1e6
    }
}

/// A kind of request.
struct Case {
    name: &'static str,
    route: &'static str,
    function: &'static str,
    status: u16,
}

const fn case(name: &'static str, route: &'static str, status: u16) -> Case {
    Case {
        name,
        route,
        function: "",
        status,
    }
}

const READ: Case = Case {
    name: "read",
    route: "GET /v1/projects/{project_id}/{collection}/{record_id}",
    function: "RecordsReadFunction",
    status: 200,
};
const LIST: Case = Case {
    name: "list of 20",
    route: "GET /v1/projects/{project_id}/{collection}",
    function: "RecordsListFunction",
    status: 200,
};

const CASES: &[Case] = &[
    case("me", "GET /v1/me", 200),
    case("members", "GET /v1/members", 200),
    case("projects", "GET /v1/projects", 200),
    LIST,
    case("list of 20 by owner", LIST.route, 200),
    case("list of 20 by name", LIST.route, 200),
    READ,
    case("create", "POST /v1/projects/{project_id}/{collection}", 201),
    case(
        "update",
        "PATCH /v1/projects/{project_id}/{collection}/{record_id}",
        200,
    ),
    case(
        "delete",
        "DELETE /v1/projects/{project_id}/{collection}/{record_id}",
        204,
    ),
];

impl Asker {
    async fn request(&self, cloud: &'static TestCloud, case: &Case) -> Request<'static> {
        let contacts = &self.contacts;
        let fields = json!({"name": "Yet another", "stage": "lead"});
        let request = match case.name {
            "me" => cloud.get("/v1/me"),
            "members" => cloud.get("/v1/members"),
            "projects" => cloud.get("/v1/projects"),
            "list of 20" => cloud.get(format!("{contacts}?limit=20")),
            "list of 20 by owner" => {
                cloud.get(format!("{contacts}?limit=20&owner_id={}", self.owner))
            }
            "list of 20 by name" => cloud.get(format!("{contacts}?limit=20&name_prefix=robin")),
            "create" => cloud.post(contacts).json(fields),
            "read" => {
                let list = cloud.get(format!("{contacts}?limit=1")).as_(&self.person);
                cloud.get(format!("{contacts}/{}", list.await.text("/items/0/id")))
            }
            _ => {
                let created = cloud.post(contacts).as_(&self.person).json(fields);
                let path = format!("{contacts}/{}", created.await.assert_status(201).id());
                match case.name {
                    "update" => cloud.patch(path).json(json!({"name": "Changed"})),
                    _ => cloud.delete(path),
                }
            }
        };
        request.as_(&self.person)
    }
}

/// What this process, in which the store is, takes of the machine's memory.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

async fn measure(crowd: &mut Crowd, size: usize) -> Measured {
    let filled = crowd.grow(size);
    let (mut askers, mut found) = (Vec::new(), Vec::new());
    for number in crowd.asking() {
        let (asker, costs) = crowd.costs_of(number).await;
        askers.push(asker);
        found.push((number, costs));
    }
    let (_, costs) = found[0].clone();
    for (number, others) in &found {
        assert_eq!(*others, costs, "tenant {number} of {size}");
    }
    let mut timed = Vec::new();
    for case in [READ, LIST] {
        timed.push(crowd.time(&askers, &case).await);
    }
    Measured {
        tenants: size,
        filled,
        resident_mb: resident_mb(),
        costs,
        timed,
    }
}

#[tokio::test]
async fn a_request_costs_the_same_among_ten_tenants_and_among_thousands() {
    let asked = std::env::var("TENANTRY_SCALE").ok();
    let sizes: Vec<usize> = match &asked {
        Some(sizes) => sizes.split(',').map(|size| size.parse().unwrap()).collect(),
        None => SIZES.to_vec(),
    };
    let mut crowd = Crowd::new(sizes.len()).await;
    let mut measured = Vec::new();
    for size in sizes {
        let found = measure(&mut crowd, size).await;
        println!("{}", paper::line(&found));
        measured.push(found);
        if asked.is_some() {
            paper::write(&measured);
        }
    }
    let (first, others) = measured.split_first().unwrap();
    for other in others {
        assert_eq!(other.costs, first.costs, "{} tenants", other.tenants);
    }
}
