//! Arguments of `plimsoll checklist`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use plimsoll_checklist::TemplateFormat;

use super::Production;

const EXAMPLES: &str = "\
Examples:
  plimsoll checklist docs/PRODUCTION_CHECKLIST.md
      which control each item means, and whether that is proven, failed or unproven here
  plimsoll checklist docs/PRODUCTION_CHECKLIST.md --tick
      tick in place what is proven, with a short reference; nothing else is written
  plimsoll checklist --check --strict
      for CI: fail where a box is ticked and it is not so
  plimsoll checklist --new md > CHECKLIST.md
      a checklist for this system from the catalog

Items that mean another control than their words say are named in plimsoll.toml:
  [checklist]
  files = [\"docs/PRODUCTION_CHECKLIST.md\"]
  items = { \"the usual dance\" = \"DEP-01\" }
Figures of these files, such as \"5 attempts\" or \"30 days\", are what the controls are measured by.";

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Checklist {
    /// Checklists in Markdown or reStructuredText. Without any, those that plimsoll.toml names,
    /// else the files of the repository that have `checklist` in their name.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The repository that the checklists speak of.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) production: Production,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = ChecklistFormat::Text, value_name = "FORMAT")]
    pub(crate) format: ChecklistFormat,
    /// Write the output to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write the boxes in place: tick what is proven, attested or waived, and untick what an earlier run ticked and is so no more. Every other byte is kept.
    #[arg(long)]
    pub(crate) tick: bool,
    /// With --tick, untick by hand ticked boxes that nothing proves; with --check, take ticks at
    /// items that could not be placed for false too.
    #[arg(long)]
    pub(crate) strict: bool,
    /// End with exit code 1 where a box is ticked and it is not so.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write a new checklist for this system instead.
    #[arg(long, value_enum, value_name = "FORM", conflicts_with_all = ["files", "tick", "check", "strict", "format"])]
    pub(crate) new: Option<NewChecklist>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChecklistFormat {
    /// A table for people.
    Text,
    /// For programs; schemas/checklist-v1.json describes it.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewChecklist {
    /// Markdown with task boxes.
    Md,
    /// reStructuredText.
    Rst,
    /// One page that prints.
    Html,
    /// One row for each control.
    Csv,
    /// Markdown for an issue of GitHub, folded by family.
    GithubIssue,
}

impl From<NewChecklist> for TemplateFormat {
    fn from(form: NewChecklist) -> Self {
        match form {
            NewChecklist::Md => TemplateFormat::Markdown,
            NewChecklist::Rst => TemplateFormat::Rst,
            NewChecklist::Html => TemplateFormat::Html,
            NewChecklist::Csv => TemplateFormat::Csv,
            NewChecklist::GithubIssue => TemplateFormat::GithubIssue,
        }
    }
}
