//! Word classes: closed lists of function words and of words that narrow a statement, after the chapters on
//! determiners, adjuncts and modality of Huddleston and Pullum, The Cambridge Grammar of the English Language (2002),
//! and the cue lists of hedging research (Hyland 1998).

/// What a word does in a sentence, as far as its spelling shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Class {
    /// A word that names or describes something.
    #[default]
    Content,
    /// An article or demonstrative, or the conjunction "that".
    Determiner,
    /// A word that connects sentences and asserts nothing: "also", "however".
    Discourse,
    /// A form of "be" in the present tense.
    BePresent,
    /// A form of "be" in the past tense.
    BePast,
    /// "be", "been" or "being".
    BeOther,
    /// A form of "have".
    Have,
    /// A form of "do".
    Do,
    /// A preposition.
    Preposition,
    /// "and", "or", "but" and the like.
    Conjunction,
    /// A personal pronoun as subject or object.
    Pronoun,
    /// A possessive pronoun.
    Possessive,
    /// "which", "who" and the like.
    Relative,
    /// A word that narrows a statement or takes it back.
    Narrowing(Narrowing),
}

/// How a word narrows a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowing {
    /// "not", "never", "without".
    Negation,
    /// "may", "must", "will".
    Modal,
    /// "probably", "seems".
    Hedge,
    /// "some", "all", "often".
    Quantifier,
    /// "only".
    Focus,
    /// "if", "unless", "until".
    Condition,
    /// "at least", "about", before a quantity.
    Bound,
    /// A verb or noun that says whose words these are: "claimed", "according".
    Attribution,
    /// A word that takes back what was said: "false", "denied".
    Denial,
}

