//! Negation cues by spelling: "not", "never", "without", "fails to".

/// When a word is a negation cue, as far as its spelling shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cue {
    /// Always.
    Always,
    /// Only before this word.
    Before(&'static str),
    /// Except before these words.
    NotBefore(&'static [&'static str]),
}

/// The cue that a folded word is, if any.
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
