//! `plimsoll check --fix` and `--diff`: findings put right in the files.
//!
//! A repair is kept only if the changed repository, surveyed again, no longer has the finding and
//! has no finding that it did not have before. Nothing is written until that is known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_assess::Assessment;
use plimsoll_catalog::{Change, Finding, Outcome, Repair};
use plimsoll_repair::apply;
use plimsoll_source::{RepoPath, SourceText, Tree};
use similar::TextDiff;

use crate::failure::Failure;
use crate::output::replace_whole;
use crate::overlay::Overlay;

/// What can be put right, worked out and checked.
#[derive(Default)]
pub(crate) struct Plan {
    /// Files with their text before, `None` for a new one, and after.
    pub(crate) files: BTreeMap<RepoPath, (Option<String>, String)>,
    /// What is done, each as an order.
    pub(crate) done: Vec<String>,
    /// What could not be done, and why.
    pub(crate) left: Vec<(String, String)>,
    /// How many findings could be put right by repairs that want looking at.
    pub(crate) held_back: usize,
}

/// How findings of one run are told from those of another: places move when lines do.
type Mark = (&'static str, RepoPath, String);

/// Works out the repairs of the open findings, without writing anything. `outcomes` are those of
/// the repository as it is, before anything was narrowed down; `survey` gives the
/// outcomes of a changed repository, `None` where it can't be surveyed any more.
pub(crate) fn plan(
    assessment: &Assessment,
    outcomes: &[Outcome],
    tree: &dyn Tree,
    with_unsafe: bool,
    survey: &dyn Fn(&dyn Tree) -> Option<Vec<Outcome>>,
) -> Plan {
    let mut plan = Plan::default();
    let mut wanted: Vec<(&Finding, &Repair)> = Vec::new();
    let open = assessment.findings.iter().filter(|assessed| assessed.is_open());
    for finding in open.map(|assessed| &assessed.finding) {
        let Some(repair) = &finding.repair else { continue };
        if !repair.is_safe && !with_unsafe {
            plan.held_back += 1;
        } else if wanted.iter().any(|(_, other)| *other == repair) {
            // One change puts several findings right.
        } else {
            wanted.push((finding, repair));
        }
    }
    let before: BTreeSet<Mark> =
        outcomes.iter().flat_map(|outcome| &outcome.findings).map(mark).collect();
    // Nearly always all of them hold together; only otherwise each is tried by itself.
    if let Ok(texts) = texts(tree, &wanted)
        && holds(tree, &texts, &wanted, &before, survey).is_ok()
    {
        plan.keep(tree, texts, &wanted);
        return plan;
    }
    let mut kept: Vec<(&Finding, &Repair)> = Vec::new();
    let mut last = BTreeMap::new();
    for pair in wanted {
        kept.push(pair);
        let tried = texts(tree, &kept)
            .and_then(|texts| holds(tree, &texts, &kept, &before, survey).map(|()| texts));
        match tried {
            Ok(texts) => last = texts,
            Err(reason) => {
                kept.pop();
                plan.left.push((pair.1.does.clone(), reason));
            }
        }
    }
    plan.keep(tree, last, &kept);
    plan
}

impl Plan {
    fn keep(
        &mut self,
        tree: &dyn Tree,
        texts: BTreeMap<RepoPath, String>,
        repairs: &[(&Finding, &Repair)],
    ) {
        for (path, after) in texts {
            let before = tree.read(&path).ok().map(|source| source.text().to_owned());
            if before.as_deref() != Some(after.as_str()) {
                self.files.insert(path, (before, after));
            }
        }
        self.done.extend(repairs.iter().map(|(finding, repair)| {
            format!("{} ({}, {})", repair.does, finding.rule, finding.control)
        }));
    }

    /// The changes as a unified diff.
    pub(crate) fn diff(&self) -> String {
        let mut out = String::new();
        for (path, (before, after)) in &self.files {
            let old = before.as_ref().map_or("/dev/null".to_owned(), |_| format!("a/{path}"));
            let diff = TextDiff::from_lines(before.as_deref().unwrap_or_default(), after);
            let unified = diff.unified_diff().header(&old, &format!("b/{path}")).to_string();
            out.push_str(&unified);
        }
        out
    }

    /// Writes the files, each whole or not at all.
    ///
    /// # Errors
    /// The first file that is not what it was when it was read, or that can't be written; what was
    /// written before stays, and is named.
    pub(crate) fn write(&self, root: &Path) -> Result<(), Failure> {
        let mut written: Vec<String> = Vec::new();
        for (path, (before, after)) in &self.files {
            let place = root.join(path.as_str());
            replace_whole(&place, before.as_deref(), after).map_err(|error| {
                let failure = Failure::not_assessed(format!("cannot change {path}: {error}"));
                match written.is_empty() {
                    true => failure.help("no file was changed"),
                    false => failure.help(format!("changed before that: {}", written.join(", "))),
                }
            })?;
            written.push(path.to_string());
        }
        Ok(())
    }

    /// What was done and what was not, for people.
    pub(crate) fn summary(&self, is_written: bool) -> String {
        let mut out = String::new();
        let verb = if is_written { "done" } else { "would be done" };
        for line in &self.done {
            out.push_str(&format!("{verb}: {line}\n"));
        }
        for (what, why) in &self.left {
            out.push_str(&format!("not done: {what}: {why}\n"));
        }
        if self.done.is_empty() && self.left.is_empty() && self.held_back == 0 {
            out.push_str("nothing that a program can put right\n");
        }
        if self.held_back > 0 {
            let more = self.held_back;
            out.push_str(&format!(
                "{more} more {} a change that wants looking at: --unsafe-fixes, with --diff to see it first\n",
                if more == 1 { "finding has" } else { "findings have" },
            ));
        }
        out
    }
}

fn mark(finding: &Finding) -> Mark {
    (finding.rule, finding.at.file.clone(), finding.message.clone())
}

/// The texts of all files after these repairs.
fn texts(
    tree: &dyn Tree,
    repairs: &[(&Finding, &Repair)],
) -> Result<BTreeMap<RepoPath, String>, String> {
    let mut by_file: BTreeMap<&RepoPath, Vec<&Change>> = BTreeMap::new();
    for change in repairs.iter().flat_map(|(_, repair)| &repair.changes) {
        by_file.entry(change.file()).or_default().push(change);
    }
    let mut out = BTreeMap::new();
    for (path, changes) in by_file {
        let source = match tree.read(path) {
            Ok(source) => source,
            Err(_) if !tree.has_file(path) => SourceText::new(path.clone(), ""),
            Err(problem) => return Err(problem.message),
        };
        let text = apply(&source, &changes).map_err(|obstacle| obstacle.to_string())?;
        out.insert(path.clone(), text);
    }
    Ok(out)
}

/// Whether the changed repository has none of the findings and no new one.
fn holds(
    tree: &dyn Tree,
    texts: &BTreeMap<RepoPath, String>,
    repairs: &[(&Finding, &Repair)],
    before: &BTreeSet<Mark>,
    survey: &dyn Fn(&dyn Tree) -> Option<Vec<Outcome>>,
) -> Result<(), String> {
    let overlay = Overlay::new(tree, texts);
    let outcomes = survey(&overlay).ok_or("the changed settings can't be read any more")?;
    let after: BTreeSet<Mark> =
        outcomes.iter().flat_map(|outcome| &outcome.findings).map(mark).collect();
    if let Some((finding, _)) = repairs.iter().find(|(finding, _)| after.contains(&mark(finding))) {
        return Err(format!("it would not put {} right", finding.rule));
    }
    // Some findings show only once another is gone; they were not told before.
    match after.iter().find(|mark| !before.contains(*mark)) {
        Some((rule, file, message)) => {
            Err(format!("it would bring about {rule} in {file}: {message}"))
        }
        None => Ok(()),
    }
}
