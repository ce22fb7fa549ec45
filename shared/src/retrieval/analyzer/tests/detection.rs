//! The language of a text.

use crate::domain::Language::{self, *};

#[test]
fn detects_the_language_of_a_document() {
    for (text, language) in [
        (
            "Der Turm ist hoch und die Treppe ist steil, aber nicht gefährlich.",
            German,
        ),
        (
            "La tour est haute et l'escalier est raide, mais il n'est pas dangereux.",
            French,
        ),
        (
            "La torre es alta y la escalera es empinada, pero no es peligrosa.",
            Spanish,
        ),
        (
            "A torre é alta e a escada é íngreme, mas não é perigosa.",
            Portuguese,
        ),
        (
            "La torre è alta e la scala è ripida, ma non è pericolosa.",
            Italian,
        ),
        (
            "De toren is hoog en de trap is steil, maar niet gevaarlijk.",
            Dutch,
        ),
        ("Tornet är högt och trappan är brant, men inte farlig.", Swedish),
        (
            "Tårnet er højt, og trappen er stejl, men ikke farlig, hvor den blev bygget.",
            Danish,
        ),
        (
            "Tårnet er høyt og trappen er bratt, men hvor den ble bygd er ikke farlig å se.",
            Norwegian,
        ),
        (
            "Torni on korkea ja portaat ovat jyrkät, mutta se ei ole vaarallinen.",
            Finnish,
        ),
        (
            "A torony magas és a lépcső meredek, de nem veszélyes, mint az a másik.",
            Hungarian,
        ),
        (
            "Turnul este înalt și scara este abruptă, dar nu este periculoasă.",
            Romanian,
        ),
        (
            "Kule yüksek ve merdiven dik, ama bu kadar tehlikeli değil.",
            Turkish,
        ),
        (
            "Башня высокая, и лестница крутая, но это не опасно, как она была.",
            Russian,
        ),
        (
            "Вежа висока, і сходи круті, але це не так небезпечно, як було.",
            Other,
        ),
        (
            "Ο πύργος είναι ψηλός και η σκάλα είναι απότομη, αλλά δεν είναι επικίνδυνη.",
            Greek,
        ),
        (
            "Wieża jest wysoka, a schody są strome, ale nie jest to niebezpieczne.",
            Other,
        ),
        ("البرج عال والسلم شديد الانحدار لكنه ليس خطيرا", Arabic),
        ("கோபுரம் உயரமானது மற்றும் படிக்கட்டு செங்குத்தானது", Tamil),
        (
            "The tower is high and the stairs are steep, but not dangerous.",
            English,
        ),
        ("Die Hauptstraße ist gesperrt.", English),
        ("灯塔很高。", English),
        ("max_retries = 3", English),
        ("", English),
        (
            "The word \"der\" is German for \"the\", and \"die\" and \"das\" are too.",
            English,
        ),
        ("We met at the café on the Rue de la Paix in Paris.", English),
        (
            "Los Angeles and San Francisco are cities in the state of California.",
            English,
        ),
    ] {
        assert_eq!(Language::detect(text, ""), language, "{text}");
    }
}
