//! docs/benchmarks.svg: how many times as good as JupyterHub, as bars on a logarithmic scale.

use crate::report::times;
use crate::rows::{Row, Target};
use std::fmt::Write;

const LABEL_WIDTH: f64 = 270.0;
const CHART_WIDTH: f64 = 470.0;
const ROW_HEIGHT: f64 = 28.0;
const BAR_HEIGHT: f64 = 14.0;
const TOP: f64 = 64.0;
const WIDTH: f64 = LABEL_WIDTH + CHART_WIDTH + 76.0;

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1d2330;font-variant-numeric:tabular-nums}\
    .title{font-weight:600;font-size:15px}.faint{fill:#6a7385;font-size:11px}.grid{stroke:#dfe3ea}.one{stroke:#6a7385}\
    .bar{fill:#2f6fde}.worse{fill:#b4552d}.goal{stroke:#1d2330;stroke-width:2}.back{fill:#fff}\
    @media(prefers-color-scheme:dark){text{fill:#e6e9f0}.faint{fill:#98a1b3}.grid{stroke:#2c3342}.one{stroke:#98a1b3}\
    .bar{fill:#6c9cf5}.worse{fill:#e08a5f}.goal{stroke:#e6e9f0}.back{fill:#12151c}}";

/// Draws the rows. A short upright stroke marks a promised ratio.
pub(crate) fn draw(rows: &[Row]) -> String {
    let compared: Vec<(&Row, f64)> = rows.iter().filter_map(|row| row.ratio().map(|ratio| (row, ratio))).collect();
    let scale = Scale::new(compared.iter().map(|(_, ratio)| *ratio));
    let bottom = TOP + compared.len() as f64 * ROW_HEIGHT;
    let height = bottom + 40.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"How many times as good as JupyterHub Warpyard is in each measure\">\n<style>{STYLE}</style>\n\
         <rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n\
         <text class=\"title\" x=\"16\" y=\"28\">Warpyard beside JupyterHub</text>\n\
         <text class=\"faint\" x=\"16\" y=\"46\">times as good, logarithmic; the upright stroke is the target</text>\n"
    );
    // Writing to a string cannot fail.
    for power in scale.lowest..=scale.highest {
        let value = 10f64.powi(power);
        let at = scale.at(value);
        let class = if power == 0 { "one" } else { "grid" };
        let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{at:.1}\" y1=\"{}\" x2=\"{at:.1}\" y2=\"{bottom}\"/>", TOP - 8.0);
        let label = if power == 0 { "1× JupyterHub".to_owned() } else { format!("{value}×") };
        let _ =
            writeln!(svg, "<text class=\"faint\" x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", bottom + 18.0);
    }
    for (number, (row, ratio)) in compared.into_iter().enumerate() {
        bar(&mut svg, &scale, row, ratio, TOP + number as f64 * ROW_HEIGHT);
    }
    svg.push_str("</svg>\n");
    svg
}

fn bar(svg: &mut String, scale: &Scale, row: &Row, ratio: f64, top: f64) {
    let (one, end) = (scale.at(1.0), scale.at(ratio));
    let (from, width) = (one.min(end), (end - one).abs());
    let class = if ratio < 1.0 { "worse" } else { "bar" };
    let middle = top + BAR_HEIGHT - 2.0;
    let _ = writeln!(svg, "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>", LABEL_WIDTH - 12.0, row.title);
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{BAR_HEIGHT}\" rx=\"2\"/>"
    );
    let goal = match row.target {
        Target::Ratio(least) => scale.at(least),
        Target::None | Target::AtMostMilliseconds(_) => one,
    };
    // Beside the bar, and past a target that would stand in the label.
    let beside = if (end..end + 40.0).contains(&goal) { goal } else { one.max(end) } + 8.0;
    let _ = writeln!(svg, "<text x=\"{beside:.1}\" y=\"{middle}\">{}</text>", times(ratio));
    if matches!(row.target, Target::Ratio(_)) {
        let at = goal;
        let (above, below) = (top - 3.0, top + BAR_HEIGHT + 3.0);
        let _ = writeln!(svg, "<line class=\"goal\" x1=\"{at:.1}\" y1=\"{above}\" x2=\"{at:.1}\" y2=\"{below}\"/>");
    }
}

/// Whole powers of ten that hold every ratio.
struct Scale {
    lowest: i32,
    highest: i32,
}

impl Scale {
    fn new(ratios: impl Iterator<Item = f64>) -> Self {
        let powers = ratios.map(f64::log10).filter(|power| power.is_finite());
        let (mut lowest, mut highest) = (0, 1);
        for power in powers {
            lowest = lowest.min(power.floor() as i32);
            highest = highest.max(power.ceil() as i32);
        }
        Self { lowest, highest }
    }

    fn at(&self, ratio: f64) -> f64 {
        let share = (ratio.log10() - f64::from(self.lowest)) / f64::from(self.highest - self.lowest);
        LABEL_WIDTH + share.clamp(0.0, 1.0) * CHART_WIDTH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{BareNumbers, Numbers};
    use crate::rows::rows;

    #[test]
    fn the_scale_holds_better_and_worse() {
        let ours = Numbers { reads_per_second: 7000.0, lists_per_second: 10.0, ..Numbers::default() };
        let theirs = Numbers { reads_per_second: 100.0, lists_per_second: 40.0, ..Numbers::default() };
        let rows: Vec<Row> = rows(&ours, &theirs, BareNumbers::default());
        let scale = Scale::new(rows.iter().filter_map(Row::ratio));
        assert_eq!((scale.lowest, scale.highest), (-1, 2));
        assert_eq!(scale.at(0.1), LABEL_WIDTH);
        assert_eq!(scale.at(100.0), LABEL_WIDTH + CHART_WIDTH);
        let svg = draw(&rows);
        assert!(svg.contains("70×") && svg.contains("class=\"worse\""), "{svg}");
    }
}