impl Class {
    /// The class of a word in lower case, without a possessive ending.
    pub(super) fn of(folded: &str) -> Self {
        use Narrowing::{Attribution, Condition, Denial, Focus, Hedge, Modal, Negation, Quantifier};
        let narrowing = Self::Narrowing;
        match folded {
            "a" | "an" | "the" | "this" | "that" | "these" | "those" => Self::Determiner,
            "also" | "then" | "thus" | "hence" | "therefore" | "however" | "moreover" | "furthermore"
            | "indeed" | "so" | "yes" | "yeah" | "well" | "oh" | "additionally" | "besides"
            | "consequently" | "accordingly" | "meanwhile" | "namely" | "likewise" | "similarly" | "sure"
            | "ok" | "okay" | "nevertheless" | "nonetheless" | "notably" | "e.g" | "i.e" | "etc"
            | "absolutely" | "lastly" | "secondly" | "firstly" | "overall" | "s" | "yep" | "yea"
            | "actually" | "really" | "ah" | "hm" | "um" => Self::Discourse,
            "is" | "are" | "am" => Self::BePresent,
            "was" | "were" => Self::BePast,
            "be" | "been" | "being" => Self::BeOther,
            "has" | "have" | "had" | "having" => Self::Have,
            "do" | "does" | "did" => Self::Do,
            "in" | "on" | "at" | "of" | "to" | "for" | "from" | "by" | "with" | "as" | "into" | "onto"
            | "upon" | "over" | "under" | "above" | "below" | "between" | "among" | "through" | "during"
            | "since" | "before" | "after" | "against" | "toward" | "towards" | "across" | "along"
            | "around" | "about" | "behind" | "beside" | "beyond" | "near" | "within" | "inside"
            | "outside" | "off" | "out" | "up" | "down" | "via" | "per" | "than" | "throughout" | "amid"
            | "amongst" | "alongside" | "like" => Self::Preposition,
            "and" | "or" | "but" | "while" | "whereas" | "because" | "although" | "though" | "&" => {
                Self::Conjunction
            }
            "he" | "she" | "it" | "they" | "him" | "her" | "them" | "we" | "us" | "i" | "you" | "me" => {
                Self::Pronoun
            }
            "his" | "its" | "their" | "our" | "your" | "my" | "hers" | "theirs" => Self::Possessive,
            "which" | "who" | "whom" | "whose" | "where" => Self::Relative,
            "not" | "never" | "no" | "none" | "neither" | "nor" | "without" | "nobody" | "nothing"
            | "nowhere" | "unable" | "lack" | "lacks" | "lacked" | "lacking" | "hardly" | "scarcely"
            | "barely" | "seldom" | "rarely" | "fail" | "fails" | "failed" | "refuse" | "refuses"
            | "refused" | "absent" => narrowing(Negation),
            "may" | "might" | "can" | "could" | "should" | "must" | "shall" | "will" | "would" | "ought"
            | "need" | "needs" | "able" => narrowing(Modal),
            "perhaps" | "maybe" | "possibly" | "probably" | "likely" | "unlikely" | "apparently"
            | "allegedly" | "reportedly" | "supposedly" | "presumably" | "seemingly" | "potentially"
            | "theoretically" | "arguably" | "conceivably" | "seem" | "seems" | "seemed" | "appear"
            | "appears" | "appeared" | "suggest" | "suggests" | "suggested" | "tend" | "tends" | "tended"
            | "possible" | "purported" | "purportedly" | "putative" | "alleged" | "supposed"
            | "hypothetical" | "potential" | "roughly" | "approximately" | "nearly" | "almost" | "circa"
            | "ca" | "partly" | "partially" | "largely" | "mainly" | "mostly" | "primarily"
            | "relatively" | "somewhat" | "virtually" | "practically" | "essentially" | "so-called" => {
                narrowing(Hedge)
            }
            "some" | "many" | "most" | "few" | "fewer" | "several" | "all" | "every" | "each" | "any"
            | "both" | "either" | "much" | "majority" | "minority" | "half" | "often" | "sometimes"
            | "usually" | "generally" | "commonly" | "typically" | "frequently" | "occasionally"
            | "always" | "normally" | "regularly" | "everyone" | "everybody" | "everything"
            | "everywhere" | "someone" | "somebody" | "something" | "anyone" | "anybody" | "anything"
            | "various" | "certain" | "numerous" | "entire" | "entirely" | "completely" | "fully"
            | "totally" | "whole" | "universally" | "invariably" | "initially" | "originally"
            | "formerly" | "temporarily" | "permanently" | "more" | "less" | "fewest" | "least"
            | "rather" => narrowing(Quantifier),
            "only" | "just" | "merely" | "solely" | "exclusively" | "even" | "alone" | "strictly" => {
                narrowing(Focus)
            }
            "if" | "unless" | "until" | "till" | "except" | "excluding" | "provided" | "providing"
            | "whether" | "when" | "whenever" | "wherever" | "once" | "assuming" | "depending" | "lest"
            | "otherwise" => narrowing(Condition),
            "claim" | "claims" | "claimed" | "claiming" | "allege" | "alleges" | "say" | "says" | "said"
            | "saying" | "believe" | "believes" | "think" | "thinks" | "argue" | "argues" | "argued"
            | "assert" | "asserts" | "asserted" | "insist" | "insists" | "insisted" | "maintain"
            | "maintains" | "maintained" | "according" | "speculate" | "speculated" | "speculates"
            | "propose" | "proposed" | "proposes" | "hypothesize" | "hypothesized" | "rumour" | "rumours"
            | "rumor" | "rumors" | "rumored" | "rumoured" | "report" | "reports" | "reported"
            | "reporting" | "announce" | "announced" | "announces" | "predict" | "predicts" | "predicted"
            | "hope" | "hopes" | "hoped" | "fear" | "fears" | "feared" | "suspect" | "suspects"
            | "suspected" | "doubt" | "doubts" | "doubted" | "imply" | "implies" | "implied" | "state"
            | "states" | "stated" | "told" | "tells" | "wrote" | "writes" | "promise" | "promises"
            | "promised" | "wonder" | "wondered" | "ask" | "asked" | "legend" | "myth" | "opinion"
            | "view" | "accuse" | "accused" | "accuses" | "feel" | "felt" | "dream" | "dreamed"
            | "imagine" | "imagined" | "pretend" | "pretended" | "wish" | "wished" | "hypothesis"
            | "theory" => narrowing(Attribution),
            "false" | "wrong" | "untrue" | "incorrect" | "mistaken" | "mistakenly" | "deny" | "denies"
            | "denied" | "denying" | "dispute" | "disputes" | "disputed" | "refute" | "refuted"
            | "refutes" | "disproved" | "disproven" | "debunked" | "retracted" | "rejected" | "rejects"
            | "reject" | "contested" => narrowing(Denial),
            _ => Self::Content,
        }
    }

