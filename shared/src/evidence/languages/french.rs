//! French.

use rust_stemmers::Algorithm;

use super::language::{
    Asked::{HowLong, HowMany, HowMuch, Price, WhatIs, When, Where, Who, Why, Year},
    Language, Script,
};

pub(super) static FRENCH: Language = Language {
    name: "French",
    stemmer: Some(Algorithm::French),
    participle: "",
    script: Script::Elided,
    function_words: "le la les l un une des du de d au aux et ou mais donc ni or si que qu qui quoi dont où quand \
                     comment pourquoi combien quel quelle quels quelles lequel laquelle je j tu il elle on nous vous ils \
                     elles me m te t se s lui leur leurs y en ce c cet cette ces ceci cela ça mon ma mes ton ta tes son \
                     sa ses notre nos votre vos est sont était étaient fut furent sera seront être été suis es sommes \
                     êtes a ont avait avaient eu ai as avons avez avoir aura fait peut peuvent doit doivent à dans par \
                     pour sur sous avec sans entre vers chez depuis pendant avant après contre jusque jusqu ne n pas plus \
                     très aussi même tout tous toute toutes là ici puis alors comme lorsque oui non",
    light_words: "dure dura duré durait appelle appelait nommé nomme trouve trouvait situé située commence commença faire faut premier \
                  première premiers premières dernier dernière",
    forms: &[
        (Who, &["qui", "par qui", "à qui", "de qui", "quelle personne"]),
        (
            Where,
            &[
                "où",
                "d' où",
                "quel pays",
                "quelle ville",
                "quel endroit",
                "quel lieu",
            ],
        ),
        (
            When,
            &[
                "quand",
                "depuis quand",
                "quelle date",
                "quel jour",
                "quel mois",
                "quelle heure",
                "à quelle heure",
            ],
        ),
        (Year, &["quelle année", "en quelle année"]),
        (HowMany, &["combien", "combien de", "combien d'", "quel nombre"]),
        (
            HowLong,
            &[
                "combien de temps",
                "combien d' années",
                "combien d' ans",
                "combien de mois",
                "combien de semaines",
                "combien de jours",
                "combien d' heures",
                "combien de minutes",
                "combien de secondes",
                "quelle durée",
            ],
        ),
        (
            Price,
            &[
                "combien coûte",
                "combien coûtait",
                "combien coûtent",
                "combien a coûté",
                "combien ont coûté",
                "quel prix",
                "quel est le prix",
                "quel était le prix",
                "combien d' argent",
            ],
        ),
        (
            HowMuch,
            &[
                "combien mesure",
                "combien pèse",
                "quelle hauteur",
                "quelle taille",
                "quelle profondeur",
                "quelle longueur",
                "quelle largeur",
                "quelle distance",
                "quelle température",
                "quel âge",
                "quel pourcentage",
                "quel poids",
                "quelle est la hauteur",
                "quelle est la taille",
                "quelle est la longueur",
                "quelle est la profondeur",
                "quelle vitesse",
            ],
        ),
        (Why, &["pourquoi", "pour quelle raison"]),
        (
            WhatIs,
            &[
                "qu' est ce que",
                "qu' est ce qu'",
                "qu' est",
                "c' est quoi",
                "que signifie",
                "que veut dire",
            ],
        ),
    ],
    prices: "coûte coûtent coûté coûtait prix coût tarif payé",
    places: "à au aux dans en sur près chez vers devant derrière entre sous depuis",
    inside: "à en dans",
    joining: "de du des d dans en sur pour par à au",
    dates: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi \
            jeudi vendredi samedi dimanche siècle",
    numbers: "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante \
              cinquante soixante cent cents mille million millions milliard milliards douzaine centaine dizaine demi",
    times: "seconde secondes minute minutes heure heures jour jours semaine semaines mois an ans année années décennie \
            décennies siècle siècles nuit nuits",
    currencies: "euro euros centimes dollar dollars livres francs franc couronnes yens roubles",
    reasons: "parce car puisque raison cause afin grâce",
    defining: "est sont était désigne signifie appelle décrit",
    before_person: "par m mme mlle dr",
    family_names: "",
};
