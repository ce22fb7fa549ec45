//! Twenty documents of five sentences, each with the fault that a model may put into it.
//!
//! In a sentence, `{a|b}` stands for the words of the document and those with the fault; `{a|b|c}` has a third form for what
//! a model writes that states the sentence truly in words of its own.

/// The fault put into a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// Another number.
    Number,
    /// Another name, or two names exchanged.
    Name,
    /// Another noun of the same text.
    Noun,
    /// A hedge left out.
    Hedge,
    /// "Some" made "all", "often" made "always".
    Quantifier,
    /// The first half of one sentence and the second half of another.
    Halves,
    /// A negation added or left out.
    Negation,
    /// Another unit.
    Unit,
    /// A condition left out.
    Condition,
    /// An attribution left out.
    Attribution,
}

use Fault::{Attribution, Condition, Halves, Hedge, Name, Negation, Noun, Number, Quantifier, Unit};

/// The faults in the sentences of a document, in order.
const WORDS: [Fault; 5] = [Number, Name, Noun, Hedge, Quantifier];
const MEANING: [Fault; 5] = [Halves, Negation, Unit, Condition, Attribution];

/// A sentence in its three forms.
pub(super) struct Sentence {
    /// The fault in `faulty`.
    pub(super) fault: Fault,
    /// As it stands in the document.
    pub(super) source: String,
    /// With the fault.
    pub(super) faulty: String,
    /// As a model states it truly.
    pub(super) said: String,
}

/// A document and what a model says of it.
pub(super) struct Document {
    /// Its title, which names its subject.
    pub(super) title: &'static str,
    /// Its sentences.
    pub(super) sentences: Vec<Sentence>,
}

/// The documents.
pub(super) fn documents() -> Vec<Document> {
    let with = |faults: [Fault; 5]| {
        move |(title, sentences): &(&'static str, [&str; 5])| Document {
            title,
            sentences: faults.into_iter().zip(sentences).map(sentence).collect(),
        }
    };
    let words = OF_WORDS.iter().map(with(WORDS));
    words.chain(OF_MEANING.iter().map(with(MEANING))).collect()
}

/// Expands the forms of a sentence.
fn sentence((fault, template): (Fault, &&str)) -> Sentence {
    let form = |number: usize| {
        let mut text = String::new();
        let mut rest = *template;
        while let Some((before, (forms, after))) = rest
            .split_once('{')
            .and_then(|(before, forms)| Some((before, forms.split_once('}')?)))
        {
            let forms: Vec<&str> = forms.split('|').collect();
            text += before;
            text += forms.get(number).unwrap_or(&forms[0]);
            rest = after;
        }
        text + rest
    };
    Sentence {
        fault,
        source: form(0),
        faulty: form(1),
        said: form(2),
    }
}

