//! What the edit script accepts and refuses, by kind. Each row is a source, a claim, and whether the source says it.

use crate::{domain::Verdict, evidence::claims::verify, retrieval::test_passages::passage};

/// Rewritings that say the same.
const SAME: [(&str, &str); 30] = [
    ("The shop opens at 14:30.", "The shop opens at 2:30 pm."),
    ("The fee is $1,200.", "The fee is 1200 dollars."),
    ("The fee is 900 pounds.", "The fee is \u{a3}900."),
    ("The loaf bakes for 90 minutes.", "The loaf bakes for 1.5 hours."),
    (
        "The lamp was lit on 3 May 1871.",
        "The lamp was lit on May 3, 1871.",
    ),
    ("The team has twelve members.", "The team has 12 members."),
    (
        "About 5 % of calls fail.",
        "Approximately 5 percent of calls fail.",
    ),
    ("The lamp doesn\u{2019}t burn.", "The lamp does not burn."),
    (
        "The colour of the centre is grey.",
        "The color of the center is gray.",
    ),
    ("The caf\u{e9} sells e-mail cards.", "The cafe sells email cards."),
    (
        "Amazon Web Services (AWS) is large. AWS has regions.",
        "Amazon Web Services has regions.",
    ),
    (
        "The lamp was lit by Ada Holm in 1871.",
        "Ada Holm lit the lamp in 1871.",
    ),
    ("In 1871, the lamp was lit.", "The lamp was lit in 1871."),
    ("The lamp, built of brass, is tall.", "The lamp is tall."),
    ("The lamp burns oil, and the tower is high.", "The tower is high."),
    (
        "Opening at 9:00, the shop closes at noon.",
        "The shop opens at 9 am.",
    ),
    ("The lamp was lit and burned.", "THE LAMP WAS LIT AND BURNED."),
    (
        "The lamp, which is old and made of brass, burns oil.",
        "The lamp \u{2026} burns oil.",
    ),
    (
        "The lamp burns oil.",
        "According to the source, the lamp burns oil.",
    ),
    (
        "The lamp burns oil.",
        "The document says that the lamp burns oil.",
    ),
    ("The lamp burns oil.", "[T]he lamp burns oil [emphasis added]."),
    (
        "The lamp burns [oil](https://a.example/may).",
        "The lamp burns oil.",
    ),
    ("The lamp is a small old light.", "The lamp is a light."),
    (
        "He led the work, which took two weeks. The lamp is lit.",
        "He led the work.",
    ),
    (
        "| berth | fee |\n|---|---|\n| north | 40 euros |\n| south | 55 euros |",
        "The fee of the south berth is 55 euros.",
    ),
    ("**Timeout**: 30 seconds", "The timeout is 30 s."),
    (
        "The kit includes:\n\n- a lamp\n- a rope\n",
        "The kit includes a rope.",
    ),
    (
        "The lamp is tall. It was lit in 1871.",
        "The lamp was lit in 1871.",
    ),
    (
        "The tower is high. The lamp is lit.",
        "The tower is high and the lamp is lit.",
    ),
    ("The load is \u{2265} 5 kg.", "The load is at least 5 kg."),
];

