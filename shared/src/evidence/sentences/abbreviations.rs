//! Abbreviations that end in a full stop, words that begin a sentence, and German ordinals: the tables of the splitter.
//!
//! An abbreviation that may be an ordinary word of another language at the end of a sentence is left out, or listed as
//! [`Stop::BeforeNumber`].

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};

/// What the full stop of an abbreviation says about the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The sentence goes on: titles, "e.g.".
    Inside,
    /// The sentence goes on unless the next word is one that begins sentences: "Inc.", "St.".
    Open,
    /// The sentence goes on if a number follows: "No. 7", "Jan. 2020".
    BeforeNumber,
    /// The sentence goes on if a day, a month or a time zone follows: "8 a.m. EST".
    Time,
}

/// Abbreviations without their last full stop and without spaces, by language.
const ABBREVIATIONS: [(Stop, &str); 17] = [
    // English
    (
        Stop::Inside,
        "Dr Mr Mrs Ms Mx Prof Gen Capt Cpt Col Lt Sgt Maj Cmdr Adm Rev Hon Gov Sen Rep Pres Messrs Mt Ft \
         e.g eg i.e ie cf viz vs approx a.k.a f.k.a",
    ),
    (
        Stop::Open,
        "St Ste Sr Jr Esq Inc Ltd Corp Co Cos Bros Ave Blvd Rd Hwy Dept Univ Assn Intl Natl est resp al incl excl",
    ),
    (
        Stop::BeforeNumber,
        "No no Nos nos Fig fig Figs figs Eq Eqs Sec Sect Vol vol Vols pp p Art Ch Chap Par Pt Tab Ex Ver ver \
         c Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec",
    ),
    (Stop::Time, "a.m p.m A.M P.M"),
    // German
    (
        Stop::Inside,
        "z.B d.h h.c i.d.R bzw vgl ca ggf evtl bspw sog inkl exkl zzgl abzgl Hr Frl Dipl Ing Hrsg u.a o.Ä s.o s.u u.U z.T \
         z.Zt a.D geb einschl ggü insb vorm nachm österr schweiz dt",
    ),
    (
        Stop::Open,
        "Mio Mrd Tsd Std Jh Jhdt v.Chr n.Chr Chr e.V Fr Abt Aufl Ausg",
    ),
    (
        Stop::BeforeNumber,
        "Nr nr o Abb Tab Bd Bde S Abs Kap Anm Ziff Str str Tel max min Mär Mrz Okt Dez",
    ),
    // French
    (Stop::Inside, "MM Mme Mmes Mlle Mlles Mgr p.ex c.-à-d"),
    (Stop::Open, "Cie Sté av apr boul env"),
    (Stop::BeforeNumber, "janv févr fév avr juil déc chap éd n° nº"),
    // Spanish and Portuguese
    (
        Stop::Inside,
        "Sra Sras Srta Dra Dña Gral Lic Arq Exmo Exma p.ej ej aprox V.Exa Eng prof",
    ),
    (
        Stop::Open,
        "Ud Uds Vd Vds EE EE.UU Avda Av Cía Ltda Lda S.A a.C d.C",
    ),
    (
        Stop::BeforeNumber,
        "pág págs pag núm núms art arts cap séc ene abr dic fev dez tel",
    ),
    // Italian
    (
        Stop::Inside,
        "sig sigg sig.ra dott dott.ssa dr dr.ssa avv p.es Sig Dott Avv",
    ),
    (Stop::Open, "S.p.A S.r.l"),
    (Stop::BeforeNumber, "pagg n nn sec gen mag giu lug ott"),
    // Dutch
    (
        Stop::Inside,
        "dhr Dhr mevr Mevr mw Mw drs Drs mr bijv bv o.a d.w.z m.b.t i.p.v t.o.v i.v.m z.g evt blz",
    ),
];

/// The class of an abbreviation, without its last full stop and without spaces.
pub(super) fn stop(abbreviation: &str) -> Option<Stop> {
    static STOPS: LazyLock<HashMap<&str, Stop>> = LazyLock::new(|| {
        let by_word = |(stop, words): &(Stop, &'static str)| {
            let stop = *stop;
            words.split_whitespace().map(move |word| (word, stop))
        };
        ABBREVIATIONS.iter().flat_map(by_word).collect()
    });
    STOPS.get(abbreviation).copied()
}

