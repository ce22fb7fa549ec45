//! Sentences that no source could support or contradict: greetings, courtesies, opinions, questions, and what a speaker
//! says about themselves. Closed lists; a sentence that may state a fact is a claim.

/// Words before a sentence proper, if a comma or an exclamation mark follows: "Sure, ...".
const INTERJECTIONS: &str = "absolutely actually ah aha and agreed alright amazing awesome aww but certainly cheers congratulations \
     cool definitely exactly fantastic fine frankly goodbye great haha hello hey hi hmm honestly hooray indeed lol maybe \
     nice no oh ok okay oops ouch personally please right sadly seriously so sorry sure thanks true ugh unfortunately \
     well welcome wonderful wow yay yeah yep yes yikes";

/// Courtesies that are a sentence as a whole.
const COURTESIES: [&str; 43] = [
    "any time",
    "anytime",
    "bye",
    "bye for now",
    "enjoy",
    "glad to help",
    "glad to hear it",
    "glad to hear that",
    "good afternoon",
    "good evening",
    "good for you",
    "good job",
    "good luck",
    "good morning",
    "good night",
    "good point",
    "good question",
    "great question",
    "happy to help",
    "happy to hear that",
    "happy to hear it",
    "have a good day",
    "have a great day",
    "have a nice day",
    "here you go",
    "makes sense",
    "me neither",
    "me too",
    "my pleasure",
    "nice to meet you",
    "no problem",
    "no worries",
    "oh no",
    "oh well",
    "oh wow",
    "of course",
    "same here",
    "see you",
    "see you later",
    "take care",
    "thank you",
    "you are welcome",
    "you're welcome",
];

/// Beginnings of courtesies and opinions, whatever follows.
const OPENINGS: [&str; 34] = [
    "as far as i am concerned",
    "can't wait to",
    "feel free to",
    "from my point of view",
    "glad i could",
    "happy to assist",
    "hope this helps",
    "hope that helps",
    "hope you",
    "if you have any other questions",
    "if you have any questions",
    "if you ask me",
    "if you need anything else",
    "in my experience",
    "in my humble opinion",
    "in my opinion",
    "in my view",
    "it was nice talking",
    "just let me know",
    "let me check",
    "let me explain",
    "let me know",
    "let me see",
    "my favorite",
    "my favourite",
    "nice talking to you",
    "nice to meet",
    "please let me know",
    "sorry to hear",
    "sounds",
    "thank you for",
    "thanks for",
    "to be honest, i",
    "to my mind",
];

/// What a speaker feels or wishes, after "I", and after adverbs.
const FEELINGS: &str = "adore agree apologise apologize appreciate disagree dislike enjoy hate hope like love miss prefer \
     regret wish wonder";

/// What else a speaker says about themselves, after "I". With a number or a name it may be a fact.
const OF_SPEAKER: &str = "am bet believe can can't cannot could couldn't do don't feel find guess had have haven't imagine \
     know mean might must need never should suppose think thought understand want was will won't would";

/// Adverbs after "I".
const ADVERBS: &str = "absolutely also always certainly definitely especially just particularly personally quite rather \
     really so still totally truly";

/// Judgements of taste, after "that is" and the like.
const TASTES: &str = "amazing awesome awful bad beautiful boring brilliant cool crazy cute delicious exciting fantastic \
     fascinating fine fun funny good gorgeous great hilarious impressive incredible interesting lovely neat nice perfect \
     right sad scary terrible true weird wonderful";

/// Whether a sentence is no claim: nothing in it could be supported or contradicted by a source.
pub fn is_no_claim(text: &str) -> bool {
    let text = text
        .trim()
        .trim_start_matches(['"', '“', '*', '_', '>', '-', ' ']);
    if !text.contains(char::is_alphanumeric) || is_question(text) {
        return true;
    }
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let rest = without_interjections(&lower);
    if !rest.contains(char::is_alphanumeric) {
        return true;
    }
    is_courtesy(rest) || is_of_speaker(rest, has_facts(text, rest)) || is_taste(rest)
}

fn is_question(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '\'', ')', '*', '_', ' '])
        .ends_with(['?', '？'])
}

/// The rest of a sentence in lower case after its interjections.
fn without_interjections(mut text: &str) -> &str {
    loop {
        let end = text
            .find(|c: char| !(c.is_alphabetic() || c == '\''))
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let is_apart = rest.is_empty() || rest.starts_with([',', '!', '.', ';']);
        if !(is_apart && is_listed(INTERJECTIONS, word)) {
            return text;
        }
        text = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    }
}

fn is_courtesy(rest: &str) -> bool {
    let bare = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_exclamation = (rest.starts_with("what a ") || rest.starts_with("how ")) && rest.ends_with('!');
    let opens = OPENINGS.iter().any(|opening| {
        rest.strip_prefix(opening)
            .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
    });
    COURTESIES.contains(&bare) || opens || is_exclamation
}

