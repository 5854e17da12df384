//! Conventions of Rust files that lints don't know.

use anyhow::Result;

use super::Project;

/// Longest file in lines, tests included.
const MAX_LINES: usize = 600;
/// What a longer file carries, with its reason.
const LONG: &str = "// tidy: long because ";
/// Crates that may touch the machine.
const MACHINE: [&str; 4] = ["plimsoll_checkout", "plimsoll_store", "plimsoll", "plimsoll_testkit"];
/// Modules of the standard library that touch the machine, and printing.
const BANNED_MODULES: [&str; 4] = ["fs", "env", "process", "net"];
const BANNED_MACROS: [&str; 4] = ["println!", "eprintln!", "print!", "eprint!"];
/// Where the parser, unstable by policy, may be named.
const PARSER_HOME: &str = "crates/plimsoll_python/src/syntax";

pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let files = project.like("crates/", ".rs").chain(project.like("xtask/", ".rs"));
    for file in files {
        let text = project.text(file)?;
        let mut complain = |line: usize, message: &str| {
            complaints.push(format!("{file}:{line}: {message}"));
        };
        if !text.starts_with("//!") {
            complain(1, "a file opens with `//!` and what it is for");
        }
        if text.lines().count() > MAX_LINES && !text.contains(LONG) {
            complain(MAX_LINES, "more than 600 lines without `// tidy: long because …`");
        }
        if !file.starts_with("crates/") {
            continue;
        }
        let touches = is_library_code(file);
        for (index, line) in production_lines(&text) {
            if !file.starts_with(PARSER_HOME) && names_parser(line) {
                complain(index + 1, "the ruff crates are named only in plimsoll_python/src/syntax");
            }
            if let Some(what) = banned(line).filter(|_| touches) {
                complain(index + 1, &format!("library crates do not touch the machine: {what}"));
            }
        }
    }
    for file in project.like("crates/", "/Cargo.toml") {
        let names = project.text(file)?.lines().any(|line| line.starts_with("ruff_"));
        if names && file != "crates/plimsoll_python/Cargo.toml" {
            complaints.push(format!("{file}: the ruff crates belong to plimsoll_python"));
        }
    }
    Ok(complaints)
}

/// Whether a file is code of a library crate, not a test or example of it.
fn is_library_code(file: &str) -> bool {
    let mut parts = file.split('/').skip(1);
    let (name, folder) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    folder == "src" && !MACHINE.contains(&name) && !file.ends_with("/tests.rs")
}

/// Lines before the tests of a file, without those that are all comment, numbered from 0.
fn production_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let before = text.lines().enumerate().take_while(|(_, line)| *line != "#[cfg(test)]");
    before.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn names_parser(line: &str) -> bool {
    ["ruff_python_parser", "ruff_python_ast", "ruff_text_size", "ruff_python_trivia"]
        .iter()
        .any(|name| line.contains(name))
}

/// Types of `std::net` that are values only: no address is asked anything.
const VALUES: [&str; 3] = ["std::net::IpAddr", "std::net::Ipv4Addr", "std::net::Ipv6Addr"];

/// What a line uses of the machine.
fn banned(line: &str) -> Option<&'static str> {
    let line = &VALUES.iter().fold(line.to_owned(), |line, value| line.replace(value, ""));
    let module = BANNED_MODULES.into_iter().find(|module| {
        ["::", ";", ",", "}"].iter().any(|end| line.contains(&format!("std::{module}{end}")))
            || line.trim_start().strip_prefix("use std::{").is_some_and(|rest| {
                rest.split(&[',', '}', '{'][..]).any(|part| {
                    let part = part.trim();
                    part == *module || part.starts_with(&format!("{module}::"))
                })
            })
    });
    module.or_else(|| BANNED_MACROS.into_iter().find(|name| has_word(line, name)))
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::{Project, banned, check};

    #[test]
    fn uses_of_the_machine_are_told_from_names_that_look_like_them() {
        let cases = [
            ("    std::fs::read(path)", true),
            ("use std::{collections::BTreeMap, env};", true),
            ("use std::process;", true),
            ("println!(\"x\");", true),
            ("use std::fmt;", false),
            ("let env = settings.environment;", false),
            ("my_println!(x)", false),
            ("use std::collections::{BTreeMap, HashMap};", false),
        ];
        for (line, expected) in cases {
            assert_eq!(banned(line).is_some(), expected, "{line}");
        }
    }

    #[test]
    fn each_convention_has_its_complaint() {
        let long = format!("//! x\n{}", "\n".repeat(700));
        let reasoned = format!("//! x\n// tidy: long because it is a table\n{}", "\n".repeat(700));
        let tests = "//! x\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        let (_folder, project) = Project::made(&[
            ("crates/a/src/no_header.rs", "use std::fmt;\n"),
            ("crates/a/src/long.rs", &long),
            ("crates/a/src/reasoned.rs", &reasoned),
            ("crates/a/src/in_tests.rs", tests),
            ("crates/a/src/reads.rs", "//! x\n// std::fs::read\nuse std::fs;\n"),
            ("crates/a/tests/it/main.rs", "//! x\nuse std::fs;\n"),
            ("crates/plimsoll_checkout/src/lib.rs", "//! x\nuse std::fs;\n"),
            ("crates/a/src/parse.rs", "//! x\nuse ruff_python_ast::Expr;\n"),
            ("crates/plimsoll_python/src/syntax/expr.rs", "//! x\nuse ruff_python_ast::Expr;\n"),
            ("crates/a/Cargo.toml", "[dependencies]\nruff_python_ast.workspace = true\n"),
        ]);
        let complaints = check(&project).unwrap();
        let places: Vec<_> = complaints.iter().map(|c| c.split(": ").next().unwrap()).collect();
        assert_eq!(
            places,
            [
                "crates/a/src/long.rs:600",
                "crates/a/src/no_header.rs:1",
                "crates/a/src/parse.rs:2",
                "crates/a/src/reads.rs:3",
                "crates/a/Cargo.toml",
            ]
        );
    }
}
