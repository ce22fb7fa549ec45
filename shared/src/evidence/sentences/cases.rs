//! Hard cases of sentence boundaries: `|` marks where one sentence ends and the next begins.

use super::sentences;

const ENGLISH_NAMES: &[&str] = &[
    "Dr. E. Vann, Ph.D., of St. Ives, kept it.| He left in May.",
    "It was read by J. R. R. Tolkien.| Nobody else read it.",
    "The U.S. Army built it.| The navy did not.",
    "It was built in the U.S.| The navy paid for it.",
    "Mr. and Mrs. Holm met Prof. Ada Byrne.| They talked.",
    "Gen. Moe and Capt. Lund sailed.| St. Olav was their ship.",
    "She holds a Ph.D.| She teaches in Oslo.",
    "John F. Kennedy Jr. flew it.| Sammy Davis Jr. sang.",
    "It was sold to Acme Inc. in 1990.| Acme Inc. Europe sold it again.",
    "They sold it to Acme Inc.| The price was low.",
    "Harbour Lights Ltd. and Sons & Co. bid for it.| Nobody won.",
    "The office is on Main St.| It opens at nine.",
    "Rev. Dr. Martin Luther spoke.| So did Sen. Moe.",
    "The plan B.| This is Plan C.| The team chose it.",
    "It is I.| He said so.",
    "Hon. A. B. Smith vs. The Crown was heard.| It was long.",
];

const ENGLISH_ABBREVIATIONS: &[&str] = &[
    "It opened in Jan. 2020 and closed in Feb. 2021.| Nobody came.",
    "It has been dark since Jan.| The lamp broke.",
    "Use No. 7 for this.| See Fig. 3 and Eq. 12.",
    "The answer is no.| That is all.",
    "Was it lit?| No.| That was later.",
    "It is a.k.a. The Rock.| It is old.",
    "Use a tool, e.g. Rust, i.e. the language.| It works.",
    "Take rope, oil, etc. for the lamp.| Take water too.",
    "Take rope, oil, etc.| Then climb the tower.",
    "It opens at 8 a.m.| The guide waits.",
    "It opens at 8 a.m. on Sundays.| It closes at 5 p.m.",
    "It opens at 8 a.m. EST.| It closes at 5 p.m. Monday to Friday.",
    "Holm et al. found it.| Smith et al. (2019) did not.",
    "See pp. 12-14 of Vol. 3.| See p. 7 too.",
    "It is approx. 38 metres high.| It is cf. Holm the highest.",
    "The tower (see Fig. 3) is high.| The tower (see Fig. 3.)| It is old.",
    "The room has 5 sq. ft. of glass.| It is dark.",
    "The ship came from Washington, D.C. in May.| It left.",
];

const ENGLISH_NUMBERS: &[&str] = &[
    "Version v2.4.1 fixed it.| Version 3.0 broke it.",
    "It costs 3.5 million.| It cost 2.",
    "There were 38.| The tower has five floors.",
    "It broke.| 5 apples fell from it.",
    "In the year 1871.| 12 men came.",
    "Steps: 1. Close the valve.| 2. Open the door.| 3. Wait.",
    "It takes .5 seconds.| That is short.",
    "It rose by 3.| Then it fell by 2.",
    "Add 1.5 l of oil.| Stir.",
    "It ran at 10.30 p.m.| Nobody saw it.",
];

const ENGLISH_QUOTES: &[&str] = &[
    "He said \"Stop.\"| Then he left.",
    "\"Stop!\" he said.| Then he left.",
    "\"Is it lit?\" she asked.| \"It is.\"",
    "\u{201c}It is lit.\u{201d} he wrote.| \u{201c}It is not.\u{201d}",
    "What?!| That is odd.",
    "It is old (very old!) and high.| It stands.",
    "(It is old.)| The tower is new.",
    "He asked why.| \u{2018}Because it is dark.\u{2019}| She left.",
    "Wait...| The lamp is lit.",
    "Wait... it is lit.| Go on.",
    "Wait\u{2026}| The lamp is lit.",
    "The lamp \u{2026} The tower is high.",
    "She wrote: \"The lamp [...] The tower.\"| It was long.",
    "**Really?**| Yes.| *Truly.*| So it is.",
    "It is **old.**| The rest is new.",
    "It is old.[1]| The tower is new.[2][3]| It stands.",
    "[It is old.](https://a.example/x)| The tower is new.",
    "It is <b>old</b>.| The tower is new.",
    "Stop!| go on.| Why?| because.",
];

