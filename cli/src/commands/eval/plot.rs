//! Plots as SVG. The grey of lines and text is legible on light and dark backgrounds.

use std::fmt::Write as _;

/// The side length of the plot area in SVG units.
const SIDE: f64 = 400.0;
/// The margin around the plot area.
const MARGIN: f64 = 60.0;
const ALL: f64 = SIDE + 2.0 * MARGIN;

/// The height of a line of the legend.
const LEGEND_LINE: f64 = 18.0;
const BLUE: &str = "#2f81f7";

/// An axis: its label, and the places of values on it.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    label: String,
    scale: Scale,
    /// The values that are written beside the axis.
    ticks: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
enum Scale {
    /// From 0 to this value.
    Linear(f64),
    /// From one value to another, both above 0, by their logarithms.
    Logarithmic(f64, f64),
}

impl Axis {
    /// From 0 to 1.
    pub(super) fn share(label: &str) -> Self {
        Self::up_to(label, 1.0)
    }

    /// From 0 to `end`, with six ticks. An `end` of 0 or less counts as 1.
    pub(super) fn up_to(label: &str, end: f64) -> Self {
        let end = if end > 0.0 { end } else { 1.0 };
        Self {
            label: label.to_owned(),
            scale: Scale::Linear(end),
            ticks: (0..=5).map(|step| end * f64::from(step) / 5.0).collect(),
        }
    }

    /// From the first of the values to the last, by their logarithms, with each of them as a tick. The values ascend and are
    /// above 0.
    pub(super) fn logarithmic(label: &str, values: &[f64]) -> Self {
        let first = values.first().copied().unwrap_or(1.0);
        let last = values.last().copied().unwrap_or(first);
        Self {
            label: label.to_owned(),
            scale: Scale::Logarithmic(first, last),
            ticks: values.to_vec(),
        }
    }

    /// The place of a value, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear(end) => value / end,
            // The only value of an axis is in its middle.
            Scale::Logarithmic(first, last) if first >= last => 0.5,
            Scale::Logarithmic(first, last) => (value / first).ln() / (last / first).ln(),
        }
    }

    fn tick(&self, value: f64) -> String {
        match self.scale {
            Scale::Linear(end) if end <= 5.0 => format!("{value:.1}"),
            _ => format!("{value:.0}"),
        }
    }
}

/// A plot with two axes.
pub(super) struct Plot {
    svg: String,
    horizontal: Axis,
    vertical: Axis,
    /// The number of lines of the legend.
    labels: u32,
}

impl Plot {
    /// An empty plot with a title.
    pub(super) fn new(title: &str, horizontal: Axis, vertical: Axis) -> Self {
        let (left, right, top, bottom) = (x(0.0), x(1.0), y(1.0), y(0.0));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {ALL} {ALL}\" width=\"{ALL}\" height=\"{ALL}\" \
             font-family=\"sans-serif\" font-size=\"13\" fill=\"#808080\" stroke=\"none\" role=\"img\">\n\
             <title>{title}</title>\n\
             <path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#808080\"/>\n"
        );
        let (below, beside) = (bottom + 20.0, left - 8.0);
        for tick in &horizontal.ticks {
            let (at, text) = (x(horizontal.place(*tick)), horizontal.tick(*tick));
            let _ = writeln!(
                svg,
                "<text x=\"{at:.1}\" y=\"{below}\" text-anchor=\"middle\">{text}</text>"
            );
        }
        for tick in &vertical.ticks {
            let (at, text) = (y(vertical.place(*tick)) + 4.0, vertical.tick(*tick));
            let _ = writeln!(
                svg,
                "<text x=\"{beside}\" y=\"{at:.1}\" text-anchor=\"end\">{text}</text>"
            );
        }
        let (middle, below) = (ALL / 2.0, bottom + 42.0);
        let (x_label, y_label) = (&horizontal.label, &vertical.label);
        let _ = writeln!(
            svg,
            "<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">{x_label}</text>\n\
             <text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">{y_label}</text>"
        );
        Self {
            svg,
            horizontal,
            vertical,
            labels: 0,
        }
    }

    /// Draws a line through points, from the first to the last.
    pub(super) fn line(&mut self, points: &[(f64, f64)]) {
        self.line_in(BLUE, points);
    }

    /// Draws a line in a colour that the legend explains. The legend is in the lower left corner.
    pub(super) fn labelled_line(&mut self, colour: &str, label: &str, points: &[(f64, f64)]) {
        self.line_in(colour, points);
        let (beside, at) = (
            x(0.0) + 12.0,
            y(0.0) - 14.0 - LEGEND_LINE * f64::from(self.labels),
        );
        self.labels += 1;
        let _ = writeln!(
            self.svg,
            "<text x=\"{beside}\" y=\"{at}\" fill=\"{colour}\">{label}</text>"
        );
    }

    fn line_in(&mut self, colour: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points
            .iter()
            .map(|point| {
                let (at_x, at_y) = self.at(*point);
                format!("{at_x:.1},{at_y:.1}")
            })
            .collect();
        let _ = writeln!(
            self.svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
    }

    fn at(&self, (value_x, value_y): (f64, f64)) -> (f64, f64) {
        (x(self.horizontal.place(value_x)), y(self.vertical.place(value_y)))
    }

    /// Draws a dot with a label beside it.
    pub(super) fn dot(&mut self, point: (f64, f64), label: &str) {
        let (at_x, at_y) = self.at(point);
        let (beside, below) = (at_x + 9.0, at_y + 14.0);
        let _ = writeln!(
            self.svg,
            "<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"5\" fill=\"{BLUE}\"/>\n\
             <text x=\"{beside:.1}\" y=\"{below:.1}\">{label}</text>"
        );
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.svg + "</svg>\n"
    }
}

/// One document with two plots side by side.
pub(super) fn side_by_side(left: Plot, right: Plot) -> String {
    let width = 2.0 * ALL;
    let (left, right) = (left.finish(), right.finish());
    let right = right.replacen("<svg ", &format!("<svg x=\"{ALL}\" "), 1);
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {ALL}\">\n{left}{right}</svg>\n")
}

fn x(share: f64) -> f64 {
    MARGIN + SIDE * share
}

fn y(share: f64) -> f64 {
    MARGIN + SIDE * (1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_axis_has_equal_ratios_at_equal_distances() {
        let axis = Axis::logarithmic("chunks", &[10.0, 100.0, 1_000.0]);
        assert!((axis.place(100.0) - 0.5).abs() < 1e-9);
        assert!((axis.place(1_000.0) - 1.0).abs() < 1e-9);
        assert!((Axis::logarithmic("chunks", &[10.0]).place(10.0) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn two_plots_are_one_document() {
        let plot = || Plot::new("title", Axis::share("x"), Axis::up_to("y", 50.0));
        let svg = side_by_side(plot(), plot());
        assert_eq!(svg.matches("<svg ").count(), 3);
        assert_eq!(svg.matches("</svg>").count(), 3);
        assert!(svg.contains(">50</text>") && svg.contains(">0.2</text>"));
    }
}
