//! True paraphrases, as models write them. The proof accepts those that say the same in the same words; others are
//! unverified, so that the sentence they come close to is quoted instead. None may be refuted.

use super::library::{library, number};
use crate::{domain::Verdict, evidence::claims::findings};

/// The words of the source in another form.
const REWRITINGS: [(&str, &str); 8] = [
    (
        "tidewater",
        "The migration was led by Marisol Quintanilla and took 11 weeks.",
    ),
    (
        "lamp",
        "In 1938 the lamp was converted from paraffin to electricity.",
    ),
    (
        "birds",
        "The terns breed in the Arctic but spend the northern winter in Antarctica.",
    ),
    ("birds", "The route is learned by young terns from older birds."),
    ("store", "By default, reads are eventually consistent."),
    (
        "law",
        "Landowners must report leaks within 48 hours under the Water Act.",
    ),
    ("law", "The Court of Orre hears appeals."),
    ("economy", "In 2019, unemployment in Norrland fell to 4.1%."),
];

/// Other words, which may mean the same.
const OTHER_WORDS: [(&str, &str); 52] = [
    (
        "medicine",
        "7 percent of patients reported nausea, and there were no deaths.",
    ),
    (
        "tidewater",
        "In March 2023, Harbour Freight Lines moved Tidewater, its booking service, to AWS Lambda.",
    ),
    (
        "tidewater",
        "Tail latency for bookings dropped from 840 ms to 96 ms.",
    ),
    (
        "tidewater",
        "Bookings saw their tail latency fall to 96 milliseconds, from 840.",
    ),
    ("tidewater", "A cold start affects only 0.4% of the requests."),
    ("tidewater", "Provisioned concurrency is not used by the team."),
    (
        "lamp",
        "Skarv Rock's lighthouse was first lit on October 14, 1871.",
    ),
    ("lamp", "Ada Holm, the first keeper, stayed 26 years."),
    ("lamp", "The grey granite tower stands 31 m tall."),
    ("lamp", "Nobody has lived on Skarv Rock since 1984."),
    ("lamp", "The first keeper of the lighthouse was Ada Holm."),
    (
        "bread",
        "Feed the sourdough starter with flour and water in equal weights.",
    ),
    (
        "bread",
        "Before baking, the dough rests for twelve hours at 5 °C.",
    ),
    (
        "bread",
        "Because salt slows fermentation, it is added only after the first half hour, 30 minutes in.",
    ),
    ("bread", "Heat the oven to 250 °C."),
    ("bread", "A 900 g loaf needs 45 minutes to bake."),
    ("birds", "Every year, Arctic terns fly around 70,000 kilometres."),
    ("birds", "Arctic terns fly more than any other bird."),
    ("birds", "Terns never migrate at night."),
    (
        "birds",
        "A tern can live for 30 years and weighs about 100 grams.",
    ),
    ("chess", "Elin Sandahl won the Visby match in 1962."),
    (
        "chess",
        "In the final, Tomas Rehn was beaten by Sandahl, 6 points to 4.",
    ),
    (
        "chess",
        "The match went on for nine days, and on the last day all games were drawn.",
    ),
    ("chess", "Sandahl had been beaten by Rehn in the 1958 semi-final."),
    (
        "retries",
        "Including the first attempt, Lumen Ledger allows 3 attempts per call.",
    ),
    ("retries", "Calls failing with status 400 are never retried."),
    (
        "retries",
        "Waits start at 100 ms and grow exponentially with full jitter.",
    ),
    (
        "retries",
        "After five failures within 10 s, the circuit breaker opens.",
    ),
    (
        "retries",
        "When a service is already slow, retries increase its load.",
    ),
    ("store", "DynamoDB items are limited to 400 KB."),
    (
        "store",
        "One partition can serve 3,000 read units and 1,000 write units each second.",
    ),
    ("store", "AWS halved on-demand request prices in November 2024."),
    ("store", "No capacity planning is needed for on-demand tables."),
    (
        "medicine",
        "Dalmorexin reduced migraine days per month from 8.1 to 5.3 in a trial with 1240 patients.",
    ),
    ("medicine", "Patients took the drug once a day."),
    ("medicine", "Pregnant women were not included in the trial."),
    ("medicine", "In older patients, dalmorexin increases sleepiness."),
    (
        "bridge",
        "The Tamsel Bridge, designed by Ingrid Vael, opened to traffic on May 2, 1957.",
    ),
    ("bridge", "The Tamsel Bridge cost 4.2 million crowns."),
    (
        "bridge",
        "Its main span of 1210 m is longer than the Orre Bridge's.",
    ),
    (
        "bridge",
        "Tolls were abolished in 2006, after repairs had closed the bridge in 1999.",
    ),
    (
        "law",
        "Without a warrant, the agency may not enter a private home.",
    ),
    ("law", "Fines are between 500 and 20,000 crowns."),
    (
        "tokio",
        "By default, the Tokio runtime has one worker thread for each core.",
    ),
    (
        "tokio",
        "A blocking call inside an async task stalls all other tasks on that thread.",
    ),
    (
        "tokio",
        "With spawn_blocking, such calls move to a separate pool of up to 512 threads.",
    ),
    (
        "tokio",
        "The task is not cancelled when its JoinHandle is dropped.",
    ),
    (
        "economy",
        "The regional bank raised its rate from 1.25% to 1.5% in June 2019.",
    ),
    ("economy", "Prices grew slower than wages."),
    (
        "space",
        "After seven years of flight, the probe Halcyon reached the moon Thule.",
    ),
    (
        "space",
        "Halcyon found ice beneath the surface, but it did not find liquid water.",
    ),
    (
        "music",
        "The critic Olav Moe called The Drowned Bell, composed by Liv Aster in 1926, \"a storm in three acts\".",
    ),
];

#[test]
fn rewritings_are_supported() {
    for (document, claim) in REWRITINGS {
        let (verdict, cites) = verdict(document, claim);
        assert!(verdict == Verdict::Supported && cites, "{claim}: {verdict:?}");
    }
}

#[test]
fn other_words_are_not_refuted() {
    for (document, claim) in OTHER_WORDS {
        let (verdict, _) = verdict(document, claim);
        assert!(
            matches!(verdict, Verdict::Unverified | Verdict::Supported),
            "{claim}: {verdict:?}"
        );
    }
}

/// The verdict on a claim about a document, and whether it cites that document.
fn verdict(document: &str, claim: &str) -> (Verdict, bool) {
    let source = number(document);
    let found = findings(&format!("{claim} [{source}]"), &library());
    assert_eq!(found.len(), 1, "{claim}");
    let finding = &found[0].1;
    let cites = finding.citations.iter().any(|citation| citation.source == source);
    (finding.verdict, cites)
}
