//! Routines: every place of the repository where commands of a shell are written.
//!
//! Scripts, recipes of Makefiles, steps of pipelines, jobs of crontabs, commands of compose
//! services and images, and code blocks of documents. A routine knows where it stands, so that a
//! rule can tell what runs from what people copy. Commands that are handed to another shell
//! (`sh -c '…'`, `ssh host '…'`) are routines' inner scripts.

mod documents;
mod jobs;
mod pipelines;
mod reach;

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_formats::crontab;
use plimsoll_formats::dockerfile::{self, Dockerfile, Instruction};
use plimsoll_formats::shell::{Assignment, Command, Options, Part, Script, Word};
use plimsoll_source::{RepoPath, SourceText, Span, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Listed, Role};
use crate::standing::{Standing, words};

pub(crate) use documents::{is_for_developing, standing_of as document_standing};
pub use jobs::CronLine;
pub(crate) use jobs::{backup_starters, cron_lines, test_sqlite, workflow_words};
pub use reach::{Reached, reach};

/// What kind of place commands are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoutinePlace {
    /// A shell script.
    Script,
    /// A recipe of a Makefile or justfile.
    Recipe,
    /// A step of a pipeline.
    Pipeline,
    /// A job of a crontab.
    Crontab,
    /// What a container runs: the command of a compose service or an image.
    Container,
    /// A code block of a document.
    Document,
}

/// Commands that are written in one place and run together.
#[derive(Clone, Debug)]
pub struct Routine {
    /// The file.
    pub file: RepoPath,
    /// What kind of place it is.
    pub place: RoutinePlace,
    /// What part the file plays. A document has the part that its name and folder give it, the
    /// folder `docs` left aside.
    pub standing: Standing,
    /// Its name where it is written: the recipe, `job / step`, the heading above a code block;
    /// empty for a script.
    pub name: String,
    /// The job of a pipeline that it belongs to: routines of one job run one after the other.
    pub job: Option<String>,
    /// Whether the job does more than run commands: it uses actions of others, or a workflow.
    pub job_acts: bool,
    /// Where a `#!` line stands that is not the first.
    pub late_shebang: Option<Span>,
    /// Whether a failure of the whole is ignored: `continue-on-error`, `-` before a recipe.
    pub ignored: bool,
    /// The commands.
    pub script: Script,
    /// What its commands hand to other shells.
    pub inner: Vec<Script>,
}

impl Routine {
    /// Every command, those for other shells last.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.script.commands.iter().chain(self.inner.iter().flat_map(|inner| &inner.commands))
    }

    /// The programs that its commands reach.
    pub fn reached(&self) -> impl Iterator<Item = (&Command, Reached<'_>)> {
        self.commands().filter_map(|command| Some((command, reach(command)?)))
    }

    /// Whether it is a code block of a document.
    pub fn is_document(&self) -> bool {
        self.place == RoutinePlace::Document
    }

    /// Whether it may be part of production.
    pub fn is_main(&self) -> bool {
        self.standing.is_main()
    }

    /// Whether a word of its path or name begins with one of these.
    pub fn is_about(&self, begins: &[&str]) -> bool {
        let text = format!("{} {}", self.file.as_str(), self.name).to_lowercase();
        words(&text).any(|word| begins.iter().any(|begin| word.starts_with(begin)))
    }

    /// Whether a word of its file's own name or its name begins with one of these.
    pub fn is_called(&self, begins: &[&str]) -> bool {
        let text = format!("{} {}", self.file.file_name(), self.name).to_lowercase();
        words(&text).any(|word| begins.iter().any(|begin| word.starts_with(begin)))
    }

    /// The assignments of the whole.
    pub fn assignments(&self) -> impl Iterator<Item = &Assignment> {
        self.script.assignments.iter()
    }

    /// The text of a word where variables that the routine sets once, to a literal, are put in;
    /// `None` where it needs anything else.
    pub fn resolve(&self, word: &Word) -> Option<String> {
        self.resolve_within(word, 0)
    }

    fn resolve_within(&self, word: &Word, depth: usize) -> Option<String> {
        let mut text = String::new();
        for part in &word.parts {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Variable { name, operation } if operation.is_empty() && depth < 4 => {
                    let mut set = self.assignments().filter(|set| set.name == *name);
                    let (one, None) = (set.next()?, set.next()) else { return None };
                    if one.for_command || !one.inside.is_empty() {
                        return None;
                    }
                    text.push_str(&self.resolve_within(one.value.as_ref()?, depth + 1)?);
                }
                _ => return None,
            }
        }
        Some(text)
    }

    /// Where it begins.
    pub fn at(&self) -> Span {
        self.script
            .commands
            .first()
            .map_or_else(|| Span::of_file(self.file.clone()), |command| command.span.clone())
    }
}

