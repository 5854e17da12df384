//! The commands of code blocks of documents: what a reader copies into a terminal or a crontab.

use plimsoll_formats::embedded::{self, BlockKind, Embedded};
use plimsoll_formats::shell::Options;
use plimsoll_source::{RepoPath, SourceText};

use super::{Routine, RoutinePlace, crontab_jobs, is_marked, routine};
use crate::standing::{Standing, words};

/// The routines of a document.
pub(super) fn routines(source: &SourceText) -> Vec<Routine> {
    let standing = standing_of(source.path());
    let mut found = Vec::new();
    for block in embedded::blocks(source) {
        if !is_marked(block.text.text()) {
            continue;
        }
        let heading = heading_above(source, block.span.start.line);
        let standing = match is_for_developing(&heading) {
            true => standing.max(Standing::Development),
            false => standing,
        };
        let mut routines = of_block(source, &block, standing);
        for routine in &mut routines {
            let name = std::mem::take(&mut routine.name);
            routine.name =
                if name.is_empty() { heading.clone() } else { format!("{heading} {name}") };
        }
        found.extend(routines);
    }
    found
}

fn of_block(source: &SourceText, block: &Embedded, standing: Standing) -> Vec<Routine> {
    let place = RoutinePlace::Document;
    match block.kind {
        BlockKind::Crontab => crontab_jobs(source, &block.text, place, standing),
        BlockKind::Shell => {
            vec![routine(source, &unprompted(&block.text), place, standing, Options::default())]
        }
        BlockKind::Unknown if is_commands(block.text.text()) => {
            vec![routine(source, &unprompted(&block.text), place, standing, Options::default())]
        }
        _ => Vec::new(),
    }
}

/// The part that a document plays: documents lie in `docs` whatever they are about.
pub(crate) fn standing_of(path: &RepoPath) -> Standing {
    let mut standing = Standing::Main;
    let mut parts = path.as_str().split('/').peekable();
    while let Some(part) = parts.next() {
        let lower = part.to_ascii_lowercase();
        if matches!(lower.as_str(), "docs" | "doc" | "documentation") {
            continue;
        }
        let of_part = match RepoPath::new(part) {
            Some(part) if parts.peek().is_none() => Standing::of(&part),
            Some(part) => Standing::of_folder(&part),
            None => Standing::Main,
        };
        standing = standing.max(of_part);
        if is_for_developing(&lower) {
            standing = standing.max(Standing::Development);
        }
    }
    standing
}

/// Whether words speak of developing and trying out.
pub(crate) fn is_for_developing(text: &str) -> bool {
    let begins = [
        "develop",
        "contribut",
        "hacking",
        "debug",
        "playground",
        "quickstart",
        "tutorial",
        "changelog",
        "history",
        "release-notes",
        "demo",
        "vagrant",
        "codespace",
        "e2e",
    ];
    let whole = ["dev", "local", "locally", "test", "tests", "testing", "ci", "changes", "linting"];
    let lower = text.to_lowercase();
    // Tests of the running system are not those of its code.
    let of_production = ["load", "smoke", "restore", "stress", "performance", "recovery", "launch"];
    let is_live = words(&lower).any(|word| of_production.contains(&word));
    words(&lower).any(|word| {
        let tests = matches!(word, "test" | "tests" | "testing");
        (whole.contains(&word) && !(tests && is_live))
            || begins.iter().any(|begin| word.starts_with(begin))
    })
}

/// The heading above a line: of Markdown (`## Backup`), of reStructuredText (a line underlined).
fn heading_above(source: &SourceText, line: u32) -> String {
    let is_rst = source.path().extension() == Some("rst");
    let mut in_code = false;
    for number in (1..line).rev().take(400) {
        let text = source.line(number).unwrap_or("").trim_end();
        if is_rst {
            let marks = text.chars().next().filter(|c| "=-~^\"'`#*+".contains(*c));
            let underlines =
                marks.is_some_and(|mark| text.len() >= 3 && text.chars().all(|c| c == mark));
            let above = source.line(number.saturating_sub(1)).unwrap_or("").trim();
            if underlines && !above.is_empty() && number > 1 {
                return above.to_owned();
            }
            continue;
        }
        // The comments of another block are no headings.
        if text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~") {
            in_code = number + 1 != line && !in_code;
        } else if !in_code && text.starts_with('#') && text.trim_start_matches('#').starts_with(' ')
        {
            return text.trim_matches(['#', ' ']).to_owned();
        }
    }
    String::new()
}

/// Programs with which a block without a language tag is taken for commands.
const PROGRAMS: [&str; 43] = [
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "psql",
    "mysqldump",
    "mysql",
    "sudo",
    "su",
    "cd",
    "python",
    "python3",
    "git",
    "docker",
    "docker-compose",
    "podman",
    "gunzip",
    "zcat",
    "cat",
    "cp",
    "rsync",
    "scp",
    "ssh",
    "tar",
    "rm",
    "find",
    "systemctl",
    "supervisorctl",
    "pip",
    "source",
    "./manage.py",
    "manage.py",
    "heroku",
    "gpg",
    "crontab",
    "redis-cli",
    "chmod",
    "chown",
    "curl",
    "dropdb",
    "createdb",
    "ab",
    "locust",
    "k6",
];

fn is_commands(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.any(|line| {
        let line = after_prompt(line).unwrap_or(line);
        !line.starts_with('#')
            && line.split_whitespace().next().is_some_and(|word| PROGRAMS.contains(&word))
    })
}

/// What stands behind a prompt at the beginning of a line: `$ `, `(env) $ `, `user@host:~$ `.
fn after_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("$ ").or_else(|| line.strip_prefix("% ")) {
        return Some(rest);
    }
    let (before, after) = line.split_once("$ ").or_else(|| line.split_once("# "))?;
    let short = before.len() <= 40 && !before.is_empty();
    let prompt = before.starts_with('(') && before.trim_end().ends_with(')')
        || before.contains('@') && !before.contains(' ')
        || before.starts_with('[') && before.ends_with(']');
    (short && prompt).then_some(after)
}

/// A block without prompts and, where it has prompts, without what the commands print.
fn unprompted(text: &SourceText) -> SourceText {
    let whole = text.text();
    if !whole.lines().any(|line| after_prompt(line).is_some()) {
        return text.clone();
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut continues = false;
    for line in whole.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(rest) = after_prompt(line) {
            pieces.push(end - rest.len()..end);
            continues = line.trim_end().ends_with('\\');
        } else if continues {
            let skipped = line.len() - line.trim_start().trim_start_matches("> ").len();
            pieces.push(at + skipped..end);
            continues = line.trim_end().ends_with('\\');
        }
        at = end;
    }
    text.fragment_of(pieces)
}
