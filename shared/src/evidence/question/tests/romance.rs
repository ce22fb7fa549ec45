//! Questions in French, Spanish, Italian and Portuguese.

use super::{AnswerKind, Case};

pub(super) const FRENCH: &[Case] = &[
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

pub(super) const SPANISH: &[Case] = &[
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

pub(super) const ITALIAN: &[Case] = &[
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

pub(super) const PORTUGUESE: &[Case] = &[
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
