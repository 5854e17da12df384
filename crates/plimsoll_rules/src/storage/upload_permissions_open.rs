//! `upload-permissions-open`: uploaded files are writable or executable by others.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Reached;

use crate::{Fault, Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "upload-permissions-open",
    control: "STO-10",
    title: "uploaded files are writable or executable by others",
    what: "FILE_UPLOAD_PERMISSIONS and FILE_UPLOAD_DIRECTORY_PERMISSIONS: world-writable files or folders, and executable files. And `chmod -R` with such a mode on a media or upload folder, in scripts, recipes, containers and code blocks of documents; modes with `X`, which leaves files alone, and documents about developing are left alone.",
    why: "Another account of the host can replace what users uploaded, and a file that is executable waits for a second mistake to run.",
    bad: "```python settings.py
FILE_UPLOAD_PERMISSIONS = 0o777
```",
    good: "```python settings.py
FILE_UPLOAD_PERMISSIONS = 0o640
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#file-upload-permissions"],
    check,
};

fn check(look: &mut Look) {
    for (name, forbidden) in
        [("FILE_UPLOAD_PERMISSIONS", 0o113), ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 0o002)]
    {
        look.judge(name, |value| match value.integer() {
            Some(mode) if mode & forbidden != 0 => Judgement::warning(
                format!("{name} is {mode:#o}"),
                "other accounts of the host can change uploads, or run them",
                format!("set {name} to 0o640, or 0o750 for folders"),
            ),
            Some(mode) => Judgement::Good(format!("{name} is {mode:#o}")),
            None if matches!(value, plimsoll_python::Value::None) => {
                Judgement::Good(format!("{name} is left to the umask of the service"))
            }
            None => Judgement::Neither,
        });
    }
    changed_modes(look);
}

/// `chmod -R` on folders of uploads.
fn changed_modes(look: &mut Look) {
    let facts = look.facts;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        for (command, reached) in routine.reached() {
            let Some(mode) = opens(reached) else { continue };
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("chmod -R {mode} makes every uploaded file executable, or writable by everybody"),
                    consequence: "every account of the host can read what users uploaded, and run or change it".to_owned(),
                    fix: "give the folder to the service's user and set folders to 750 and files to 640: chmod -R u=rwX,g=rX,o= …".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
}

/// The mode of a `chmod -R` of uploads that opens them.
fn opens(reached: Reached<'_>) -> Option<&str> {
    let texts: Vec<&str> = reached.arguments.iter().map(|word| word.text.as_str()).collect();
    let recursive = texts.iter().any(|text| matches!(*text, "-R" | "--recursive" | "-Rf" | "-fR"));
    let uploads = texts.iter().any(|text| {
        let lower = text.to_ascii_lowercase();
        lower.contains("media") || lower.contains("upload")
    });
    if reached.program != "chmod" || !recursive || !uploads {
        return None;
    }
    texts.into_iter().find(|text| {
        let digits = text.trim_start_matches('0');
        matches!(digits, "777" | "755" | "775" | "766" | "757" | "776")
            || matches!(
                *text,
                "a+rwx" | "a+w" | "o+w" | "ugo+rwx" | "+x" | "a+x" | "a+rwX" | "o+rwX"
            )
    })
}
