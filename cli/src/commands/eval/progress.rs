//! Progress bars of evaluations.

use indicatif::ProgressBar;

/// Maps each example and shows a progress bar meanwhile.
pub(super) fn map_with_progress<E, T>(
    name: &'static str,
    examples: &[E],
    mut step: impl FnMut(&E) -> T,
) -> Vec<T> {
    let progress = ProgressBar::new(examples.len() as u64).with_message(name);
    let results = examples
        .iter()
        .map(|example| {
            let result = step(example);
            progress.inc(1);
            result
        })
        .collect();
    progress.finish_and_clear();
    results
}