const ENGLISH_TECHNICAL: &[&str] = &[
    "It runs on Node.js.| It also runs on .NET.",
    "We use ASP.NET Core and .NET 8.| .NET is fast.",
    "See https://a.example/x?q=1&b=2.| It helps.",
    "Write to ada.holm@mail.example for help.| She answers.",
    "Open config.toml and Cargo.lock.| Then run it.",
    "Ask https://a.example/find?q=lamp for it.| It answers.",
    "Is it at a.example?| Yes!| Call it.",
    "Set the limit.| `timeout` is in seconds.",
    "Call `run()`.| It returns.",
    "Run make.| iPhones are not supported.",
    "It is 192.168.0.1.| The port is 80.",
    "Read README.md, e.g. the part on lamps.| Then begin.",
];

const GERMAN: &[&str] = &[
    "Er wurde am 3. Mai 1871 entzündet.| Er brennt noch.",
    "Geöffnet am 1. und 2. Juni.| Danach ist zu.",
    "Das Boot fährt am 3. 5. 1871 ab.| Es kommt an.",
    "Im 19. Jahrhundert war er neu.| Im 20. war er alt.",
    "Sie wohnt im 2. Stock.| Er wohnt im 3. Stock.",
    "Der Turm hat 38.| Das Haus hat 5.",
    "Man braucht z. B. Öl und Wasser.| Das reicht.",
    "Man braucht z.B. Öl, d. h. Brennstoff.| Das reicht.",
    "Öl bzw. Gas wird verbrannt.| Das ist teuer.",
    "Er hat Öl, Gas usw.| Danach ging er.",
    "Dr. Holm und Prof. Dr. Moe kamen.| Frau Dr. Vann blieb.",
    "Siehe Abb. 3 auf S. 12.| Siehe Nr. 5.",
    "Er kostet 5 Mio. Euro.| Das ist viel.",
    "Er sagte: „Halt!“| Dann ging er.",
    "„Halt!“, rief er.| „Warum?“ fragte sie.",
    "»Halt!«| Er ging.",
    "Er starb 44 v. Chr. in Rom.| Caesar war tot.",
    "Der Turm i. d. R. Mitte Mai.| Er ist zu.",
    "Sie wohnt in der Hauptstr. 5.| Er auch.",
    "Ludwig XIV. war König.| Er starb.",
    "Vgl. Holm (1871) und Abs. 2 Nr. 4.| Das gilt.",
    "Ca. 5 Leute kamen am 31. Dez. 1999.| Sie blieben.",
];

const FRENCH: &[&str] = &[
    "M. Dupont et Mme. Holm sont venus.| Ils sont partis.",
    "M. Le Pen parle.| Il part.",
    "Il faut de l'huile, p. ex. Olive.| C'est tout.",
    "« Arrêtez ! »| Il partit.",
    "« Arrêtez ! » cria-t-il.| Il partit.",
    "Pourquoi ?| Parce que c'est vieux.",
    "Il dit : « Oui. »| Puis il partit.",
    "Il y a du pain, etc.| Le reste est froid.",
    "Voir p. 12 et fig. 3.| Voir aussi le no. 7.",
    "Le Dr. Holm est né en janv. 1871.| Il est mort.",
    "Le phare date du XIXe s.| Il est vieux.",
    "J.-P. Sartre l'a écrit.| Personne ne l'a lu.",
];

