//! Tests of `attest setup` in a temporary workspace, with a scripted provider in place of Ollama.

use std::cell::RefCell;
use std::path::PathBuf;

use serde_json::Value as Json;
use shared::testing::{ScriptedProvider, WireFormat};

use super::*;

const NO_FLAGS: Arguments = Arguments {
    offline_model: false,
    bedrock: None,
    yes: false,
    print: false,
};

/// An empty workspace, and the output of its setup.
struct Workspace {
    root: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
    python: PathBuf,
    output: RefCell<String>,
}

impl Workspace {
    fn new(variables: &[(&'static str, &str)]) -> Self {
        console::set_colors_enabled(false);
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self {
            root: tempfile::tempdir().unwrap(),
            variables: variables.collect(),
            python: "/no/such/python".into(),
            output: RefCell::default(),
        }
    }

    async fn set_up(&self, arguments: Arguments) -> anyhow::Result<Exit> {
        let variable = |name: &str| {
            let known = self.variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| value.clone())
        };
        let context = SetupContext {
            root: self.root.path(),
            variable: &variable,
            python: self.python.clone(),
            confirm: &|_| async { false }.boxed(),
            print: &|text| {
                self.output.borrow_mut().push_str(text);
                self.output.borrow_mut().push('\n');
            },
            secrets: Arc::new(ParameterStore::default()),
        };
        set_up(&context, &arguments).await
    }

    /// Replaces Python with a script that creates environments and runs `pip` for `pip install`.
    fn with_python(mut self, pip: &str) -> Self {
        let script = format!(
            r#"#!/bin/sh
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip") here=$(dirname "$0"); {pip} ;;
    "-m llama_cpp.server") echo "no memory"; exit 7 ;;
    *) model=$(dirname "$0")/model.gguf; [ -f "$model" ] && echo "$model" ;;
esac
"#
        );
        self.python = self.root.path().join("python3");
        crate::files::write_script(&self.python, &script);
        self
    }

    fn list(&self) -> Option<Json> {
        let text = std::fs::read_to_string(self.root.path().join(PROVIDERS_FILE)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    fn is_untouched(&self) -> bool {
        !self.root.path().join(".attest").exists()
    }

    fn printed(&self, text: &str) -> bool {
        self.output.borrow().contains(text)
    }
}

/// Starts an Ollama with these models.
async fn ollama(models: &[&str]) -> (ScriptedProvider, String) {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.serve_models(models.iter().copied());
    let url = provider.url(WireFormat::Ollama);
    (provider, url)
}

#[tokio::test]
async fn an_ollama_is_discovered_stored_and_tested() {
    let (ollama, url) = ollama(&["all-minilm:latest", "llama3.2:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url)]);
    assert_eq!(workspace.set_up(NO_FLAGS).await.unwrap(), Exit::Done);

    let list = workspace.list().unwrap();
    assert_eq!(list[0]["models"][0]["name"], "llama3.2:latest");
    assert_eq!(list[0]["base_url"], url);
    assert!(workspace.printed("\"llama3.2:latest\""), "the list is printed");
    assert!(
        workspace.printed("ollama    llama3.2:latest  works"),
        "{}",
        workspace.output.borrow()
    );
    assert!(
        workspace.printed("ollama/llama3.2:latest  yes    free"),
        "{}",
        workspace.output.borrow()
    );
    assert!(workspace.printed("Next: cargo dev"));
    let chats = ollama
        .requests()
        .into_iter()
        .filter(|request| request.path.ends_with("/api/chat"));
    assert_eq!(chats.count(), 1);
}

#[tokio::test]
async fn print_writes_nothing_and_calls_no_model() {
    let (ollama, url) = ollama(&["llama3.2:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url), ("GROQ_API_KEY", "gsk-1")]);
    let print = Arguments {
        print: true,
        offline_model: true,
        ..NO_FLAGS
    };
    assert_eq!(workspace.set_up(print).await.unwrap(), Exit::Done);
    assert!(workspace.is_untouched());
    for words in [
        "would contain",
        "llama3.2:latest",
        "smollm2-135m",
        "SmolLM2 135M (Apache-2.0)",
        "env:GROQ_API_KEY",
    ] {
        assert!(workspace.printed(words), "{words}");
    }
    assert!(!workspace.printed("gsk-1"));
    let paths: Vec<_> = ollama
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/ollama/api/tags"]);
}

#[tokio::test]
async fn an_ollama_without_a_generating_model_gets_instructions() {
    let (_ollama, url) = ollama(&["nomic-embed-text:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url)]);
    assert_eq!(workspace.set_up(NO_FLAGS).await.unwrap(), Exit::Done);
    assert!(workspace.printed("`ollama pull llama3.2`") && workspace.printed("--offline-model"));
    assert!(workspace.is_untouched());
}

#[tokio::test]
async fn keys_are_stored_by_the_names_of_their_variables() {
    let (ollama, url) = ollama(&[]).await;
    let refused = ollama.refused_url(WireFormat::Ollama).unwrap();
    let workspace = Workspace::new(&[("OLLAMA_HOST", &refused), ("OPENAI_API_KEY", "sk-123")]);
    let print = Arguments {
        print: true,
        ..NO_FLAGS
    };
    workspace.set_up(print).await.unwrap();
    assert!(
        workspace.printed("No Ollama at")
            && workspace.printed("API keys in the environment: OPENAI_API_KEY.")
    );
    assert!(workspace.printed("\"key\": \"env:OPENAI_API_KEY\"") && !workspace.printed("sk-123"));
    assert!(!workspace.printed(&url));
}

#[tokio::test]
async fn the_previous_list_is_backed_up() {
    let (_ollama, url) = ollama(&["llama3.2:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url)]);
    let file = workspace.root.path().join(PROVIDERS_FILE);
    crate::files::write_atomic(&file, "[]").unwrap();
    workspace.set_up(NO_FLAGS).await.unwrap();
    let backup = std::fs::read_to_string(file.with_extension("json.bak")).unwrap();
    assert_eq!(backup, "[]");
    assert_eq!(workspace.list().unwrap().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_in_the_environment_takes_precedence() {
    let (ollama, url) = ollama(&["tiny"]).await;
    let list = format!(r#"[{{"kind": "ollama", "base_url": "{url}", "models": ["tiny", "gone"]}}]"#);
    let workspace = Workspace::new(&[("LLM_PROVIDERS", &list)]);
    assert_eq!(workspace.set_up(NO_FLAGS).await.unwrap(), Exit::Failed);
    assert!(workspace.is_untouched());
    assert!(
        workspace.printed("`ollama pull gone`"),
        "{}",
        workspace.output.borrow()
    );
    assert!(
        ollama
            .requests()
            .iter()
            .any(|request| request.body["model"] == "tiny")
    );
}

#[tokio::test]
async fn without_python_or_network_nothing_is_changed() {
    let arguments = || Arguments {
        offline_model: true,
        ..NO_FLAGS
    };
    let (ollama, _) = ollama(&[]).await;
    let refused = ollama.refused_url(WireFormat::Ollama).unwrap();

    let no_python = Workspace::new(&[("OLLAMA_HOST", &refused)]);
    let error = format!("{:#}", no_python.set_up(arguments()).await.unwrap_err());
    assert!(
        error.contains("nothing was changed") && error.contains("Python 3"),
        "{error}"
    );
    assert_eq!(no_python.list(), None);

    let no_network = Workspace::new(&[("OLLAMA_HOST", &refused)]).with_python("echo no route >&2; exit 1");
    let error = format!("{:#}", no_network.set_up(arguments()).await.unwrap_err());
    assert!(
        error.contains("check the network connection") && error.contains("no route"),
        "{error}"
    );
    assert_eq!(no_network.list(), None);
    assert!(!no_network.root.path().join(".attest/models/venv").exists());
}

#[tokio::test]
async fn an_installed_model_server_is_stored_and_started_for_the_test() {
    let (ollama, _) = ollama(&[]).await;
    let refused = ollama.refused_url(WireFormat::Ollama).unwrap();
    let workspace = Workspace::new(&[("OLLAMA_HOST", &refused)]).with_python(r#"touch "$here/model.gguf""#);
    let yes = Arguments {
        yes: true,
        ..NO_FLAGS
    };
    assert_eq!(workspace.set_up(yes).await.unwrap(), Exit::Failed);

    let list = workspace.list().unwrap();
    assert_eq!(
        (&list[0]["kind"], &list[0]["models"][0]["name"]),
        (&"llamacpp".into(), &MODEL_NAME.into())
    );
    let config = ModelServerConfig::read(workspace.root.path()).unwrap();
    assert_eq!(list[0]["base_url"], config.base_url());
    assert!(
        workspace.printed("did not start: the process ended (exit status: 7)")
            && workspace.printed("no memory")
    );

    // The second setup finds the server installed.
    workspace.output.take();
    let print = Arguments {
        print: true,
        ..NO_FLAGS
    };
    workspace.set_up(print).await.unwrap();
    assert!(workspace.printed("is installed") && workspace.printed(&config.base_url()));
}

#[tokio::test]
async fn bedrock_is_added_on_request_with_its_region() {
    let provider = ScriptedProvider::start().await.unwrap();
    let closed = provider.refused_url(WireFormat::Ollama).unwrap();
    let credentials = [
        ("OLLAMA_HOST", closed.as_str()),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let print = |bedrock: Option<&str>| Arguments {
        print: true,
        bedrock: bedrock.map(str::to_owned),
        ..NO_FLAGS
    };
    let without_region = Workspace::new(&credentials);
    without_region.set_up(print(None)).await.unwrap();
    assert!(without_region.output.borrow().contains("setup --bedrock"));
    let fault = without_region.set_up(print(Some("m"))).await.unwrap_err();
    assert!(fault.to_string().contains("AWS_REGION"), "{fault}");

    let variables = [&credentials[..], &[("AWS_REGION", "eu-west-1")]].concat();
    let workspace = Workspace::new(&variables);
    workspace.set_up(print(Some("some.model-1:0"))).await.unwrap();
    let output = workspace.output.borrow();
    assert!(
        output.contains(r#""region": "eu-west-1""#) && output.contains("some.model-1:0"),
        "{output}"
    );
    assert!(!output.contains("secret"), "{output}");
}