    /// Whether the word narrows what a statement says.
    pub fn narrows(self) -> bool {
        matches!(self, Self::Narrowing(_))
    }

    /// Whether the word is a form of "be".
    pub fn is_be(self) -> bool {
        matches!(self, Self::BePresent | Self::BePast | Self::BeOther)
    }

    /// Whether the word is an auxiliary verb.
    pub fn is_auxiliary(self) -> bool {
        self.is_be() || matches!(self, Self::Have | Self::Do | Self::Narrowing(Narrowing::Modal))
    }

    /// Whether the word may be left out of a text, or added to it, without changing what it says.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Determiner | Self::Discourse | Self::Do)
    }
}

/// Whether a folded word is a verb of saying that may follow what is said: "..., critics claimed".
pub fn is_reporting(folded: &str) -> bool {
    matches!(
        folded,
        "said"
            | "says"
            | "say"
            | "claimed"
            | "argued"
            | "argues"
            | "insisted"
            | "insists"
            | "asserted"
            | "believes"
            | "believed"
            | "thinks"
            | "alleged"
            | "alleges"
            | "stated"
            | "reported"
            | "announced"
            | "predicted"
            | "wrote"
            | "writes"
            | "told"
            | "according"
            | "suggested"
            | "suggests"
            | "speculated"
            | "maintains"
            | "maintained"
            | "hoped"
            | "feared"
            | "claims"
            | "warn"
            | "warns"
            | "warned"
            | "admitted"
            | "admits"
            | "contend"
            | "contends"
            | "contended"
            | "argue"
    )
}

/// Whether a folded verb takes a clause with "that" that it presents as true (Kiparsky and Kiparsky 1970).
pub fn is_factive(folded: &str) -> bool {
    matches!(
        folded,
        "show"
            | "shows"
            | "showed"
            | "shown"
            | "find"
            | "finds"
            | "found"
            | "discover"
            | "discovered"
            | "confirm"
            | "confirms"
            | "confirmed"
            | "demonstrate"
            | "demonstrates"
            | "demonstrated"
            | "prove"
            | "proves"
            | "proved"
            | "note"
            | "notes"
            | "noted"
            | "know"
            | "knows"
            | "known"
            | "realize"
            | "realized"
            | "reveal"
            | "reveals"
            | "revealed"
            | "fact"
            | "means"
            | "ensures"
            | "observe"
            | "observed"
            | "report"
            | "mention"
            | "learn"
            | "learned"
            | "see"
            | "sees"
            | "remember"
    )
}

/// Whether a folded adjective before a noun says that the thing is not, or no longer, what the noun says (privative
/// adjectives, Partee 2010).
pub fn is_privative(folded: &str) -> bool {
    matches!(
        folded,
        "former"
            | "ex"
            | "fake"
            | "false"
            | "would-be"
            | "alleged"
            | "future"
            | "past"
            | "previous"
            | "onetime"
            | "mock"
            | "artificial"
            | "imitation"
            | "fictional"
            | "fictitious"
            | "imaginary"
            | "potential"
            | "possible"
            | "proposed"
            | "planned"
            | "toy"
            | "virtual"
            | "vice"
            | "deputy"
            | "assistant"
            | "pseudo"
            | "anti"
            | "non"
            | "semi"
            | "near"
            | "failed"
            | "cancelled"
            | "canceled"
            | "upcoming"
            | "aspiring"
            | "retired"
            | "honorary"
            | "acting"
            | "late"
            | "counterfeit"
            | "sham"
            | "so-called"
            | "purported"
            | "supposed"
            | "apparent"
            | "putative"
            | "prospective"
            | "unbuilt"
            | "abandoned"
            | "bogus"
            | "draft"
            | "interim"
            | "candidate"
            | "dummy"
            | "quasi"
            | "partial"
            | "unofficial"
            | "provisional"
            | "second"
            | "third"
    )
}
