//! Version 1 of the JSON of `plimsoll checklist`. Fields are added, never changed or removed.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;

use super::to_text;
use crate::checklist::{ChecklistFile, ChecklistItem, ChecklistReport, HarmfulAdvice};

/// The items of checklists as JSON, version 1; `schemas/checklist-v1.json` describes it.
pub fn checklist_json(report: &ChecklistReport) -> String {
    let files = &report.files;
    let items =
        files.iter().flat_map(|file| file.items.iter().map(|item| Item::new(&file.name, item)));
    let advice = files
        .iter()
        .flat_map(|file| file.advice.iter().map(|advice| Advice::new(&file.name, advice)));
    to_text(&Checklist {
        version: 1,
        target: &report.target,
        not_assessed: report.not_assessed.as_deref(),
        files: report.files.iter().map(File::new).collect(),
        items: items.collect(),
        advice: advice.collect(),
    })
}

#[derive(Serialize)]
struct Checklist<'a> {
    version: u32,
    target: &'a str,
    not_assessed: Option<&'a str>,
    files: Vec<File<'a>>,
    items: Vec<Item<'a>>,
    advice: Vec<Advice<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    items: usize,
    placed: usize,
    problems: &'a [String],
}

#[derive(Serialize)]
struct Item<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    kind: &'static str,
    text: &'a str,
    ticked: Option<bool>,
    part_of: Option<usize>,
    optional: bool,
    control: Option<&'a str>,
    title: Option<&'a str>,
    verdict: Option<Json>,
    by_person: bool,
    holds: bool,
    confidence: Option<&'static str>,
    words: &'a [String],
    runner_up: Option<&'a str>,
    grounds: &'a [String],
    parameters: IndexMap<&'a str, Parameter<'a>>,
}

#[derive(Serialize)]
struct Parameter<'a> {
    value: Json,
    unit: &'a str,
    from: &'a str,
}

#[derive(Serialize)]
struct Advice<'a> {
    file: &'a str,
    line: usize,
    item: Option<usize>,
    id: &'a str,
    control: &'a str,
    why: &'a str,
    instead: &'a str,
}

impl<'a> File<'a> {
    fn new(file: &'a ChecklistFile) -> Self {
        File {
            file: &file.name,
            items: file.items.len(),
            placed: file.items.iter().filter(|item| item.control.is_some()).count(),
            problems: &file.problems,
        }
    }
}

impl<'a> Item<'a> {
    fn new(file: &'a str, item: &'a ChecklistItem) -> Self {
        let control = item.control.as_ref();
        let parameters = item.parameters.iter().map(|given| {
            let value = serde_json::to_value(&given.value).unwrap_or_default();
            (given.name.as_str(), Parameter { value, unit: &given.unit, from: &given.from })
        });
        Item {
            file,
            line: item.line,
            column: item.column,
            kind: item.kind,
            text: &item.text,
            ticked: item.ticked,
            part_of: item.part_of,
            optional: item.optional,
            control: control.map(|control| control.id.as_str()),
            title: control.map(|control| control.title.as_str()),
            verdict: item
                .verdict()
                .map(|verdict| serde_json::to_value(verdict).unwrap_or_default()),
            by_person: control.is_some_and(|control| control.by_person),
            holds: item.holds,
            confidence: control.map(|control| control.confidence),
            words: control.map_or(&[], |control| &control.words),
            runner_up: control.and_then(|control| control.runner_up.as_deref()),
            grounds: control.map_or(&[], |control| &control.grounds),
            parameters: parameters.collect(),
        }
    }
}

impl<'a> Advice<'a> {
    fn new(file: &'a str, advice: &HarmfulAdvice) -> Self {
        Advice {
            file,
            line: advice.line,
            item: advice.item,
            id: advice.id,
            control: advice.control,
            why: advice.why,
            instead: advice.instead,
        }
    }
}
