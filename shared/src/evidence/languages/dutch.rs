//! Dutch.

use rust_stemmers::Algorithm;

use super::language::{
    Asked::{HowLong, HowMany, HowMuch, Price, WhatIs, When, Where, Who, Why, Year},
    Language, Script,
};

pub(super) static DUTCH: Language = Language {
    name: "Dutch",
    stemmer: Some(Algorithm::Dutch),
    participle: "ge",
    script: Script::Names,
    function_words: "de het een en of maar want dus als dan dat die dit deze ik jij je u hij zij ze wij we jullie hen hun \
                     hem haar mij me ons onze mijn jouw uw zijn is was waren ben bent geweest wordt worden werd werden \
                     geworden heeft hebben had hadden heb kan kunnen kon moet moeten zal zullen zou mag mogen wil willen \
                     in op aan bij met naar van voor over onder door uit tot te om tegen zonder tussen tijdens sinds na \
                     niet ook nog al er daar hier toen nu zo wel geen wie wat wanneer waar waarom hoe hoeveel hoelang \
                     welke welk wiens waarheen waarvoor veel meer alle alles elk elke zich ja nee",
    light_words: "duurt duurde geduurd heet heette genoemd noemt ligt staat maakt maakte doet deed gaat ging begint begon eerste laatste",
    forms: &[
        (
            Who,
            &["wie", "door wie", "van wie", "aan wie", "wiens", "welke persoon"],
        ),
        (
            Where,
            &["waar", "waarheen", "welk land", "welke stad", "welke plaats"],
        ),
        (
            When,
            &[
                "wanneer",
                "sinds wanneer",
                "welke datum",
                "welke dag",
                "welke maand",
                "hoe laat",
            ],
        ),
        (Year, &["welk jaar", "in welk jaar"]),
        (HowMany, &["hoeveel", "hoe veel", "welk aantal"]),
        (
            HowLong,
            &[
                "hoe lang",
                "hoelang",
                "hoeveel jaar",
                "hoeveel jaren",
                "hoeveel maanden",
                "hoeveel weken",
                "hoeveel dagen",
                "hoeveel uur",
                "hoeveel minuten",
                "hoeveel seconden",
                "hoeveel tijd",
                "hoe snel",
            ],
        ),
        (
            Price,
            &[
                "hoe duur",
                "hoeveel geld",
                "hoeveel kost",
                "hoeveel kostte",
                "hoeveel kostten",
                "welke prijs",
                "de prijs",
            ],
        ),
        (
            HowMuch,
            &[
                "hoe hoog",
                "hoe groot",
                "hoe diep",
                "hoe ver",
                "hoe breed",
                "hoe zwaar",
                "hoe oud",
                "hoe vaak",
                "hoe heet",
                "hoe koud",
                "hoe warm",
                "hoeveel procent",
                "welk percentage",
            ],
        ),
        (Why, &["waarom", "om welke reden"]),
        (WhatIs, &["wat is", "wat zijn", "wat betekent", "wat was"]),
    ],
    prices: "kost kosten kostte kostten gekost prijs tarief betaald",
    places: "in op aan bij te nabij naar van tussen langs naast voor achter",
    inside: "in te naar uit",
    joining: "van in op voor bij aan",
    dates: "januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag \
            woensdag donderdag vrijdag zaterdag zondag eeuw",
    numbers: "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien \
              achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd duizend miljoen \
              miljard half dozijn eenmaal tweemaal dagelijks jaarlijks",
    times: "seconde seconden minuut minuten uur uren dag dagen week weken maand maanden jaar jaren decennium decennia \
            eeuw eeuwen nacht nachten",
    currencies: "euro cent dollar pond gulden frank franken kronen yen",
    reasons: "omdat want doordat daarom wegens vanwege reden oorzaak aangezien",
    defining: "is zijn was betekent heet noemt beschrijft",
    before_person: "door dhr mevr dr",
    family_names: "",
};
