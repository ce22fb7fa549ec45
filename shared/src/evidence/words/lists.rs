//! Word lists: function words, light words and irregular forms.

/// Whether a word is a function word that the index keeps, because a question may depend on it.
pub(super) fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "also"
            | "may"
            | "might"
            | "must"
            | "shall"
            | "yet"
            | "however"
            | "thus"
            | "hence"
            | "therefore"
            | "per"
            | "via"
            | "upon"
            | "within"
            | "without"
            | "among"
            | "toward"
            | "towards"
            | "across"
            | "along"
            | "around"
            | "although"
            | "though"
            | "since"
            | "unless"
            | "whether"
            | "whose"
            | "every"
            | "any"
            | "another"
            | "either"
            | "neither"
            | "else"
            | "instead"
            | "rather"
            | "quite"
            | "just"
            | "even"
            | "still"
            | "already"
            | "often"
            | "never"
            | "always"
            | "much"
            | "many"
            | "less"
            | "least"
            | "like"
            | "us"
            | "mr"
            | "mrs"
            | "dr"
            | "etc"
            | "about"
            | "roughly"
            | "approximately"
            | "nearly"
            | "almost"
            | "actually"
            | "really"
            | "yes"
            | "oh"
            | "well"
            | "so"
            | "ones"
            | "s"
            | "t"
            | "n't"
            | "lrb"
            | "rrb"
            | "according"
            | "nothing"
            | "none"
            | "nobody"
            | "something"
            | "anything"
            | "someone"
            | "anyone"
            | "everyone"
            | "everything"
            | "whatever"
            | "cannot"
    )
}

/// Whether a stem is that of a light word, which says little about the subject of a sentence.
pub(super) fn is_light(stem: &str) -> bool {
    matches!(
        stem,
        "use"
            | "take"
            | "make"
            | "get"
            | "give"
            | "go"
            | "come"
            | "becom"
            | "put"
            | "let"
            | "keep"
            | "need"
            | "want"
            | "call"
            | "name"
            | "know"
            | "known"
            | "includ"
            | "contain"
            | "consist"
            | "serv"
            | "work"
            | "say"
            | "tell"
            | "state"
            | "report"
            | "describ"
            | "explain"
            | "mean"
            | "refer"
            | "thing"
            | "way"
            | "kind"
            | "type"
            | "part"
            | "show"
            | "happen"
            | "occur"
            | "provid"
            | "allow"
            | "caus"
            | "lead"
            | "result"
            | "involv"
            | "one"
            | "first"
            | "good"
            | "great"
            | "new"
            | "time"
            | "person"
            | "peopl"
            | "place"
            | "set"
            | "run"
            | "hold"
            | "locat"
            | "last"
            | "appear"
            | "play"
            | "base"
            | "form"
            | "begin"
            | "start"
            | "end"
            | "small"
            | "larg"
            | "big"
            | "reach"
            | "amount"
            | "total"
            | "exact"
            | "actual"
            | "current"
            | "turn"
            | "bring"
            | "see"
            | "found"
            | "help"
    )
}

/// The base form of an irregular verb, noun or adjective.
pub(super) fn irregular(word: &str) -> Option<&'static str> {
    Some(match word {
        "arose" | "arisen" => "arise",
        "awoke" | "awoken" => "awake",
        "beaten" => "beat",
        "bent" => "bend",
        "bit" | "bitten" => "bite",
        "blew" | "blown" => "blow",
        "bred" => "breed",
        "caught" => "catch",
        "clung" => "cling",
        "crept" => "creep",
        "dealt" => "deal",
        "dug" => "dig",
        "drank" | "drunk" => "drink",
        "ate" | "eaten" => "eat",
        "fed" => "feed",
        "fled" => "flee",
        "forbade" | "forbidden" => "forbid",
        "forgot" | "forgotten" => "forget",
        "heard" => "hear",
        "hid" | "hidden" => "hide",
        "hung" => "hang",
        "laid" => "lay",
        "lent" => "lend",
        "lit" => "light",
        "overcame" => "overcome",
        "rang" | "rung" => "ring",
        "rode" | "ridden" => "ride",
        "sang" | "sung" => "sing",
        "sank" | "sunk" => "sink",
        "sat" => "sit",
        "shook" | "shaken" => "shake",
        "shone" => "shine",
        "showed" | "shown" => "show",
        "shrank" | "shrunk" => "shrink",
        "sought" => "seek",
        "spun" => "spin",
        "sprang" | "sprung" => "spring",
        "stole" | "stolen" => "steal",
        "struck" => "strike",
        "stuck" => "stick",
        "swept" => "sweep",
        "swore" | "sworn" => "swear",
        "tore" | "torn" => "tear",
        "underwent" | "undergone" => "undergo",
        "withdrew" | "withdrawn" => "withdraw",
        "wove" | "woven" => "weave",
        "began" | "begun" => "begin",
        "became" => "become",
        "bought" => "buy",
        "brought" => "bring",
        "broke" | "broken" => "break",
        "built" => "build",
        "chose" | "chosen" => "choose",
        "came" => "come",
        "drew" | "drawn" => "draw",
        "drove" | "driven" => "drive",
        "fell" | "fallen" => "fall",
        "felt" => "feel",
        "fought" => "fight",
        "found" => "find",
        "flew" | "flown" => "fly",
        "froze" | "frozen" => "freeze",
        "gave" | "given" => "give",
        "went" | "gone" => "go",
        "grew" | "grown" => "grow",
        "held" => "hold",
        "kept" => "keep",
        "knew" | "known" => "know",
        "led" => "lead",
        "left" => "leave",
        "lost" => "lose",
        "made" => "make",
        "meant" => "mean",
        "met" => "meet",
        "paid" => "pay",
        "ran" => "run",
        "rose" | "risen" => "rise",
        "said" => "say",
        "saw" | "seen" => "see",
        "sold" => "sell",
        "sent" => "send",
        "shot" => "shoot",
        "slept" => "sleep",
        "spent" => "spend",
        "spoke" | "spoken" => "speak",
        "stood" => "stand",
        "swam" | "swum" => "swim",
        "taught" => "teach",
        "told" => "tell",
        "thought" => "think",
        "threw" | "thrown" => "throw",
        "took" | "taken" => "take",
        "understood" => "understand",
        "wore" | "worn" => "wear",
        "won" => "win",
        "wrote" | "written" => "write",
        "children" => "child",
        "men" => "man",
        "women" => "woman",
        "feet" => "foot",
        "mice" => "mouse",
        "lives" => "life",
        "bigger" | "biggest" => "big",
        "larger" | "largest" => "large",
        _ => return None,
    })
}
