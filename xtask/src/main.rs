//! Upkeep of the project: `cargo xtask tidy`, `cargo xtask docs [--check]`, `cargo xtask atlas`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for the terminal")]

mod docs;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask tidy            check what no compiler checks
       cargo xtask docs            write docs/generated
       cargo xtask docs --check    say which files of docs/generated are out of date
       cargo xtask atlas           write the settings atlas anew from the packages on PyPI (needs Python 3 and minutes)";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let complaints = match arguments.as_slice() {
        ["tidy"] => tidy::check(&root)?,
        ["docs"] => {
            docs::write(&root)?;
            Vec::new()
        }
        ["docs", "--check"] => docs::stale(&root)?,
        ["atlas", rest @ ..] => {
            let script = root.join("tools/settings_atlas.py");
            let status = std::process::Command::new("python3").arg(script).args(rest).status()?;
            return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    for complaint in &complaints {
        println!("{complaint}");
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{docs, root, tidy};

    fn is_quiet(name: &str) {
        let complaints = tidy::check_one(&root(), name).unwrap();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }

    #[test]
    fn documents_name_what_is_there() {
        is_quiet("named paths");
    }

    #[test]
    fn crates_depend_on_each_other_as_drawn() {
        is_quiet("edges");
    }

    #[test]
    fn sources_keep_the_conventions() {
        is_quiet("sources");
    }

    #[test]
    fn each_rule_is_declared_and_has_its_cases() {
        is_quiet("rule cases");
    }

    #[test]
    fn the_changelog_has_a_place_for_what_comes_next() {
        is_quiet("changelog");
    }

    #[test]
    fn generated_pages_are_up_to_date() {
        let stale = docs::stale(&root()).unwrap();
        assert!(stale.is_empty(), "\n{}", stale.join("\n"));
    }
}
