//! Synonyms between questions and answers: a question says "how tall", its answer "38 metres high".

use std::{collections::HashMap, sync::LazyLock};

use crate::evidence::words::Lexicon;

/// Groups of words that may replace one another between a question and its answer, in most subjects.
const GROUPS: [&str; 101] = [
    "play portray voice star actor actress cast role",
    "sing sang sung song perform record singer vocals",
    "write author compose writer",
    "build construct erect construction",
    "create invent develop devise originate coin",
    "design architect engineer designer",
    "introduce bring add",
    "film shoot movie",
    "release publish launch debut premiere air",
    "start begin open commence",
    "found establish set",
    "end finish close stop cease last final",
    "live reside home inhabit",
    "locate situate lie stand",
    "die death kill dead perish",
    "born birth",
    "win victory champion defeat beat winner",
    "cost price charge amount pay spend dollars pounds euros francs money bill fee",
    "tall high height metres feet",
    "deep depth",
    "wide width",
    "long length",
    "heavy weigh weight kg tonnes grams",
    "fast speed quick quickly mph knots",
    "far distance km kilometres miles away",
    "big large size",
    "own owner belong",
    "lead head direct director run leader chief",
    "cause reason because due",
    "mean meaning define refer describe",
    "buy purchase acquire",
    "get receive obtain",
    "use purpose function",
    "marry wife husband",
    "allow permit let",
    "keep retain store hold",
    "delete erase destroy remove",
    "name call title",
    "happen occur",
    "move migrate switch shift",
    "fall drop decrease decline reduce lower",
    "rise grow increase raise",
    "repair fix mend",
    "fail failure fault",
    "find discover detect",
    "send deliver transmit",
    "need require",
    "temperature degrees hot heat c",
    "salary earn wage",
    "often frequently times every each daily per",
    "country nation",
    "percentage percent share proportion fraction",
    "age old years born",
    "mom mother mum parent",
    "dad father parent",
    "country nation land",
    "example instance",
    "job work occupation role",
    "manage run direct operate lead",
    "responsible charge blame",
    "now nowadays today currently present current",
    "photo picture image",
    "car vehicle automobile",
    "plane aircraft aviation flight",
    "doctor physician dr",
    "error mistake fault bug wrong",
    "problem issue fault",
    "biggest largest most main greatest",
    "smallest least lowest",
    "trip journey voyage migration travel",
    "teach train trainer teacher coach",
    "choose pick select settle decide prefer",
    "company firm business",
    "stop halt prevent avoid end",
    "affect influence effect change",
    "permit allow accept let may",
    "limit maximum most cap",
    "add introduce include",
    "measure find record",
    "compare comparison against",
    "invoice bill",
    "job task",
    "repay refund return",
    "protect guard save prevent",
    "read reader",
    "boss head leader director chief manager",
    "employ staff employee worker hire",
    "power feed supply drive",
    "quit leave resign give",
    "wake page alert call",
    "break outage failure incident",
    "say state argue claim warn advise recommend suggest",
    "recommend advise suggest",
    "replace substitute switch swap",
    "faster quicker fast speed time latency",
    "cheaper cheap cost save",
    "uk britain british england",
    "usa us america american",
    "nominate appoint elect",
    "first earliest initial",
    "happen result effect become",
];

/// The stems in `lexicon` of the synonyms of the words with this base form.
pub(super) fn synonyms(lexicon: &mut Lexicon, base: &str) -> Vec<u32> {
    static BY_BASE: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(groups_by_base);
    let mut stems = Vec::new();
    for &group in BY_BASE.get(base).into_iter().flatten() {
        let words = GROUPS[group];
        stems.extend(lexicon.read(words, 0..words.len()).iter().map(|word| word.stem));
    }
    stems
}

/// For each base form, the groups that have it.
fn groups_by_base() -> HashMap<String, Vec<usize>> {
    let mut groups_by_base: HashMap<String, Vec<usize>> = HashMap::new();
    for (group, words) in GROUPS.into_iter().enumerate() {
        let mut lexicon = Lexicon::default();
        for word in lexicon.read(words, 0..words.len()) {
            groups_by_base
                .entry(lexicon.base(&word).to_owned())
                .or_default()
                .push(group);
        }
    }
    groups_by_base
}
