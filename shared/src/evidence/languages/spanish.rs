//! Spanish.

use rust_stemmers::Algorithm;

use super::language::{
    Asked::{HowLong, HowMany, HowMuch, Price, WhatIs, When, Where, Who, Why, Year},
    Language, Script,
};

pub(super) static SPANISH: Language = Language {
    name: "Spanish",
    stemmer: Some(Algorithm::Spanish),
    participle: "",
    script: Script::Names,
    function_words: "el la los las lo un una unos unas de del al a y e o u pero sino ni que quien quienes cual cuales \
                     cuyo cuando donde como porque cuanto cuanta cuantos cuantas qué quién quiénes cuál cuáles cuándo \
                     dónde cómo cuánto cuánta cuántos cuántas yo tú él ella usted nosotros ellos ellas ustedes me te se \
                     nos os le les mi tu su sus mis tus nuestro nuestra este esta estos estas ese esa eso esto aquel \
                     aquella es son era eran fue fueron ser sido está están estaba estaban estar ha han había habían \
                     haber hay hubo he tiene tienen tenía puede pueden debe deben en por para con sin sobre entre hasta \
                     desde hacia según durante contra tras no sí más muy también ya si solo sólo aquí allí así todo toda \
                     todos todas",
    light_words: "dura duró duraba llama llamaba llamado hace hacer hizo encuentra encuentran situado empieza empezó primer primera primero \
                  último última",
    forms: &[
        (
            Who,
            &[
                "quién",
                "quiénes",
                "quien",
                "quienes",
                "por quién",
                "de quién",
                "a quién",
                "qué persona",
            ],
        ),
        (
            Where,
            &[
                "dónde",
                "donde",
                "en dónde",
                "adónde",
                "de dónde",
                "qué país",
                "qué ciudad",
                "qué lugar",
            ],
        ),
        (
            When,
            &[
                "cuándo",
                "cuando",
                "desde cuándo",
                "hasta cuándo",
                "qué fecha",
                "qué día",
                "qué mes",
                "qué hora",
                "a qué hora",
            ],
        ),
        (Year, &["qué año", "en qué año", "que año"]),
        (
            HowMany,
            &["cuántos", "cuántas", "cuantos", "cuantas", "qué cantidad de"],
        ),
        (
            HowLong,
            &[
                "cuánto tiempo",
                "cuanto tiempo",
                "cuántos años",
                "cuántos meses",
                "cuántas semanas",
                "cuántos días",
                "cuántas horas",
                "cuántos minutos",
                "cuántos segundos",
                "cuánto dura",
                "cuánto duró",
                "cuánto tarda",
                "cuánto tardó",
            ],
        ),
        (
            Price,
            &[
                "cuánto cuesta",
                "cuánto costó",
                "cuánto costaba",
                "cuánto cuestan",
                "cuánto costaron",
                "qué precio",
                "cuánto dinero",
                "el precio",
            ],
        ),
        (
            HowMuch,
            &[
                "cuánto",
                "cuánta",
                "cuanto",
                "cuánto mide",
                "cuánto pesa",
                "qué altura",
                "qué tamaño",
                "qué profundidad",
                "qué longitud",
                "qué distancia",
                "qué temperatura",
                "qué edad",
                "qué porcentaje",
                "qué peso",
                "qué velocidad",
            ],
        ),
        (Why, &["por qué", "por que", "cuál es la razón", "qué razón"]),
        (
            WhatIs,
            &["qué es", "que es", "qué son", "qué significa", "qué era"],
        ),
    ],
    prices: "cuesta cuestan costó costaron costaba precio coste costo tarifa",
    places: "en a cerca desde hacia entre junto sobre frente",
    inside: "en desde hacia",
    joining: "de del en para por sobre al a",
    dates: "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes \
            martes miércoles jueves viernes sábado domingo siglo",
    numbers: "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete \
              dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento cientos \
              doscientos quinientos mil millón millones docena medio",
    times: "segundo segundos minuto minutos hora horas día días semana semanas mes meses año años década décadas siglo \
            siglos noche noches",
    currencies: "euro euros céntimos dólar dólares libra libras franco francos peso pesos peseta pesetas coronas yenes",
    reasons: "porque pues debido causa razón puesto motivo gracias",
    defining: "es son era significa designa llama describe",
    before_person: "por sr sra dr dra don doña",
    family_names: "",
};
