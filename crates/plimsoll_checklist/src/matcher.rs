//! Which control an item means.
//!
//! Deterministic and explained: each control has sets of words ([`crate::vocabulary`]); a set
//! that the item has in full speaks for the control by what its words tell. Words of the headings
//! and of the item above count less than the item's own. The control with the most wins; how far
//! it is ahead is the confidence.

use std::collections::HashMap;

use crate::item::{Item, ItemKind};
use crate::vocabulary::{Entry, Vocabulary, vocabulary};
use crate::words::{Word, Words};

/// How sure a placement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Another control is nearly as likely.
    Low,
    /// Most likely.
    Medium,
    /// Nothing else comes near.
    High,
}

impl Confidence {
    /// Its name: `high`.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// Where an item belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The control that it means.
    pub control: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// The words that decided, the most telling first.
    pub words: Vec<String>,
    /// The next likely control, where one is near.
    pub runner_up: Option<String>,
}

/// How much a word counts by where it stands.
const OWN: f64 = 1.0;
const ABOVE: f64 = 0.5;
const BELOW: f64 = 0.3;
const FAR: f64 = 0.2;
/// A set of words of which none is the item's own.
const BORROWED: f64 = 0.45;
/// What is left of a control that the item's words speak against.
const UNLIKELY: f64 = 0.35;
/// Below this nothing is placed: less than one telling word of the item's own.
const LEAST: f64 = 2.2;

/// Places items on controls.
pub struct Matcher<'a> {
    vocabulary: &'static Vocabulary,
    /// Controls by text of items, from the team's own configuration.
    overrides: &'a [(String, String)],
    /// Whether a control applies to the system; the others are less likely to be meant.
    applies: &'a dyn Fn(&str) -> bool,
}

/// How much speaks for a control, and which words.
struct Scored<'e> {
    score: f64,
    entry: &'e Entry,
    words: Vec<(f64, String)>,
}

struct Context {
    own: Words,
    above: Words,
    below: Words,
    far: Words,
}

impl<'a> Matcher<'a> {
    /// A matcher. An override gives the text of items, without regard to case, and their control.
    pub fn new(overrides: &'a [(String, String)], applies: &'a dyn Fn(&str) -> bool) -> Self {
        Matcher { vocabulary: vocabulary(), overrides, applies }
    }

    /// Places each item; `None` where no control comes near.
    pub fn place(&self, items: &[Item]) -> Vec<Option<Placement>> {
        items.iter().map(|item| self.one(item, items)).collect()
    }

    fn one(&self, item: &Item, items: &[Item]) -> Option<Placement> {
        let lower = item.text.to_lowercase();
        let own = self.overrides.iter().find(|(text, _)| lower.contains(&text.to_lowercase()));
        if let Some((text, control)) = own {
            let words = vec![format!("plimsoll.toml: {text}")];
            return Some(Placement {
                control: control.clone(),
                confidence: Confidence::High,
                words,
                runner_up: None,
            });
        }
        let context = self.context(item, items);
        let mut scores: Vec<Scored<'_>> = Vec::new();
        for entry in &self.vocabulary.entries {
            let (score, words) = self.score(entry, &context);
            if score > 0.0 {
                let likely = if (self.applies)(&entry.control) { score } else { score * 0.8 };
                scores.push(Scored { score: likely, entry, words });
            }
        }
        scores.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| a.entry.control.cmp(&b.entry.control))
        });
        let mut ranked = scores.into_iter();
        let Scored { score: best, entry, mut words } = ranked.next()?;
        let second = ranked.next();
        let near = second.as_ref().map_or(0.0, |second| second.score / best);
        if best < LEAST || item.kind == ItemKind::Point && best < LEAST * 1.5 {
            return None;
        }
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let confidence = match () {
            () if best >= 7.0 && near <= 0.7 => Confidence::High,
            () if best >= 4.0 && near <= 0.9 => Confidence::Medium,
            () => Confidence::Low,
        };
        Some(Placement {
            control: entry.control.clone(),
            confidence,
            words: words.into_iter().map(|(_, word)| word).take(5).collect(),
            runner_up: second.filter(|_| near > 0.7).map(|second| second.entry.control.clone()),
        })
    }

    fn context(&self, item: &Item, items: &[Item]) -> Context {
        let read = |text: &str| self.vocabulary.reader.words(text);
        let mut above = Words::default();
        let mut far = Words::default();
        if let Some(parent) = item.parent.and_then(|parent| items.get(parent)) {
            above.add(&read(&parent.text));
        }
        // The title of the whole list says of no item what it is about.
        let titles = |heading: &&String| !heading.to_lowercase().contains("checklist");
        let mut headings = item.headings.iter().rev().filter(titles);
        if let Some(nearest) = headings.next() {
            above.add(&read(nearest));
        }
        for heading in headings {
            far.add(&read(heading));
        }
        let mut below = Words::default();
        for detail in &item.details {
            below.add(&read(detail));
        }
        Context { own: read(&item.text), above, below, far }
    }

    /// How much speaks for a control, and which words.
    fn score(&self, entry: &Entry, context: &Context) -> (f64, Vec<(f64, String)>) {
        let mut best: HashMap<&Word, f64> = HashMap::new();
        for phrase in &entry.phrases {
            let factors: Option<Vec<f64>> =
                phrase.iter().map(|word| context.factor(word)).collect();
            let Some(factors) = factors else { continue };
            let borrowed = !factors.contains(&OWN);
            for (word, factor) in phrase.iter().zip(factors) {
                let weight = self.vocabulary.weights.get(word).copied().unwrap_or_default();
                let value = weight * factor * if borrowed { BORROWED } else { 1.0 };
                let known = best.entry(word).or_default();
                *known = known.max(value);
            }
        }
        let against =
            entry.unless.iter().any(|words| words.iter().all(|word| context.own.has(word)));
        // Summed in one order, so that the same text always gives the same sum.
        let mut words: Vec<(f64, String)> =
            best.into_iter().map(|(word, value)| (value, shown(word))).collect();
        words.sort_by(|a, b| a.1.cmp(&b.1));
        let sum: f64 = words.iter().map(|(value, _)| value).sum();
        (if against { sum * UNLIKELY } else { sum }, words)
    }
}

impl Context {
    fn factor(&self, word: &Word) -> Option<f64> {
        let places =
            [(&self.own, OWN), (&self.above, ABOVE), (&self.below, BELOW), (&self.far, FAR)];
        places.into_iter().find(|(words, _)| words.has(word)).map(|(_, factor)| factor)
    }
}

fn shown(word: &Word) -> String {
    match word {
        Word::Stem(stem) => stem.clone(),
        Word::Name(name) => name.to_uppercase(),
        Word::Exact(exact) => exact.clone(),
    }
}
