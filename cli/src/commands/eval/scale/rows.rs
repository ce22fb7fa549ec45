//! The rows of the table.

use super::{
    super::{
        measures::{Summary, mean, summary},
        table::{Goal, Row},
    },
    Measured,
    searches::Search,
};

/// The largest library, in chunks, that the goal of a small one applies to.
const SMALL: usize = 1_200;

/// The rows of one size.
pub(super) fn rows(measured: &Measured) -> Vec<Row> {
    let part = format!("{} docs", measured.documents);
    let row = |measure, examples, value, goal| Row {
        set: "scale",
        measure,
        part: part.clone().into(),
        examples,
        value,
        count: None,
        refuted: None,
        floor: None,
        goal,
    };
    let questions = measured.searches.warm.len();
    let quality = measured.quality;
    let difference = quality.http.at_10 - quality.exact.at_10;
    let mut rows = vec![
        row("chunks", measured.documents, measured.chunks as f64, None),
        row("hit@1, HTTP", questions, quality.http.at_1, None),
        row("hit@1, exact", questions, quality.exact.at_1, None),
        row("hit@10, HTTP", questions, quality.http.at_10, None),
        row("hit@10, exact", questions, quality.exact.at_10, None),
        row(
            "hit@10, HTTP less exact",
            questions,
            difference,
            Some(Goal::AtLeast(-0.01)),
        ),
        row(
            "overlap of the best 10 chunks",
            questions,
            quality.overlap,
            Some(Goal::AtLeast(0.95)),
        ),
    ];
    let (goal_mean, goal_p95) = if measured.chunks <= SMALL {
        (Some(Goal::AtMost(15.0)), None)
    } else {
        (Some(Goal::AtMost(45.0)), Some(Goal::AtMost(60.0)))
    };
    if let Some(units) = measured.searches.cold.as_deref().and_then(read_units) {
        rows.push(row("read units, cold, mean", questions, units.mean, goal_mean));
        rows.push(row("read units, cold, p95", questions, units.p95, goal_p95));
        rows.push(row("read units, cold, max", questions, units.max, None));
    }
    if let Some(units) = read_units(&measured.searches.warm) {
        rows.push(row("read units, warm, mean", questions, units.mean, None));
        rows.push(row("read units, warm, p95", questions, units.p95, None));
        rows.push(row("read units, warm, max", questions, units.max, None));
    }
    for (name, searches) in [
        ("DynamoDB calls, cold, mean", measured.searches.cold.as_deref()),
        ("DynamoDB calls, warm, mean", Some(&measured.searches.warm[..])),
    ] {
        let calls: Option<Vec<f64>> =
            searches.and_then(|searches| searches.iter().map(|search| search.calls).collect());
        if let Some(calls) = calls {
            rows.push(row(name, questions, mean(calls.into_iter()), None));
        }
    }
    let trips = &measured.searches.round_trips;
    if !trips.is_empty() {
        let summed = summary(trips.clone());
        rows.push(row("round trips, cold, p50", trips.len(), summed.p50, None));
        rows.push(row("round trips, cold, max", trips.len(), summed.max, None));
    }
    if let Some(cold) = &measured.searches.cold {
        let took = milliseconds(cold);
        rows.push(row("milliseconds, cold, p50", questions, took.p50, None));
        rows.push(row("milliseconds, cold, p95", questions, took.p95, None));
    }
    let took = milliseconds(&measured.searches.warm);
    rows.push(row("milliseconds, warm, p50", questions, took.p50, None));
    rows.push(row("milliseconds, warm, p95", questions, took.p95, None));

    let filling = &measured.filling;
    let documents = filling.documents.max(1) as f64;
    let mut of_filling = |measure, value| rows.push(row(measure, filling.documents, value, None));
    of_filling(
        "filled, documents a second",
        documents / filling.seconds.max(1e-9),
    );
    of_filling("attempts to fill", filling.attempts as f64);
    if let Some(units) = &filling.write_units {
        of_filling("write units of a document", units.total() / documents);
        of_filling("write units of it, in background", units.background() / documents);
        of_filling(
            "write units of a batch",
            units.ingestion() / filling.batches.max(1) as f64,
        );
    }
    if let Some(seconds) = filling.sweep_seconds {
        let goal = Some(Goal::AtMost(60.0));
        rows.push(row("sweep, seconds", filling.documents, seconds, goal));
    }
    if let Some(bytes) = measured.stored_bytes {
        rows.push(row(
            "stored bytes of a document",
            measured.documents,
            bytes / measured.documents.max(1) as f64,
            None,
        ));
    }
    rows
}

/// The read units of searches, if the server reports them.
pub(super) fn read_units(searches: &[Search]) -> Option<Summary> {
    let units: Option<Vec<f64>> = searches.iter().map(|search| search.result.read_units).collect();
    units.map(summary)
}

fn milliseconds(searches: &[Search]) -> Summary {
    summary(searches.iter().map(|search| search.result.took_ms).collect())
}
