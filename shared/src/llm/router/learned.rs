//! The parameters that models take, as their refusals have shown. Kept in memory, for the life of the container.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::llm::{routing::Choice, wire::Parameters};

/// The parameters of models that refused one, by provider and model.
#[derive(Default)]
pub(super) struct LearnedParameters(Mutex<HashMap<String, HashMap<String, Parameters>>>);

impl LearnedParameters {
    /// Returns the parameters of a model: learned, or as configured.
    pub(super) fn get(&self, choice: Choice<'_>) -> Parameters {
        let learned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let models = learned.get(&choice.provider.name);
        let parameters = models.and_then(|models| models.get(&choice.model.name));
        parameters.copied().unwrap_or(choice.model.parameters)
    }

    /// Remembers the parameters of a model.
    pub(super) fn set(&self, choice: Choice<'_>, parameters: Parameters) {
        let mut learned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let models = learned.entry(choice.provider.name.clone()).or_default();
        models.insert(choice.model.name.clone(), parameters);
    }
}
