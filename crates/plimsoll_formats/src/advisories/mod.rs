//! Advisories in the OSV schema, as osv.dev and GitHub publish them.
//!
//! Accepted: one record, an array of records, or JSON lines; any number of texts one after the
//! other. Of each record only what concerns the wanted packages of PyPI is kept, so that memory
//! grows with the project and not with the database. Withdrawn records are left out.
//!
//! Failure policy: a text that is no JSON, or holds no record, is an error with its place; fields
//! that are not understood (a version that is none of PEP 440, a range of another type) leave the
//! rest of the record in force.
//!
//! The schema: <https://ossf.github.io/osv-schema/>, read at version 1.7.

mod cvss;
mod record;

use std::collections::BTreeMap;

use serde::Deserializer;
use serde::de::{SeqAccess, Visitor};

use crate::requirements::Version;
use record::Record;

/// The advisories for some packages.
#[derive(Clone, Debug, Default)]
pub struct Advisories {
    packages: BTreeMap<String, Vec<Advisory>>,
    /// How many records were read, whether kept or not.
    pub records: usize,
    /// How many of them were withdrawn.
    pub withdrawn: usize,
    /// The newest `modified` of all records: how fresh the database is.
    pub newest: Option<String>,
}

/// What a record says about one package.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// Its id: `GHSA-…`, `PYSEC-…`.
    pub id: String,
    /// The same hole elsewhere: `CVE-…`.
    pub aliases: Vec<String>,
    /// What it is, in a line.
    pub summary: Option<String>,
    /// How bad it is, where the record says.
    pub severity: Option<Level>,
    ranges: Vec<Range>,
    versions: Vec<Version>,
}

/// How bad a hole is, by CVSS' bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Below 4.
    Low,
    /// Below 7.
    Medium,
    /// Below 9.
    High,
    /// From 9.
    Critical,
}

impl Level {
    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A stretch of affected versions.
#[derive(Clone, Debug)]
struct Range {
    /// From this one on; `None`: from the first.
    introduced: Option<Version>,
    end: End,
}

#[derive(Clone, Debug)]
enum End {
    /// Before this one.
    Fixed(Version),
    /// Up to this one.
    Last(Version),
    /// No end is known.
    Open,
}

/// Why a text was not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisoryError {
    /// The line that could not be read, counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for AdvisoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for AdvisoryError {}

impl Advisories {
    /// Takes in a text, keeping what concerns packages of these normalised names.
    ///
    /// # Errors
    /// [`AdvisoryError`] where the text is no JSON or something else than OSV records.
    pub fn add(&mut self, text: &str, wanted: &dyn Fn(&str) -> bool) -> Result<(), AdvisoryError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('[') {
            let mut reader = serde_json::Deserializer::from_str(text);
            let each = Each { all: self, wanted };
            let read = reader.deserialize_seq(each).and_then(|()| reader.end());
            return read.map_err(|error| wrong(&error));
        }
        // One record, or several one after the other, with or without line ends between them.
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Record>();
        let mut any = false;
        loop {
            let begins = stream.byte_offset();
            match stream.next() {
                Some(Ok(record)) => {
                    any = true;
                    self.take(record, wanted);
                }
                Some(Err(error)) => {
                    let before = text.get(..begins).unwrap_or("").matches('\n').count();
                    let inner = wrong(&error);
                    // The parser counts from the beginning of the text in a stream too.
                    let line = inner.line.max(before + 1);
                    return Err(AdvisoryError { line, ..inner });
                }
                None => break,
            }
        }
        if any { Ok(()) } else { Err(AdvisoryError { line: 1, message: "it is empty".to_owned() }) }
    }

