//! Items and the verdicts of their controls.

use std::collections::BTreeSet;

use plimsoll_assess::{Applicability, Assessment, ControlVerdict};
use plimsoll_catalog::{Evidence, Target, Verdict, catalog};
use plimsoll_checklist::{Item, ItemKind, MarkState, Placement, Standing, advice};
use plimsoll_report::{
    ChecklistFile, ChecklistItem, GivenParameter, HarmfulAdvice, PlacedControl, Redactor, lets_tick,
};

use super::{Read, System};

/// How many grounds of a verdict are told.
const GROUNDS: usize = 3;

/// Whether a control is likely to be meant: the others do not apply to the system.
pub(super) fn applies(assessment: &Assessment, control: &str) -> bool {
    let verdict = assessment.controls.iter().find(|verdict| verdict.id == control);
    verdict.is_none_or(|verdict| verdict.verdict != Verdict::NotApplicable)
}

/// A checklist as the reports show it. Points that mean no control are part of the item above.
pub(super) fn file(read: &Read, system: Option<&System>) -> ChecklistFile {
    let items = &read.document.items;
    let verdicts: Vec<Option<&ControlVerdict>> =
        read.placed.iter().map(|placed| verdict(system?, &placed.as_ref()?.control)).collect();
    let holds = holding(items, &read.placed, &verdicts, system.is_some());
    let clear = Redactor::default();
    let redactor = system.map_or(&clear, |system| &system.redactor);
    let mut shown = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let placement = read.placed.get(index).and_then(Option::as_ref);
        let dropped = matches!(item.kind, ItemKind::Point | ItemKind::Heading);
        if placement.is_none() && dropped {
            continue;
        }
        let verdict = verdicts.get(index).copied().flatten();
        let control = placement.map(|placed| control(placed, verdict, system, redactor));
        let figures = read.figures.get(index).into_iter().flatten();
        shown.push(ChecklistItem {
            line: item.line,
            column: item.column,
            kind: item.kind.name(),
            text: redactor.line(&item.text, true),
            ticked: item.mark.map(|mark| mark.state == MarkState::Ticked),
            part_of: item.parent.and_then(|parent| items.get(parent)).map(|parent| parent.line),
            optional: item.optional(),
            control,
            parameters: figures
                .map(|figure| GivenParameter {
                    name: figure.parameter.clone(),
                    value: figure.value.clone(),
                    unit: figure.unit.clone(),
                    from: figure.from.clone(),
                })
                .collect(),
            holds: holds.get(index).copied().unwrap_or_default(),
        });
    }
    let odd = &read.document.odd_lines;
    let problems = (!odd.is_empty()).then(|| {
        let first = odd.first().copied().unwrap_or_default();
        let count = odd.len();
        format!("{count} lines are not UTF-8, the first is {first}; they were read as Windows-1252")
    });
    ChecklistFile {
        name: read.name.clone(),
        items: shown,
        advice: harmful(read),
        problems: problems.into_iter().collect(),
    }
}

fn verdict<'s>(system: &'s System, control: &str) -> Option<&'s ControlVerdict> {
    system.assessed.assessment.controls.iter().find(|verdict| verdict.id == control)
}

/// For each item whether a tick at it is so: what it means itself and all that stands below it.
fn holding(
    items: &[Item],
    placed: &[Option<Placement>],
    verdicts: &[Option<&ControlVerdict>],
    assessed: bool,
) -> Vec<bool> {
    let own = |index: usize| -> Option<bool> {
        placed.get(index)?.as_ref()?;
        let verdict = verdicts.get(index).copied().flatten()?;
        Some(lets_tick(verdict.verdict))
    };
    let mut holds: Vec<bool> = (0..items.len()).map(|_| false).collect();
    // What stands below an item comes after it.
    for index in (0..items.len()).rev() {
        let mut known = own(index);
        let below = items.iter().enumerate().skip(index + 1);
        for (child, item) in below.filter(|(_, item)| item.parent == Some(index)) {
            let means_nothing = placed.get(child).is_none_or(Option::is_none);
            let has_children = items.iter().any(|other| other.parent == Some(child));
            if item.kind == ItemKind::Point && means_nothing && !has_children {
                continue;
            }
            let child = holds.get(child).copied().unwrap_or_default();
            known = Some(known.unwrap_or(true) && child);
        }
        if let Some(slot) = holds.get_mut(index) {
            *slot = assessed && known == Some(true);
        }
    }
    holds
}

