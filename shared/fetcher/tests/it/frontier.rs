//! The state of a crawl without a network.

use fetcher::{Content, Effect, Frontier, Outcome, Settings, Skip, State, Step, Validators, parse_url};
use url::Url;

fn url(path: &str) -> Url {
    Url::parse("https://site.example").unwrap().join(path).unwrap()
}

fn frontier(start: &str) -> Frontier {
    Frontier::new(Settings::new(parse_url(start).unwrap())).unwrap()
}

/// Content of its own, which links to these paths.
fn content(hash: &str, links: &[&str]) -> Content {
    Content {
        hash: hash.to_owned(),
        validators: Validators {
            etag: Some(format!("\"{hash}\"")),
            last_modified: None,
        },
        links: links.iter().map(|path| url(path)).collect(),
        ..Content::default()
    }
}

/// Answers the requests of a run: each with what the site says of the path. Returns the paths with their effect.
fn run(
    frontier: &mut Frontier,
    site: impl Fn(&Url, Option<&Validators>) -> Outcome,
) -> Vec<(String, Effect)> {
    let mut effects = Vec::new();
    while let Some(Step::Page { key, url, validators }) = frontier.next() {
        // A state that was stored at any point is as good as the one at hand.
        *frontier = serde_json::from_str(&serde_json::to_string(frontier).unwrap()).unwrap();
        let outcome = site(&url, validators.as_ref());
        effects.push((url.path().to_owned(), frontier.effect(&key, &outcome)));
        frontier.done(&key, outcome);
    }
    effects
}

fn state<'a>(frontier: &'a Frontier, path: &str) -> &'a State {
    &frontier.pages()[&format!("site.example{path}")].state
}

#[test]
fn of_pages_that_name_each_other_as_canonical_one_is_stored() {
    let mut frontier = frontier("https://site.example/");
    run(&mut frontier, |url, _| match url.path() {
        "/" => Outcome::Content(content("home", &["/a"])),
        path => {
            let other = if path == "/a" { "/b" } else { "/a" };
            let canonical = Some(crate::frontier::url(other));
            Outcome::Content(Content {
                canonical,
                ..content(path, &[])
            })
        }
    });
    assert_eq!(
        state(&frontier, "/a"),
        &State::Duplicate {
            of: "site.example/b".to_owned()
        }
    );
    assert_eq!(state(&frontier, "/b"), &State::Stored);
}

#[test]
fn a_duplicate_takes_the_place_of_a_page_that_has_gone() {
    let mut frontier = frontier("https://site.example/");
    let first = |url: &Url, _: Option<&Validators>| match url.path() {
        "/" => Outcome::Content(content("home", &["/a", "/b"])),
        _ => Outcome::Content(content("same", &[])),
    };
    run(&mut frontier, first);
    assert_eq!(
        state(&frontier, "/b"),
        &State::Duplicate {
            of: "site.example/a".to_owned()
        }
    );
    frontier.restart(frontier.settings().clone()).unwrap();
    let effects = run(&mut frontier, |url, validators| match (url.path(), validators) {
        ("/a", _) => Outcome::Gone,
        (_, Some(_)) => Outcome::NotModified,
        (_, None) => first(url, None),
    });
    let expected = [
        ("/", Effect::Nothing),
        ("/a", Effect::Remove),
        ("/b", Effect::Store),
    ];
    assert_eq!(effects, expected.map(|(path, effect)| (path.to_owned(), effect)));
}

#[test]
fn what_was_stored_stays_until_the_site_says_that_it_has_gone() {
    let failed = |is_temporary| Outcome::Failed {
        reason: "broken".to_owned(),
        is_temporary,
    };
    for (outcome, effect, expected) in [
        (Outcome::NotModified, Effect::Nothing, State::Stored),
        (
            Outcome::Content(content("same", &[])),
            Effect::Nothing,
            State::Stored,
        ),
        (
            Outcome::Content(content("new", &[])),
            Effect::Store,
            State::Stored,
        ),
        (failed(true), Effect::Nothing, State::Stored),
        (failed(false), Effect::Nothing, State::Stored),
        (Outcome::Skipped(Skip::Robots), Effect::Nothing, State::Stored),
        (Outcome::Gone, Effect::Remove, State::Gone),
        (
            Outcome::Moved { to: url("/b") },
            Effect::Remove,
            State::Moved { to: url("/b") },
        ),
        (
            Outcome::Content(Content {
                is_noindex: true,
                ..content("new", &[])
            }),
            Effect::Remove,
            State::Skipped(Skip::NoIndex),
        ),
    ] {
        let mut frontier = frontier("https://site.example/a");
        run(&mut frontier, |_, _| Outcome::Content(content("same", &[])));
        frontier.restart(frontier.settings().clone()).unwrap();
        let effects = run(&mut frontier, |url, _| match url.path() {
            "/a" => outcome.clone(),
            _ => Outcome::Gone,
        });
        assert_eq!(effects[0].1, effect, "{outcome:?}");
        assert_eq!(state(&frontier, "/a"), &expected, "{outcome:?}");
    }
}

#[test]
fn a_site_that_moves_to_https_is_crawled_there() {
    let mut frontier = frontier("http://site.example/");
    let mut requested = Vec::new();
    while let Some(Step::Page { key, url, .. }) = frontier.next() {
        requested.push(url.to_string());
        let outcome = match (url.scheme(), url.path()) {
            ("http", _) => {
                let mut to = url.clone();
                to.set_scheme("https").unwrap();
                Outcome::Moved { to }
            }
            (_, "/") => {
                let links = ["http://site.example/a", "http://www.site.example/b"]
                    .map(|url| Url::parse(url).unwrap());
                Outcome::Content(Content {
                    links: links.to_vec(),
                    ..content("home", &[])
                })
            }
            (_, path) => Outcome::Content(content(path, &[])),
        };
        frontier.done(&key, outcome);
    }
    let expected = [
        "http://site.example/",
        "https://site.example/",
        "https://site.example/a",
        "https://www.site.example/b",
    ];
    assert_eq!(requested, expected);
    assert_eq!(frontier.counts().stored, 3);
}

#[test]
fn a_page_that_redirects_to_itself_fails() {
    let mut frontier = frontier("https://site.example/a");
    let mut requests = 0;
    while let Some(Step::Page { key, .. }) = frontier.next() {
        requests += 1;
        let to = url(&format!("/a?sid=4f3a9b2c1d0e000{requests}"));
        frontier.done(&key, Outcome::Moved { to });
    }
    assert_eq!(requests, 3);
    assert!(matches!(state(&frontier, "/a"), State::Moved { .. }));
}

#[test]
fn a_stored_state_with_faults_is_refused_or_repaired() {
    let frontier = frontier("https://site.example/a");
    let stored = serde_json::to_value(&frontier).unwrap();
    let mut faulty = stored.clone();
    faulty["settings"]["include"] = serde_json::json!(["["]);
    assert!(serde_json::from_value::<Frontier>(faulty).is_err());
    let mut faulty = stored;
    faulty["queue"] = serde_json::json!(["site.example/unknown"]);
    assert_eq!(serde_json::from_value::<Frontier>(faulty).unwrap().next(), None);
}
