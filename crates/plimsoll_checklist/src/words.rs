//! Text to words that can be compared: lower case, stems, and one word for what people call
//! by many names.

use std::collections::{HashMap, HashSet};

use rust_stemmers::{Algorithm, Stemmer};

/// Words that say nothing of what an item is about.
const EMPTY: &[&str] = &[
    "a", "all", "already", "also", "an", "and", "any", "are", "as", "at", "be", "been", "by",
    "can", "do", "each", "for", "from", "has", "have", "if", "in", "into", "is", "it", "its",
    "make", "may", "of", "on", "or", "our", "so", "sure", "that", "the", "their", "them", "then",
    "these", "this", "to", "using", "was", "were", "when", "which", "will", "with", "you", "your",
    "e", "g", "set", "etc", "via", "per", "done", "should", "must", "ensure",
];

/// The most words that one wording of a concept has.
const LONGEST: usize = 4;

/// Turns text into words.
pub(crate) struct Reader {
    stemmer: Stemmer,
    /// Wordings, their words joined by spaces, to the stem of the concept.
    concepts: HashMap<String, String>,
}

/// A word of a phrase of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Word {
    /// Any form of a word or concept.
    Stem(String),
    /// A name with underscores; other names may end with it.
    Name(String),
    /// A word exactly as it stands, capitals included.
    Exact(String),
}

/// The words of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    stems: HashSet<String>,
    names: Vec<String>,
    exact: HashSet<String>,
}

impl Words {
    /// Whether a word of the vocabulary is among them.
    pub(crate) fn has(&self, word: &Word) -> bool {
        match word {
            Word::Stem(stem) => self.stems.contains(stem),
            Word::Exact(exact) => self.exact.contains(exact),
            Word::Name(name) => self.names.iter().any(|own| {
                let rest = own.strip_suffix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
            }),
        }
    }

    /// Adds the words of another text.
    pub(crate) fn add(&mut self, other: &Words) {
        self.stems.extend(other.stems.iter().cloned());
        self.names.extend(other.names.iter().cloned());
        self.exact.extend(other.exact.iter().cloned());
    }
}

impl Reader {
    /// A reader that knows these wordings, by concept.
    pub(crate) fn new<'a>(wordings: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let mut concepts = HashMap::new();
        for (concept, wording) in wordings {
            let stem = stemmer.stem(concept).into_owned();
            concepts.insert(spoken(wording).join(" "), stem.clone());
            concepts.insert(concept.to_owned(), stem);
        }
        Reader { stemmer, concepts }
    }

    /// The words of a text, as concepts and as themselves.
    pub(crate) fn words(&self, text: &str) -> Words {
        let mut words = Words::default();
        let exact = |word: &str| {
            word.len() > 2 && word.chars().all(|meant| meant.is_ascii_uppercase() || meant == '_')
        };
        for raw in split(text) {
            if exact(raw) {
                words.exact.insert(raw.to_owned());
            }
            if raw.contains('_') {
                words.names.push(raw.trim_matches('_').to_lowercase());
            }
        }
        let spoken = spoken(text);
        let mut at = 0;
        while at < spoken.len() {
            let (used, concept) = self.concept(&spoken, at);
            words.stems.extend(concept);
            for word in spoken.iter().skip(at).take(used) {
                words.stems.extend(self.stem(word));
            }
            at += used;
        }
        words
    }

    /// The words of a phrase of the vocabulary; concepts stand for all of their wordings.
    pub(crate) fn phrase(&self, phrase: &str) -> Vec<Word> {
        let mut words = Vec::new();
        let mut plain = String::new();
        for part in phrase.split(' ') {
            match part.strip_prefix('=') {
                Some(exact) => words.push(Word::Exact(exact.to_owned())),
                None if part.contains('_') => words.push(Word::Name(part.to_lowercase())),
                None => {
                    plain.push_str(part);
                    plain.push(' ');
                }
            }
        }
        let spoken = spoken(&plain);
        let mut at = 0;
        while at < spoken.len() {
            let (used, concept) = self.concept(&spoken, at);
            match concept {
                Some(concept) => words.push(Word::Stem(concept)),
                None => {
                    words.extend(spoken.get(at).and_then(|word| self.stem(word)).map(Word::Stem))
                }
            }
            at += used;
        }
        words.sort();
        words.dedup();
        words
    }

    /// How many words the longest wording at a place has, and its concept.
    fn concept(&self, words: &[String], at: usize) -> (usize, Option<String>) {
        for length in (1..=LONGEST).rev() {
            let Some(window) = words.get(at..at + length) else { continue };
            if let Some(concept) = self.concepts.get(&window.join(" ")) {
                return (length, Some(concept.clone()));
            }
        }
        (1, None)
    }

    fn stem(&self, word: &str) -> Option<String> {
        (!EMPTY.contains(&word) && !short_number(word))
            .then(|| self.stemmer.stem(word).into_owned())
    }
}

/// Numbers of one figure tell nothing without what they count; those with more may be ports.
fn short_number(word: &str) -> bool {
    word.len() < 2 && word.chars().all(|meant| meant.is_ascii_digit())
}

/// The words of a text in lower case, names with underscores in their parts.
fn spoken(text: &str) -> Vec<String> {
    // The file is not the environment.
    let text = &text.replace(".env ", "dotenv ").replace(".env`", "dotenv`");
    let parts = split(text).flat_map(|raw| raw.split('_'));
    parts
        .filter(|part| !part.is_empty())
        .map(|part| part.to_lowercase().replace(['\'', '’'], ""))
        .collect()
}

/// The runs of letters, digits and underscores, a plus sign after them included: `A+`, `N+1`.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let apart = |meant: char| !(meant.is_alphanumeric() || matches!(meant, '_' | '+' | '’'));
    text.split(apart)
        .map(|raw| raw.trim_start_matches('+'))
        .filter(|raw| raw.chars().any(char::is_alphanumeric))
}
