//! `plimsoll settings`

use plimsoll_facts::Facts;
use plimsoll_report::{EnvironmentSource, SettingsReport, settings_json, settings_text};

use crate::cli::{Settings, SettingsFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::progress::Progress;
use crate::survey::{self, Opened};

pub(crate) fn run(arguments: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let progress = Progress::start("reading the settings");
    let opened = Opened::new(&arguments.subject)?;
    let tree = opened.tree();
    let facts = opened.survey_for_values(&arguments.subject, &tree)?.facts;
    let django = survey::django(&facts);
    let mut environment = survey::environment(&facts);
    environment.gaps.extend(assumed_absent(&facts));
    let report = SettingsReport {
        settings: &facts.settings,
        reason: survey::settings_reason(&facts),
        defaults: plimsoll_python::defaults(django.as_deref()),
        django,
        environment,
        changed: arguments.changed,
        show_secrets: arguments.show_secrets,
        redactor: survey::redactor(&facts),
    };
    drop(progress);
    let output = arguments.output.as_deref();
    let text = match arguments.format {
        SettingsFormat::Text => settings_text(&report, screen.layout(output.is_some())),
        SettingsFormat::Json => settings_json(&report),
    };
    screen.deliver(&text, output, Exit::Fit)
}

/// What was taken to be absent because nothing was told of it.
fn assumed_absent(facts: &Facts) -> Option<EnvironmentSource> {
    const SHOWN: usize = 5;
    let paths = &facts.settings.outside;
    let first = paths.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match paths.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!(
        "the settings look for files outside of the repository, which were taken to be absent: \
         {first}{more} (--machine-file tells what lies there)"
    );
    (!paths.is_empty()).then_some(EnvironmentSource { text, at: None })
}
