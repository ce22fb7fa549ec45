//! Negation cues by spelling: "not", "never", "without", "fails to".

/// A word that turns others round, as far as its spelling tells.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cue {
    Always,
    Before(&'static str),
    NotBefore(&'static [&'static str]),
}

pub(crate) fn cue(folded: &str) -> Option<Cue> {
    Some(match folded {
        "not" => Cue::NotBefore(&[
            "only",
            "just",
            "until",
            "more",
            "less",
            "later",
            "least",
            "necessarily",
        ]),
        "no" => Cue::NotBefore(&["more", "less", "later", "doubt", "sooner", "matter"]),
        "never" | "none" | "neither" | "nor" | "without" | "cannot" | "nobody" | "nothing" | "nowhere"
        | "unable" | "lack" | "lacks" | "lacked" | "lacking" | "hardly" | "rarely" | "seldom" | "barely"
        | "absence" => Cue::Always,
        "fail" | "fails" | "failed" | "refuse" | "refuses" | "refused" | "decline" | "declined"
        | "declines" => Cue::Before("to"),
        "rather" => Cue::Before("than"),
        "instead" => Cue::Before("of"),
        "far" => Cue::Before("from"),
        "yet" => Cue::Before("to"),
        word if word.ends_with("n't") => Cue::Always,
        _ => return None,
    })
}
