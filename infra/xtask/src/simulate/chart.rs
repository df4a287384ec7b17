//! The picture: what share of each quota is used, by number of tenants.

use super::account::{Account, QUOTAS};
use crate::failure::{Failure, Result};
use plotters::prelude::*;

const SIZE: (u32, u32) = (900, 480);
/// Shares below this are not shown.
const LEAST: f64 = 0.0001;
/// And above this.
const MOST: f64 = 10.0;

/// An SVG.
///
/// # Errors
/// When it can't be drawn.
pub(super) fn draw(accounts: &[Account]) -> Result<String> {
    let mut svg = String::new();
    plot(accounts, &mut svg)
        .map_err(|error| Failure(format!("the chart can't be drawn: {error}")))?;
    svg.push('\n');
    Ok(svg)
}

fn plot(
    accounts: &[Account],
    svg: &mut String,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let tenants = |account: &Account| f64::from(u32::try_from(account.tenants).unwrap_or(u32::MAX));
    let first = accounts.iter().map(tenants).fold(f64::MAX, f64::min);
    let last = accounts.iter().map(tenants).fold(first + 1.0, f64::max);
    let mut chart = ChartBuilder::on(&area)
        .caption("Share of each quota of one account", ("sans-serif", 18))
        .margin(12)
        .margin_right(40)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d((first..last).log_scale(), (LEAST..MOST).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("tenants")
        .y_desc("share used")
        .x_label_formatter(&|count| format!("{count:.0}"))
        .y_label_formatter(&|share| format!("{}%", share * 100.0))
        .draw()?;
    chart.draw_series(LineSeries::new(
        [(first, 1.0), (last, 1.0)],
        BLACK.stroke_width(1),
    ))?;
    for (number, quota) in QUOTAS.iter().enumerate() {
        let color = Palette99::pick(number + 3).to_rgba();
        let points = accounts.iter().map(|account| {
            let share = (quota.used)(account) / quota.most;
            (tenants(account), share.clamp(LEAST, MOST))
        });
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)))?
            .label(quota.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    area.present()?;
    Ok(())
}
