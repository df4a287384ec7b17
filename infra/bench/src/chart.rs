//! The picture: processor time and cost of each endpoint.

use crate::Result;
use crate::outcome::Outcome;
use plotters::prelude::*;

const WIDTH: u32 = 1100;
const LINE: u32 = 15;
const TOP: i32 = 40;
/// Where the bars of each half begin, and how long the longest is.
const HALVES: [(i32, &str); 2] = [(420, "CPU ms"), (770, "$ per million requests")];
const LONGEST: f64 = 230.0;

/// An SVG.
///
/// # Errors
/// When it can't be drawn.
pub(crate) fn draw(outcomes: &[Outcome]) -> Result<String> {
    let mut svg = String::new();
    plot(outcomes, &mut svg).map_err(|error| format!("the chart can't be drawn: {error}"))?;
    svg.push('\n');
    Ok(svg)
}

/// The two figures that are drawn.
fn figures(outcome: &Outcome) -> [f64; 2] {
    let times = outcome.canned.as_ref().unwrap_or(&outcome.store);
    [times.cpu_ms.unwrap_or_default(), outcome.cost]
}

fn plot(outcomes: &[Outcome], svg: &mut String) -> Result<()> {
    let lines = u32::try_from(outcomes.len())?;
    let area = SVGBackend::with_string(svg, (WIDTH, LINE * lines + 60)).into_drawing_area();
    area.fill(&WHITE)?;
    let style = ("sans-serif", 11).into_font().color(&BLACK);
    let mut sorted: Vec<&Outcome> = outcomes.iter().collect();
    sorted.sort_by(|one, other| figures(other)[1].total_cmp(&figures(one)[1]));
    for (half, (left, title)) in HALVES.iter().enumerate() {
        let of = |outcome: &Outcome| figures(outcome).get(half).copied().unwrap_or_default();
        let most = outcomes.iter().map(of).fold(f64::MIN_POSITIVE, f64::max);
        // Log-in takes a hundred times as long as a read: the root keeps both visible.
        let length = |figure: f64| (figure / most).sqrt() * LONGEST;
        area.draw_text(&format!("{title} (drawn by its root)"), &style, (*left, 16))?;
        for (number, outcome) in sorted.iter().enumerate() {
            let top = TOP + i32::try_from(number)? * i32::try_from(LINE)?;
            if half == 0 {
                let name = format!("{} {}", outcome.route, outcome.case);
                area.draw_text(
                    &name.replace("/v1/projects/{project_id}", "…"),
                    &style,
                    (8, top),
                )?;
            }
            let figure = of(outcome);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "at most the width of the picture"
            )]
            let right = left + length(figure) as i32;
            let color = Palette99::pick(half + 2).to_rgba().filled();
            area.draw(&Rectangle::new(
                [(*left, top), (right.max(left + 1), top + 10)],
                color,
            ))?;
            area.draw_text(&format!("{figure:.2}"), &style, (right + 5, top))?;
        }
    }
    area.present()?;
    Ok(())
}
