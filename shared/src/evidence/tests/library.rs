//! Fourteen short passages from different fields, made up for these tests.

use crate::{domain::Passage, retrieval::test_passages::passage};

const TEXTS: [(&str, &str); 14] = [
    (
        "tidewater",
        "Harbour Freight Lines moved its booking service, Tidewater, to AWS Lambda in March 2023. The tail latency of \
         bookings fell from 840 ms to 96 ms. Marisol Quintanilla led the migration, which took eleven weeks. Only 0.4 percent of \
         requests run into a cold start. The team does not use provisioned concurrency.",
    ),
    (
        "lamp",
        "The lighthouse on Skarv Rock was lit for the first time on 14 October 1871. Its first keeper was Ada Holm, who \
         stayed for twenty-six years. The tower is 31 metres tall and is built of grey granite. The lamp was converted from \
         paraffin to electricity in 1938. Since 1984 nobody has lived on the rock.",
    ),
    (
        "bread",
        "A sourdough starter is fed with equal weights of flour and water. The dough rests for 12 hours at 5 °C before it \
         is baked. Salt slows the fermentation, so it is added after the first 30 minutes. The oven is heated to 250 °C. A loaf \
         of 900 g bakes for 45 minutes.",
    ),
    (
        "birds",
        "Arctic terns fly about 70,000 km a year, more than any other bird. They breed in the Arctic and spend the northern \
         winter in Antarctica. Terns do not migrate at night. A tern weighs roughly 100 g and can live for thirty years. \
         Young terns learn the route from older birds.",
    ),
    (
        "chess",
        "The Visby match of 1962 was won by Elin Sandahl. Sandahl beat Tomas Rehn in the final by 6 points to 4. Rehn had \
         beaten Sandahl in the semi-final of 1958. The match lasted nine days. All games were drawn on the last day.",
    ),
    (
        "retries",
        "Lumen Ledger allows three attempts per call, counting the first attempt. A call that fails with status 400 is \
         never retried. Waits grow exponentially from 100 ms, with full jitter. The circuit breaker opens after five failures \
         in 10 seconds. Retries increase the load on a service that is already slow.",
    ),
    (
        "store",
        "A DynamoDB item may have at most 400 KB. A single partition serves 3,000 read units and 1,000 write units per \
         second. Reads are eventually consistent by default. On-demand tables need no capacity planning. In November 2024 AWS \
         halved the price of on-demand requests.",
    ),
    (
        "medicine",
        "In a trial with 1,240 patients, dalmorexin reduced the number of migraine days from 8.1 to 5.3 per month. The \
         drug was taken once a day. Nausea was reported by 7 % of patients, and no deaths occurred. The trial did not include \
         pregnant women. Treatment with dalmorexin increases sleepiness in older patients.",
    ),
    (
        "bridge",
        "The Tamsel Bridge opened to traffic on 2 May 1957. It was designed by Ingrid Vael and cost 4.2 million crowns. The \
         main span is 1,210 metres long, longer than that of the Orre Bridge. The bridge was closed for repairs in 1999. Tolls \
         were abolished in 2006.",
    ),
    (
        "law",
        "Under the Water Act, a landowner must report a leak within 48 hours. The agency may not enter a private home \
         without a warrant. Fines range from 500 to 20,000 crowns. Appeals are heard by the Court of Orre. Small farms are \
         exempt from the fee.",
    ),
    (
        "tokio",
        "Tokio's default runtime has one worker thread per core. A blocking call in an async task stalls every other task on \
         its thread. The function spawn_blocking moves such calls to a separate pool of at most 512 threads. Dropping a \
         JoinHandle does not cancel the task. Structured concurrency ends every task before its scope ends.",
    ),
    (
        "economy",
        "Unemployment in Norrland fell to 4.1 percent in 2019. Exports of timber rose by a fifth. Wages grew faster than \
         prices. The regional bank raised its rate from 1.25 to 1.5 percent in June 2019. Most of the growth came from \
         wind power.",
    ),
    (
        "space",
        "The probe Halcyon reached the moon Thule after a flight of seven years. It carried four cameras and a magnetometer. \
         Halcyon found ice under the surface but no liquid water. The signal takes 52 minutes to reach Earth. Its battery failed \
         before the second orbit.",
    ),
    (
        "music",
        "Liv Aster composed the opera The Drowned Bell in 1926. It was first performed in Bergen by the Harmonic Society. \
         The critic Olav Moe called it \u{201c}a storm in three acts\u{201d}. The original score was lost in a fire and has never \
         been found. The opera has 3 acts and lasts two hours.",
    ),
];

/// The passages. Source 1 is the first.
pub(super) fn library() -> Vec<Passage> {
    TEXTS
        .iter()
        .map(|(document, text)| passage(document, text))
        .collect()
}

/// The number of a passage as answers write it.
pub(super) fn number(document: &str) -> usize {
    TEXTS.iter().position(|(name, _)| *name == document).unwrap() + 1
}