    /// Whether nothing was read at all.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The advisories that concern a version of a package, one for each hole: records that name
    /// each other as aliases are one, with the gravest severity of them.
    pub fn of(&self, package: &str, version: &Version) -> Vec<Hole<'_>> {
        let known = self.packages.get(package).map_or(&[][..], Vec::as_slice);
        let mut holes: Vec<Hole<'_>> = Vec::new();
        for advisory in known.iter().filter(|advisory| advisory.concerns(version)) {
            let fixed = advisory.fixed_in(version);
            let same =
                holes.iter_mut().find(|hole| hole.names().any(|name| advisory.is_also(name)));
            match same {
                Some(hole) => {
                    hole.severity = hole.severity.max(advisory.severity);
                    hole.fixed = hole.fixed.max(fixed);
                    hole.records.push(advisory);
                }
                None => {
                    holes.push(Hole { records: vec![advisory], severity: advisory.severity, fixed })
                }
            }
        }
        holes.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id().cmp(b.id())));
        holes
    }

    fn take(&mut self, record: Record, wanted: &dyn Fn(&str) -> bool) {
        self.records += 1;
        if record.modified > self.newest {
            self.newest.clone_from(&record.modified);
        }
        if record.withdrawn.is_some() {
            self.withdrawn += 1;
            return;
        }
        for (package, advisory) in record.advisories(wanted) {
            self.packages.entry(package).or_default().push(advisory);
        }
    }
}

/// One hole in a version of a package, as one or several records tell of it.
#[derive(Clone, Debug)]
pub struct Hole<'a> {
    records: Vec<&'a Advisory>,
    /// The gravest severity of its records.
    pub severity: Option<Level>,
    /// The first version without it, where one is known.
    pub fixed: Option<&'a Version>,
}

impl Hole<'_> {
    /// The id by which it is best known: the CVE's, else the first record's.
    pub fn id(&self) -> &str {
        let cve = self.names().find(|name| name.starts_with("CVE-"));
        cve.or_else(|| self.names().next()).unwrap_or("")
    }

    /// All its ids, records first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let ids = self.records.iter().map(|record| record.id.as_str());
        let aliases = self.records.iter().flat_map(|record| &record.aliases).map(String::as_str);
        ids.chain(aliases)
    }

    /// What it is, in a line.
    pub fn summary(&self) -> Option<&str> {
        self.records.iter().find_map(|record| record.summary.as_deref())
    }
}

impl Advisory {
    /// Whether a version is affected.
    pub fn concerns(&self, version: &Version) -> bool {
        self.versions.contains(version) || self.ranges.iter().any(|range| range.holds(version))
    }

    /// The first version after this one that is free of it.
    pub fn fixed_in(&self, version: &Version) -> Option<&Version> {
        let mut ends: Vec<&Version> = self
            .ranges
            .iter()
            .filter_map(|range| match &range.end {
                End::Fixed(fixed) => Some(fixed),
                _ => None,
            })
            .filter(|fixed| *fixed > version)
            .collect();
        ends.sort();
        ends.into_iter().find(|fixed| !self.concerns(fixed))
    }

    fn is_also(&self, name: &str) -> bool {
        self.id == name || self.aliases.iter().any(|alias| alias == name)
    }
}

impl Range {
    fn holds(&self, version: &Version) -> bool {
        self.introduced.as_ref().is_none_or(|introduced| version >= introduced)
            && match &self.end {
                End::Fixed(fixed) => version < fixed,
                End::Last(last) => version <= last,
                End::Open => true,
            }
    }
}

/// Takes in the records of an array one by one, so that only one is held at a time.
struct Each<'a> {
    all: &'a mut Advisories,
    wanted: &'a dyn Fn(&str) -> bool,
}

impl<'de> Visitor<'de> for Each<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<Record>()? {
            self.all.take(record, self.wanted);
        }
        Ok(())
    }
}

fn wrong(error: &serde_json::Error) -> AdvisoryError {
    let message = match error.classify() {
        serde_json::error::Category::Data => "this is no record of the OSV schema".to_owned(),
        serde_json::error::Category::Eof => "the JSON ends in the middle".to_owned(),
        _ => "this is not JSON".to_owned(),
    };
    AdvisoryError { line: error.line().max(1), message }
}

#[cfg(test)]
mod tests {
    use super::{Advisories, Level};
    use crate::requirements::Version;

