//! Closed lists for contradictions: determiners, conditions, colours, and nouns that have one value.

use std::{collections::HashSet, sync::LazyLock};

/// Whether a folded word is a determiner, which two sentences need not share.
pub(super) fn is_determiner(word: &str) -> bool {
    matches!(
        word,
        "the" | "a" | "an" | "your" | "our" | "its" | "their" | "his" | "her" | "my"
    )
}

/// Whether a folded word is a form of "to be".
pub(super) fn is_be(word: &str) -> bool {
    matches!(word, "is" | "are" | "was" | "were")
}

/// Whether a folded word is an auxiliary verb.
pub(super) fn is_auxiliary(word: &str) -> bool {
    is_be(word)
        || matches!(
            word,
            "be" | "been"
                | "has"
                | "have"
                | "had"
                | "does"
                | "do"
                | "did"
                | "can"
                | "could"
                | "will"
                | "would"
                | "shall"
                | "should"
                | "may"
                | "might"
                | "must"
        )
}

/// Whether a folded word is a common verb in its base form or past tense, which no ending shows.
pub(super) fn is_verb(word: &str) -> bool {
    VERBS.contains(word)
}

/// Whether a folded word begins an instruction even when no determiner follows.
pub(super) fn is_imperative(word: &str) -> bool {
    IMPERATIVES.contains(word)
}

/// Whether a clause that begins with this word may follow the statement without limiting it.
pub(super) fn continues_freely(word: &str) -> bool {
    matches!(
        word,
        "so" | "and" | "but" | "which" | "because" | "as" | "who" | "where"
    )
}

/// Whether a folded word makes a statement hold only sometimes.
pub(super) fn is_condition(word: &str) -> bool {
    matches!(
        word,
        "if" | "unless"
            | "when"
            | "whenever"
            | "while"
            | "until"
            | "till"
            | "except"
            | "only"
            | "provided"
            | "where"
            | "once"
            | "without"
    )
}

/// Whether a folded word begins an adjunct: "for 30 seconds".
pub(super) fn begins_adjunct(word: &str) -> bool {
    matches!(
        word,
        "for" | "in" | "at" | "with" | "by" | "within" | "on" | "every" | "to"
    )
}

/// Whether a folded word makes a quantity the bound of a condition.
pub(super) fn is_bound(word: &str) -> bool {
    matches!(
        word,
        "over" | "under" | "above" | "below" | "than" | "least" | "most" | "exceeding" | "after" | "before"
    )
}

/// Whether a folded word is a noun that a number identifies: "room 12", "version 5".
pub(super) fn is_label(word: &str) -> bool {
    LABELS.contains(word)
}

/// Whether a folded word names a colour.
pub(super) fn is_colour(word: &str) -> bool {
    matches!(
        word,
        "red"
            | "orange"
            | "yellow"
            | "green"
            | "blue"
            | "purple"
            | "violet"
            | "pink"
            | "brown"
            | "black"
            | "white"
            | "grey"
            | "gray"
            | "beige"
            | "turquoise"
            | "cyan"
            | "magenta"
            | "silver"
            | "gold"
            | "golden"
    )
}

/// Whether a folded word is a preposition of place.
pub(super) fn is_place_preposition(word: &str) -> bool {
    matches!(
        word,
        "in" | "at"
            | "on"
            | "under"
            | "behind"
            | "beside"
            | "near"
            | "inside"
            | "above"
            | "below"
            | "outside"
    )
}

/// Whether what a folded word says of a thing happens in one place only: "born in", "kept in".
pub(super) fn has_one_place(word: &str) -> bool {
    is_be(word)
        || matches!(
            word,
            "located"
                | "based"
                | "born"
                | "died"
                | "founded"
                | "established"
                | "kept"
                | "stored"
                | "situated"
                | "headquartered"
                | "buried"
                | "built"
                | "stands"
                | "lies"
                | "hangs"
                | "begins"
                | "ends"
        )
}

/// Whether a folded word is a noun that has one value at a time: "the default", "the capital".
pub(super) fn has_one_value(word: &str) -> bool {
    ATTRIBUTES.contains(word)
}

/// Whether a folded word of a title says what kind of text it names, or a topic, but no subject that differs from others.
pub(super) fn names_no_subject(word: &str) -> bool {
    is_document_kind(word) || TOPICS.contains(word)
}

/// Whether a folded word of a title only says what kind of text it names.
pub(super) fn is_document_kind(word: &str) -> bool {
    KINDS.contains(word)
}

static VERBS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "get got need keep kept pay paid take took use receive earn cost last run ran open close start end \
         begin began contain hold held allow support require make made offer provide send sent store work \
         live expire arrive leave left move meet met return serve accept carry weigh measure stay apply own \
         wait ship saw gave give sold won lost rose fell grew spent spend bought built found became come came \
         go went wrote said let set cover",
    )
});

static IMPERATIVES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "add allow apply ask avoid be call change check choose clean click complete configure consider \
         contact copy create delete do don't download edit email enable disable ensure enter fill find follow \
         get give go include install keep let log look make mix move note open pass paste please press put \
         read refer remember remove replace review run save scroll search see select send set sign specify \
         start stop submit switch take then first next finally to try turn type update upload use verify \
         visit wait write",
    )
});

static LABELS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "version step chapter section part room model release figure table page level phase \
         stage type class grade line route gate platform unit building appendix article rule item question \
         option no number issue volume week day year tier zone group team episode lesson exercise round port \
         bus tram",
    )
});

static ATTRIBUTES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "default name colour color capital owner head leader language format currency \
         address deadline material manager director author mode status protocol encoding compression \
         algorithm licence license motto title version password successor founder chair president editor \
         nickname symbol shape topic timezone cipher",
    )
});

static TOPICS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "about access admin administration aid annual application applications apps architecture archive \
         audit backup backups basic basics benefit benefits billing board budget building canteen capacity \
         checklist cleaning common community company compliance configuration contact culture daily data \
         department deployment deployments design desk development directory email emergency engineering \
         equipment events expense expenses facilities facts features fees finance first floor food front \
         general glossary hardware health help hiring history holiday holidays home hours house hr incident \
         incidents information installation internal introduction inventory invoices items kitchen laptop \
         leave legal library limit limits links local logging maintenance management marketing meeting \
         meetings mobile monitoring network networking office onboarding opening operation operations orders \
         overtime overview parking passwords payment payments people performance phone plan planning power \
         practices price prices pricing privacy process product products project projects public purchase \
         purchases quality quick reception recruitment release releases remote repairs requests research \
         resources retention returns review reviews risk rooms safety sales schedule security server servers \
         service settings setup shipping software standards start storage support system systems team \
         technical terms tickets time timeline tools training travel troubleshooting update updates usage use \
         vehicles visitor visitors warranty weekly welcome wifi work workplace",
    )
});

static KINDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "guide guides page handbook manual notes note document documentation doc docs faq reference chapter \
         section part text article report policy policies rules readme index wiki book brochure leaflet sheet \
         datasheet tutorial summary list source file catalogue catalog appendix memo newsletter website site",
    )
});

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split(' ').collect()
}
