//! What the log line of an invocation says of its answer.

use crate::{
    domain::{Answer, Cache, Certainty, StageStatus},
    error::HubError,
    meter::measure,
    telemetry::ANSWERS,
};

/// Measures that there is an answer to make. It counts even if the invocation is cut off.
pub(super) fn accepted() {
    measure("answers", 1.0);
}

/// Measures an answer, or the failure to make one.
pub(super) fn ended(result: &Result<Answer, HubError>) {
    let count = |name, is: bool| measure(name, f64::from(u8::from(is)));
    count("failed", result.is_err());
    let Ok(answer) = result else {
        return;
    };
    count("abstained", answer.abstained.is_some());
    count(
        "unsure",
        answer.abstained.is_none() && answer.certainty == Certainty::Unsure,
    );
    count("cache_hit", answer.cache == Cache::Hit);
    measure("degraded", answer.degraded.len() as f64);
    measure("cost_usd", answer.usage.cost_usd);
    for stage in &answer.stages {
        if stage.status == StageStatus::Skipped {
            continue;
        }
        // The parts of a question have stages of their own: `gather.2.keyword`.
        let parts = stage.name.split('.').filter(|part| part.parse::<u32>().is_err());
        let name = parts.collect::<Vec<_>>().join("_");
        if let Some(name) = ANSWERS.name(&format!("{name}_ms")) {
            measure(name, stage.ms as f64);
        }
        if let Some(name) = ANSWERS.name(&format!("{name}_failed")) {
            count(name, stage.status != StageStatus::Ok);
        }
    }
}
