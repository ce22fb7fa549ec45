//! Portuguese.

use rust_stemmers::Algorithm;

use super::language::{
    Asked::{HowLong, HowMany, HowMuch, Price, WhatIs, When, Where, Who, Why, Year},
    Language, Script,
};

pub(super) static PORTUGUESE: Language = Language {
    name: "Portuguese",
    stemmer: Some(Algorithm::Portuguese),
    participle: "",
    script: Script::Names,
    function_words: "o a os as um uma uns umas de do da dos das em no na nos nas num numa ao à aos às por pelo pela pelos \
                     pelas para com sem sobre entre até desde contra durante após e ou mas nem se que quem qual quais \
                     quando onde como porque porquê quanto quanta quantos quantas quê eu tu ele ela nós vós eles elas \
                     você vocês me te lhe lhes meu minha teu tua seu sua seus suas nosso nossa este esta isto esse essa \
                     isso aquele aquela aquilo é são era eram foi foram ser sido está estão estava estavam estar há tem \
                     têm tinha tinham ter pode podem deve devem não sim mais muito também já só aqui ali lá assim todo \
                     toda todos todas fica ficava",
    light_words: "dura durou durava chama chamava chamado faz fazer fez encontra situado começa começou primeiro primeira primeiros \
                  primeiras último última",
    forms: &[
        (Who, &["quem", "por quem", "de quem", "a quem", "que pessoa"]),
        (
            Where,
            &[
                "onde",
                "em onde",
                "aonde",
                "de onde",
                "que país",
                "que cidade",
                "qual país",
                "qual cidade",
                "que lugar",
            ],
        ),
        (
            When,
            &[
                "quando",
                "desde quando",
                "até quando",
                "que data",
                "que dia",
                "que mês",
                "que horas",
                "a que horas",
                "em que data",
            ],
        ),
        (Year, &["que ano", "em que ano", "qual ano"]),
        (HowMany, &["quantos", "quantas", "qual número"]),
        (
            HowLong,
            &[
                "quanto tempo",
                "por quanto tempo",
                "quantos anos",
                "quantos meses",
                "quantas semanas",
                "quantos dias",
                "quantas horas",
                "quantos minutos",
                "quantos segundos",
                "quanto dura",
                "quanto durou",
            ],
        ),
        (
            Price,
            &[
                "quanto custa",
                "quanto custou",
                "quanto custava",
                "quanto custam",
                "quanto custaram",
                "que preço",
                "qual o preço",
                "quanto dinheiro",
                "o preço",
            ],
        ),
        (
            HowMuch,
            &[
                "quanto",
                "quanta",
                "quanto mede",
                "quanto pesa",
                "que altura",
                "qual a altura",
                "qual é a altura",
                "que tamanho",
                "que profundidade",
                "que distância",
                "que temperatura",
                "que idade",
                "que percentagem",
            ],
        ),
        (
            Why,
            &[
                "por que",
                "por quê",
                "porque",
                "porquê",
                "por que razão",
                "por que motivo",
            ],
        ),
        (
            WhatIs,
            &["o que é", "que é", "o que são", "o que significa", "o que era"],
        ),
    ],
    prices: "custa custam custou custaram custava preço custo tarifa",
    places: "em no na nos nas a ao à perto desde entre junto sobre para",
    inside: "em no na",
    joining: "de do da dos das em no na para por sobre",
    dates: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro segunda-feira \
            terça-feira quarta-feira quinta-feira sexta-feira sábado domingo século",
    numbers: "dois duas três quatro cinco seis sete oito nove dez onze doze treze catorze quatorze quinze dezesseis \
              dezasseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem \
              cento duzentos mil milhão milhões bilhão bilhões dúzia meio",
    times: "segundo segundos minuto minutos hora horas dia dias semana semanas mês meses ano anos década décadas século \
            séculos noite noites",
    currencies: "euro euros cêntimos dólar dólares libra libras franco francos real reais escudos contos coroas ienes",
    reasons: "porque pois devido causa razão motivo graças",
    defining: "é são era significa designa chama descreve",
    before_person: "por pelo pela sr sra dr dra dom dona",
    family_names: "",
};
