//! Plots of one share over another as SVG. The grey of lines and text is legible on light and dark backgrounds.

use std::fmt::Write as _;

/// The side length of the plot area in SVG units.
const SIDE: f64 = 400.0;
/// The margin around the plot area.
const MARGIN: f64 = 60.0;
const ALL: f64 = SIDE + 2.0 * MARGIN;

/// A plot with axes from 0 to 1.
pub(super) struct Plot {
    svg: String,
}

impl Plot {
    /// An empty plot with a title and the labels of both axes.
    pub(super) fn new(title: &str, x_label: &str, y_label: &str) -> Self {
        let (left, right, top, bottom) = (x(0.0), x(1.0), y(1.0), y(0.0));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {ALL} {ALL}\" font-family=\"sans-serif\" \
             font-size=\"13\" fill=\"#808080\" stroke=\"none\" role=\"img\">\n\
             <title>{title}</title>\n\
             <path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#808080\"/>\n"
        );
        for step in 0..=5_u32 {
            let share = f64::from(step) / 5.0;
            let (below, beside) = (bottom + 20.0, left - 8.0);
            let (at_x, at_y) = (x(share), y(share) + 4.0);
            let _ = writeln!(
                svg,
                "<text x=\"{at_x}\" y=\"{below}\" text-anchor=\"middle\">{share:.1}</text>\n\
                 <text x=\"{beside}\" y=\"{at_y}\" text-anchor=\"end\">{share:.1}</text>"
            );
        }
        let (middle, below) = (ALL / 2.0, bottom + 42.0);
        let _ = writeln!(
            svg,
            "<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">{x_label}</text>\n\
             <text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">{y_label}</text>"
        );
        Self { svg }
    }

    /// Draws a line through points, from the first to the last.
    pub(super) fn line(&mut self, points: &[(f64, f64)]) {
        let points: Vec<String> = points
            .iter()
            .map(|(at_x, at_y)| format!("{:.1},{:.1}", x(*at_x), y(*at_y)))
            .collect();
        let _ = writeln!(
            self.svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#2f81f7\" stroke-width=\"2\"/>",
            points.join(" ")
        );
    }

    /// Draws a dot with a label beside it.
    pub(super) fn dot(&mut self, (at_x, at_y): (f64, f64), label: &str) {
        let (at_x, at_y) = (x(at_x), y(at_y));
        let (beside, below) = (at_x + 9.0, at_y + 14.0);
        let _ = writeln!(
            self.svg,
            "<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"5\" fill=\"#2f81f7\"/>\n\
             <text x=\"{beside:.1}\" y=\"{below:.1}\">{label}</text>"
        );
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.svg + "</svg>\n"
    }
}

fn x(share: f64) -> f64 {
    MARGIN + SIDE * share
}

fn y(share: f64) -> f64 {
    MARGIN + SIDE * (1.0 - share)
}
