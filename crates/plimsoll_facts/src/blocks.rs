//! Configuration that is written inside scripts and documents, read in place.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_formats::embedded::{self, BlockKind, Embedded};
use plimsoll_source::{RepoPath, SourceText, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Listed, Role};
use crate::standing::Standing;
use crate::{standing, words};

/// A block of another format inside a file.
#[derive(Clone, Debug)]
pub struct Block {
    /// The file it stands in.
    pub file: RepoPath,
    /// What part it plays: that of the script that writes it; in a document it is an example,
    /// unless the document is a guide to deploying at the root of the repository.
    pub standing: Standing,
    /// The part that the document it stands in plays, the folder `docs` left aside; `None` in a
    /// script.
    pub in_document: Option<Standing>,
    /// The block.
    pub embedded: Embedded,
}

/// The blocks of a repository.
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    all: Vec<Block>,
}

/// Longer documents and scripts are generated.
const LONGEST: usize = 400_000;

/// What a text must hold for its blocks to matter.
const MARKS: [&str; 11] = [
    "client_max_body_size",
    "DJANGO_SETTINGS_MODULE",
    "[Service]",
    "[program:",
    "proxy_pass",
    "uwsgi_pass",
    "server_name",
    "reverse_proxy",
    "gunicorn",
    "uvicorn",
    "celery",
];

impl Blocks {
    /// Gathers the blocks of scripts, Dockerfiles and documents that may matter.
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let files: Vec<&Listed> = [Role::Shell, Role::Dockerfile, Role::Document]
            .into_iter()
            .flat_map(|role| inventory.with(role))
            .filter(|file| !matches!(file.standing, Standing::Vendored | Standing::Copy))
            .collect();
        let all = files
            .par_iter()
            .flat_map_iter(|file| {
                let source = tree.read(&file.path).ok().filter(|source| may_matter(source, file));
                source.into_iter().flat_map(|source| of_file(file, &source))
            })
            .collect();
        Self { all }
    }

    /// All of them, by file.
    pub fn iter(&self) -> impl Iterator<Item = &Block> {
        self.all.iter()
    }

    /// Those of a kind that may be part of production.
    pub fn production(&self, kind: BlockKind) -> impl Iterator<Item = &Block> {
        self.all.iter().filter(move |block| block.embedded.kind == kind && block.standing.is_main())
    }
}

fn marks() -> Option<&'static AhoCorasick> {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    MATCHER.get_or_init(|| words::matcher(MARKS)).as_ref()
}

fn may_matter(source: &SourceText, file: &Listed) -> bool {
    let text = source.text();
    text.len() <= LONGEST
        && (file.role == Role::Document || text.contains("<<"))
        && marks().is_none_or(|marks| marks.is_match(text))
}

fn of_file(file: &Listed, source: &SourceText) -> Vec<Block> {
    let blocks = match file.role {
        Role::Shell => embedded::script_blocks(source),
        Role::Dockerfile => embedded::dockerfile_blocks(source),
        _ => embedded::blocks(source),
    };
    let standing = match file.role {
        Role::Document if !is_guide(&file.path) => file.standing.max(Standing::Example),
        _ => file.standing,
    };
    let in_document =
        (file.role == Role::Document).then(|| crate::routines::document_standing(&file.path));
    blocks
        .into_iter()
        .map(|embedded| Block { file: file.path.clone(), standing, in_document, embedded })
        .collect()
}

/// Whether a document at the root of the repository tells how to deploy it, by its name.
fn is_guide(path: &RepoPath) -> bool {
    path.depth() == 1
        && standing::words(&path.file_name().to_ascii_lowercase()).any(|word| {
            matches!(
                word,
                "deploy"
                    | "deployment"
                    | "deploying"
                    | "install"
                    | "installation"
                    | "production"
                    | "hosting"
                    | "server"
            )
        })
}
