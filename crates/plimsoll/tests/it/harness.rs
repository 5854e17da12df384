//! Projects in temporary folders, and the binary with a scrubbed environment.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A Django project with DEBUG on and a password in its settings.
pub(crate) const SHOP: [(&str, &str); 3] = [
    ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
    ("shop/__init__.py", ""),
    (
        "shop/settings.py",
        "import os\n\nDEBUG = True\nSECRET_KEY = 'correct-horse-battery-staple'\n\
         ALLOWED_HOSTS = os.environ['HOSTS'].split(',')\n\
         EMAIL_HOST = os.environ.get('EMAIL_HOST', 'localhost')\n",
    ),
];

/// A project of these files.
pub(crate) fn project(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (path, text) in files {
        write(dir.path(), path, text);
    }
    dir
}

pub(crate) fn write(dir: &Path, path: &str, text: &str) {
    let file = dir.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the binary in a folder, without the environment of whoever runs the tests.
pub(crate) fn run(dir: &Path, arguments: &[&str]) -> Run {
    run_with(dir, arguments, &[])
}

pub(crate) fn run_with(dir: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Run {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .envs(env.iter().copied())
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}", self.stderr))
    }
}

/// The verdict of a control in the JSON of a check.
pub(crate) fn verdict(document: &serde_json::Value, id: &str) -> String {
    let controls = document["controls"].as_array().unwrap();
    let control = controls.iter().find(|control| control["id"] == id).unwrap();
    control["verdict"].as_str().unwrap().to_owned()
}
