//! What becomes of the project's settings: which of them its own code reads, what an override
//! leaves out, and how Celery is told to read them.

use std::collections::{BTreeSet, HashSet};

use aho_corasick::AhoCorasick;
use plimsoll_python::settings_code::{
    CeleryConfig, Table, attributes_read, celery_configs, settings_code,
};
use plimsoll_python::{Origin, Settings};
use plimsoll_source::{SourceText, Span, Tree};

use crate::words;

/// Uses of settings, and overrides.
#[derive(Clone, Debug, Default)]
pub struct SettingUses {
    /// Settings whose name occurs in the project's own code or templates, other than where they
    /// are set.
    pub used: BTreeSet<String>,
    /// The calls by which Celery is told to read Django's settings.
    pub celery: Vec<CeleryConfig>,
    /// Overrides of a table by another that lacks some of its keys.
    pub replaced: Vec<Replaced>,
    /// Settings that code takes for granted and that neither the project nor Django sets: the name
    /// and the first place of each file.
    pub undefined: Vec<(String, Span)>,
}

/// A table of settings that a later module writes anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Replaced {
    /// The setting.
    pub name: String,
    /// Where it is written anew.
    pub at: Span,
    /// Where it was written before.
    pub before: Span,
    /// The keys that only the earlier table has, as `default.OPTIONS`, with their places.
    pub lost: Vec<(String, Span)>,
}

/// The names of the settings whose uses matter: those that the project sets itself.
pub(crate) struct Wanted {
    names: HashSet<String>,
    /// Finds the letters that the names begin with.
    starts: Option<AhoCorasick>,
}

impl Wanted {
    pub(crate) fn of(settings: &Settings) -> Self {
        let own = settings.settings.iter().filter(|(_, setting)| setting.origin == Origin::Project);
        let is_word = |name: &&String| {
            name.len() > 2
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.bytes().all(is_part)
        };
        let names: HashSet<String> = own.map(|(name, _)| name).filter(is_word).cloned().collect();
        let starts = |length: usize| -> BTreeSet<&str> {
            names.iter().map(|name| name.get(..length).unwrap_or(name)).collect()
        };
        // At the least the first letters, of which there are 26.
        let starts = (1..=3).rev().map(starts).find(|starts| starts.len() <= words::MOST);
        let starts = starts.filter(|starts| !starts.is_empty()).and_then(words::matcher);
        Self { names, starts }
    }

