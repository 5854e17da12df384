//! `plimsoll init`

use std::path::PathBuf;

use plimsoll_assess::config::FILE_NAME;
use plimsoll_facts::{Facts, Given, SurveyError, survey};

use crate::cli::Init;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Screen, write_whole};
use crate::survey::{environment, no_survey, open, settings_reason};

pub(crate) fn run(arguments: &Init, screen: &Screen) -> Result<Exit, Failure> {
    let checkout = open(&arguments.dir)?;
    let file: PathBuf = checkout.root_path().join(FILE_NAME);
    if std::fs::symlink_metadata(&file).is_ok() && !arguments.force {
        return Err(Failure::usage(format!("there is a {FILE_NAME} already"))
            .help("write over it with --force"));
    }
    let root = checkout.root_path().to_string_lossy().trim_end_matches('/').to_owned();
    let given = Given { absolute_root: root, ..Given::default() };
    let found = match survey(&checkout, &given) {
        Ok(facts) => Some(facts),
        // A system without settings can still be told where they are.
        Err(SurveyError::NoSettings { .. }) => None,
        Err(error) => return Err(no_survey(&error)),
    };
    let text = render(found.as_ref());
    write_whole(&file, text.as_bytes())
        .map_err(|error| Failure::usage(format!("cannot write {}: {error}", file.display())))?;
    let module = found.as_ref().map_or("", |facts| facts.settings.module.as_str());
    let said = match module {
        "" => format!("wrote {FILE_NAME}; name the settings module in it\n"),
        module => format!("wrote {FILE_NAME} for the settings {module}; next: plimsoll check\n"),
    };
    screen.deliver(&said, None, Exit::Fit)
}

/// The file: what was found as settings, everything else as comments to take up.
fn render(facts: Option<&Facts>) -> String {
    let mut out = String::from(
        "# What Plimsoll should know about this project. All of it is optional; what is left out\n\
         # is found in the repository or has a default. `plimsoll check --help` has the rest.\n\n",
    );
    settings(&mut out, facts);
    env(&mut out, facts);
    out.push_str(
        "# Files that are not looked at, as globs from this folder.\n\
         # exclude = [\"legacy/**\"]\n\n\
         # The least severity of a finding that makes the exit code 1: \"error\", \"warning\", \"note\".\n\
         # fail-on = \"warning\"\n\n\
         # Variables of the production process, over those of the env files. No secrets here.\n\
         # [env]\n\
         # DJANGO_DEBUG = \"0\"\n\n\
         # What is accepted, by whom and until when. A waiver names a control, a rule or both; after\n\
         # its last day it fails again.\n\
         # [[waivers]]\n\
         # control = \"SET-01\"\n\
         # rule = \"debug-enabled\"\n\
         # path = \"demo/**\"\n\
         # reason = \"the demo shows its own errors\"\n\
         # owner = \"Ada Lovelace\"\n\
         # expiry = 2027-06-30\n\n\
         # Where the ledger is, if not in .plimsoll/ledger.db: a file, or a PostgreSQL database such as\n\
         # postgres://plimsoll@db.example/plimsoll.\n\
         # [ledger]\n\
         # place = \"/srv/plimsoll/ledger.db\"\n\n\
         # Whose signatures count, and in which roles: `plimsoll key new` prints the table to add for\n\
         # each person. Without any, your own keys count.\n",
    );
    out
}

fn settings(out: &mut String, facts: Option<&Facts>) {
    out.push_str("# The settings module of production, as Python imports it.\n");
    let Some(facts) = facts else {
        out.push_str("# settings = \"config.settings.production\"\n\n");
        return;
    };
    if let Some(reason) = settings_reason(facts) {
        out.push_str(&format!("# Found: {}.\n", one_line(&reason)));
    }
    let others: Vec<&str> = facts
        .candidates
        .iter()
        .skip(1)
        .filter(|candidate| candidate.file.is_some())
        .map(|candidate| candidate.module.as_str())
        .collect();
    if !others.is_empty() {
        out.push_str(&format!("# Others here: {}.\n", one_line(&others.join(", "))));
    }
    out.push_str(&format!("settings = {}\n\n", quoted(&facts.settings.module)));
}

fn env(out: &mut String, facts: Option<&Facts>) {
    out.push_str(
        "# Env files of the production process, from this folder, later ones win. Without them the\n\
         # repository's own deployment files say what production has.\n",
    );
    if let Some(facts) = facts {
        for source in environment(facts).sources {
            out.push_str(&format!("# Found: {}.\n", one_line(&source.text)));
        }
    }
    out.push_str("# env-files = [\"deploy/production.env\"]\n\n");
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