/// Documents for [`WORDS`].
const OF_WORDS: [(&str, [&str; 5]); 10] = [
    (
        "The Hestur ferry",
        [
            "The Hestur ferry carries {62|68} cars{ on each crossing| on each crossing|}.",
            "{Ida Moen|Tor Brekke} designed the hull of the Hestur ferry, and {Tor Brekke|Ida Moen} built its engine.",
            "The crew of the Hestur ferry {stores|stores|keeps} the {ropes|engine} in a locker near the ramp.",
            "The Hestur ferry {may leave|leaves} from the north pier in winter.",
            "{Some|All} cabins of the Hestur ferry have a view of the sea.",
        ],
    ),
    (
        "The lighthouse of Skarv",
        [
            "The lighthouse of Skarv was lit on 3 May {1871|1817}{|| for the first time}.",
            "The first keeper of the lighthouse of Skarv was {Ada Holm|Nils Aker}.",
            "Nils Aker replaced the {lens|stairs} of the lighthouse of Skarv {after|after|following} a storm.",
            "The stairs of the lighthouse of Skarv are {about|} 40 metres long{ in all| in all|}.",
            "The lamp of the lighthouse of Skarv {often|always} needs new oil before dawn.",
        ],
    ),
    (
        "The bakery in Norrby",
        [
            "The bakery in Norrby sells {twelve|twenty} kinds of bread{ on Saturdays| on Saturdays|}.",
            "{Greta Lind|Olof Vik} {bought|bought|purchased} the bakery in Norrby from {Olof Vik|Greta Lind}.",
            "{The oven|The counter|Birch wood is what the oven} of the bakery in Norrby burns{ birch wood| birch wood|}.",
            "The old counter of the bakery in Norrby {probably|} came from a ship.",
            "{Many|All} customers of the bakery in Norrby order by telephone.",
        ],
    ),
    (
        "The Quillstone archive",
        [
            "The Quillstone archive keeps {9,400|4,900} maps{ in its cellar| in its cellar|}.",
            "The catalogue of the Quillstone archive was {begun|begun|started} by {Mary Odell|Henry Pask}.",
            "{The cellar|The catalogue|In 1954, the cellar} of the Quillstone archive was flooded{ in 1954| in 1954|}.",
            "The flood {seems to have damaged|damaged} the charters of the Quillstone archive.",
            "Henry Pask read {most|all} letters of the Quillstone archive.",
        ],
    ),
    (
        "The Marram greenhouse",
        [
            "The Marram greenhouse grows {35|53} kinds of fern{| |, its catalogue says}.",
            "{Lena Fisk|Paul Rand} waters the orchids of the Marram greenhouse, and {Paul Rand|Lena Fisk} prunes the vines.",
            "Moths damaged the {vines|orchids} of the Marram greenhouse in spring.",
            "Warm nights {could|did} harm the ferns of the Marram greenhouse.",
            "{Few|All} visitors of the Marram greenhouse see the seed room.",
        ],
    ),
    (
        "The bridge at Tveit",
        [
            "The bridge at Tveit {has|has|consists of} {seven|eleven} arches{ of granite| of granite|}.",
            "The bridge at Tveit was drawn by {Karl Osk|Jens Dahl}.",
            "Jens Dahl {inspects|inspects|checks} the {cables|railings} of the bridge at Tveit every spring.",
            "The railings of the bridge at Tveit are {presumably|} older than the road.",
            "{Lorries usually|Lorries always|At night, lorries usually} cross the bridge at Tveit{ at night| at night|}.",
        ],
    ),
    (
        "The clinic in Lumen",
        [
            "The clinic in Lumen treats {240|420} patients{ a day| a day| each day}.",
            "{Rosa Tey|Amir Sol} leads the ward of the clinic in Lumen, and {Amir Sol|Rosa Tey} leads its laboratory.",
            "The {laboratory|garage} of the clinic in Lumen was painted in June.",
            "{Early tests suggest that|Early tests show that|Tests suggest that} the filter of the clinic in Lumen removes dust.",
            "{Several|All} nurses of the clinic in Lumen live beside the garage.",
        ],
    ),
    (
        "The Orrin observatory",
        [
            "The mirror of the Orrin observatory weighs {3.2|2.3} tonnes.",
            "{The comet|The comet|According to [1], the comet} of 1908 was seen at the Orrin observatory by {Vera Stolz|Emil Katz}.",
            "{Emil Katz|Emil Katz|The guide says that Emil Katz} sold the {clock|dome} of the Orrin observatory to a school.",
            "The dome of the Orrin observatory {might|will} be rebuilt next year.",
            "{Half of|All of} the plates of the Orrin observatory have been scanned.",
        ],
    ),
    (
        "The Pell mine",
        [
            "{The main|The main|The guide says that the main} shaft of the Pell mine is {310|130} metres deep.",
            "{Alec Rowe|Dan Tull} owned the Pell mine before {Dan Tull|Alec Rowe}{ bought it| bought it| purchased it}.",
            "Water reached the {pumps|stables} of the Pell mine in March.",
            "The stables of the Pell mine held {roughly|exactly} 30 ponies.",
            "{Some of|All of} the miners of the Pell mine came from Cornwall.",
        ],
    ),
    (
        "The Vass brewery",
        [
            "The Vass brewery fills {5,000|15,000} bottles{ an hour| an hour| per hour}.",
            "The recipe of the Vass brewery comes from {Elsa Vass|Bruno Keel}.",
            "{Bruno Keel cleans the kettles of the Vass brewery with steam.|Bruno Keel cleans the barrels of the Vass brewery with steam.|With steam, Bruno Keel cleans the kettles of the Vass brewery.}",
            "The barrels of the Vass brewery {appear to be|are} made of oak.",
            "The Vass brewery {sometimes|always} delivers beer by boat.",
        ],
    ),
];

