//! Questions in German and Dutch.

use super::{AnswerKind, Case};

pub(super) const GERMAN: &[Case] = &[
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

pub(super) const DUTCH: &[Case] = &[
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