/// Longer scripts are installers of others, or generated; longer documents are books.
const LONGEST: usize = 400_000;

/// Words of which a document or pipeline must hold one for its commands to matter.
const MARKS: [&str; 54] = [
    "pg_dump",
    "pg_restore",
    "pg_basebackup",
    "mysqldump",
    "mariadb-dump",
    "dumpdata",
    "loaddata",
    "dbbackup",
    "dbrestore",
    "mediabackup",
    "sqlite3",
    "psql",
    "mysql ",
    "rm -",
    "rsync",
    "rclone",
    "restic",
    "borg",
    "duplicity",
    "aws s3",
    "gsutil",
    "gcloud ",
    "gpg ",
    "age -",
    "openssl ",
    "zip -",
    "migrate",
    "collectstatic",
    "systemctl",
    "supervisorctl",
    "docker compose",
    "docker-compose",
    "docker ",
    "podman",
    "git pull",
    "git checkout",
    "git reset",
    "git clean",
    "redis-cli",
    "chmod ",
    "crontab",
    "sshpass",
    "heroku ",
    "deploy",
    "manage.py test",
    "pytest",
    "tox",
    "-delete",
    "dropdb",
    "SECRET_KEY",
    "ab -n",
    "locust",
    "k6 ",
    "curl ",
];

/// The routines of a repository, by file.
pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Vec<Routine> {
    let roles = [
        Role::Shell,
        Role::Workflow,
        Role::Crontab,
        Role::Dockerfile,
        Role::Compose,
        Role::Document,
    ];
    let mut files: Vec<(RepoPath, Role, Standing)> = roles
        .into_iter()
        .flat_map(|role| inventory.with(role))
        .filter(|file| !matches!(file.standing, Standing::Vendored | Standing::Copy))
        .map(|file: &Listed| (file.path.clone(), file.role, file.standing))
        .collect();
    // Makefiles have no role of their own.
    let recipes = tree.files().iter().map(|entry| &entry.path).filter(|path| {
        path.depth() <= 3
            && matches!(
                path.file_name(),
                "Makefile" | "makefile" | "GNUmakefile" | "justfile" | "Justfile" | ".justfile"
            )
    });
    files.extend(recipes.map(|path| (path.clone(), Role::OtherText, Standing::of(path))));
    files.sort();
    files
        .par_iter()
        .flat_map_iter(|(path, role, standing)| {
            let source = tree.read(path).ok().filter(|source| source.text().len() <= LONGEST);
            source.map_or_else(Vec::new, |source| of_file(&source, *role, *standing))
        })
        .collect()
}

/// The routines of one file.
fn of_file(source: &SourceText, role: Role, standing: Standing) -> Vec<Routine> {
    match role {
        Role::Shell => {
            vec![routine(source, source, RoutinePlace::Script, standing, Options::default())]
        }
        Role::Document if is_marked(source.text()) => documents::routines(source),
        Role::Workflow => pipelines::workflow(source, standing),
        Role::OtherText => pipelines::recipes(source, standing),
        Role::Crontab => crontab_jobs(source, source, RoutinePlace::Crontab, standing),
        Role::Dockerfile => image(source, standing),
        Role::Compose => pipelines::compose(source, standing),
        _ => Vec::new(),
    }
}

fn is_marked(text: &str) -> bool {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let matcher = MATCHER.get_or_init(|| AhoCorasick::new(MARKS).ok());
    matcher.as_ref().is_none_or(|matcher| matcher.is_match(text))
}

/// A routine of one text.
fn routine(
    file: &SourceText,
    text: &SourceText,
    place: RoutinePlace,
    standing: Standing,
    options: Options,
) -> Routine {
    let script = Script::parse_with(text, options);
    let inner = inner_scripts(&script, text, 0);
    Routine {
        file: file.path().clone(),
        place,
        standing,
        name: String::new(),
        job: None,
        job_acts: false,
        late_shebang: late_shebang(text, place),
        ignored: false,
        script,
        inner,
    }
}

