//! `plimsoll checklist`

mod judge;
mod new;

use std::path::{Path, PathBuf};

use plimsoll_checklist::{Dialect, Document, Figure, MarkState, Matcher, Placement, figures, tick};
use plimsoll_report::{ChecklistReport, Redactor, checklist_json, checklist_text};
use plimsoll_source::{RepoPath, Tree};

use crate::assessing::{self, Assessed, Figures};
use crate::cli::{Checklist, ChecklistFormat, LedgerPlace, Subject};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::read_whole;
use crate::home;
use crate::output::{Screen, write_whole};
use crate::progress::Progress;
use crate::said::{self, Ask};
use crate::survey::{self, Opened};

/// A checklist with what its items mean.
struct Read {
    /// As the user named it.
    name: String,
    path: PathBuf,
    document: Document,
    placed: Vec<Option<Placement>>,
    figures: Vec<Vec<Figure>>,
}

/// The system that checklists are held against.
struct System {
    assessed: Assessed,
    redactor: Redactor,
    /// The repository and its settings module, as a phrase.
    name: String,
}

pub(crate) fn run(arguments: &Checklist, screen: &Screen) -> Result<Exit, Failure> {
    let progress = Progress::start("reading the repository");
    let subject = Subject { dir: arguments.dir.clone(), production: arguments.production.clone() };
    let opened = Opened::new(&subject)?;
    let output = arguments.output.as_deref();
    if let Some(form) = arguments.new {
        let system = assess(&opened, &subject, &configured_figures(&opened)?)?;
        drop(progress);
        let text = new::checklist(form.into(), &system);
        return screen.deliver(&text, output, Exit::Fit);
    }
    let paths = paths(arguments, &opened)?;
    let first = assess(&opened, &subject, &Figures::new());
    let applies = |control: &str| match &first {
        Ok(system) => judge::applies(&system.assessed.assessment, control),
        Err(_) => true,
    };
    let read = paths
        .iter()
        .map(|path| read(path, &opened, &applies))
        .collect::<Result<Vec<Read>, Failure>>()?;
    let system = first.and_then(|system| {
        let figures = figures_of(&read);
        if figures.is_empty() { Ok(system) } else { assess(&opened, &subject, &figures) }
    });
    drop(progress);
    let system = match system {
        Err(failure) if arguments.tick || arguments.check => return Err(failure),
        other => other,
    };
    let report = report(&read, &system, arguments);
    if arguments.tick {
        for (read, file) in read.iter().zip(&report.files) {
            write_boxes(read, file, arguments.strict, screen)?;
        }
    }
    let lies = report.files.iter().flat_map(|file| &file.items);
    let lies = lies.filter(|item| {
        let unknown = item.ticked == Some(true) && item.control.is_none() && !item.holds;
        item.is_false_tick() || arguments.strict && unknown
    });
    let exit = if arguments.check && lies.count() > 0 { Exit::Findings } else { Exit::Fit };
    let text = match arguments.format {
        ChecklistFormat::Text => checklist_text(&report, screen.layout(output.is_some())),
        ChecklistFormat::Json => checklist_json(&report),
    };
    screen.deliver(&text, output, exit)
}

/// The figures of the checklists that plimsoll.toml names.
///
/// # Errors
/// A file that is not there or is no text: without its figures the verdicts would be others.
pub(crate) fn configured_figures(opened: &Opened) -> Result<Figures, Failure> {
    let root = opened.checkout.root_path();
    let files = opened.config.checklists.iter();
    let read: Vec<Read> = files
        .map(|file| read(&root.join(&file.value), opened, &|_| true))
        .collect::<Result<_, _>>()?;
    Ok(figures_of(&read))
}

fn assess(opened: &Opened, subject: &Subject, figures: &Figures) -> Result<System, Failure> {
    let tree = opened.tree();
    let surveyed = opened.survey(subject, &tree, false)?;
    let facts = &surveyed.facts;
    let today = home::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let place = LedgerPlace { ledger: None };
    let said = said::read(&Ask { place: &place, release: None, to_be_made: false }, opened)?;
    let assessed = assessing::assessed(opened, facts, &tree, figures, &said, today);
    let root = opened.checkout.root_path();
    let folder = root.file_name().map_or("/".into(), |name| name.to_string_lossy());
    let name = format!("{folder}, {}", facts.settings.module);
    Ok(System { assessed, redactor: survey::redactor(facts), name })
}