/// Claims that the source does not make.
const OTHER: [(&str, &str); 36] = [
    ("The drug may reduce pain.", "The drug reduces pain."),
    ("Some lamps burn oil.", "All lamps burn oil."),
    ("Some lamps burn oil.", "Lamps burn oil."),
    ("Guests may enter only if they pay.", "Guests may enter."),
    ("The keeper claimed that the lamp was lit.", "The lamp was lit."),
    ("The lamp was lit, which the keeper denied.", "The lamp was lit."),
    ("According to rumours, the lamp was lit.", "The lamp was lit."),
    (
        "The lamp, under no circumstances, burns oil.",
        "The lamp burns oil.",
    ),
    ("Ada lent Bo ten crowns.", "Bo lent Ada ten crowns."),
    (
        "The lamp crosses the river near the mill. The rope crosses the road near the pier.",
        "The lamp crosses the road near the pier.",
    ),
    (
        "Ada Holm lived in Cork. Karl Berg died in 1900.",
        "Ada Holm and Karl Berg died in 1900.",
    ),
    (
        "The president signed the bill. The senator opposed it, and resigned in March.",
        "The president signed the bill and resigned in March.",
    ),
    (
        "The murderer of Karl Berg, the king of Petrel, was hanged.",
        "The king of Petrel was hanged.",
    ),
    ("The lamp is not, in fact, lit.", "The lamp is \u{2026} lit."),
    (
        "The board denied that the plant leaked oil.",
        "The board \u{2026} leaked oil.",
    ),
    ("Without oxygen, the lamp goes out.", "The lamp goes out."),
    ("Few studies have shown that the lamp works.", "The lamp works."),
    (
        "The attempted coup took place in 1990.",
        "The coup took place in 1990.",
    ),
    ("Cork is the second-largest city.", "Cork is the largest city."),
    (
        "The king was shot in a castle built by Ada Holm.",
        "Ada Holm shot the king.",
    ),
    ("Does the drug cure cancer?", "The drug cures cancer."),
    (
        "Never do any of the following:\n\n- Share your password.\n",
        "Share your password.",
    ),
    ("Formats: CSV or JSON", "The formats are CSV and JSON."),
    ("Note: Ada Holm met Karl Berg", "Note: Karl Berg met Ada Holm"),
    ("The tiger was hunting.", "The tiger was hunted."),
    (
        "The bug was fixed in version 1.10.",
        "The bug was fixed in version 1.1.",
    ),
    ("The value is -5.", "The value is 5."),
    ("The fee is 55 euros.", "The fee is 55 dollars."),
    ("CD4+ cells were few.", "CD4- cells were few."),
    (
        "Acute lymphoblastic leukemia (ALL) is rare. Acute lymphoblastic leukemia patients died.",
        "All patients died.",
    ),
    ("The bridge is open.", "The bridge is [not] open."),
    ("Ada was too young to vote.", "Ada was young to vote."),
    ("The shop was open.", "The shop is open."),
    ("The lamp burns oil or gas.", "The lamp burns oil."),
    ("We expect that it will scale.", "It will scale."),
    (
        "| berth | fee |\n|---|---|\n| north | 40 euros |\n| south | 55 euros |",
        "The fee of the north berth is 55 euros.",
    ),
];

fn verdict(source: &str, claim: &str) -> (Verdict, Option<String>) {
    let claims = verify(&format!("{claim} [1]"), &[passage("a", source)]);
    let worst = claims
        .iter()
        .find(|claim| claim.verdict != Verdict::Supported)
        .or(claims.first());
    let worst = worst.unwrap_or_else(|| panic!("no claim in {claim}"));
    (worst.verdict, worst.reason.clone())
}

#[test]
fn rewritings_that_say_the_same_are_supported() {
    let wrong: Vec<String> = SAME
        .iter()
        .map(|(source, claim)| (claim, verdict(source, claim)))
        .filter(|(_, (verdict, _))| *verdict != Verdict::Supported)
        .map(|(claim, found)| format!("{claim}: {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn claims_that_a_source_does_not_make_are_not_supported() {
    let wrong: Vec<String> = OTHER
        .iter()
        .map(|(source, claim)| (claim, verdict(source, claim)))
        .filter(|(_, (verdict, _))| *verdict == Verdict::Supported)
        .map(|(claim, found)| format!("{claim}: {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_refusal_says_what_the_source_says() {
    for (source, claim, reason) in [
        (
            "The drug may reduce pain.",
            "The drug reduces pain.",
            "may reduce",
        ),
        (
            "Members can enter only if they pay.",
            "Members can enter.",
            "only if",
        ),
        (
            "Ada lent Bo ten crowns.",
            "Bo lent Ada ten crowns.",
            "Ada lent Bo",
        ),
        ("The lamp burns oil.", "The lamp burns gas.", "gas"),
    ] {
        let (_, found) = verdict(source, claim);
        assert!(
            found.as_ref().is_some_and(|found| found.contains(reason)),
            "{claim}: {found:?}"
        );
    }
}
