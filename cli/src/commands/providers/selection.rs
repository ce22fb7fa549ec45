//! Selection of the models that `test` and `bench` call. Billed models are called only on request.

use anyhow::bail;
use clap::Args;
use shared::llm::routing::Choice;

use crate::model_settings::{ModelSettings, full_name, is_billed};

/// The models to call.
#[derive(Debug, Args)]
pub(super) struct Selection {
    /// The models to call, each given as `provider`, `model`, or `provider/model`. Models that you name are called even
    /// if their calls are billed. The default is all models that are free.
    pub(super) names: Vec<String>,
    /// Also calls models whose calls are billed.
    #[arg(long)]
    pub(super) paid: bool,
}

/// A configured model, and whether to call it.
#[derive(Clone, Copy)]
pub(in crate::commands) struct SelectedModel<'a> {
    pub(in crate::commands) choice: Choice<'a>,
    pub(in crate::commands) should_call: bool,
}

/// Every configured model in routing order. Billed ones are not to be called.
pub(in crate::commands) fn all_but_paid(settings: &ModelSettings) -> Vec<SelectedModel<'_>> {
    let choices = settings.order().into_iter();
    choices
        .map(|choice| SelectedModel {
            choice,
            should_call: !is_billed(choice),
        })
        .collect()
}

impl Selection {
    /// Returns the selected models in routing order. Fails when a name is unknown, or when no model is configured.
    pub(super) fn resolve<'a>(&self, settings: &'a ModelSettings) -> anyhow::Result<Vec<SelectedModel<'a>>> {
        let mut models = all_but_paid(settings);
        if models.is_empty() {
            bail!("no model is configured; run `cargo attest setup` to configure one");
        }
        let has_name = |choice: Choice<'_>, name: &str| {
            name == choice.provider.name || name == choice.model.name || name == full_name(choice)
        };
        let is_unknown = |name: &&String| !models.iter().any(|model| has_name(model.choice, name));
        if let Some(name) = self.names.iter().find(is_unknown) {
            bail!(
                "no provider or model has the name `{name}`; run `cargo attest providers list` to see the names"
            );
        }
        if self.paid || !self.names.is_empty() {
            let is_selected = |model: &SelectedModel<'_>| {
                self.names.is_empty() || self.names.iter().any(|name| has_name(model.choice, name))
            };
            models.retain(is_selected);
            models.iter_mut().for_each(|model| model.should_call = true);
        }
        Ok(models)
    }
}
