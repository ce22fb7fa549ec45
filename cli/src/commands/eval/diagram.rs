//! A reliability diagram (as by Murphy and Winkler 1977) as SVG: what was told against what was right, in ten bins.

use std::fmt::Write as _;

/// The width and the height of the square that is drawn in, and the room around it.
const SIDE: f64 = 400.0;
const MARGIN: f64 = 60.0;
const BINS: usize = 10;

/// Answers that were told about the same probability.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bin {
    /// How many.
    pub(super) count: usize,
    /// The mean of what was told.
    pub(super) told: f64,
    /// The share of them that was right.
    pub(super) right: f64,
}

/// Ten bins of equal width; those that nothing falls in are empty.
pub(super) fn bins(told: &[(f64, bool)]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (told, is_right) in told {
        let bin = &mut bins[((told * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.told += told;
        bin.right += f64::from(u8::from(*is_right));
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.told /= bin.count as f64;
        bin.right /= bin.count as f64;
    }
    bins
}

/// Draws the bins as dots with their counts. The grey of lines and letters can be read on light and on dark ground.
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
         <title>Share of right answers by the confidence that was told</title>\n\
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
        let (at_x, at_y) = (x(bin.told), y(bin.right));
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
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">confidence told</text>",
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
        assert_eq!((bins[0].told, bins[0].right, bins[9].right), (0.025, 0.5, 1.0));
    }

    #[test]
    fn the_diagram_has_a_dot_and_a_count_for_each_bin_that_is_not_empty() {
        let svg = diagram(&bins(&[(0.25, true), (0.95, true), (0.96, false)]));
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains(">2</text>") && svg.contains("confidence told") && svg.ends_with("</svg>\n"));
    }
}
