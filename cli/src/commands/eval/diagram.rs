//! Reliability diagrams (Murphy and Winkler 1977) as SVG: accuracy by confidence, in ten bins.

use std::fmt::Write as _;

/// The side length of the plot area in SVG units.
const SIDE: f64 = 400.0;
/// The margin around the plot area.
const MARGIN: f64 = 60.0;
const BINS: usize = 10;

/// Answers of similar confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bin {
    /// The number of answers.
    pub(super) count: usize,
    /// The mean confidence.
    pub(super) confidence: f64,
    /// The share of right answers.
    pub(super) accuracy: f64,
}

/// Groups predictions (confidence, whether right) into ten bins of equal width, some of which may be empty.
pub(super) fn bins(predictions: &[(f64, bool)]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (confidence, is_right) in predictions {
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.confidence += confidence;
        bin.accuracy += f64::from(u8::from(*is_right));
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.confidence /= bin.count as f64;
        bin.accuracy /= bin.count as f64;
    }
    bins
}

/// Draws each non-empty bin as a dot with its count. The grey of lines and text is legible on light and dark backgrounds.
pub(super) fn diagram(bins: &[Bin]) -> String {
    let all = SIDE + 2.0 * MARGIN;
    let (x, y) = (
        |share: f64| MARGIN + SIDE * share,
        |share: f64| MARGIN + SIDE * (1.0 - share),
    );
    let (left, right, top, bottom) = (x(0.0), x(1.0), y(1.0), y(0.0));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {all} {all}\" font-family=\"sans-serif\" \
         font-size=\"13\" fill=\"#808080\" stroke=\"none\" role=\"img\">\n\
         <title>Share of right answers by confidence</title>\n\
         <path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#808080\"/>\n\
         <path d=\"M{left} {bottom}L{right} {top}\" fill=\"none\" stroke=\"#808080\" stroke-dasharray=\"4 4\"/>\n"
    );
    for step in 0..=5_u32 {
        let share = f64::from(step) / 5.0;
        let (at_x, at_y) = (x(share), y(share));
        let _ = writeln!(
            svg,
            "<text x=\"{at_x}\" y=\"{}\" text-anchor=\"middle\">{share:.1}</text>",
            bottom + 20.0
        );
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{share:.1}</text>",
            left - 8.0,
            at_y + 4.0
        );
    }
    for bin in bins.iter().filter(|bin| bin.count > 0) {
        let (at_x, at_y) = (x(bin.confidence), y(bin.accuracy));
        let _ = writeln!(
            svg,
            "<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"5\" fill=\"#2f81f7\"/>"
        );
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            at_x + 9.0,
            at_y + 14.0,
            bin.count
        );
    }
    let middle = all / 2.0;
    let _ = writeln!(
        svg,
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">confidence</text>",
        bottom + 42.0
    );
    let _ = writeln!(
        svg,
        "<text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">share of right answers</text>"
    );
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_falls_into_one_bin() {
        let bins = bins(&[(0.0, false), (0.05, true), (0.99, true), (1.0, true)]);
        assert_eq!(
            bins.iter().map(|bin| bin.count).collect::<Vec<_>>(),
            [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        );
        assert_eq!(
            (bins[0].confidence, bins[0].accuracy, bins[9].accuracy),
            (0.025, 0.5, 1.0)
        );
    }

    #[test]
    fn the_diagram_has_a_dot_and_a_count_for_each_bin_that_is_not_empty() {
        let svg = diagram(&bins(&[(0.25, true), (0.95, true), (0.96, false)]));
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains(">2</text>") && svg.contains(">confidence</text>") && svg.ends_with("</svg>\n"));
    }
}
