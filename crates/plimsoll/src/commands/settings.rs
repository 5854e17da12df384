//! `plimsoll settings`

use plimsoll_report::{SettingsReport, settings_json, settings_text};

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
    let facts = opened.survey(&arguments.subject, &tree, false)?.facts;
    let django = survey::django(&facts);
    let report = SettingsReport {
        settings: &facts.settings,
        reason: survey::settings_reason(&facts),
        defaults: plimsoll_python::defaults(django.as_deref()),
        django,
        environment: survey::environment(&facts),
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
