//! Text of `plimsoll.toml` to [`Config`].

use std::collections::BTreeMap;

use globset::{Glob, GlobBuilder};
use jiff::civil::Date;
use plimsoll_catalog::{Parameter, ParameterValue, Severity};
use plimsoll_source::{Secret, SourceText, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::{Field, Mistakes, Table, clean};
use super::{Config, ConfigError, Names, PathGlob, Placed, Waiver, checklist, ledger};
use crate::suggest;

/// Reads a configuration.
///
/// # Errors
/// Every mistake in the file, in its order; no part of a file with mistakes is used.
pub fn parse(source: &SourceText, names: &Names) -> Result<Config, Vec<ConfigError>> {
    let mut mistakes = Mistakes::new(source);
    let (document, errors) = DeTable::parse_recoverable(source.text());
    if !errors.is_empty() {
        for error in errors {
            let at = mistakes.span(error.span().unwrap_or(0..0));
            mistakes.push(at, format!("invalid TOML: {}", clean(error.message())), None);
        }
        return Err(mistakes.list);
    }
    let config = read_document(document.get_ref(), names, &mut mistakes);
    if mistakes.list.is_empty() {
        return Ok(config);
    }
    mistakes.list.sort_by(|a, b| a.at.cmp(&b.at));
    Err(mistakes.list)
}

const KEYS: [&str; 11] = [
    "settings",
    "env-files",
    "env",
    "profile",
    "exclude",
    "fail-on",
    "parameters",
    "waivers",
    "ledger",
    "signers",
    "checklist",
];

fn read_document(document: &DeTable<'_>, names: &Names, m: &mut Mistakes<'_>) -> Config {
    let table = Table::strict(document, "", &KEYS, m);
    let (checklists, checklist_items) = checklist::read_checklist(&table, names, m);
    Config {
        settings: table.text("settings", m).filter(|module| check_module(module, m)),
        env_files: table.texts("env-files", m),
        env: read_env(&table, m),
        profile: table.text("profile", m).filter(|profile| {
            check_name("profile", profile, names.profiles.iter().map(String::as_str), m)
        }),
        exclude: table
            .texts("exclude", m)
            .into_iter()
            .filter(|glob| read_glob(&glob.value, &glob.at, m).is_some())
            .collect(),
        fail_on: read_threshold(&table, m),
        parameters: read_parameters(&table, names, m),
        waivers: read_waivers(&table, names, m),
        ledger: ledger::read_ledger(&table, m),
        signers: ledger::read_signers(&table, m),
        checklists,
        checklist_items,
    }
}

fn check_module(module: &Placed<String>, m: &mut Mistakes<'_>) -> bool {
    let is_name = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c == '_' || c.is_alphanumeric())
            && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    let good = module.value.split('.').all(is_name);
    if !good {
        let help = "write it as Python imports it, such as `config.settings.production`";
        m.push(
            module.at.clone(),
            format!("`{}` is no dotted module name", clean(&module.value)),
            Some(help.to_owned()),
        );
    }
    good
}

/// Whether `word` is one of `known`; else a mistake with the nearest name.
pub(super) fn check_name<'n>(
    what: &str,
    word: &Placed<String>,
    known: impl Iterator<Item = &'n str> + Clone,
    m: &mut Mistakes<'_>,
) -> bool {
    if known.clone().any(|name| name == word.value) {
        return true;
    }
    let help = match suggest(&word.value, known) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if what == "profile" => None,
        None => Some("`plimsoll catalog` lists them all".to_owned()),
    };
    m.push(word.at.clone(), format!("there is no {what} `{}`", clean(&word.value)), help);
    false
}

fn read_env(table: &Table<'_, '_>, m: &mut Mistakes<'_>) -> BTreeMap<String, Placed<Secret>> {
    let Some(entries) = table.table("env", m) else { return BTreeMap::new() };
    let mut variables = BTreeMap::new();
    for (key, value) in entries {
        let field = Field { key: key.get_ref(), value };
        let at = field.at(m);
        match value.get_ref() {
            DeValue::String(text) => {
                let secret = Secret::new(text.as_ref());
                variables.insert(key.get_ref().to_string(), Placed { value: secret, at });
            }
            _ => {
                let help = "the environment holds text only: put the value in quotes";
                let message = format!("variable `{}` is no string", clean(field.key));
                m.push(at, message, Some(help.to_owned()));
            }
        }
    }
    variables
}

fn read_threshold(table: &Table<'_, '_>, m: &mut Mistakes<'_>) -> Option<Severity> {
    let text = table.text("fail-on", m)?;
    match text.value.as_str() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "note" => Some(Severity::Note),
        _ => {
            let message = "`fail-on` must be \"error\", \"warning\" or \"note\"".to_owned();
            m.push(text.at, message, None);
            None
        }
    }
}

fn read_parameters(
    table: &Table<'_, '_>,
    names: &Names,
    m: &mut Mistakes<'_>,
) -> BTreeMap<String, BTreeMap<String, Placed<ParameterValue>>> {
    let mut all = BTreeMap::new();
    let Some(controls) = table.table("parameters", m) else { return all };
    for (control, value) in controls {
        let at = m.span(control.span());
        let id = Placed { value: control.get_ref().to_string(), at };
        if !check_name("control", &id, names.controls.keys().map(String::as_str), m) {
            continue;
        }
        let Some(entries) = (Field { key: &id.value, value }).table(m) else { continue };
        let known = names.controls.get(&id.value).map_or(&[][..], Vec::as_slice);
        let mut parameters = BTreeMap::new();
        for (name, value) in entries {
            if let Some(parameter) = read_parameter(&id.value, known, name, value, m) {
                parameters.insert(name.get_ref().to_string(), parameter);
            }
        }
        all.insert(id.value, parameters);
    }
    all
}

