//! Finds and reads `plimsoll.toml`.

use std::path::Path;

use plimsoll_assess::config::{Config, FILE_NAME, Names, parse, without_values};
use plimsoll_catalog::Severity;
use plimsoll_report::{Redactor, excerpt_text};
use plimsoll_source::{RepoPath, SourceText, Tree};

use crate::exit::Exit;
use crate::failure::{Complaint, Failure};
use crate::given::read_whole;

/// The configuration with its text; the defaults where there is none.
pub(crate) fn read(
    asked: Option<&Path>,
    tree: &dyn Tree,
) -> Result<(Config, Option<SourceText>), Failure> {
    let source = match asked {
        Some(file) => Some(read_asked(file)?),
        None => read_found(tree)?,
    };
    match source {
        Some(source) => understand(source).map(|(config, source)| (config, Some(source))),
        None => Ok((Config::default(), None)),
    }
}

/// The configuration of this file.
pub(crate) fn read_file(file: &Path) -> Result<(Config, SourceText), Failure> {
    understand(read_asked(file)?)
}

fn understand(source: SourceText) -> Result<(Config, SourceText), Failure> {
    let names = Names::of(plimsoll_catalog::catalog());
    match parse(&source, &names) {
        Ok(config) => Ok((config, source)),
        Err(mistakes) => {
            // The variables in it are nobody's business, not even beside their mistakes.
            let shown = without_values(&source);
            let complaints = mistakes
                .into_iter()
                .map(|mistake| Complaint {
                    excerpt: Some(excerpt_text(
                        &mistake.at,
                        &shown,
                        &Redactor::default(),
                        Severity::Error,
                    )),
                    message: mistake.message,
                    help: mistake.help,
                })
                .collect();
            Err(Failure { exit: Exit::Usage, complaints })
        }
    }
}

fn read_asked(file: &Path) -> Result<SourceText, Failure> {
    let bytes = read_whole(file).map_err(|error| {
        Failure::usage(format!("cannot read the configuration {}: {error}", file.display()))
    })?;
    let path = file.to_str().and_then(RepoPath::new).unwrap_or_else(|| {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        RepoPath::new(&name.unwrap_or_default()).unwrap_or_else(RepoPath::root)
    });
    SourceText::from_bytes(path, bytes)
        .ok_or_else(|| Failure::usage(format!("the configuration {} is binary", file.display())))
}

fn read_found(tree: &dyn Tree) -> Result<Option<SourceText>, Failure> {
    let Some(path) = RepoPath::new(FILE_NAME).filter(|path| tree.has_file(path)) else {
        return Ok(None);
    };
    match tree.read(&path) {
        Ok(source) => Ok(Some(source)),
        Err(problem) => {
            Err(Failure::usage(format!("cannot read {FILE_NAME}: {}", problem.message)))
        }
    }
}