/// A `#!` line of a shell near the top that is not the first line: of scripts and of blocks that
/// show one.
fn late_shebang(text: &SourceText, place: RoutinePlace) -> Option<Span> {
    if !matches!(place, RoutinePlace::Script | RoutinePlace::Document)
        || text.line(1).is_some_and(|line| line.starts_with("#!"))
    {
        return None;
    }
    let shells = ["#!/bin/bash", "#!/bin/sh", "#!/usr/bin/env bash", "#!/usr/bin/bash"];
    // Below a command it belongs to another script that is written here.
    let above = (2..=text.line_count().min(30)).take_while(|number| {
        let line = text.line(number - 1).unwrap_or("").trim();
        line.is_empty() || line.starts_with('#')
    });
    let late = above.into_iter().find(|number| {
        text.line(*number).is_some_and(|line| shells.iter().any(|shell| line.starts_with(shell)))
    })?;
    // A blank line in front of a block is the document's.
    let only_blank = (1..late).all(|number| text.line(number).unwrap_or("").trim().is_empty());
    (place == RoutinePlace::Script || !only_blank).then(|| text.line_span(late))
}

/// What the commands of a script hand to other shells, as scripts of their own.
fn inner_scripts(script: &Script, text: &SourceText, depth: usize) -> Vec<Script> {
    let mut found = Vec::new();
    if depth > 3 {
        return found;
    }
    for command in &script.commands {
        let Some(handed) = reach::handed_text(command) else { continue };
        let Some(fragment) = handed.fragment(text) else { continue };
        let inner = Script::parse(&fragment);
        let deeper = inner_scripts(&inner, &fragment, depth + 1);
        found.push(inner);
        found.extend(deeper);
    }
    found
}

/// The jobs of a crontab, each a routine.
fn crontab_jobs(
    file: &SourceText,
    text: &SourceText,
    place: RoutinePlace,
    standing: Standing,
) -> Vec<Routine> {
    let read = crontab::read(text, crontab::kind_of(text));
    let jobs = read.jobs.iter().filter_map(|job| {
        let line = text.line_start(line_of(text, &job.command.span)?)?;
        let whole = text.text().get(line..)?;
        let at = line + whole.lines().next()?.find(job.command.value.as_str())?;
        let command = text.fragment(at..at + job.command.value.len(), false);
        let mut found = routine(file, &command, place, standing, Options::default());
        found.name = "cron".to_owned();
        Some(found)
    });
    jobs.collect()
}

/// The line of a text, counted from one in the text itself, on which a place of its file is.
fn line_of(text: &SourceText, at: &Span) -> Option<u32> {
    (1..=text.line_count()).find(|line| text.line_span(*line).start.line == at.start.line)
}

/// What an image runs by itself, where a shell reads it.
fn image(source: &SourceText, standing: Standing) -> Vec<Routine> {
    let file = Dockerfile::parse(source);
    let Some(stage) = file.stages.last() else { return Vec::new() };
    let mut found = Vec::new();
    for instruction in &stage.instructions {
        let (name, command) = match &instruction.value {
            Instruction::Cmd(command) => ("CMD", command),
            Instruction::Entrypoint(command) => ("ENTRYPOINT", command),
            _ => continue,
        };
        let text = match command {
            dockerfile::Command::Shell(text) => Some(text.clone()),
            dockerfile::Command::Exec(words) => {
                let words = words.iter().map(|word| (word.text.clone(), word.span.clone()));
                exec_text(source, words)
            }
        };
        let Some(text) = text else { continue };
        let mut one = routine(source, &text, RoutinePlace::Container, standing, Options::default());
        name.clone_into(&mut one.name);
        found.push(one);
    }
    found
}

/// The script in `["sh", "-c", "…"]`, where the words stand as they are.
fn exec_text(
    source: &SourceText,
    words: impl Iterator<Item = (String, Span)>,
) -> Option<SourceText> {
    let words: Vec<(String, Span)> = words.collect();
    let value = |at: usize| words.get(at).map(|(value, _)| value.as_str());
    let shell = value(0)?.rsplit('/').next()?;
    if !matches!(shell, "sh" | "bash" | "ash" | "dash") || !value(1)?.ends_with('c') {
        return None;
    }
    find_fragment(source, value(2)?, &words.get(2)?.1)
}