    /// Adds the names that occur in a text as words.
    pub(crate) fn used_in(&self, source: &SourceText, used: &mut BTreeSet<String>) {
        let text = source.text();
        let Some(starts) = &self.starts else { return };
        for hit in starts.find_iter(text) {
            let (before, rest) = text.as_bytes().split_at(hit.start());
            if before.last().is_some_and(|byte| is_part(*byte)) {
                continue;
            }
            let length = rest.iter().take_while(|byte| is_part(**byte)).count();
            let word = text.get(hit.start()..hit.start() + length).unwrap_or_default();
            if self.names.contains(word) && !used.contains(word) {
                used.insert(word.to_owned());
            }
        }
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Settings that a module takes for granted and that are not set.
pub(crate) fn undefined_in(source: &SourceText, settings: &Settings) -> Vec<(String, Span)> {
    let text = source.text();
    if memchr::memmem::find(text.as_bytes(), b"django.conf import").is_none() {
        return Vec::new();
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names_another = memchr::memmem::find_iter(text.as_bytes(), b"settings.").any(|at| {
        let rest = text.get(at + "settings.".len()..).unwrap_or_default();
        let name = rest.split(|c: char| !is_part(c)).next().unwrap_or_default();
        name.starts_with(|c: char| c.is_ascii_uppercase()) && settings.get(name).is_none()
    });
    if !names_another {
        return Vec::new();
    }
    let mut read = attributes_read(source);
    read.retain(|(name, _)| settings.get(name).is_none());
    read
}

/// How a file tells Celery to read Django's settings.
pub(crate) fn celery_in(source: &SourceText) -> Vec<CeleryConfig> {
    celery_configs(source)
}

impl SettingUses {
    /// Adds what the settings modules themselves say.
    pub(crate) fn add_settings(&mut self, tree: &dyn Tree, settings: &Settings) {
        let mut tables: Vec<Table> = Vec::new();
        for path in settings.files.iter().filter(|path| path.file_name().ends_with(".py")) {
            let Ok(source) = tree.read(path) else { continue };
            let code = settings_code(&source);
            self.used.extend(code.reads.into_iter().filter(|name| settings.get(name).is_some()));
            tables.extend(code.tables);
        }
        for (name, setting) in &settings.settings {
            let last = setting.at.as_ref().and_then(|at| table_at(&tables, name, at));
            let Some(last) = last.filter(|table| table.is_whole) else { continue };
            // A change of the table after it was written anew may bring the keys back.
            if setting.via.last() != setting.at.as_ref() {
                continue;
            }
            let before =
                setting.via.iter().rev().skip(1).find_map(|at| table_at(&tables, name, at));
            let Some(before) = before.filter(|before| before.at != last.at) else { continue };
            let lost = lost(before, last);
            if !lost.is_empty() {
                self.replaced.push(Replaced {
                    name: name.clone(),
                    at: last.at.clone(),
                    before: before.at.clone(),
                    lost,
                });
            }
        }
    }
}

fn table_at<'t>(tables: &'t [Table], name: &str, at: &Span) -> Option<&'t Table> {
    tables.iter().find(|table| {
        table.name == name && table.at.file == at.file && table.at.start.line == at.start.line
    })
}

/// The keys that only `before` has; of a part that is gone as a whole the part itself.
fn lost(before: &Table, after: &Table) -> Vec<(String, Span)> {
    let has = |key: &str| after.keys.iter().any(|(other, _)| other == key);
    let parent_is_kept = |key: &str| key.rsplit_once('.').is_none_or(|(parent, _)| has(parent));
    // A part that the later table computes may hold anything.
    let is_written = |key: &str| {
        key.rsplit_once('.').is_none_or(|(parent, _)| {
            let inner = format!("{parent}.");
            after.keys.iter().any(|(other, _)| other.starts_with(&inner))
        })
    };
    let gone =
        before.keys.iter().filter(|(key, _)| !has(key) && parent_is_kept(key) && is_written(key));
    gone.cloned().collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use crate::{Given, survey};

    fn uses(files: &[(&str, &str)]) -> super::SettingUses {
        let mut all = vec![
            (
                "manage.py",
                "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'app.prod')\n",
            ),
            ("app/__init__.py", ""),
        ];
        all.extend_from_slice(files);
        survey(&MemoryTree::new(all), &Given::default()).unwrap().uses
    }

    #[test]
    fn an_override_that_leaves_keys_out_is_told() {
        let uses = uses(&[
            (
                "app/base.py",
                "REST_FRAMEWORK = {'A': 1, 'B': {'C': 1}}\nDATABASES = {'default': {'ATOMIC_REQUESTS': True, 'NAME': 'x'}}\n",
            ),
            (
                "app/prod.py",
                "from .base import *\nREST_FRAMEWORK = {'A': 2}\nDATABASES = {'default': {'NAME': 'y'}}\n",
            ),
        ]);
        let lost: Vec<(&str, Vec<&str>)> = uses
            .replaced
            .iter()
            .map(|it| (it.name.as_str(), it.lost.iter().map(|(key, _)| key.as_str()).collect()))
            .collect();
        assert_eq!(
            lost,
            [("DATABASES", vec!["default.ATOMIC_REQUESTS"]), ("REST_FRAMEWORK", vec!["B"])]
        );
    }

    #[test]
    fn a_table_that_takes_in_the_other_loses_nothing() {
        let base = ("app/base.py", "REST_FRAMEWORK = {'A': 1, 'B': 2}\n");
        for prod in [
            "from .base import *\nREST_FRAMEWORK = {**REST_FRAMEWORK, 'A': 2}\n",
            "from .base import *\nREST_FRAMEWORK.update({'A': 2})\n",
            "from .base import *\nREST_FRAMEWORK['A'] = 2\n",
        ] {
            let uses = uses(&[base, ("app/prod.py", prod)]);
            assert_eq!(uses.replaced, [], "{prod}");
        }
    }

    #[test]
    fn names_are_used_where_code_or_templates_name_them() {
        let uses = uses(&[
            ("app/prod.py", "MINE = 1\nUNUSED = 2\nPART = 3\nWHOLE = [PART]\nSHOWN = 4\n"),
            ("app/views.py", "from django.conf import settings\nx = getattr(settings, 'MINE')\n"),
            ("app/templates/a.html", "{{ SHOWN }}"),
        ]);
        for name in ["MINE", "PART", "SHOWN"] {
            assert!(uses.used.contains(name), "{name} of {:?}", uses.used);
        }
        assert!(!uses.used.contains("UNUSED"));
    }

    #[test]
    fn a_longer_word_is_no_use() {
        let uses = uses(&[
            ("app/prod.py", "NAME = 1\nNAMES = 2\nNAME_A = 3\nNA = 4\nname = 5\n"),
            ("app/views.py", "x = MY_NAME, NAMES, NAME2, name, NA, éNAME_A\n"),
        ]);
        let used: Vec<_> = uses.used.iter().map(String::as_str).collect();
        assert_eq!(used, ["NAMES", "NAME_A"]);
    }

    #[test]
    fn many_settings_are_found_as_few_are() {
        let names: Vec<String> = (0..500)
            .map(|n| {
                format!(
                    "{}{}_{n}",
                    char::from(b'A' + n as u8 % 26),
                    char::from(b'A' + (n / 26) as u8)
                )
            })
            .collect();
        let settings: String = names.iter().map(|name| format!("{name} = 1\n")).collect();
        let code =
            names.iter().step_by(7).map(|name| format!("settings.{name}\n")).collect::<String>();
        let uses = uses(&[("app/prod.py", settings.as_str()), ("app/views.py", code.as_str())]);
        assert_eq!(uses.used.len(), names.iter().step_by(7).count());
    }
}
