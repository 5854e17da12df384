//! What the formats of `plimsoll status` are made from.

use jiff::Timestamp;
use plimsoll_catalog::{Catalog, Control, Criticality, Family, Verdict};
use plimsoll_ledger::{Change, Due, Head, LedgerId, Stand, Standing};

/// Where a system stands, what changed and what is due.
#[derive(Debug)]
pub struct StatusReport<'a> {
    /// The catalog of this build.
    pub catalog: &'a Catalog,
    /// Where it stands.
    pub standing: &'a Standing,
    /// The time of the assessment that changes are counted from.
    pub since: Option<Timestamp>,
    /// What stands otherwise than then.
    pub changes: Vec<Change>,
    /// What lapses before this time is told as expiring soon.
    pub soon: Timestamp,
    /// How many days that is ahead.
    pub within_days: u16,
    /// What people have to do again.
    pub due: Vec<Due>,
    /// The ledger.
    pub ledger: LedgerId,
    /// Its end when it was read.
    pub head: Head,
}

/// The order in which verdicts are counted.
pub(crate) const VERDICTS: [Verdict; 6] = [
    Verdict::Proven,
    Verdict::Attested,
    Verdict::Waived,
    Verdict::Failed,
    Verdict::Unproven,
    Verdict::NotApplicable,
];

/// The order in which criticalities are counted.
pub(crate) const CRITICALITIES: [Criticality; 3] =
    [Criticality::Critical, Criticality::Important, Criticality::Optional];

impl StatusReport<'_> {
    /// The controls with where they stand, in the order of the catalog.
    pub(crate) fn controls(&self) -> impl Iterator<Item = (&Control, &Stand)> {
        let stands = self.standing.controls.iter();
        stands.filter_map(|stand| Some((self.catalog.control(&stand.control)?, stand)))
    }

    /// How many controls of a family have each verdict, in the order of [`VERDICTS`].
    pub(crate) fn of_family(&self, family: Family) -> [usize; 6] {
        self.counts(|control| control.family == family)
    }

    /// How many controls of a criticality have each verdict.
    pub(crate) fn of_criticality(&self, criticality: Criticality) -> [usize; 6] {
        self.counts(|control| control.criticality == criticality)
    }

    fn counts(&self, wanted: impl Fn(&Control) -> bool) -> [usize; 6] {
        VERDICTS.map(|verdict| {
            self.controls()
                .filter(|(control, stand)| wanted(control) && stand.verdict == verdict)
                .count()
        })
    }

    /// What lapses soon by itself, the first to lapse first.
    pub(crate) fn expiring(&self) -> Vec<(&Control, &Stand, Timestamp)> {
        let mut found: Vec<_> = self
            .controls()
            .filter_map(|(control, stand)| {
                let end = stand.expires.filter(|end| *end <= self.soon)?;
                Some((control, stand, end))
            })
            .collect();
        found.sort_by_key(|(_, _, end)| *end);
        found
    }
}

/// How often a task comes back, as a word.
pub(crate) fn rhythm(hours: u32) -> &'static str {
    match hours / 24 {
        0..=2 => "daily",
        3..=8 => "weekly",
        9..=35 => "monthly",
        36..=100 => "quarterly",
        _ => "yearly",
    }
}