/// Words that begin a sentence when they have a capital letter, by language. Names rarely begin with them.
const STARTERS: [&str; 7] = [
    "A An The This That These Those There It Its He She His Her They Their We Our You Your I My In On At By For From With \
     Without But And Or So If When While After Before As To Then What Who Where How Why Which However Also Not Nobody \
     Nothing No Yes Both Each Every All Some Many Most Such Since Until Once Now Today Here Is Was Are Were Did Does Do \
     Can Could Would Should Will Have Has Had Note See Use Please Later Next First Second Finally Thus Therefore Hence \
     Instead Otherwise Moreover Furthermore Additionally Because Although Though Unlike Under Between During Within \
     Several Few Other Another Any",
    "Der Die Das Dem Den Ein Eine Einen Einem Er Sie Es Wir Ihr Ich Man Dies Diese Dieser Dieses Im Am Auf Aus Bei Mit \
     Nach Vor Zu Zum Zur Und Oder Aber Wenn Als Da Dann Danach Doch Auch Nur Wer Wie Wo Was Warum Hier Heute Sein Seine Ist",
    "Le La Les Un Une Des Il Elle Ils Elles On Nous Vous Je Ce Cet Cette Ces Dans En Sur Au Aux Avec Pour Par Mais Et Ou \
     Si Quand Puis Son Sa Ses C'est Il Qui Que Où",
    "El Los Las Una Unos Él Ella Ellos Se Su Sus Este Esta Estos Ese Por Para Con Pero Y Cuando Como Hay Es Era Lo Al Del",
    "O Os As Um Uma Ele Ela Eles Seu Sua No Na Nos Nas Com Mas Quando É Foi Em Isso",
    "Il Lo Gli Uno Lui Lei Loro Nel Nella Con Per Ma E Quando È Questo Questa Si Ha",
    "De Het Een Hij Zij Ze We Wij Dit Dat Deze Die In Op Met Voor Maar En Of Als Toen Dan Er Niemand",
];

/// Starters that are parts of names too: "M. Le Pen", "A. De Gasperi".
const PARTICLES: &str = "Le La Les Des De Den El Los Las Lo Al Del Da Di Do";

/// Whether a word with a capital letter begins a sentence, and no name.
pub(super) fn is_starter(word: &str) -> bool {
    static STARTING: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        STARTERS
            .iter()
            .flat_map(|words| words.split_whitespace())
            .collect()
    });
    STARTING.contains(word)
}

/// Whether a starter may also be a part of a name.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.split_whitespace().any(|particle| particle == word)
}

/// Whether a word follows an ordinal that is written with a full stop, as in German or Danish: "3. Mai".
pub(super) fn follows_ordinal(word: &str) -> bool {
    const WORDS: &str = "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jan \
                         Feb Mär Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez Jahrhundert Jahrhunderts Jahrhunderte Jh Jhdt \
                         Jahrtausend Jahrtausends Weltkrieg Weltkriegs Auflage Klasse Stock Etage Kapitel Bezirk \
                         Bundesliga Lebensjahr Jahrestag Geburtstag";
    WORDS.split_whitespace().any(|known| known == word)
}

/// Whether an ordinal may follow a German word: "im 2. Stock".
pub(super) fn precedes_ordinal(word: &str) -> bool {
    const WORDS: &str = "der die das dem den des im am zum zur vom beim ins jeder jede jedes jedem sein seine seinen \
                         seinem seiner ihr ihre ihren ihrem ihrer ein eine einen einem einer Der Die Das Dem Den Im Am \
                         Zum Zur Vom Beim und";
    WORDS.split_whitespace().any(|known| known == word)
}

/// Whether a word after "a.m." belongs to the time: a weekday, a month or a time zone.
pub(super) fn follows_time(word: &str) -> bool {
    const WORDS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays Thursdays \
                         Fridays Saturdays Sundays Eastern Central Mountain Pacific January February March April May \
                         June July August September October November December";
    let is_zone = (2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    is_zone || WORDS.split_whitespace().any(|known| known == word)
}