    const RECORD: &str = r#"{"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-01-02T00:00:00Z",
      "aliases": ["CVE-2026-1"], "summary": "A hole",
      "database_specific": {"severity": "HIGH"},
      "affected": [{"package": {"ecosystem": "PyPI", "name": "Some_Package"},
        "ranges": [{"type": "ECOSYSTEM", "events": [
          {"introduced": "4.2"}, {"fixed": "4.2.17"}, {"introduced": "5.0a1"}, {"fixed": "5.0.10"}]}]},
        {"package": {"ecosystem": "npm", "name": "some-package"}, "versions": ["9"]}]}"#;
    const TWIN: &str = r#"{"id": "PYSEC-2026-1", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-1"],
      "affected": [{"package": {"ecosystem": "PyPI", "name": "some.package"}, "versions": ["4.2", "4.2.1"]}]}"#;
    const WITHDRAWN: &str = r#"{"id": "PYSEC-2026-2", "modified": "2026-01-01T00:00:00Z", "withdrawn": "2026-02-01T00:00:00Z",
      "affected": [{"package": {"ecosystem": "PyPI", "name": "some-package"}, "versions": ["4.2"]}]}"#;
    const LAST: &str = r#"{"id": "X-1", "modified": "2026-01-01T00:00:00Z",
      "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
      "affected": [{"package": {"ecosystem": "PyPI", "name": "some-package"},
        "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]},
                   {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "1.9"}]}]}]}"#;

    fn database(texts: &[&str]) -> Advisories {
        let mut all = Advisories::default();
        for text in texts {
            all.add(text, &|name| name == "some-package").unwrap();
        }
        all
    }

    fn ids(database: &Advisories, version: &str) -> Vec<(String, Option<String>)> {
        let version = Version::parse(version).unwrap();
        let holes = database.of("some-package", &version);
        holes
            .iter()
            .map(|hole| (hole.id().to_owned(), hole.fixed.map(ToString::to_string)))
            .collect()
    }

    #[test]
    fn ranges_are_read_by_the_order_of_pep_440() {
        let all = database(&[RECORD, LAST]);
        for (version, expected) in [
            ("4.1.9", vec![]),
            ("4.2", vec![("CVE-2026-1", Some("4.2.17"))]),
            ("4.2.17", vec![]),
            ("4.2.17rc1", vec![("CVE-2026-1", Some("4.2.17"))]),
            ("5.0", vec![("CVE-2026-1", Some("5.0.10"))]),
            ("5.0.10", vec![]),
            ("1.9", vec![("X-1", None)]),
            ("1.10", vec![]),
        ] {
            let found = ids(&all, version);
            let found: Vec<(&str, Option<&str>)> =
                found.iter().map(|(id, fixed)| (id.as_str(), fixed.as_deref())).collect();
            assert_eq!(found, expected, "{version}");
        }
        assert!(all.of("other", &Version::parse("4.2").unwrap()).is_empty());
    }

    #[test]
    fn two_records_of_one_hole_are_one_and_withdrawn_ones_are_none() {
        let all = database(&[RECORD, TWIN, WITHDRAWN]);
        let version = Version::parse("4.2.1").unwrap();
        let holes = all.of("some-package", &version);
        let [hole] = holes.as_slice() else { panic!("{holes:?}") };
        assert_eq!(hole.severity, Some(Level::High));
        assert_eq!(hole.fixed.map(ToString::to_string).as_deref(), Some("4.2.17"));
        assert_eq!((all.records, all.withdrawn), (3, 1));
        assert_eq!(all.newest.as_deref(), Some("2026-01-02T00:00:00Z"));
    }

    #[test]
    fn severity_comes_from_the_vector_where_no_word_says_it() {
        let all = database(&[LAST]);
        let version = Version::parse("1.0").unwrap();
        assert_eq!(
            all.of("some-package", &version).first().unwrap().severity,
            Some(Level::Critical)
        );
    }

    #[test]
    fn arrays_lines_and_single_records_are_read() {
        let lines = format!("{}\n{}\n", RECORD.replace('\n', " "), TWIN.replace('\n', " "));
        for (text, count) in [
            (format!("[{RECORD}, {TWIN}]"), 2),
            (lines, 2),
            (RECORD.to_owned(), 1),
            ("[]".to_owned(), 0),
        ] {
            assert_eq!(database(&[&text]).records, count);
        }
    }

    #[test]
    fn what_is_no_database_is_refused_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("{\"id\": \"x\"", 1),
            ("name,version\n", 1),
            ("{\"id\": \"a\", \"modified\": \"b\"}\n{\"no\": 1}\n", 2),
            ("[1, 2]", 1),
        ] {
            let error = Advisories::default().add(text, &|_| true).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
        }
    }
}
