//! What the client is told by the environment.

use super::{
    budget::Caps,
    catalog::{self, Provider},
    routing::Routing,
};

/// The providers, and how they are used.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// In the order of the configuration.
    pub providers: Vec<Provider>,
    /// In which order they are tried.
    pub routing: Routing,
    /// What may be spent.
    pub caps: Caps,
}

impl Settings {
    /// Differs wherever anything differs; holds no key.
    pub fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    /// Reads `LLM_PROVIDERS` (a JSON list, or the path of a file that holds one), `LLM_ROUTING` and `LLM_CAPS`. Without
    /// `LLM_PROVIDERS`, the keys in the environment turn their providers on.
    ///
    /// # Errors
    /// Every fault, with its variable; never a key.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let providers = match variable("LLM_PROVIDERS") {
            Some(list) => {
                json(list).and_then(|json| catalog::parse(&json, variable).map_err(|error| error.to_string()))
            }
            None => catalog::from_variables(variable).map_err(|error| error.to_string()),
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

fn json(list: String) -> Result<String, String> {
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
    fn every_fault_is_told_at_once_and_no_key() {
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
    fn the_fingerprint_tells_settings_apart_and_holds_no_key() {
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
    fn a_list_may_stand_in_a_file() {
        let missing = |name: &str| (name == "LLM_PROVIDERS").then(|| "no/such/file.json".to_owned());
        assert!(Settings::read(&missing).unwrap_err()[0].contains("no/such/file.json cannot be read"));
        let nothing = Settings::read(&|_| None).unwrap();
        assert!(nothing.providers.is_empty(), "no key, no provider");
    }
}