const SPANISH_PORTUGUESE: &[&str] = &[
    "El Sr. Pérez y la Sra. Holm vinieron.| Se fueron.",
    "¿Lo ve Ud. ahora?| Sí.",
    "Ud. María lo sabe.| Yo no.",
    "No.| ¿Por qué?| Porque es viejo.",
    "Hay pan, etc.| El resto es frío.",
    "Véase la pág. 12 y el núm. 7.| Es largo.",
    "EE. UU. Norte y Sur lo pagaron.| Era caro.",
    "Por ej. Juan lo sabe, p. ej. Ana no.| Es así.",
    "¡Alto!| ¿Quién es?",
    "O Sr. Silva e a Sra. Holm vieram.| Foram embora.",
    "A Dra. Ana e o Prof. João falam.| Eles riem.",
    "Data do séc. XIX.| É velho.",
    "Use óleo, p. ex. Azeite.| Basta.",
    "Mora na Av. Paulista.| Ele não.",
    "Nasceu em 44 a. C. en Roma.| Murió.",
];

const ITALIAN_DUTCH: &[&str] = &[
    "Il sig. Rossi e il dott. Bianchi sono venuti.| Sono partiti.",
    "Serve olio, p.es. Oliva.| Basta.",
    "Il dr. Holm vive a Roma.| Lei no.",
    "C'è pane, olio, ecc.| Il resto è freddo.",
    "Vedi pag. 12 e n. 7.| È lungo.",
    "La Fiat S.p.A. Torino lo vende.| Costa poco.",
    "Nel sec. XIX era nuovo.| Ora è vecchio.",
    "Neem bijv. Olie of gas.| Dat is genoeg.",
    "Betaal a.u.b. vandaag.| Dank u.",
    "Dhr. Jansen en mevr. De Vries kwamen.| Ze gingen weg.",
    "Zie blz. 12 en nr. 7.| Het is lang.",
    "Olie, gas enz.| Dat is alles.",
    "Hij woont in 's-Hertogenbosch.| 's Avonds is het donker.",
    "De B.V. Nederland betaalt, d.w.z. Jan.| Niemand anders.",
];

const OTHER_SCRIPTS: &[&str] = &[
    "これは文です。|もう一つ。",
    "「行く。」と言った。|彼は帰った。",
    "「行く！」|彼は帰った。",
    "本当？！|はい。",
    "灯塔建于1871年。|第一任看守人是王明。",
    "“我走了。”|他走了。",
    "版本是2.4.1。|端口是80。",
    "他说:你好!|他走了。",
    "Node.jsを使う。|簡単だ。",
    "등대는 1871년에 세워졌다.| 첫 번째 관리인은 김민수였다.",
    "ประภาคารสร้างใน พ.ศ. 2414 ที่เกาะ สูง 38 เมตร",
    "เปิดเวลา 8.00 น. ทุกวัน ปิดวันจันทร์",
    "ما هذا؟| هذا برج.",
    "यह एक मीनार है।| यह ऊँची है।",
    "Маяк построен в 1871 г. в Бергене.| Он высокий.",
    "Ο φάρος είναι παλιός.| Είναι ψηλός.",
];

const HIDDEN: &[&str] = &[
    "The lamp is lit.\u{200b} |It is old.",
    "The lamp is lit. |\u{200e}It is old.",
    "The la\u{ad}mp is lit by Dr\u{200b}. Holm.| \u{feff}It is old.",
    "Dr.\u{200b} Holm came.| Mr.\u{200e} Moe left.",
    "It opened in Jan.\u{feff} 2020.| It is old.",
    "The lamp\u{200b} is lit,\u{200b} e.g. The tower.| It\u{ad} is old.",
    "これは\u{200b}文です。\u{200b}|もう一つ。",
    "Use No.\u{200e} 7.\u{200e}| Go.",
];

