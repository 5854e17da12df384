//! Rules about settings that have no effect: names that nothing reads, tables that lose keys.

mod celery_setting_unread;
mod library_key_unknown;
mod library_setting_misspelt;
mod library_setting_unread;
mod override_drops_keys;
mod setting_misplaced;
mod setting_of_absent_package;
mod setting_undefined;

use std::collections::BTreeSet;

use plimsoll_facts::Facts;
use plimsoll_python::settings_atlas::{Package, Reads, Series, atlas};
use plimsoll_python::{Origin, Setting};

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    library_setting_unread::RULE,
    library_setting_misspelt::RULE,
    library_key_unknown::RULE,
    setting_of_absent_package::RULE,
    setting_misplaced::RULE,
    celery_setting_unread::RULE,
    override_drops_keys::RULE,
    setting_undefined::RULE,
];

/// A package of the atlas that the project declares.
struct Installed {
    package: &'static Package,
    /// The series of its version, where one is pinned or locked and the atlas has it.
    series: Option<Series<'static>>,
}

impl Installed {
    /// Whether it reads the setting, or may.
    fn may_read(&self, name: &str) -> bool {
        self.series.map_or_else(|| self.package.has(name), |series| series.reads(name) != Reads::No)
    }
}

/// The packages of the atlas that the project declares.
fn installed(facts: &Facts) -> Vec<Installed> {
    let declared = facts.versions.distributions.iter();
    declared
        .filter_map(|(name, distribution)| {
            let package = atlas().package(name)?;
            let series = distribution.exact.as_ref().and_then(|version| package.series(version));
            Some(Installed { package, series })
        })
        .collect()
}

/// The settings of the project that are no setting of Django's and that none of its own code uses.
fn unused(facts: &Facts) -> impl Iterator<Item = (&str, &Setting)> {
    let known = plimsoll_python::defaults(None);
    facts
        .settings
        .settings
        .iter()
        .map(|(name, setting)| (name.as_str(), setting))
        .filter(|(_, setting)| setting.origin == Origin::Project && setting.at.is_some())
        .filter(|(name, _)| !facts.uses.used.contains(*name))
        .filter(move |(name, _)| {
            known.get(name).is_none() && plimsoll_python::removed_setting(name).is_none()
        })
}

/// Whether a declared package that the atlas does not have may read the setting: its name has one
/// of the first two words of the setting's, as `django-amazon-ses` has of `AWS_SES_REGION`.
fn may_be_unlisted(facts: &Facts, name: &str) -> bool {
    let words: Vec<String> =
        name.split('_').take(2).map(str::to_lowercase).filter(|it| it != "django").collect();
    let unlisted = facts.versions.distributions.keys().filter(|it| !atlas().has(it));
    unlisted.flat_map(|it| it.split('-')).any(|part| words.iter().any(|word| word == part))
}

/// Names as they are listed in a sentence: `A, B and C`.
fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The settings of a package that begin with the same word as this one, where they are enough to
/// say that the word is the package's own: `AXES` of `AXES_FAILURE_LIMIT`.
fn family(package: &Package, name: &str) -> Option<BTreeSet<&'static str>> {
    let (word, _) = name.split_once('_')?;
    if COMMON.contains(&word) {
        return None;
    }
    let family = package.read_with_word(word);
    (family.len() >= 3).then_some(family)
}

/// First words that say nothing about whose setting it is.
const COMMON: [&str; 40] = [
    "ACCESS", "ADMIN", "ALLOWED", "API", "APP", "AUTH", "BASE", "CACHE", "CLIENT", "CUSTOM",
    "DATA", "DATABASE", "DB", "DEBUG", "DEFAULT", "DISABLE", "EMAIL", "ENABLE", "FILE", "GOOGLE",
    "LANGUAGE", "LOG", "LOGIN", "LOGOUT", "MAX", "MEDIA", "PASSWORD", "PROJECT", "REDIS", "SECRET",
    "SERVER", "SESSION", "SITE", "STATIC", "TEST", "TIME", "TOKEN", "URL", "USE", "USER",
];
