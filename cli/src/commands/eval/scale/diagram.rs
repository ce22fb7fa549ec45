//! Quality and cost of a search by the size of the library, as one SVG document.

use super::{
    super::plot::{Axis, Plot, side_by_side},
    Measured,
    rows::read_units,
};

const BLUE: &str = "#2f81f7";
const ORANGE: &str = "#db6d28";
const GREEN: &str = "#3fb950";

/// Draws hit@10 and the overlap on the left, and read units on the right.
pub(super) fn diagram(measured: &[Measured]) -> String {
    let sizes: Vec<f64> = measured.iter().map(|size| size.chunks as f64).collect();
    let points = |value: &dyn Fn(&Measured) -> f64| -> Vec<(f64, f64)> {
        measured
            .iter()
            .map(|size| (size.chunks as f64, value(size)))
            .collect()
    };
    let chunks = || Axis::logarithmic("chunks of the library", &sizes);
    let mut quality = Plot::new(
        "What a search finds, by the size of the library",
        chunks(),
        Axis::share("share"),
    );
    quality.labelled_line(
        GREEN,
        "hit@10, exact BM25",
        &points(&|size| size.quality.exact.at_10),
    );
    quality.labelled_line(BLUE, "hit@10, HTTP", &points(&|size| size.quality.http.at_10));
    quality.labelled_line(
        ORANGE,
        "overlap of the best 10 chunks",
        &points(&|size| size.quality.overlap),
    );

    let cold = points(&|size| units(size.searches.cold.as_deref()));
    let warm = points(&|size| units(Some(&size.searches.warm)));
    let most = cold
        .iter()
        .chain(&warm)
        .map(|(_, units)| *units)
        .fold(0.0, f64::max);
    let top = (most / 10.0).ceil() * 10.0;
    let mut cost = Plot::new(
        "Read units of a search, by the size of the library",
        chunks(),
        Axis::up_to("read units, mean", top),
    );
    if measured.iter().all(|size| size.searches.cold.is_some()) {
        cost.labelled_line(BLUE, "cold", &cold);
    }
    cost.labelled_line(ORANGE, "warm", &warm);
    side_by_side(quality, cost)
}

fn units(searches: Option<&[super::searches::Search]>) -> f64 {
    searches.and_then(read_units).map_or(0.0, |units| units.mean)
}