/// A value of a file as a text of its own, where it stands there as it is.
fn find_fragment(source: &SourceText, value: &str, at: &Span) -> Option<SourceText> {
    let from = source.line_start(at.start.line)?;
    let start = from + source.text().get(from..)?.find(value)?;
    (source.position(start).line <= at.end.line)
        .then(|| source.fragment(start..start + value.len(), false))
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::{RoutinePlace, gather};
    use crate::inventory::Inventory;

    /// Place, name and reached programs of each routine.
    fn read(files: &[(&str, &str)]) -> Vec<(RoutinePlace, String, Vec<String>)> {
        let tree = MemoryTree::new(files.iter().copied());
        let routines = gather(&tree, &Inventory::of(&tree));
        let told = routines.iter().map(|routine| {
            let programs = routine.reached().map(|(_, reached)| reached.program.to_owned());
            (routine.place, routine.name.clone(), programs.collect())
        });
        told.collect()
    }

    #[test]
    fn programs_are_found_behind_what_starts_them() {
        for (line, expected) in [
            ("docker compose -f a.yml exec -T db pg_dump -U x shop", "pg_dump"),
            ("docker-compose run --rm web python manage.py migrate", "manage.py"),
            ("docker exec -e A=1 -it db pg_dumpall", "pg_dumpall"),
            ("sudo -u postgres pg_dump shop", "pg_dump"),
            ("kubectl exec -n shop db-0 -- pg_dump shop", "pg_dump"),
            ("timeout 60 flock /tmp/x pg_dump shop", "pg_dump"),
            ("poetry run python manage.py check", "manage.py"),
            ("/srv/venv/bin/python /srv/app/manage.py migrate", "manage.py"),
            ("ssh -p 22 deploy@host systemctl restart shop", "systemctl"),
            ("find . | xargs -n 1 rm -f", "rm"),
            ("docker compose up -d", "docker"),
            ("heroku run -a shop python manage.py migrate", "manage.py"),
        ] {
            let read = read(&[("a.sh", line)]);
            assert_eq!(read[0].2.last().map(String::as_str), Some(expected), "{line}");
        }
    }

    #[test]
    fn scripts_for_other_shells_are_read_in_place() {
        let text =
            "ssh deploy@host 'cd /srv && git pull'\ndocker exec db sh -c 'pg_dump x | gzip'\n";
        let tree = MemoryTree::new([("deploy.sh", text)]);
        let routines = gather(&tree, &Inventory::of(&tree));
        let dump = routines[0].reached().find(|(_, reached)| reached.program == "pg_dump").unwrap();
        assert_eq!((dump.0.span.start.line, dump.0.span.start.column), (2, 23));
        assert_eq!(dump.0.failure, plimsoll_formats::shell::Failure::HiddenByPipe);
    }

    #[test]
    fn blocks_of_documents_lose_their_prompts_and_know_their_heading() {
        let text = "# Manual\n\n## Restore\n\n```console\n$ psql shop < dump.sql\nSET\n```\n\n## Local development\n\n    $ pg_dump shop > x\n";
        let tree = MemoryTree::new([("docs/manual.md", text)]);
        let routines = gather(&tree, &Inventory::of(&tree));
        assert_eq!(routines[0].name, "Restore");
        assert!(routines[0].is_main());
        assert_eq!(routines[0].script.commands.len(), 1);
        assert_eq!(routines[0].script.commands[0].span.start.line, 6);
        assert!(routines.iter().skip(1).all(|routine| !routine.is_main()));
    }

    #[test]
    fn recipes_steps_and_jobs_are_routines() {
        let found = read(&[
            ("Makefile", "X := 1\nbackup: prepare\n\t-pg_dump shop > x\n\t@echo done\n"),
            (
                ".github/workflows/deploy.yml",
                "on: push\njobs:\n  ship:\n    steps:\n      - name: Go\n        run: |\n          ssh h systemctl restart shop\n",
            ),
            (".gitlab-ci.yml", "deploy:\n  script:\n    - docker compose pull\n"),
            ("deploy/crontab", "0 2 * * * pg_dump shop > /x\n"),
            (
                "docker-compose.yml",
                "services:\n  web:\n    command: sh -c \"python manage.py migrate; gunicorn a\"\n",
            ),
        ]);
        let expect = |place: RoutinePlace, name: &str, programs: &[&str]| {
            let programs: Vec<String> = programs.iter().map(|p| (*p).to_owned()).collect();
            assert!(found.contains(&(place, name.to_owned(), programs)), "{place:?}: {found:?}");
        };
        expect(RoutinePlace::Recipe, "backup", &["pg_dump", "echo"]);
        expect(RoutinePlace::Pipeline, "ship / Go", &["systemctl"]);
        expect(RoutinePlace::Pipeline, "deploy", &["docker"]);
        expect(RoutinePlace::Crontab, "cron", &["pg_dump"]);
        expect(RoutinePlace::Container, "web", &["sh", "manage.py", "gunicorn"]);
    }
}
