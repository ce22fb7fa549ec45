//! Questions in other languages: the kind of answer decides between sentences with the same words of the question.

use std::collections::{BTreeMap, HashSet};

use super::{AnswerKind, QuestionTerms};
use crate::{
    agents::synthesis::extractive::select::candidates,
    domain::Question,
    evidence::{sentences::sentences, side::Side, words::Lexicon},
    retrieval::test_passages::passage,
};

/// A question, its kind, a sentence with words of it and no answer, and the sentence that answers.
type Case = (&'static str, AnswerKind, &'static str, &'static str);

const GERMAN: &[Case] = &[
    (
        "Wer baute den Leuchtturm?",
        AnswerKind::Person,
        "Sie baute den Leuchtturm aus rotem Stein.",
        "Den Leuchtturm baute damals Ada Holm.",
    ),
    (
        "Wann wurde der Leuchtturm entzündet?",
        AnswerKind::Date,
        "Der Leuchtturm wurde mit Öl entzündet.",
        "Entzündet wurde der Leuchtturm am 3. Mai.",
    ),
    (
        "Wo steht der Leuchtturm?",
        AnswerKind::Place,
        "Der Leuchtturm steht noch heute.",
        "Der Leuchtturm steht auf einem Felsen.",
    ),
    (
        "Wie viele Stufen hat der Turm?",
        AnswerKind::Count,
        "Der Turm hat Stufen aus hellem Holz.",
        "Der Turm hat hundertzwanzig Stufen aus Holz.",
    ),
    (
        "Wie lange dauerte der Bau des Turms?",
        AnswerKind::Duration,
        "Der Bau des Turms dauerte sehr lange.",
        "Der Bau des Turms dauerte drei Jahre.",
    ),
    (
        "Wie viel kostete die Reparatur?",
        AnswerKind::Money,
        "Die Reparatur kostete viel Geduld.",
        "Die Reparatur kostete 900 Kronen im Herbst.",
    ),
    (
        "Wie hoch ist der Turm?",
        AnswerKind::Measure,
        "Der Turm ist hoch und weiß.",
        "Hoch ist der Turm: 38 Meter.",
    ),
    (
        "Warum wurde der Turm gebaut?",
        AnswerKind::Reason,
        "Der Turm wurde an der Küste gebaut.",
        "Der Turm wurde gebaut, weil Schiffe sanken.",
    ),
    (
        "Was ist ein Leuchtturm?",
        AnswerKind::Definition,
        "Auf Skarv brennt ein Leuchtturm.",
        "Ein Leuchtturm ist ein Turm mit Lampe.",
    ),
];

const FRENCH: &[Case] = &[
    (
        "Qui a construit le phare ?",
        AnswerKind::Person,
        "On a construit le phare en pierre.",
        "Le phare fut construit par Émile Roux.",
    ),
    (
        "Quand le phare fut-il allumé ?",
        AnswerKind::Date,
        "Le phare fut allumé avec de l'huile.",
        "Le phare fut allumé le 3 mai.",
    ),
    (
        "Où se trouve le phare ?",
        AnswerKind::Place,
        "Le phare se trouve loin d'ici.",
        "Le phare se trouve à Bergen.",
    ),
    (
        "Combien d'étages a le phare ?",
        AnswerKind::Count,
        "Les étages du phare sont blancs.",
        "Le phare a cinq étages de pierre.",
    ),
    (
        "Combien de temps dura la construction du phare ?",
        AnswerKind::Duration,
        "La construction du phare dura longtemps.",
        "La construction du phare dura trois ans.",
    ),
    (
        "Combien a coûté la réparation ?",
        AnswerKind::Money,
        "La réparation a coûté des efforts.",
        "La réparation a coûté 900 francs.",
    ),
    (
        "Quelle est la hauteur de la tour ?",
        AnswerKind::Measure,
        "La hauteur de la tour est grande.",
        "La hauteur de la tour est de 38 mètres.",
    ),
    (
        "Pourquoi l'allumage fut-il tardif ?",
        AnswerKind::Reason,
        "Allumage tardif, disaient les marins.",
        "L'allumage fut tardif parce qu'il pleuvait.",
    ),
    (
        "Qu'est-ce qu'un phare ?",
        AnswerKind::Definition,
        "Il y a un phare sur Skarv.",
        "Un phare est une tour avec une lampe.",
    ),
];

const SPANISH: &[Case] = &[
    (
        "¿Quién construyó el faro?",
        AnswerKind::Person,
        "Se construyó el faro con piedra.",
        "El faro lo construyó Ana Ruiz.",
    ),
    (
        "¿Cuándo se encendió el faro?",
        AnswerKind::Date,
        "El faro se encendió con aceite.",
        "El faro se encendió el 3 de mayo.",
    ),
    (
        "¿Dónde está el faro?",
        AnswerKind::Place,
        "El faro está lejos de aquí.",
        "El faro está cerca de Bergen.",
    ),
    (
        "¿Cuántos escalones tiene la torre?",
        AnswerKind::Count,
        "La torre tiene escalones de piedra.",
        "La torre tiene veinte escalones de piedra.",
    ),
    (
        "¿Cuánto tiempo duró la obra del faro?",
        AnswerKind::Duration,
        "La obra del faro duró mucho tiempo.",
        "La obra del faro duró tres años.",
    ),
    (
        "¿Cuánto costó la reparación?",
        AnswerKind::Money,
        "La reparación costó mucho trabajo.",
        "La reparación costó 900 pesetas.",
    ),
    (
        "¿Por qué se construyó el faro?",
        AnswerKind::Reason,
        "El faro se construyó con piedra.",
        "El faro se construyó porque naufragaban barcos.",
    ),
    (
        "¿Qué es un faro?",
        AnswerKind::Definition,
        "En Skarv hay un faro.",
        "Un faro es una torre con lámpara.",
    ),
];

const ITALIAN: &[Case] = &[
    (
        "Chi ha costruito il faro?",
        AnswerKind::Person,
        "Hanno costruito il faro con pietra.",
        "Il faro è stato costruito da Anna Rossi.",
    ),
    (
        "Quando fu acceso il faro?",
        AnswerKind::Date,
        "Il faro fu acceso con l'olio.",
        "Il faro fu acceso il 3 maggio.",
    ),
    (
        "Dove si trova il faro?",
        AnswerKind::Place,
        "Il faro si trova lontano.",
        "Il faro si trova vicino a Bergen.",
    ),
    (
        "Quanti gradini ha la torre?",
        AnswerKind::Count,
        "La torre ha gradini di pietra.",
        "La torre ha venti gradini di pietra.",
    ),
    (
        "Quanto tempo durò la costruzione del faro?",
        AnswerKind::Duration,
        "La costruzione del faro durò molto tempo.",
        "La costruzione del faro durò tre anni.",
    ),
    (
        "Quanto è costata la riparazione?",
        AnswerKind::Money,
        "La riparazione è costata molta fatica.",
        "La riparazione è costata 900 lire.",
    ),
    (
        "Perché fu acceso il faro?",
        AnswerKind::Reason,
        "Il faro fu acceso con olio.",
        "Il faro fu acceso perché affondavano navi.",
    ),
    (
        "Che cos'è un faro?",
        AnswerKind::Definition,
        "A Skarv c'è un faro.",
        "Un faro è una torre con una lampada.",
    ),
];

const PORTUGUESE: &[Case] = &[
    (
        "Quem construiu o farol?",
        AnswerKind::Person,
        "Construiu-se o farol com pedra.",
        "O farol foi obra que construiu João Silva.",
    ),
    (
        "Quando foi aceso o farol?",
        AnswerKind::Date,
        "O farol foi aceso com óleo.",
        "O farol foi aceso em 3 de março.",
    ),
    (
        "Onde fica o farol?",
        AnswerKind::Place,
        "O farol fica longe daqui.",
        "O farol fica perto de Bergen.",
    ),
    (
        "Quantos degraus tem a torre?",
        AnswerKind::Count,
        "A torre tem degraus de pedra.",
        "A torre tem vinte degraus de pedra.",
    ),
    (
        "Quanto tempo durou a obra do farol?",
        AnswerKind::Duration,
        "A obra do farol durou muito tempo.",
        "A obra do farol durou três anos.",
    ),
    (
        "Quanto custou o conserto?",
        AnswerKind::Money,
        "O conserto custou muito trabalho.",
        "O conserto custou 900 escudos.",
    ),
    (
        "Por que foi construído o farol?",
        AnswerKind::Reason,
        "O farol foi construído com pedra.",
        "O farol foi construído porque naufragavam barcos.",
    ),
    (
        "O que é um farol?",
        AnswerKind::Definition,
        "Em Skarv há um farol.",
        "Um farol é uma torre com lâmpada.",
    ),
];

const DUTCH: &[Case] = &[
    (
        "Wie bouwde de vuurtoren?",
        AnswerKind::Person,
        "Men bouwde de vuurtoren van steen.",
        "De vuurtoren bouwde destijds Jan Visser.",
    ),
    (
        "Wanneer werd de vuurtoren ontstoken?",
        AnswerKind::Date,
        "De vuurtoren werd met olie ontstoken.",
        "De vuurtoren werd op 3 mei ontstoken.",
    ),
    (
        "Waar staat de vuurtoren?",
        AnswerKind::Place,
        "De vuurtoren staat er nog steeds.",
        "De vuurtoren staat in Bergen.",
    ),
    (
        "Hoeveel treden heeft de toren?",
        AnswerKind::Count,
        "De toren heeft treden van hout.",
        "De toren heeft twintig treden van hout.",
    ),
    (
        "Hoe lang duurde de bouw van de toren?",
        AnswerKind::Duration,
        "De bouw van de toren duurde lang.",
        "De bouw van de toren duurde drie jaar.",
    ),
    (
        "Hoeveel kostte de reparatie?",
        AnswerKind::Money,
        "De reparatie kostte veel moeite.",
        "De reparatie kostte 900 gulden.",
    ),
    (
        "Waarom werd de toren gebouwd?",
        AnswerKind::Reason,
        "De toren werd van steen gebouwd.",
        "De toren werd gebouwd omdat schepen zonken.",
    ),
    (
        "Wat is een vuurtoren?",
        AnswerKind::Definition,
        "Op Skarv brandt een vuurtoren.",
        "Een vuurtoren is een toren met lamp.",
    ),
];

const CHINESE: &[Case] = &[
    (
        "谁是第一任看守人？",
        AnswerKind::Person,
        "第一任看守人很老。",
        "第一任看守人是王明。",
    ),
    (
        "灯塔什么时候建成？",
        AnswerKind::Date,
        "灯塔用石头建成。",
        "灯塔建成于1871年。",
    ),
    (
        "灯塔在哪里？",
        AnswerKind::Place,
        "灯塔很高。",
        "灯塔位于卑尔根。",
    ),
    (
        "灯塔有多少级台阶？",
        AnswerKind::Count,
        "灯塔的台阶每级都很高。",
        "灯塔的台阶有一百二十级。",
    ),
    (
        "灯塔修了多久？",
        AnswerKind::Duration,
        "灯塔修得很慢。",
        "灯塔修了三年。",
    ),
    (
        "修理花了多少钱？",
        AnswerKind::Money,
        "修理花了很多力气。",
        "修理花了九百英镑。",
    ),
    ("灯塔有多高？", AnswerKind::Measure, "灯塔很高。", "灯塔高38米。"),
    (
        "为什么建灯塔？",
        AnswerKind::Reason,
        "人们用石头建灯塔。",
        "建灯塔是因为船常沉没。",
    ),
];

const JAPANESE: &[Case] = &[
    (
        "初代の灯台守は誰ですか？",
        AnswerKind::Person,
        "初代の灯台守は年寄りだった。",
        "初代の灯台守は田中一郎だった。",
    ),
    (
        "灯台はいつ建てられましたか？",
        AnswerKind::Date,
        "灯台は石で建てられた。",
        "灯台は1871年に建てられた。",
    ),
    (
        "灯台はどこにありますか？",
        AnswerKind::Place,
        "灯台はとても高い。",
        "灯台はベルゲンにある。",
    ),
    (
        "灯台の階段は何段ですか？",
        AnswerKind::Count,
        "灯台の階段は段が高い。",
        "灯台の階段は120段ある。",
    ),
    (
        "工事は何年間続きましたか？",
        AnswerKind::Duration,
        "工事は長く続いた。",
        "工事は三年間続いた。",
    ),
    (
        "修理はいくらでしたか？",
        AnswerKind::Money,
        "修理は大変だった。",
        "修理は900ポンドだった。",
    ),
    (
        "灯台の高さはどのくらいですか？",
        AnswerKind::Measure,
        "灯台の高さは有名だ。",
        "灯台の高さは38メートルだ。",
    ),
    (
        "なぜ灯台を建てたのですか？",
        AnswerKind::Reason,
        "人々は灯台を建てた。",
        "船が沈んだため灯台を建てた。",
    ),
];

/// What a question finds in a sentence: the share of its words, and whether the kind of its answer is there.
fn read(question: &str, text: &str) -> (AnswerKind, f64, Option<bool>) {
    let mut lexicon = Lexicon::default();
    let question = QuestionTerms::read(&mut lexicon, question, &BTreeMap::new());
    let words = lexicon.read(text, 0..text.len());
    let stems: HashSet<u32> = words.iter().map(|word| word.stem).collect();
    let side = Side {
        text,
        words: &words,
        lexicon: &lexicon,
    };
    let is_met = question.expected.is_met(&question, side);
    (
        question.expected,
        question.coverage(|stem| stems.contains(&stem)),
        is_met,
    )
}

fn assert_kinds_decide(cases: &[Case]) {
    for (question, kind, wrong, right) in cases {
        let (expected, covered, is_met) = read(question, right);
        assert_eq!((expected, is_met), (*kind, Some(true)), "{question} {right}");
        let (_, also_covered, is_met) = read(question, wrong);
        assert_eq!(is_met, Some(false), "{question} {wrong}");
        assert!(
            also_covered >= covered && covered > 0.0,
            "{question}: {also_covered} {covered}"
        );
    }
}

/// The best sentence of a passage that begins with the wrong one.
fn assert_candidates(cases: &[Case], filler: &str) {
    // Whether a reason is there weighs nothing yet.
    for (question, _, wrong, right) in cases.iter().filter(|case| case.1 != AnswerKind::Reason) {
        let text = format!("{wrong} {right} {filler}");
        assert_eq!(sentences(&text).len(), 3, "{text}");
        let passages = [passage("a", &text)];
        let asked = Question::parse(question).unwrap();
        let all = candidates(&asked, &BTreeMap::new(), &passages);
        let best = all.first().map(|best| &text[best.range.clone()]);
        assert_eq!(best, Some(*right), "{question}");
    }
}

#[test]
fn kinds_decide_in_german() {
    assert_kinds_decide(GERMAN);
    assert_candidates(GERMAN, "Am Hafen war es still.");
}

#[test]
fn kinds_decide_in_french() {
    assert_kinds_decide(FRENCH);
    assert_candidates(FRENCH, "La mer était très calme.");
}

#[test]
fn kinds_decide_in_spanish() {
    assert_kinds_decide(SPANISH);
    assert_candidates(SPANISH, "La mar estaba muy tranquila.");
}

#[test]
fn kinds_decide_in_italian() {
    assert_kinds_decide(ITALIAN);
    assert_candidates(ITALIAN, "Il mare era molto calmo.");
}

#[test]
fn kinds_decide_in_portuguese() {
    assert_kinds_decide(PORTUGUESE);
    assert_candidates(PORTUGUESE, "O mar estava muito calmo.");
}

#[test]
fn kinds_decide_in_dutch() {
    assert_kinds_decide(DUTCH);
    assert_candidates(DUTCH, "De zee was erg kalm.");
}

#[test]
fn kinds_decide_in_chinese() {
    assert_kinds_decide(CHINESE);
}

#[test]
fn kinds_decide_in_japanese() {
    assert_kinds_decide(JAPANESE);
}

#[test]
fn forms_of_a_word_are_one_term_in_the_language_of_the_question() {
    for (question, text) in [
        ("Wann wurden die Lampen gelöscht?", "Die Lampe wurde gelöscht."),
        (
            "Qui a réparé les lampes anciennes ?",
            "La lampe ancienne est réparée.",
        ),
        ("¿Quién reparó las lámparas antiguas?", "La lampara antigua."),
        (
            "Chi ha riparato le lampade antiche?",
            "La lampada antica riparata.",
        ),
        (
            "Quem foi o dono das lâmpadas antigas?",
            "A lâmpada antiga do dono.",
        ),
        ("Wie was de eigenaar van de lampen?", "De lamp van de eigenaars."),
        ("Où est l'escalier du phare ?", "Un escalier du phare."),
        ("Wer baute damals die Brücken?", "Die Brücke wurde gebaut."),
        ("Wie bouwde destijds de bruggen?", "De brug is destijds gebouwd."),
    ] {
        let (_, covered, _) = read(question, text);
        assert!(covered > 0.6, "{question} {covered}");
    }
}
