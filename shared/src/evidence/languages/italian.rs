//! Italian.

use rust_stemmers::Algorithm;

use super::language::{
    Asked::{HowLong, HowMany, HowMuch, Price, WhatIs, When, Where, Who, Why, Year},
    Language, Script,
};

pub(super) static ITALIAN: Language = Language {
    name: "Italian",
    stemmer: Some(Algorithm::Italian),
    participle: "",
    script: Script::Elided,
    function_words: "il lo la i gli le l un uno una di del dello della dei degli delle dell a al allo alla ai agli alle \
                     all da dal dallo dalla dai dagli dalle dall in nel nello nella nei negli nelle nell con col su sul \
                     sullo sulla sui sugli sulle sull per tra fra e ed o ma se che chi cui quale quali quando dove come \
                     perché perche quanto quanta quanti quante cosa cos io tu lui lei noi voi loro mi ti si ci vi ne mio \
                     mia tuo suo sua suoi sue nostro vostro questo questa questi queste quello quella quelli è sono era \
                     erano fu furono essere stato stata stati state sia ha hanno aveva avevano avere ho abbiamo può \
                     possono deve devono non più anche molto già solo qui là c dov com sì tutto tutti tutte tutta",
    light_words: "dura durò durato durata durava chiama chiamava chiamato fa fare fatto trova trovava situato comincia cominciò primo prima primi prime \
                  ultimo ultima",
    forms: &[
        (Who, &["chi", "da chi", "di chi", "a chi", "quale persona"]),
        (
            Where,
            &[
                "dove",
                "dov' è",
                "da dove",
                "quale paese",
                "quale città",
                "che città",
                "quale luogo",
            ],
        ),
        (
            When,
            &[
                "quando",
                "da quando",
                "fino a quando",
                "quale data",
                "che data",
                "quale giorno",
                "che giorno",
                "quale mese",
                "che ora",
                "a che ora",
            ],
        ),
        (Year, &["quale anno", "che anno", "in che anno"]),
        (HowMany, &["quanti", "quante", "quale numero"]),
        (
            HowLong,
            &[
                "quanto tempo",
                "per quanto tempo",
                "quanti anni",
                "quanti mesi",
                "quante settimane",
                "quanti giorni",
                "quante ore",
                "quanti minuti",
                "quanti secondi",
                "quanto dura",
                "quanto durò",
                "quanto è durato",
                "quanto è durata",
            ],
        ),
        (
            Price,
            &[
                "quanto costa",
                "quanto costò",
                "quanto costano",
                "quanto è costato",
                "quanto è costata",
                "quanto costava",
                "quale prezzo",
                "che prezzo",
                "quanti soldi",
                "il prezzo",
            ],
        ),
        (
            HowMuch,
            &[
                "quanto",
                "quanta",
                "quanto è alto",
                "quanto è alta",
                "quanto è grande",
                "quanto misura",
                "quanto pesa",
                "quale altezza",
                "quale profondità",
                "quale lunghezza",
                "quale temperatura",
                "quale percentuale",
                "che altezza",
            ],
        ),
        (
            Why,
            &["perché", "perche", "per quale motivo", "per quale ragione"],
        ),
        (
            WhatIs,
            &[
                "che cosa è",
                "che cos' è",
                "cosa è",
                "cos' è",
                "cosa sono",
                "che cosa sono",
                "cosa significa",
            ],
        ),
    ],
    prices: "costa costano costò costato costata prezzo costo tariffa",
    places: "a ad in nel nello nella nei nell su sul sulla presso vicino verso tra fra da dal dalla davanti",
    inside: "a in nel nello nella nell",
    joining: "di del dello della dei degli delle dell in nel nella per su",
    dates: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedì martedì \
            mercoledì giovedì venerdì sabato domenica secolo",
    numbers: "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici \
              diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento \
              duecento mille mila milione milioni miliardo miliardi dozzina mezzo",
    times: "secondo secondi minuto minuti ora ore giorno giorni settimana settimane mese mesi anno anni decennio decenni \
            secolo secoli notte notti",
    currencies: "euro centesimi dollaro dollari sterlina sterline lira lire franco franchi corone yen",
    reasons: "perché poiché siccome dovuto causa motivo ragione affinché grazie",
    defining: "è sono era significa indica chiama descrive",
    before_person: "da dal dalla sig dott",
    family_names: "",
};
