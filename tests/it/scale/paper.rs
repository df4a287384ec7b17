//! What was measured, as a page and a chart of the docs.

use super::{Measured, RECORDS};
use std::fmt::Write as _;
use std::path::Path;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 48.0;
const COLOURS: [&str; 6] = [
    "#1f5fa8", "#c2571a", "#2b8a3e", "#7b3fa0", "#a61e4d", "#0b7285",
];

/// One size, in a line.
pub(super) fn line(measured: &Measured) -> String {
    let mut text = format!(
        "{} tenants: {}, {} MB",
        measured.tenants, measured.filled, measured.resident_mb
    );
    for timed in &measured.timed {
        let _ = write!(
            text,
            "; {}: {:.1} ms, slowest of a hundred {:.1} ms, function's CPU {:.2} ms",
            timed.name, timed.middle_ms, timed.slowest_ms, timed.cpu_ms
        );
    }
    text
}

/// Writes the page and its chart.
pub(super) fn write(measured: &[Measured]) {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/docs");
    std::fs::write(docs.join("scale-measured.md"), page(measured)).unwrap();
    std::fs::write(docs.join("scale-measured.svg"), chart(measured)).unwrap();
}

const BUILD: &str = match cfg!(debug_assertions) {
    true => "debug",
    false => "release",
};

/// How the page is made again. Functions of a release build must be there already: a test builds its own for debugging.
fn command(measured: &[Measured]) -> String {
    let sizes = sizes(measured);
    match cfg!(debug_assertions) {
        true => format!("TENANTRY_SCALE={sizes} cargo test -p tests scale"),
        false => format!(
            "cargo build --release --workspace && TENANTRY_FUNCTIONS_DIR=$PWD/target/release TENANTRY_SCALE={sizes} cargo test --release -p tests scale"
        ),
    }
}

fn page(measured: &[Measured]) -> String {
    let mut text = format!(
        "# Growing: what was measured\n\n\
         Written by `{}`. Do not edit. The test fails if calls or units differ, from one \
         tenant to another or from one size to another; times are only written down.\n\n\
         A local cloud in memory was filled up to each size with tenants of {RECORDS} records, as the product writes them \
         ([how](scale.md#filling-a-table)). Then three of the first tenants and three of the last asked for everything below.\n\n\
         ![The same at every size](scale-measured.svg)\n\n\
         ## Calls and units, at every size\n\n\
         Of function and authorizer together, warm.\n\n\
         | request | DynamoDB calls | read units | write units |\n|---|---|---|---|\n",
        command(measured)
    );
    for (name, (calls, read, write)) in &measured[0].costs {
        let _ = writeln!(text, "| {name} | {calls} | {read} | {write} |");
    }
    let _ = write!(
        text,
        "\n## Times\n\n\
         Of a {BUILD} build on one machine with two cores, on which the store, the gateway, the functions and the client of the test ran side by side: what \
         matters is that they stay what they are.\n\n\
         | tenants | items filled in, in | memory |",
    );
    for timed in &measured[0].timed {
        let _ = write!(
            text,
            " {0}: middle | {0}: CPU of the function |",
            timed.name
        );
    }
    let columns = 3 + 2 * measured[0].timed.len();
    let _ = writeln!(text, "\n|{}", "---|".repeat(columns));
    for measured in measured {
        let filled = &measured.filled;
        let _ = write!(
            text,
            "| {} | {} in {:.1} s | {} MB |",
            measured.tenants,
            filled.items,
            filled.took.as_secs_f64(),
            measured.resident_mb
        );
        for timed in &measured.timed {
            let _ = write!(
                text,
                " {:.1} ms | {:.2} ms |",
                timed.middle_ms, timed.cpu_ms
            );
        }
        text.push('\n');
    }
    text
}

fn sizes(measured: &[Measured]) -> String {
    let sizes: Vec<String> = measured
        .iter()
        .map(|size| size.tenants.to_string())
        .collect();
    sizes.join(",")
}

/// A name, and its value at each size.
type Line = (String, Vec<f64>);

fn lines(measured: &[Measured]) -> Vec<Line> {
    let units = ["list of 20", "read", "create"].map(|name| {
        let of = |size: &Measured| {
            let (_, read, write) = size.costs[name];
            read + write
        };
        (format!("{name}: units"), measured.iter().map(of).collect())
    });
    let times = measured[0]
        .timed
        .iter()
        .enumerate()
        .map(|(position, timed)| {
            let of = |size: &Measured| size.timed[position].cpu_ms;
            let name = format!("{}: CPU of the function, ms", timed.name);
            (name, measured.iter().map(of).collect())
        });
    units.into_iter().chain(times).collect()
}

fn chart(measured: &[Measured]) -> String {
    let lines = lines(measured);
    let most = lines.iter().flat_map(|(_, values)| values);
    let most = most.copied().fold(1.0, f64::max);
    let last = (measured.len() - 1).max(1) as f64;
    let x = |position: usize| MARGIN + (WIDTH - 2.0 * MARGIN - 230.0) * position as f64 / last;
    let y = |value: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * value / most;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    for (position, size) in measured.iter().enumerate() {
        let (x, bottom) = (x(position), HEIGHT - MARGIN);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.0}\" y1=\"{MARGIN}\" x2=\"{x:.0}\" y2=\"{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            bottom + 18.0,
            size.tenants
        );
    }
    for (number, (name, values)) in lines.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points = values.iter().enumerate();
        let points: Vec<String> = points
            .map(|(position, value)| format!("{:.0},{:.1}", x(position), y(*value)))
            .collect();
        let (right, end) = (x(measured.len() - 1) + 10.0, values.last().unwrap_or(&0.0));
        let row = MARGIN + 18.0 * number as f64;
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{:.0}\" y=\"{row:.0}\" fill=\"{colour}\">{name} ({end:.2})</text>",
            points.join(" "),
            right + 20.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"24\" font-size=\"14\">What a request takes, by number of tenants</text>\n</svg>"
    );
    svg
}
