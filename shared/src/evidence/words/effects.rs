//! Direction of change by stem: words that say something goes up or down.

/// The direction of change that a word states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Something goes up.
    Up,
    /// Something goes down.
    Down,
    /// No direction: a common measure, such as a rate. Another word says whether it goes up or down.
    Measure,
}

/// The effect of the words with this stem: "reduces", "reduced" and "reducing" share one.
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