fn read_parameter(
    control: &str,
    known: &[Parameter],
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    m: &mut Mistakes<'_>,
) -> Option<Placed<ParameterValue>> {
    let word: &str = name.get_ref();
    let names = known.iter().map(|parameter| parameter.name.as_str());
    let Some(parameter) = known.iter().find(|parameter| parameter.name == word) else {
        let help = match suggest(word, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("{control} has no parameters"),
            None => format!("its parameters: {}", names.collect::<Vec<_>>().join(", ")),
        };
        let at = m.span(name.span());
        let message = format!("control `{control}` has no parameter `{}`", clean(word));
        m.push(at, message, Some(help));
        return None;
    };
    let field = Field { key: word, value };
    let at = field.at(m);
    let read = match (&parameter.value, value.get_ref()) {
        (ParameterValue::Integer(_), DeValue::Integer(number)) => {
            let digits = number.as_str().replace('_', "");
            let number = i64::from_str_radix(digits.trim_start_matches('+'), number.radix()).ok();
            number.filter(|number| *number >= 0).map(ParameterValue::Integer)
        }
        (ParameterValue::Text(_), DeValue::String(text)) => {
            Some(ParameterValue::Text(text.to_string()))
        }
        (ParameterValue::List(_), DeValue::Array(items)) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(ParameterValue::List),
        _ => None,
    };
    if read.is_none() {
        let wanted = match &parameter.value {
            ParameterValue::Integer(_) => format!("a whole number of {} from 0", parameter.unit),
            ParameterValue::Text(_) => "a string".to_owned(),
            ParameterValue::List(_) => "a list of strings".to_owned(),
        };
        let help = format!("the default is {}: {}", parameter.value, parameter.reason);
        m.push(at.clone(), format!("`{}` must be {wanted}", clean(word)), Some(help));
    }
    Some(Placed { value: read?, at })
}

const WAIVER_KEYS: [&str; 6] = ["control", "rule", "path", "reason", "owner", "expiry"];

fn read_waivers(table: &Table<'_, '_>, names: &Names, m: &mut Mistakes<'_>) -> Vec<Waiver> {
    let Some(field) = table.field("waivers") else { return Vec::new() };
    let Some(items) = field.value.get_ref().as_array() else {
        field.wrong_type("a list of tables: `[[waivers]]`", m);
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|value| {
            let entries = (Field { key: "waivers", value }).table(m)?;
            read_waiver(entries, &m.line_span(value.span()), names, m)
        })
        .collect()
}

fn read_waiver(
    entries: &DeTable<'_>,
    at: &Span,
    names: &Names,
    m: &mut Mistakes<'_>,
) -> Option<Waiver> {
    let table = Table::strict(entries, "[[waivers]]", &WAIVER_KEYS, m);
    let control = table.text("control", m).filter(|control| {
        check_name("control", control, names.controls.keys().map(String::as_str), m)
    });
    let rule = table
        .text("rule", m)
        .filter(|rule| check_name("rule", rule, names.rules.iter().map(String::as_str), m));
    if table.field("control").is_none() && table.field("rule").is_none() {
        let help = "add `control = \"SET-01\"`, `rule = \"debug-enabled\"`, or both";
        m.push(at.clone(), "waiver names no control and no rule".to_owned(), Some(help.to_owned()));
    }
    let path = table.text("path", m);
    let path = path.and_then(|glob| {
        let matcher = read_glob(&glob.value, &glob.at, m)?.compile_matcher();
        Some(PathGlob { text: glob.value, matcher })
    });
    let reason = table.required_text("reason", "why this is accepted", at, m);
    let owner = table.required_text("owner", "who answers for it", at, m);
    let expiry = read_expiry(&table, at, m);
    Some(Waiver {
        control: control.map(|id| id.value),
        rule: rule.map(|id| id.value),
        path,
        reason: reason?.value,
        owner: owner?.value,
        expiry: expiry?,
        at: at.clone(),
    })
}

fn read_expiry(table: &Table<'_, '_>, at: &Span, m: &mut Mistakes<'_>) -> Option<Date> {
    let Some(field) = table.field("expiry") else {
        let help = "add `expiry = 2027-06-30`: the last day on which it holds";
        m.push(at.clone(), "`[[waivers]]` has no `expiry`".to_owned(), Some(help.to_owned()));
        return None;
    };
    // TOML has dates; the quoted form is what people write who do not know.
    let date = match field.value.get_ref() {
        DeValue::Datetime(stamp) if stamp.time.is_none() => stamp.date.and_then(|date| {
            let year = i16::try_from(date.year).ok()?;
            let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Date::new(year, month, day).ok()
        }),
        DeValue::String(text) => text.parse::<Date>().ok(),
        _ => None,
    };
    if date.is_none() {
        let help = "write the last day on which it holds, such as `expiry = 2027-06-30`";
        let place = field.at(m);
        m.push(place, "`expiry` is no calendar date".to_owned(), Some(help.to_owned()));
    }
    date
}

fn read_glob(text: &str, at: &Span, m: &mut Mistakes<'_>) -> Option<Glob> {
    match GlobBuilder::new(text.trim_start_matches("./")).literal_separator(true).build() {
        Ok(glob) => Some(glob),
        Err(error) => {
            let message = format!("`{}` is no valid glob: {}", clean(text), error.kind());
            m.push(at.clone(), message, None);
            None
        }
    }
}