/// The files that are meant.
fn paths(arguments: &Checklist, opened: &Opened) -> Result<Vec<PathBuf>, Failure> {
    if !arguments.files.is_empty() {
        return Ok(arguments.files.clone());
    }
    let root = opened.checkout.root_path();
    let named = &opened.config.checklists;
    if !named.is_empty() {
        return Ok(named.iter().map(|file| root.join(&file.value)).collect());
    }
    let tree = opened.tree();
    let found: Vec<PathBuf> = tree
        .files()
        .iter()
        .filter(|entry| is_checklist(&entry.path))
        .map(|entry| root.join(entry.path.as_str()))
        .collect();
    if found.is_empty() {
        let help = "name one: plimsoll checklist FILE; or write one: plimsoll checklist --new md";
        return Err(Failure::usage("no checklist was found in the repository").help(help));
    }
    Ok(found)
}

fn is_checklist(path: &RepoPath) -> bool {
    let name = path.as_str().rsplit('/').next().unwrap_or_default().to_lowercase();
    let text = [".md", ".markdown", ".rst", ".txt"].iter().any(|end| name.ends_with(end));
    text && name.replace(['-', '_', ' '], "").contains("checklist")
}

fn read(path: &Path, opened: &Opened, applies: &dyn Fn(&str) -> bool) -> Result<Read, Failure> {
    let name = path.strip_prefix(opened.checkout.root_path()).unwrap_or(path).display().to_string();
    let bytes = read_whole(path)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    let document = Document::read(&bytes, Dialect::of_name(&name)).map_err(|error| {
        Failure::usage(format!("{}: {error}", path.display()))
            .help("a checklist is a text file in Markdown or reStructuredText")
    })?;
    let overrides: Vec<(String, String)> = opened
        .config
        .checklist_items
        .iter()
        .map(|(words, control)| (words.value.clone(), control.value.clone()))
        .collect();
    let placed = Matcher::new(&overrides, applies).place(&document.items);
    let catalog = plimsoll_catalog::catalog();
    let figures = document
        .items
        .iter()
        .zip(&placed)
        .map(|(item, placement)| {
            let control = placement.as_ref().and_then(|placed| catalog.control(&placed.control));
            control.map(|control| figures(item, &control.parameters)).unwrap_or_default()
        })
        .collect();
    Ok(Read { name, path: path.to_path_buf(), document, placed, figures })
}

/// The figures of checklists; of two for one parameter the first counts.
fn figures_of(read: &[Read]) -> Figures {
    let mut all = Figures::new();
    for read in read {
        for (placement, figures) in read.placed.iter().zip(&read.figures) {
            let Some(placement) = placement else { continue };
            for figure in figures {
                let key = (placement.control.clone(), figure.parameter.clone());
                all.entry(key).or_insert_with(|| figure.value.clone());
            }
        }
    }
    all
}

fn report(
    read: &[Read],
    system: &Result<System, Failure>,
    arguments: &Checklist,
) -> ChecklistReport {
    let known = system.as_ref().ok();
    let files = read.iter().map(|read| judge::file(read, known)).collect();
    let target = match known {
        Some(system) => format!("Held against {}", system.name),
        None => format!("Held against nothing in {}", arguments.dir.display()),
    };
    let why = |failure: &Failure| {
        failure.complaints.first().map(|complaint| complaint.message.clone()).unwrap_or_default()
    };
    ChecklistReport { files, target, not_assessed: system.as_ref().err().map(why) }
}

fn write_boxes(
    read: &Read,
    file: &plimsoll_report::ChecklistFile,
    strict: bool,
    screen: &Screen,
) -> Result<(), Failure> {
    let standings = judge::standings(read, file);
    let ticked = tick(&read.document, &standings, strict);
    if ticked.bytes != read.document.bytes() {
        // Somebody may have written to it since it was read.
        let same = read_whole(&read.path).is_ok_and(|now| now == read.document.bytes());
        if !same {
            let message = format!("{} was changed meanwhile; nothing was written", read.name);
            return Err(Failure::usage(message).help("run the command again"));
        }
        write_whole(&read.path, &ticked.bytes).map_err(|error| {
            Failure::usage(format!("cannot write {}: {error}", read.path.display()))
        })?;
    }
    let marked = read.document.items.iter().filter(|item| item.mark.is_some());
    let holding =
        marked.filter(|item| item.mark.is_some_and(|mark| mark.state == MarkState::Ticked));
    screen.remark(&format!(
        "{}: {} boxes ticked, {} unticked; {} were ticked before\n",
        read.name,
        ticked.ticked.len(),
        ticked.unticked.len(),
        holding.count(),
    ));
    Ok(())
}
