//! `upload-permissions-open`: uploaded files are writable or executable by others.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "upload-permissions-open",
    control: "STO-10",
    title: "uploaded files are writable or executable by others",
    what: "FILE_UPLOAD_PERMISSIONS and FILE_UPLOAD_DIRECTORY_PERMISSIONS: world-writable files or folders, and executable files.",
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
}
