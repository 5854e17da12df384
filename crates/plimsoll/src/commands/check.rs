//! `plimsoll check`

use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::time::Instant;

use plimsoll_assess::config::{Config, Placed};
use plimsoll_assess::{Assessment, Notice, NoticeKind, ProfileChoice, suggest};
use plimsoll_catalog::{Catalog, Criticality, Family, Severity, Target};
use plimsoll_facts::Facts;
use plimsoll_report::{
    ChosenProfile, ControlInfo, Report, RuleText, Sources, TargetInfo, TargetProblem, TextOptions,
    check_github, check_html, check_json, check_junit, check_markdown, check_sarif, check_text,
};
use plimsoll_source::{RepoPath, SourceText, Tree};

use super::explain::rule_text;
use super::{checklist, repair};
use crate::assessing::{self, Assessed};
use crate::cli::{Check, CheckFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::output::Screen;
use crate::progress::Progress;
use crate::recording::{self, Run};
use crate::said::{self, Ask};
use crate::survey::{self, Opened, Surveyed};
use crate::{advisories, digests, keyring};

pub(crate) fn run(arguments: &Check, screen: &Screen) -> Result<Exit, Failure> {
    check(arguments, screen, arguments.fix || arguments.diff)
}

/// One check; with `repairs`, what can be put right comes first, and another check after it.
fn check(arguments: &Check, screen: &Screen, repairs: bool) -> Result<Exit, Failure> {
    let began = Instant::now();
    // Whoever can't sign learns it before the work.
    let pen = arguments.record.then(|| keyring::pen(&arguments.signing)).transpose()?;
    let started = home::now().to_zoned(jiff::tz::TimeZone::UTC);
    let families = families(&arguments.family)?;
    let progress = Progress::start("reading the repository");
    // One of the threads that share the work; a pool that is there already is as good.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    // Reading the catalog takes as long as reading a small project: both at once.
    rayon::spawn(|| {
        plimsoll_catalog::catalog();
    });
    // The process ends with the check: what was read is not taken apart piece by piece.
    let opened = ManuallyDrop::new(Opened::new(&arguments.subject)?);
    let tree = opened.tree();
    let surveyed = opened.survey(&arguments.subject, &tree, arguments.history)?;
    let mut surveyed = ManuallyDrop::new(surveyed);
    if let Some(path) = &arguments.advisories {
        let declared = &surveyed.facts.versions.distributions;
        let found = advisories::read(path, &|name| declared.contains_key(name))?;
        surveyed.facts.advisories = Some(found);
    }
    let facts = &surveyed.facts;
    let catalog = plimsoll_catalog::catalog();
    let figures = checklist::configured_figures(&opened)?;
    let ask = Ask {
        place: &arguments.ledger,
        release: arguments.release.as_deref(),
        to_be_made: arguments.record,
    };
    let said = said::read(&ask, &opened)?;
    let Assessed { choice, outcomes, asked, mut assessment } =
        assessing::assessed(&opened, facts, &tree, &figures, &said, started.date());
    assessment.notices.extend(idle_parameters(&opened.config));
    narrow(&mut assessment, catalog, &families, arguments);
    if repairs {
        let again = |tree: &dyn Tree| {
            let mut surveyed = opened.survey(&arguments.subject, tree, false).ok()?;
            surveyed.facts.advisories.clone_from(&facts.advisories);
            let measures = assessing::measures(&opened, &choice, &figures);
            Some(plimsoll_rules::run(&surveyed.facts, &measures))
        };
        let plan = repair::plan(&assessment, &outcomes, &tree, arguments.unsafe_fixes, &again);
        drop(progress);
        if arguments.diff {
            screen.remark(&plan.summary(false));
            let exit = if plan.files.is_empty() { Exit::Fit } else { Exit::Findings };
            // Lines around a change may hold secrets.
            let redactor = survey::redactor(facts);
            let diff = plan.diff();
            let lines = diff.lines().map(|line| redactor.line(line, true) + "\n");
            return screen.deliver(&lines.collect::<String>(), None, exit);
        }
        plan.write(opened.checkout.root_path())?;
        screen.remark(&plan.summary(true));
        return check(arguments, screen, false);
    }
    let report = Report {
        target: target(&opened, facts, &choice),
        controls: controls(catalog),
        rules: rule_texts(&assessment, catalog),
        sources: sources(&assessment, &opened, &surveyed, &tree),
        redactor: survey::redactor(facts),
        assessment: &assessment,
        started: started.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        elapsed: began.elapsed(),
        version: env!("CARGO_PKG_VERSION"),
    };
    let recorded = match &pen {
        Some(pen) => {
            let finished = home::now();
            let run = Run {
                id: recording::run_id().map_err(|error| Failure::ledger(error.to_string()))?,
                target: Target::Repository,
                info: &report.target,
                subject: digests::subject(&opened.checkout, facts).map_err(|error| {
                    Failure::not_assessed(format!("cannot take the digest of the files: {error}"))
                })?,
                assessment: &assessment,
                outcomes: &outcomes,
                asked: &asked,
                catalog,
                redactor: &report.redactor,
                whole: families.is_empty() && arguments.min_criticality.is_none(),
                started: started.timestamp(),
                finished,
            };
            Some(record(arguments, &opened, &run, pen)?)
        }
        None => None,
    };
    drop(progress);
    let output = arguments.output.as_deref();
    let text = render(arguments.format, &report, screen.layout(output.is_some()));
    let threshold = arguments.fail_on.map(Severity::from).or(opened.config.fail_on);
    let fails = assessment.reaches(threshold.unwrap_or(Severity::Warning));
    let exit = if fails && !arguments.exit_zero { Exit::Findings } else { Exit::Fit };
    let exit = screen.deliver(&text, output, exit)?;
    if let Some(remark) = recorded {
        screen.remark(&remark);
    }
    Ok(exit)
}

/// Writes the run to the ledger; says what was written.
fn record(
    arguments: &Check,
    opened: &Opened,
    run: &Run<'_>,
    pen: &keyring::Pen,
) -> Result<String, Failure> {
    let root = opened.checkout.root_path();
    let place = home::place(&arguments.ledger, &opened.config, root)?;
    let mut book = Book::open_to_write(&place, &opened.config)?;
    let written = book.append(&recording::records(run), pen, run.finished)?;
    let newest = written.last().map_or(0, |sealed| sealed.record.seq);
    let count = written.len();
    Ok(format!(
        "recorded as {} in {}: {count} records up to {newest}\n",
        pen.name,
        book.ledger.place()
    ))
}

fn render(format: CheckFormat, report: &Report<'_>, layout: TextOptions) -> String {
    match format {
        CheckFormat::Text => check_text(report, layout),
        CheckFormat::Json => check_json(report),
        CheckFormat::Sarif => check_sarif(report),
        CheckFormat::Junit => check_junit(report),
        CheckFormat::Github => check_github(report),
        CheckFormat::Markdown => check_markdown(report),
        CheckFormat::Html => check_html(report),
    }
}

/// The families that were asked for; all where none was.
fn families(asked: &[String]) -> Result<Vec<Family>, Failure> {
    let all = || Family::ALL.into_iter().map(Family::prefix);
    let known = |name: &String| {
        Family::from_prefix(name.trim()).ok_or_else(|| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let help = match suggest(name, all()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the families are {}", all().collect::<Vec<_>>().join(", ")),
            };
            Failure::usage(format!("there is no family `{shown}`")).help(help)
        })
    };
    asked.iter().map(known).collect()
}