/// Whether a sentence is about its speaker. `states_facts` is whether it has a number or a name.
fn is_of_speaker(rest: &str, states_facts: bool) -> bool {
    let mut words = words(rest).skip_while(|word| matches!(*word, "and" | "but" | "so"));
    match words.next() {
        Some("i") => {}
        Some("i'm" | "i've" | "i'd" | "i'll") => return !states_facts,
        _ => return false,
    }
    let verb = words.find(|word| !is_listed(ADVERBS, word)).unwrap_or_default();
    is_listed(FEELINGS, verb) || is_listed(OF_SPEAKER, verb) && !states_facts
}

/// Whether a sentence only judges what was said before: "That is really great".
fn is_taste(rest: &str) -> bool {
    let mut words = words(rest).peekable();
    let begins = match words.next() {
        Some("that's" | "it's" | "they're") => true,
        Some("that" | "it" | "this" | "they" | "those" | "these") => {
            matches!(
                words.next(),
                Some("is" | "was" | "are" | "were" | "sounds" | "looks" | "seems")
            )
        }
        _ => false,
    };
    let is_degree = |word: &&str| {
        is_listed(ADVERBS, word) || matches!(*word, "very" | "pretty" | "such" | "too" | "a" | "an" | "the")
    };
    let mut rest = words.skip_while(is_degree);
    let is_taste = begins && rest.next().is_some_and(|word| is_listed(TASTES, word));
    let ending: Vec<&str> = rest.collect();
    is_taste
        && matches!(
            &ending[..],
            [] | ["to", "hear" | "know" | "see"]
                | ["thing" | "idea" | "point" | "question" | "news"]
                | ["too"]
        )
}

/// Whether a sentence has a number, or a name after the first word of its rest.
fn has_facts(text: &str, rest: &str) -> bool {
    let has_number = text.contains(|c: char| c.is_ascii_digit());
    let words = || text.split_whitespace();
    let before = words().count().saturating_sub(rest.split_whitespace().count());
    let mut words = words().skip(before + 1);
    has_number
        || words.any(|word| {
            let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
            let is_speaker = word == "I" || word.starts_with("I'") || word.starts_with("I\u{2019}");
            word.starts_with(char::is_uppercase) && !is_speaker
        })
}

/// The words of a text in lower case, with their apostrophes. A sign inside a word stays, as in "i/o".
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

fn is_listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

#[cfg(test)]
mod tests {
    use super::is_no_claim;

    #[test]
    fn courtesies_opinions_and_questions_are_no_claims() {
        for sentence in [
            "I love that!",
            "Sure, happy to help.",
            "In my opinion it is the nicest.",
            "Hello!",
            "Hi, how are you?",
            "Thanks!",
            "Well, thank you.",
            "Great question!",
            "You’re welcome.",
            "I think it is great.",
            "I’m not sure about that.",
            "I don't know.",
            "I really like Paris.",
            "I have never been there.",
            "Personally, I prefer tea.",
            "And I agree.",
            "My favourite colour is blue.",
            "That's so cool!",
            "It is a good idea.",
            "That was interesting to hear.",
            "Wow, what a story!",
            "Sounds like fun.",
            "Hope this helps!",
            "Let me know if you need more.",
            "If you have any questions, ask.",
            "When was it built?",
            "Yes.",
            "Oh no!",
            "...",
            "",
        ] {
            assert!(is_no_claim(sentence), "{sentence}");
        }
    }

    #[test]
    fn sentences_that_may_state_a_fact_are_claims() {
        for sentence in [
            "I/O is slow.",
            "I/O can block a thread.",
            "The author thinks that the tower is tall.",
            "I think the tower is 31 metres tall.",
            "I believe Ada Holm was its keeper.",
            "I was born in 1990.",
            "I am the author of Dune.",
            "I wrote the report.",
            "Actually, the tower is tall.",
            "Yes, the tower is tall.",
            "No dogs are allowed.",
            "No, dogs are not allowed.",
            "Great Britain is an island.",
            "Sure Start is a programme for children.",
            "Hello World is the name of the programme.",
            "Thanks to the lamp, ships are safe.",
            "That is the tower.",
            "It is good for the heart.",
            "That is true of all towers.",
            "It is right of the door.",
            "Cool water is added.",
            "Fine sand covers the beach.",
            "Love is a song.",
            "How to sign is explained on the page.",
            "Let the dough rest for an hour.",
            "Good morning is a film of 1959.",
            "Please, the song, was released in May.",
            "Members like the hall.",
            "We opened the shop in May.",
            "The tower is beautiful.",
            "谁知道。",
        ] {
            assert!(!is_no_claim(sentence), "{sentence}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_decided(text in "(I|am|Sure|,|!|İ|ß|\\PC| ){0,20}") {
            let _decided = is_no_claim(&text);
        }
    }
}
