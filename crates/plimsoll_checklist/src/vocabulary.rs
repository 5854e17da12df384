//! The words that people use for each control, read from `vocabulary/`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::words::{Reader, Word};

/// How people speak of one control.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The control.
    pub(crate) control: String,
    /// Sets of words; each set that a text has in full speaks for the control.
    pub(crate) phrases: Vec<Vec<Word>>,
    /// Sets of words that speak against it.
    pub(crate) unless: Vec<Vec<Word>>,
}

/// All of it.
pub(crate) struct Vocabulary {
    /// How texts are read.
    pub(crate) reader: Reader,
    /// One entry for each control, in the order of the catalog's families.
    pub(crate) entries: Vec<Entry>,
    /// How much a word tells, by word: the fewer controls it speaks for, the more.
    pub(crate) weights: HashMap<Word, f64>,
}

/// The vocabulary that is built in.
pub(crate) fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(load);
    &VOCABULARY
}

#[derive(Deserialize)]
struct Concepts {
    concepts: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct RawEntry {
    phrases: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

const CONCEPTS: &str = include_str!("../vocabulary/concepts.toml");

const FAMILIES: &[&str] = &[
    include_str!("../vocabulary/set.toml"),
    include_str!("../vocabulary/hdr.toml"),
    include_str!("../vocabulary/tls.toml"),
    include_str!("../vocabulary/prx.toml"),
    include_str!("../vocabulary/app.toml"),
    include_str!("../vocabulary/job.toml"),
    include_str!("../vocabulary/db.toml"),
    include_str!("../vocabulary/cache.toml"),
    include_str!("../vocabulary/auth.toml"),
    include_str!("../vocabulary/api.toml"),
    include_str!("../vocabulary/data.toml"),
    include_str!("../vocabulary/bak.toml"),
    include_str!("../vocabulary/log.toml"),
    include_str!("../vocabulary/mon.toml"),
    include_str!("../vocabulary/mail.toml"),
    include_str!("../vocabulary/sto.toml"),
    include_str!("../vocabulary/net.toml"),
    include_str!("../vocabulary/sec.toml"),
    include_str!("../vocabulary/perf.toml"),
    include_str!("../vocabulary/qa.toml"),
    include_str!("../vocabulary/dep.toml"),
    include_str!("../vocabulary/doc.toml"),
    include_str!("../vocabulary/ops.toml"),
];

/// A name with underscores nearly decides alone.
const NAME_WEIGHT: f64 = 11.0;
const EXACT_WEIGHT: f64 = 6.0;

// What is embedded is read by a test as well: it parses, and it has an entry for each control.
#[allow(clippy::expect_used)]
fn load() -> Vocabulary {
    let concepts: Concepts = toml::from_str(CONCEPTS).expect("the embedded concepts parse");
    let wordings = concepts.concepts.iter().flat_map(|(concept, all)| {
        let own = std::iter::once((concept.as_str(), concept.as_str()));
        own.chain(all.iter().map(|wording| (concept.as_str(), wording.as_str())))
    });
    let reader = Reader::new(wordings);
    let mut entries = Vec::new();
    for family in FAMILIES {
        let raw: BTreeMap<String, RawEntry> =
            toml::from_str(family).expect("the embedded vocabulary parses");
        for (control, raw) in raw {
            let read = |all: &[String]| {
                all.iter()
                    .map(|phrase| reader.phrase(phrase))
                    .filter(|words| !words.is_empty())
                    .collect()
            };
            let entry = Entry { control, phrases: read(&raw.phrases), unless: read(&raw.unless) };
            entries.push(entry);
        }
    }
    let weights = weights(&entries);
    Vocabulary { reader, entries, weights }
}

fn weights(entries: &[Entry]) -> HashMap<Word, f64> {
    let mut count: HashMap<&Word, usize> = HashMap::new();
    for entry in entries {
        let mut words: Vec<&Word> = entry.phrases.iter().flatten().collect();
        words.sort();
        words.dedup();
        for word in words {
            *count.entry(word).or_default() += 1;
        }
    }
    #[allow(clippy::cast_precision_loss)]
    let weight = |word: &Word, uses: usize| match word {
        Word::Name(_) => NAME_WEIGHT,
        Word::Exact(_) => EXACT_WEIGHT,
        Word::Stem(_) => (1.0 + entries.len() as f64 / uses as f64).ln(),
    };
    count.into_iter().map(|(word, uses)| (word.clone(), weight(word, uses))).collect()
}