/// Documents for [`MEANING`].
const OF_MEANING: [(&str, [&str; 5]); 10] = [
    (
        "The orchard in Ulvik",
        [
            "The pears of the orchard in Ulvik ripen {in late September|at two degrees}.",
            "The owner of the orchard in Ulvik {does not spray|sprays} the trees.",
            "The cold store of the orchard in Ulvik holds 80 {tonnes|kilograms} of fruit.",
            "{The orchard in Ulvik opens to visitors if the harvest is over.|The orchard in Ulvik opens to visitors.|If the harvest is over, the orchard in Ulvik opens to visitors.}",
            "{A neighbour claims that the|The} well of the orchard in Ulvik is poisoned.",
        ],
    ),
    (
        "The Dunmore library",
        [
            "The reading room of the Dunmore library {has a glass roof|was sold to a hotel}.",
            "The Dunmore library {lends|does not lend} its atlases{ to schools| to schools|}.",
            "Members of the Dunmore library may {keep|keep|borrow} a novel for three {weeks|days}.",
            "The Dunmore library waives the fee{ unless a book is lost|}.",
            "{According to a former clerk, the|The} tower of the Dunmore library is haunted.",
        ],
    ),
    (
        "The airfield at Kestrel",
        [
            "The hangar of the airfield at Kestrel {shelters nine gliders|burned down in 1962}.",
            "Night flights are {not|} allowed at the airfield at Kestrel.",
            "The runway of the airfield at Kestrel is 900 {metres|feet} long.",
            "Pilots may land at the airfield at Kestrel{ only after calling the tower|}.",
            "{The newspaper reported that the|The} beacon of the airfield at Kestrel failed twice.",
        ],
    ),
    (
        "The Fen railway",
        [
            "{The signals of the Fen railway are lit by gas.|The signals of the Fen railway were bought by a farmer.|Gas lights the signals of the Fen railway.}",
            "Trains of the Fen railway {stop|never stop} at Cold Ash{ on Sundays| on Sundays|}.",
            "{The journey|The journey|A trip} on the Fen railway takes 50 {minutes|hours}.",
            "{The Fen railway refunds a ticket when a train is cancelled.|The Fen railway refunds a ticket.|When a train is cancelled, the Fen railway refunds a ticket.}",
            "{Its founder believed that the|The} tunnel of the Fen railway was the oldest.",
        ],
    ),
    (
        "The theatre at Saltmark",
        [
            "The curtain of the theatre at Saltmark {was sewn by prisoners|seats ninety guests}.",
            "The theatre at Saltmark has {no|a} balcony.",
            "A ticket for the theatre at Saltmark costs 15 {euros|pounds}.",
            "The theatre at Saltmark plays outdoors{ as long as the weather is dry|}.",
            "{Critics said that the|The|The} stage of the theatre at Saltmark is too small{||, critics said}.",
        ],
    ),
    (
        "The Brae distillery",
        [
            "The copper still of the Brae distillery {was hammered in Leith|tastes of smoke and honey}.",
            "The Brae distillery {has never exported|has exported} its gin.",
            "Casks of the Brae distillery {rest|rest|mature} for twelve {years|months}.",
            "The Brae distillery sells single casks{ provided that the buyer collects them|}.",
            "{The manager hopes that the|The} new warehouse of the Brae distillery opens in May.",
        ],
    ),
    (
        "The school in Holt",
        [
            "The kitchen of the school in Holt {bakes its own bread|hangs above the gate}.",
            "Pupils of the school in Holt {must not|must} use the back stairs.",
            "{The garden|The garden|According to [1], the garden} of the school in Holt covers 400 square {metres|miles}.",
            "The school in Holt lends bicycles{ to pupils who live far away|}.",
            "{Legend has it that the|The} bell of the school in Holt came from Spain.",
        ],
    ),
    (
        "The Iver dam",
        [
            "The turbines of the Iver dam {were made in Graz|feed on trout and eel}.",
            "Engineers did {not|} find cracks in the wall of the Iver dam.",
            "The Iver dam {produces|produces|generates} 25 {megawatts|kilowatts}.",
            "The gates of the Iver dam open{ if the lake rises above the red mark|}.",
            "{Opponents deny that the|The} Iver dam protects the valley.",
        ],
    ),
    (
        "The Corrie museum",
        [
            "The oldest coin of the Corrie museum {shows a horse|closes at noon}.",
            "The Corrie museum {charges no|charges an} entry fee{ on Mondays| on Mondays|}.",
            "{The whale|The whale|The guide says that the whale} skeleton of the Corrie museum is 14 {metres|centimetres} long.",
            "The Corrie museum may be rented{ until the new hall is finished|}.",
            "{A letter of 1880 alleges that the|The} crown of the Corrie museum is a copy.",
        ],
    ),
    (
        "The hostel by the tarn",
        [
            "The drying room of the hostel by the tarn {has a peat stove|sleeps under the bridge}.",
            "Dogs {cannot|can} stay in the dormitory of the hostel by the tarn.",
            "{Breakfast|Breakfast|The morning meal} at the hostel by the tarn costs 8 {francs|dollars}.",
            "Guests of the hostel by the tarn pay half{ if they are under sixteen|}.",
            "{Guidebooks suggest that the|The} path to the hostel by the tarn is steep.",
        ],
    ),
];