fn control(
    placed: &Placement,
    verdict: Option<&ControlVerdict>,
    system: Option<&System>,
    redactor: &Redactor,
) -> PlacedControl {
    let control = catalog().control(&placed.control);
    let by_person = control.is_some_and(|control| {
        let nothing = [Target::Repository, Target::Rehearsal, Target::Production];
        control.attestation.is_some()
            && nothing.iter().all(|target| control.checks(*target).is_empty())
    });
    let grounds = match (verdict, system) {
        (Some(verdict), Some(system)) => grounds(verdict, system),
        _ => Vec::new(),
    };
    PlacedControl {
        id: placed.control.clone(),
        title: control.map(|control| control.title.clone()).unwrap_or_default(),
        verdict: verdict.map(|verdict| verdict.verdict),
        by_person,
        confidence: placed.confidence.name(),
        words: placed.words.clone(),
        runner_up: placed.runner_up.clone(),
        seen: verdict.and_then(seen),
        grounds: grounds.iter().take(GROUNDS).map(|ground| redactor.message(ground)).collect(),
    }
}

/// Where the first evidence stands; the check that saw it where it stands in no one place.
fn seen(verdict: &ControlVerdict) -> Option<String> {
    let evidence = &verdict.evidence;
    let place = evidence.iter().find_map(|evidence| evidence.at.as_ref());
    let place = place.map(|at| format!("{}:{}", at.file, at.start.line));
    place.or_else(|| evidence.first().map(|evidence| evidence.check.clone()))
}

/// What a verdict rests on, or what is needed.
fn grounds(verdict: &ControlVerdict, system: &System) -> Vec<String> {
    let at = |place: Option<&plimsoll_source::Span>| {
        place.map(|at| format!(" ({}:{})", at.file, at.start.line)).unwrap_or_default()
    };
    match verdict.verdict {
        Verdict::Proven => {
            let seen =
                |evidence: &Evidence| format!("{}{}", evidence.statement, at(evidence.at.as_ref()));
            verdict.evidence.iter().map(seen).collect()
        }
        Verdict::Failed => {
            let findings = &system.assessed.assessment.findings;
            let own = findings
                .iter()
                .filter(|found| found.fails() && found.finding.control == verdict.id);
            let said: Vec<String> = own
                .map(|found| format!("{}{}", found.finding.message, at(Some(&found.finding.at))))
                .collect();
            if said.is_empty() { verdict.reason.iter().cloned().collect() } else { said }
        }
        Verdict::Unproven => verdict.needs.clone(),
        Verdict::NotApplicable | Verdict::Waived | Verdict::Attested => {
            let why = system.assessed.asked.iter().find(|subject| subject.id == verdict.id);
            let why = why.and_then(|subject| match &subject.applicability {
                Applicability::Not(reason) => Some(reason.clone()),
                _ => None,
            });
            verdict.reason.clone().or(why).into_iter().collect()
        }
    }
}

fn harmful(read: &Read) -> Vec<HarmfulAdvice> {
    let items = &read.document.items;
    let within = |line: usize| {
        let mut around = items.iter().filter(|item| (item.line..=item.last_line).contains(&line));
        around.next_back().map(|item| item.line)
    };
    advice(&read.document)
        .into_iter()
        .map(|advice| HarmfulAdvice {
            id: advice.id,
            line: advice.line,
            item: within(advice.line),
            control: advice.control,
            why: advice.why,
            instead: advice.instead,
        })
        .collect()
}

/// How each item of the document stands, for its box.
pub(super) fn standings(read: &Read, file: &ChecklistFile) -> Vec<Standing> {
    let items = &read.document.items;
    items
        .iter()
        .map(|item| {
            let shown = file
                .items
                .iter()
                .find(|shown| shown.line == item.line && shown.column == item.column);
            let Some(shown) = shown else { return Standing::Unplaced };
            match (&shown.control, shown.holds) {
                (Some(control), true) => Standing::Holds(reference(control)),
                (None, true) => Standing::Holds(group_reference(item.line, file)),
                (Some(_), false) => Standing::Open,
                (None, false) => Standing::Unplaced,
            }
        })
        .collect()
}

/// The short reference of an item that holds: `proven: SET-01, config/settings.py:12`.
fn reference(control: &PlacedControl) -> String {
    let word = match control.verdict {
        Some(Verdict::Attested) => "attested",
        Some(Verdict::Waived) => "waived",
        _ => "proven",
    };
    match &control.seen {
        Some(seen) if word == "proven" => format!("{word}: {}, {seen}", control.id),
        _ => format!("{word}: {}", control.id),
    }
}

/// The reference of an item that only groups others: the controls of these.
fn group_reference(line: usize, file: &ChecklistFile) -> String {
    let below = file.items.iter().filter(|item| item.part_of == Some(line));
    let placed: Vec<&PlacedControl> = below.filter_map(|item| item.control.as_ref()).collect();
    let any = |verdict| placed.iter().any(|control| control.verdict == Some(verdict));
    // A group is no better than the weakest of its parts.
    let word = match () {
        () if any(Verdict::Waived) => "waived",
        () if any(Verdict::Attested) => "attested",
        () => "proven",
    };
    let controls: BTreeSet<&str> = placed.iter().map(|control| control.id.as_str()).collect();
    format!("{word}: {}", controls.into_iter().collect::<Vec<_>>().join(", "))
}
