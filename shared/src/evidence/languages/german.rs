//! German.

use rust_stemmers::Algorithm;

use super::language::{
    Asked::{HowLong, HowMany, HowMuch, Price, WhatIs, When, Where, Who, Why, Year},
    Language, Script,
};

pub(super) static GERMAN: Language = Language {
    name: "German",
    stemmer: Some(Algorithm::German),
    participle: "ge",
    script: Script::Nouns,
    function_words: "der die das dem den des ein eine einen einem einer eines kein keine keinen und oder aber doch denn \
                     wenn dass ob als wie so ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen mein \
                     meine dein sein seine seinen seinem seiner ihre ihren ihrem ihrer unser unsere dieser diese dieses \
                     diesen diesem jeder jede jedes jener jene man sich selbst ist sind war waren wird werden wurde \
                     wurden worden geworden bin bist seid gewesen hat haben hatte hatten habe kann können konnte muss \
                     müssen musste soll sollen sollte darf dürfen will wollen mag möchte in im an am auf aus bei beim \
                     mit nach von vom vor zu zum zur über unter durch für gegen ohne um bis seit während wegen zwischen \
                     nicht auch nur noch schon sehr mehr da dort hier dann nun ja nein wer wen wem wessen was wann wo \
                     wohin woher warum wieso weshalb welche welcher welches welchen welchem wieviel wieviele viele viel \
                     etwa alle alles einige",
    light_words: "dauert dauerte gedauert heißt heißen hieß genannt nennt gibt gab machen macht machte gemacht befindet befinden liegt steht \
                  beginnt begann kommt kam geht ging tut tat erste ersten erster erstes letzte letzten",
    forms: &[
        (Who, &["wer", "wen", "wem", "wessen", "von wem", "welche person"]),
        (
            Where,
            &[
                "wo",
                "wohin",
                "woher",
                "welches land",
                "welche stadt",
                "welcher stadt",
                "welchem land",
                "welchem ort",
                "an welchem ort",
            ],
        ),
        (
            When,
            &[
                "wann",
                "seit wann",
                "bis wann",
                "welchem tag",
                "welches datum",
                "welchem monat",
                "um wie viel uhr",
                "um wieviel uhr",
            ],
        ),
        (Year, &["welchem jahr", "welches jahr"]),
        (
            HowMany,
            &["wie viele", "wieviele", "wie viel", "wieviel", "welche anzahl"],
        ),
        (
            HowLong,
            &[
                "wie lange",
                "wie viele jahre",
                "wie viele monate",
                "wie viele wochen",
                "wie viele tage",
                "wie viele stunden",
                "wie viele minuten",
                "wie viele sekunden",
                "wie viel zeit",
                "wie schnell",
            ],
        ),
        (
            Price,
            &[
                "wie teuer",
                "wie viel geld",
                "wie viel kostet",
                "wie viel kostete",
                "wieviel kostet",
                "welcher preis",
                "der preis",
                "die kosten",
            ],
        ),
        (
            HowMuch,
            &[
                "wie hoch",
                "wie groß",
                "wie tief",
                "wie weit",
                "wie breit",
                "wie lang",
                "wie schwer",
                "wie alt",
                "wie oft",
                "wie heiß",
                "wie kalt",
                "wie warm",
                "wie stark",
                "wie viel prozent",
                "welcher anteil",
            ],
        ),
        (Why, &["warum", "wieso", "weshalb", "aus welchem grund"]),
        (
            WhatIs,
            &["was ist", "was sind", "was bedeutet", "was heißt", "was war"],
        ),
    ],
    prices: "kostet kosten kostete gekostet preis gebühr bezahlt",
    places: "in im an am auf bei beim nahe nach vor hinter neben unter über zwischen gegenüber unweit nördlich südlich östlich westlich",
    inside: "in im aus",
    joining: "von vom des der in im auf für bei am an",
    dates: "januar jänner februar märz april mai juni juli august september oktober november dezember montag dienstag \
            mittwoch donnerstag freitag samstag sonnabend sonntag jahrhundert jahrhunderts",
    numbers: "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn \
              achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend million \
              millionen milliarde milliarden halb dutzend einmal zweimal dreimal täglich jährlich wöchentlich",
    times: "sekunde sekunden minute minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre \
            jahren jahrzehnt jahrzehnte jahrzehnten jahrhunderte nacht nächte",
    currencies: "euro euros cent dollar pfund franken mark kronen yen rubel schilling taler gulden",
    reasons: "weil denn deshalb daher darum deswegen wegen grund ursache aufgrund",
    defining: "ist sind war waren bezeichnet bedeutet heißt nennt meint beschreibt",
    before_person: "von durch herr frau dr prof",
    family_names: "",
};
