//! Files that cannot be read, and what git is told to leave out.

use plimsoll_facts::{Given, survey};
use plimsoll_source::{
    FileEntry, GitFacts, MemoryTree, Problem, ProblemKind, RepoPath, SourceText, Span, Tree,
};

use crate::support::{SYSTEM, facts};

/// A tree some of whose files fail, or are in other encodings.
struct Odd {
    tree: MemoryTree,
    failing: Vec<(&'static str, ProblemKind)>,
    bytes: Vec<(&'static str, &'static [u8])>,
    listed: Vec<Problem>,
}

fn problem(path: &str, kind: ProblemKind) -> Problem {
    Problem::new(kind, Span::of_file(RepoPath::new(path).unwrap()), "not read")
}

impl Odd {
    fn new(
        failing: Vec<(&'static str, ProblemKind)>,
        bytes: Vec<(&'static str, &'static [u8])>,
        listed: Vec<Problem>,
    ) -> Self {
        let names = failing.iter().map(|(path, _)| (*path, ""));
        let others = bytes.iter().map(|(path, _)| (*path, ""));
        let tree = MemoryTree::new(SYSTEM.into_iter().chain(names).chain(others));
        Self { tree, failing, bytes, listed }
    }

    fn problems(self) -> Vec<(String, ProblemKind)> {
        let facts = survey(&self, &Given::default()).unwrap();
        facts.problems.into_iter().map(|p| (p.at.file.to_string(), p.kind)).collect()
    }
}

impl Tree for Odd {
    fn files(&self) -> &[FileEntry] {
        self.tree.files()
    }

    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        if let Some((_, kind)) = self.failing.iter().find(|(name, _)| *name == path.as_str()) {
            return Err(problem(path.as_str(), *kind));
        }
        match self.bytes.iter().find(|(name, _)| *name == path.as_str()) {
            Some((_, bytes)) => Ok(SourceText::from_bytes(path.clone(), bytes.to_vec()).unwrap()),
            None => self.tree.read(path),
        }
    }

    fn git(&self) -> Option<&dyn GitFacts> {
        None
    }

    fn problems(&self) -> &[Problem] {
        &self.listed
    }
}

#[test]
fn files_that_matter_are_reported_once_and_others_are_not() {
    let odd = Odd::new(
        vec![
            ("docker-compose.yml", ProblemKind::Unreadable),
            ("deploy/nginx.conf", ProblemKind::TooLarge),
            ("static/bundle.js", ProblemKind::TooLarge),
            ("logo.pem", ProblemKind::Encoding),
            ("tests/docker-compose.yml", ProblemKind::Unreadable),
            ("vendor/x/Dockerfile", ProblemKind::Unreadable),
        ],
        vec![],
        vec![
            problem(".env", ProblemKind::SpecialFile),
            problem("docker-compose.yml", ProblemKind::Unreadable),
            problem("media/pipe.png", ProblemKind::SpecialFile),
        ],
    );
    assert_eq!(
        odd.problems(),
        [
            (".env".to_owned(), ProblemKind::SpecialFile),
            ("deploy/nginx.conf".to_owned(), ProblemKind::TooLarge),
            ("docker-compose.yml".to_owned(), ProblemKind::Unreadable),
        ]
    );
}

#[test]
fn settings_and_env_files_in_other_encodings_are_said() {
    let odd = Odd::new(
        vec![],
        vec![
            (".env", b"NAME=caf\xe9\n"),
            ("shop/settings_old.py", b"# -*- coding: latin-1 -*-\nX = 'caf\xe9'\n"),
            ("README.md", b"caf\xe9\n"),
        ],
        vec![],
    );
    assert_eq!(odd.problems(), [(".env".to_owned(), ProblemKind::Encoding)]);
}

#[test]
fn what_must_not_get_into_git_is_compared_with_its_ignores() {
    let facts = facts(&[
        (".gitignore", "*.env\n.env\n/media/\n"),
        ("shop/settings.py", "MEDIA_ROOT = '/app/media'\n"),
        ("deploy/prod.env", "A=1\n"),
    ]);
    let lines = |ignored: &[plimsoll_facts::Ignored]| {
        let line = |i: &plimsoll_facts::Ignored| {
            (i.path.to_string(), i.by.as_ref().map(|by| by.start.line))
        };
        ignored.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&facts.ignores.env_files),
        [(".env".to_owned(), Some(2)), ("deploy/prod.env".to_owned(), Some(1))]
    );
    assert_eq!(lines(&facts.ignores.databases), [("db.sqlite3".to_owned(), None)]);
    assert_eq!(lines(&facts.ignores.media), [("media/upload".to_owned(), Some(3))]);
}

#[test]
fn what_a_reader_does_not_understand_is_a_problem_at_its_place_once() {
    for (path, text, line) in [
        ("docker-compose.yml", "services:\n  web:\n    image: x\n   broken: [\n", Some(4)),
        ("etc/shop.service", "[Service]\nExecStart=/bin/gunicorn shop.wsgi\nnonsense\n", Some(3)),
        ("deploy/nginx.conf", "server {\n  listen 80;\n}\n}\n", Some(4)),
        ("Dockerfile", "FROM python:3.12\nRUNN x\n", Some(2)),
        (".github/workflows/deploy.yml", "on: push\njobs:\n  a: {\n", Some(4)),
        ("pyproject.toml", "[project]\nname = \n", Some(2)),
        ("fly.toml", "app = \n", Some(1)),
        ("deploy/nginx.conf.j2", "server {\n  {% if x %}\n}\n}\n", None),
        ("deploy/nginx.conf", "server {\n  listen 80;\n  ${MORE}\n}\n", None),
        ("tests/docker-compose.yml", "services: [\n", None),
        ("docker-compose.yml", "services:\n  web:\n    image: x\n", None),
    ] {
        let found: Vec<_> = facts(&[(path, text)])
            .problems
            .into_iter()
            .filter(|problem| problem.at.file.as_str() == path)
            .map(|problem| problem.at.start.line)
            .collect();
        let expected: Vec<u32> = line.into_iter().collect();
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn a_byte_order_mark_is_a_problem_where_programs_stumble_over_it() {
    for (path, text, told) in [
        (".env", "\u{feff}A=1\n", true),
        ("deploy.sh", "\u{feff}#!/bin/sh\nexit\n", true),
        ("docker-compose.yml", "\u{feff}services: {}\n", false),
    ] {
        let problems = facts(&[(path, text)]).problems;
        let here = problems.iter().filter(|problem| problem.at.file.as_str() == path).count();
        assert_eq!(here, usize::from(told), "{path}");
    }
}