/// Drops the controls that were not asked for.
fn narrow(assessment: &mut Assessment, catalog: &Catalog, families: &[Family], arguments: &Check) {
    let least = arguments.min_criticality.map_or(Criticality::Optional, Criticality::from);
    assessment.retain(|id| {
        catalog.control(id).is_none_or(|control| {
            control.criticality >= least
                && (families.is_empty() || families.contains(&control.family))
        })
    });
}

/// Parameters that are set and that no rule of this version measures by: silence would be a lie.
fn idle_parameters(config: &Config) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (control, parameters) in &config.parameters {
        for (name, Placed { at, .. }) in parameters {
            if plimsoll_rules::MEASURED.contains(&(control.as_str(), name.as_str())) {
                continue;
            }
            notices.push(Notice {
                kind: NoticeKind::ParameterIdle,
                severity: Severity::Note,
                at: at.clone(),
                message: format!("the parameter {name} of {control} has no effect yet"),
                help: "the rules of this version measure by the catalog's figures".to_owned(),
            });
        }
    }
    notices
}

fn target(opened: &Opened, facts: &Facts, choice: &ProfileChoice<'_>) -> TargetInfo {
    let root = opened.checkout.root_path();
    let problem = |area: &'static str| {
        move |problem: &plimsoll_source::Problem| TargetProblem { area, problem: problem.clone() }
    };
    TargetInfo {
        name: root.file_name().map_or("/".into(), |name| name.to_string_lossy()).into_owned(),
        system: facts.system.root.as_str().to_owned(),
        other_systems: facts.others.iter().map(|system| system.root.to_string()).collect(),
        settings: Some(facts.settings.module.clone()).filter(|module| !module.is_empty()),
        settings_file: facts.settings.file.clone(),
        settings_reason: survey::settings_reason(facts),
        django: survey::django(facts),
        commit: opened.checkout.git().and_then(|git| git.head()).map(str::to_owned),
        profiles: choice
            .chosen
            .iter()
            .map(|(profile, reason)| ChosenProfile {
                id: profile.id.clone(),
                reason: reason.clone(),
            })
            .collect(),
        environment: survey::environment(facts),
        problems: (facts.settings.stops.iter().map(problem("stop")))
            .chain(facts.problems.iter().map(problem("survey")))
            .collect(),
        files: opened.checkout.files().len(),
    }
}

