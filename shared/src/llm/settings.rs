//! The settings of the LLM client: providers, routing and spending caps.

use super::{
    budget::Caps,
    catalog::{self, Provider},
    routing::Routing,
};

/// The settings of the LLM client.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The providers, in the order of the configuration.
    pub providers: Vec<Provider>,
    /// The routing strategy.
    pub routing: Routing,
    /// The spending caps.
    pub caps: Caps,
}

impl Settings {
    /// Returns a text that differs whenever a setting other than a key differs. Contains no key.
    pub fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    /// Reads `LLM_PROVIDERS` (a JSON list, or the path of a file with one), `LLM_ROUTING` and `LLM_CAPS`. Without
    /// `LLM_PROVIDERS`, every API key in the environment enables its provider.
    ///
    /// # Errors
    /// All faults, each with its variable. Never contains a key.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let providers = match variable("LLM_PROVIDERS") {
            Some(list) => read_list(list)
                .and_then(|json| catalog::parse(&json, variable).map_err(|error| error.to_string())),
            None => catalog::from_environment(variable).map_err(|error| error.to_string()),
        };
        let providers = providers.map_err(|fault| faults.push(format!("LLM_PROVIDERS: {fault}")));
        let routing = variable("LLM_ROUTING").map_or(Ok(Routing::default()), |name| Routing::parse(&name));
        let routing = routing.map_err(|fault| faults.push(format!("LLM_ROUTING {fault}")));
        let caps = variable("LLM_CAPS").map_or(Ok(Caps::default()), |json| Caps::parse(&json));
        let caps = caps.map_err(|fault| faults.push(format!("LLM_CAPS: {fault}")));
        match (providers, routing, caps) {
            (Ok(providers), Ok(routing), Ok(caps)) => Ok(Self {
                providers,
                routing,
                caps,
            }),
            _ => Err(faults),
        }
    }
}

/// Returns the JSON list itself, or the contents of the file at that path.
fn read_list(list: String) -> Result<String, String> {
    if list.trim_start().starts_with('[') {
        return Ok(list);
    }
    std::fs::read_to_string(&list)
        .map_err(|error| format!("the file {list} cannot be read: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_reported_at_once_without_keys() {
        let variable = |name: &str| match name {
            "LLM_PROVIDERS" => Some(r#"[{"kind": "openai", "key": "sk-123", "models": ["m"]}]"#.to_owned()),
            "LLM_ROUTING" => Some("fastest".to_owned()),
            "LLM_CAPS" => Some("{".to_owned()),
            _ => None,
        };
        let faults = Settings::read(&variable).unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(!faults.concat().contains("sk-123"));
    }

    #[test]
    fn the_fingerprint_distinguishes_settings_and_has_no_key() {
        let with = |caps: &str, key: &str| {
            let variable = |name: &str| match name {
                "LLM_CAPS" => Some(caps.to_owned()),
                "OPENAI_API_KEY" => Some(key.to_owned()),
                _ => None,
            };
            Settings::read(&variable).unwrap().fingerprint()
        };
        let one = with(r#"{"request": {"usd": 1}}"#, "sk-123");
        assert_eq!(one, with(r#"{"request": {"usd": 1}}"#, "sk-456"));
        assert_ne!(one, with(r#"{"request": {"usd": 2}}"#, "sk-123"));
        assert!(one.contains("openai") && !one.contains("sk-123"));
    }

    #[test]
    fn the_provider_list_may_be_a_file() {
        let missing = |name: &str| (name == "LLM_PROVIDERS").then(|| "no/such/file.json".to_owned());
        assert!(Settings::read(&missing).unwrap_err()[0].contains("no/such/file.json cannot be read"));
        let nothing = Settings::read(&|_| None).unwrap();
        assert!(nothing.providers.is_empty(), "no key, no provider");
    }
}
