//! Direction of change by stem: words that say something goes up or down.

/// What a word says of effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It raises something.
    Up,
    /// It lowers something.
    Down,
    /// It is what many things have: what is raised is stated by another word.
    Measure,
}

/// What a word with this stem says of effects, so that "reduces", "reduced" and "reducing" are one.
pub(crate) fn effect(stem: &str) -> Option<Effect> {
    Some(match stem {
        "increas" | "rise" | "rais" | "higher" | "elev" | "enhanc" | "improv" | "promot" | "acceler"
        | "augment" | "upregul" | "stimul" | "induc" | "facilit" | "greater" | "boost" | "amplifi"
        | "strengthen" | "grow" | "exacerb" | "more" => Effect::Up,
        "decreas" | "reduc" | "reduct" | "lower" | "declin" | "impair" | "suppress" | "inhibit" | "imped"
        | "slow" | "attenu" | "diminish" | "downregul" | "prevent" | "block" | "protect" | "weaken"
        | "abolish" | "fewer" | "shrink" | "fall" | "less" => Effect::Down,
        "risk" | "rate" | "incid" | "preval" | "number" | "amount" | "sever" | "express" | "activ"
        | "valu" | "effect" | "function" | "product" | "signific" | "patient" | "cell" | "mice" | "mous" => {
            Effect::Measure
        }
        _ => return None,
    })
}