fn controls(catalog: &Catalog) -> BTreeMap<String, ControlInfo> {
    let info = |control: &plimsoll_catalog::Control| ControlInfo {
        title: control.title.clone(),
        family: control.family,
        criticality: control.criticality,
    };
    catalog.controls().map(|control| (control.id.clone(), info(control))).collect()
}

fn rule_texts(assessment: &Assessment, catalog: &Catalog) -> BTreeMap<String, RuleText> {
    let rules: BTreeSet<&str> =
        assessment.findings.iter().map(|assessed| assessed.finding.rule).collect();
    rules.into_iter().filter_map(|id| Some((id.to_owned(), rule_text(catalog, id)?))).collect()
}

/// The texts that findings and notices point into. What the user gave wins over what the
/// repository has under the same name.
fn sources(
    assessment: &Assessment,
    opened: &Opened,
    surveyed: &Surveyed,
    tree: &dyn Tree,
) -> Sources {
    let mut texts: BTreeMap<RepoPath, SourceText> = BTreeMap::new();
    let given = surveyed.given_texts.iter().chain(&opened.config_text);
    texts.extend(given.map(|text| (text.path().clone(), text.clone())));
    let findings = assessment.findings.iter().map(|assessed| &assessed.finding);
    let mut files: BTreeSet<&RepoPath> = assessment.notices.iter().map(|n| &n.at.file).collect();
    for finding in findings {
        files.insert(&finding.at.file);
        files.extend(finding.related.iter().map(|related| &related.at.file));
    }
    for file in files {
        if !texts.contains_key(file)
            && let Ok(text) = tree.read(file)
        {
            texts.insert(file.clone(), text);
        }
    }
    texts.into_values().collect()
}
