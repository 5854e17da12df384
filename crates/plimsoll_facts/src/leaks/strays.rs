//! Whole files that should not be in a repository.

use memchr::memrchr;
use plimsoll_source::{FileKind, RepoPath, Tree};

use super::{Stray, StrayKind};
use crate::inventory::{Inventory, Role};
use crate::standing::Standing;

/// Whole files that should not be in a repository, now or at a tip of the history.
pub(crate) fn strays(tree: &dyn Tree, inventory: &Inventory) -> Vec<Stray> {
    let mut strays = Vec::new();
    for file in inventory
        .iter()
        .filter(|file| matches!(file.standing, Standing::Main | Standing::Development))
    {
        let kind = stray_kind(file.path.as_str(), file.role).or_else(|| {
            (file.role == Role::Sql && is_dump(tree, &file.path)).then_some(StrayKind::Dump)
        });
        if let Some(kind) = kind
            && !(kind == StrayKind::EnvFile && is_public(tree, &file.path))
        {
            strays.push(Stray { path: file.path.clone(), kind, tip: None });
        }
    }
    // Databases and keys are no source, so the inventory does not hold all of them.
    for entry in tree.files().iter().filter(|entry| entry.kind == FileKind::Regular) {
        if let Some(kind) = by_extension(entry.path.as_str())
            && Standing::of(&entry.path).is_main()
        {
            strays.push(Stray { path: entry.path.clone(), kind, tip: None });
        }
    }
    if let Some(git) = tree.git() {
        let here: std::collections::BTreeSet<_> =
            strays.iter().map(|stray| stray.path.clone()).collect();
        for file in git.tip_files(&|path| of_path(path).is_some()).files {
            let kind = of_path(file.path.as_str());
            // What the checkout holds was judged by its text, and is the tip's own.
            let is_judged = here.contains(&file.path)
                || (kind == Some(StrayKind::EnvFile) && is_public(tree, &file.path));
            if let (Some(kind), false) = (kind, is_judged) {
                strays.push(Stray { path: file.path, kind, tip: Some(file.tip) });
            }
        }
    }
    strays.sort();
    strays.dedup();
    strays
}

/// What a path of the history is, where it would be a part of the system that does not belong into
/// a repository.
pub(super) fn of_path(path: &str) -> Option<StrayKind> {
    if is_code(path) {
        return None;
    }
    let path = RepoPath::new(path)?;
    let role = Inventory::role_of(&path).unwrap_or(Role::OtherText);
    stray_kind(path.as_str(), role).filter(|_| Standing::of(&path).is_main())
}

/// Whether a file is source by its name, which no stray has. Most files of a repository are.
fn is_code(path: &str) -> bool {
    let name = memrchr(b'/', path.as_bytes()).map_or(Some(path), |at| path.get(at + 1..));
    let extension = name.and_then(|name| name.rsplit_once('.').map(|(_, extension)| extension));
    matches!(extension, Some("py" | "js" | "ts" | "md" | "html"))
        && !name.is_some_and(|name| name.starts_with('.'))
}

fn stray_kind(path: &str, role: Role) -> Option<StrayKind> {
    if role == Role::EnvFile {
        return Some(StrayKind::EnvFile);
    }
    by_extension(path)
}

fn by_extension(path: &str) -> Option<StrayKind> {
    if is_code(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        "sqlite3" | "sqlite" => StrayKind::Database,
        "db" if name != "thumbs.db" && !name.starts_with("dockerfile") => StrayKind::Database,
        "dump" | "rdb" => StrayKind::Dump,
        "gz" | "zst" | "bz2" if name.contains(".sql.") => StrayKind::Dump,
        "ppk" | "p12" | "pfx" | "jks" | "kdbx" | "keystore" => StrayKind::PrivateKey,
        _ if matches!(name.as_str(), "id_rsa" | "id_ed25519" | "id_ecdsa" | "id_dsa") => {
            StrayKind::PrivateKey
        }
        _ => return None,
    })
}

/// Beginnings of variables that a builder of front ends writes into what every visitor loads.
const PUBLIC: [&str; 8] = [
    "VITE_",
    "NEXT_PUBLIC_",
    "REACT_APP_",
    "VUE_APP_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "GATSBY_",
    "PUBLIC_",
];

/// Whether an environment file holds only what the pages of a front end show to everybody.
pub(super) fn is_public(tree: &dyn Tree, path: &RepoPath) -> bool {
    let Ok(source) = tree.read_once(path) else { return false };
    let mut names = source.text().lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("export ");
        let (name, _) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        Some(name.trim().to_owned())
    });
    let is_public = |name: String| {
        // The modes of the builder itself are no secrets either.
        matches!(name.as_str(), "NODE_ENV" | "GENERATE_SOURCEMAP" | "PORT")
            || PUBLIC.iter().any(|prefix| name.starts_with(prefix))
    };
    names.next().is_some_and(is_public) && names.all(is_public)
}

/// Whether an SQL script is what a dump program wrote, with many rows in it: a schema has few, of
/// its own tables of choices.
fn is_dump(tree: &dyn Tree, path: &RepoPath) -> bool {
    const LEAST_ROWS: usize = 200;
    let Ok(source) = tree.read_once(path) else { return false };
    let text = source.text();
    let head: String = text.chars().take(400).collect();
    let made = ["PostgreSQL database dump", "MySQL dump", "MariaDB dump", "phpMyAdmin SQL Dump"];
    if !made.iter().any(|mark| head.contains(mark)) {
        return false;
    }
    let mut in_copy = false;
    let rows = text.lines().filter(|line| {
        let is_row = in_copy || line.starts_with("INSERT INTO ") || line.starts_with('(');
        in_copy = match *line {
            "\\." => false,
            line if line.starts_with("COPY ") && line.ends_with("FROM stdin;") => true,
            _ => in_copy,
        };
        is_row
    });
    rows.take(LEAST_ROWS).count() == LEAST_ROWS
}