/// Cases written after the rules.
const LATER: &[&str] = &[
    "Mt. Everest is high.| Ft. Worth is flat.",
    "He was born on Sept. 3, 1931.| He died in Dec. of 1999.",
    "Prices (incl. VAT) rise.| They rose by approx. 3%.",
    "We met Lt. Col. J. Smith, Jr., at 5 p.m.| It rained.",
    "It was the 1st.| The 2nd came later.",
    "He runs Linux 6.1.| She runs macOS 15.2.",
    "\"Why?\"| \"Because.\"",
    "The board (Mr. A. Holm, Ms. B. Lund, etc.) met.| It was short.",
    "Press Ctrl+C.| Then type exit().| Done!",
    "See section 3.2.1.| It lists all flags (-v, -q, etc.).| Read it.",
    "The file is /etc/app.conf.| The log is in /var/log.",
    "She asked \u{201c}Why?\u{201d} and left.| Nobody knew.",
    "He said: \u{201c}I am here.\u{201d}| \u{201c}So am I,\u{201d} she said.",
    "Is this the end?..| Maybe.",
    "It happened in 44 B.C. in Rome.| In 14 A.D. he died.",
    "J.K. Rowling wrote it.| George R.R. Martin did not.",
    "All may read Property C.| Note that B is closed.| Only A and D.| Later all are open.",
    "In the word \"U.S.A.\" each letter counts.| So it is.",
    "Die Firma Holm & Co. KG zahlt.| Die Bank nicht.",
    "Das Zimmer hat ca. 20 m².| Es ist hell.",
    "Am 24.12.2020 war zu.| Ab dem 27.12. ist offen.",
    "Karl der Große, geb. 747 o. 748, war Kaiser.| Er starb 814.",
    "Er kam um 8.30 Uhr.| Sie kam um 9 Uhr.",
    "Prof. Dr. h. c. Anna Moe sprach.| Alle klatschten.",
    "Der Preis beträgt 5 Euro.| 3 Euro sind Rabatt.",
    "Le 1er mai 1871, M. Holm arriva.| Mme Holm resta.",
    "Qu'est-ce que c'est ?| « Un phare », dit-il.| Il rit.",
    "Il est 8 h.| Le train part à 9 h.",
    "Los EE. UU. y México firmaron.| Fue en 1994.",
    "Dijo: «No.»| Luego se fue.",
    "Vive en la C. Mayor, núm. 5, 2.º piso.| Es caro.",
    "A Sra. D. Maria saiu.| Voltou às 8 h.",
    "L'art. 5 vale dal 1.1.2020.| L'art. 6 no.",
    "Il prof. G. Rossi insegna a Roma.| È bravo.",
    "Zij woont a/d Amstel, t.o.v. Jan veraf.| Hij niet.",
    "De heer drs. P. de Vries sprak.| Het was laat.",
    "他问：“你是谁？”|我没回答。",
    "彼は「はい。」って言った。|それだけだ。",
    "東京タワーの高さは333.0mです。|1958年に建てられた。",
    "А. С. Пушкин родился в Москве.| Он поэт.",
];

#[test]
fn hard_cases_are_cut_where_they_are_marked() {
    let all = [
        ("English names", ENGLISH_NAMES),
        ("English abbreviations", ENGLISH_ABBREVIATIONS),
        ("English numbers", ENGLISH_NUMBERS),
        ("English quotes", ENGLISH_QUOTES),
        ("English technical", ENGLISH_TECHNICAL),
        ("German", GERMAN),
        ("French", FRENCH),
        ("Spanish and Portuguese", SPANISH_PORTUGUESE),
        ("Italian and Dutch", ITALIAN_DUTCH),
        ("other scripts", OTHER_SCRIPTS),
        ("hidden characters", HIDDEN),
        ("later", LATER),
    ];
    let mut failed = Vec::new();
    let mut count = 0;
    for (language, case) in all
        .into_iter()
        .flat_map(|(language, cases)| cases.iter().map(move |case| (language, case)))
    {
        count += 1;
        let text = case.replace('|', "");
        let found: Vec<&str> = sentences(&text)
            .into_iter()
            .map(|range| bare(&text[range]))
            .collect();
        let expected: Vec<&str> = case.split('|').map(bare).collect();
        if found != expected {
            failed.push(format!("{language}: {case}\n    found {}", found.join("|")));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {count} fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// A sentence without white space and hidden characters at its ends.
fn bare(sentence: &str) -> &str {
    sentence.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{feff}')
    })
}
