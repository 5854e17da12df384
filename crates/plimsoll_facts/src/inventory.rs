//! Which file is what: one pass over the names, a look inside only where the name does not say.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use plimsoll_source::{FileEntry, FileKind, RepoPath, Tree};
use rayon::prelude::*;

use crate::standing::{Standing, lower, words};

/// What a file is, as far as it can matter to production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Python source.
    Python,
    /// `.env` and its kin that hold values a process may get.
    EnvFile,
    /// `.env.example` and its kin: documentation of an environment.
    EnvTemplate,
    /// requirements*.txt, constraints.
    Requirements,
    /// pyproject.toml, setup.cfg, setup.py, Pipfile, environment.yml.
    ProjectFile,
    /// Lock files of package managers for Python.
    Lock,
    /// runtime.txt, .python-version.
    PythonVersion,
    /// Dockerfile, Containerfile.
    Dockerfile,
    /// .dockerignore.
    Dockerignore,
    /// Compose file.
    Compose,
    /// nginx configuration.
    Nginx,
    /// Caddyfile.
    Caddyfile,
    /// systemd unit or drop-in.
    Unit,
    /// Supervisor configuration.
    Supervisor,
    /// Procfile.
    Procfile,
    /// Platform file: fly.toml, render.yaml, app.json, heroku.yml, app.yaml.
    Platform,
    /// uwsgi.ini.
    Uwsgi,
    /// Crontab.
    Crontab,
    /// logrotate configuration.
    Logrotate,
    /// Redis configuration.
    RedisConf,
    /// postgresql.conf.
    PostgresConf,
    /// `pg_hba.conf`.
    PgHba,
    /// SQL script.
    Sql,
    /// Shell script.
    Shell,
    /// Expect script.
    Expect,
    /// Workflow of a CI service.
    Workflow,
    /// .gitignore.
    Gitignore,
    /// Django template or other HTML.
    Template,
    /// JavaScript or TypeScript.
    Script,
    /// Markdown or reStructuredText.
    Document,
    /// Other small text: JSON, YAML, TOML, INI, PEM, keys.
    OtherText,
    /// A database, dump, archive or key store by its name.
    Data,
}

/// One file with its role and standing.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Where it is.
    pub path: RepoPath,
    /// What it is.
    pub role: Role,
    /// What part it plays.
    pub standing: Standing,
}

/// All files of a repository that can matter, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    files: Vec<Listed>,
    /// The places in `files` by role, so that what asks for one role looks at no other file.
    by_role: BTreeMap<Role, Vec<usize>>,
}

impl Inventory {
    /// Takes stock of a repository.
    pub fn of(tree: &dyn Tree) -> Self {
        // Files whose names say nothing are read: many of them at a time.
        let parts: Vec<Vec<Listed>> =
            tree.files().par_chunks(CHUNK).map(|entries| listed(tree, entries)).collect();
        Self::new(parts.into_iter().flatten().collect())
    }

    fn new(mut files: Vec<Listed>) -> Self {
        set_twins_apart(&mut files);
        let mut by_role: BTreeMap<Role, Vec<usize>> = BTreeMap::new();
        for (place, file) in files.iter().enumerate() {
            by_role.entry(file.role).or_default().push(place);
        }
        Self { files, by_role }
    }

    /// Whether a file is listed.
    pub fn has(&self, path: &RepoPath) -> bool {
        self.files.binary_search_by(|file| file.path.cmp(path)).is_ok()
    }

    /// Whether a file below a folder is listed.
    pub fn has_below(&self, folder: &RepoPath) -> bool {
        !self.below(folder).is_empty()
    }

    /// The Python files below a folder.
    pub fn python_below(&self, folder: &RepoPath) -> impl Iterator<Item = &Listed> {
        self.below(folder).iter().filter(|file| file.role == Role::Python)
    }

    /// The files below a folder: one stretch of the sorted list.
    fn below(&self, folder: &RepoPath) -> &[Listed] {
        if folder.is_root() {
            return &self.files;
        }
        // Sorted as text, what lies below `a` stands between `a/` and `a0`, `0` following `/`.
        let (first, last) = (format!("{folder}/"), format!("{folder}0"));
        let from = self.files.partition_point(|file| file.path.as_str() < first.as_str());
        let to = self.files.partition_point(|file| file.path.as_str() < last.as_str());
        self.files.get(from..to).unwrap_or(&[])
    }

    /// The role that a file's name alone gives it.
    pub fn role_of(path: &RepoPath) -> Option<Role> {
        by_name(path)
    }

    /// The files of a role.
    pub fn with(&self, role: Role) -> impl Iterator<Item = &Listed> {
        let places = self.by_role.get(&role).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| self.files.get(*place))
    }

    /// The files of a role that may be part of production.
    pub fn main(&self, role: Role) -> impl Iterator<Item = &Listed> {
        self.with(role).filter(|file| file.standing.is_main())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Listed> {
        self.files.iter()
    }
}

/// Files that are looked at one after the other.
const CHUNK: usize = 128;

/// The files of a stretch of the sorted list that can matter.
fn listed(tree: &dyn Tree, entries: &[FileEntry]) -> Vec<Listed> {
    let mut found = Vec::with_capacity(entries.len());
    // Files of the same folder follow each other.
    let mut folder = ("", Standing::Main);
    for entry in entries.iter().filter(|entry| entry.kind != FileKind::Unreadable) {
        let path = &entry.path;
        let Some(role) = by_name(path).or_else(|| by_content(tree, path)) else { continue };
        if folder.0 != path.folder() {
            folder = (path.folder(), Standing::of_names(path.folder_names()));
        }
        let standing = Standing::in_folder(path, folder.1);
        found.push(Listed { path: path.clone(), role, standing });
    }
    found
}

/// Beside `Dockerfile.prod` and `entrypoint.prod.sh`, `Dockerfile` and `entrypoint.sh` are for
/// developing. Compose files are left alone: one for production commonly builds on the plain one.
fn set_twins_apart(files: &mut [Listed]) {
    let is_asked = |file: &Listed| {
        matches!(file.role, Role::Dockerfile | Role::Shell) && file.standing.is_main()
    };
    let plain: BTreeSet<(String, Vec<String>)> = files
        .iter()
        .filter(|file| is_asked(file))
        .filter_map(|file| {
            let name = file.path.file_name().to_ascii_lowercase();
            let (ours, rest): (Vec<&str>, Vec<&str>) =
                words(&name).partition(|word| matches!(*word, "prod" | "production" | "prd"));
            let rest = rest.into_iter().map(str::to_owned).collect();
            (ours.len() == 1).then(|| (file.path.folder().to_owned(), rest))
        })
        .collect();
    if plain.is_empty() {
        return;
    }
    for file in files.iter_mut().filter(|file| is_asked(file)) {
        let name = file.path.file_name().to_ascii_lowercase();
        let own = words(&name).map(str::to_owned).collect();
        if plain.contains(&(file.path.folder().to_owned(), own)) {
            file.standing = Standing::Development;
        }
    }
}

/// The role that a file's name gives it.
fn by_name(path: &RepoPath) -> Option<Role> {
    let name = &*lower(path.file_name());
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if let Some(role) = env_role(name) {
        return Some(role);
    }
    // The layout of cookiecutter-django: .envs/.production/.django
    if (name.starts_with('.') || extension.is_empty())
        && path.folder_names().any(|above| matches!(above, ".envs" | ".env" | "envs"))
    {
        return Some(Role::EnvFile);
    }
    if let Some(role) = whole_name(name, path) {
        return Some(role);
    }
    if is_compose(name, extension) {
        return Some(Role::Compose);
    }
    let holds = |word: &str| memmem::find(name.as_bytes(), word.as_bytes()).is_some();
    if holds("dockerfile") || holds("containerfile") {
        return (!name.ends_with(".dockerignore")).then_some(Role::Dockerfile);
    }
    if is_requirements(name, extension, &lower(path.folder_name())) {
        return Some(Role::Requirements);
    }
    if name.starts_with("caddyfile") {
        return Some(Role::Caddyfile);
    }
    Some(match extension {
        "py" => Role::Python,
        "service" | "socket" | "timer" => Role::Unit,
        "sh" | "bash" | "zsh" | "ksh" => Role::Shell,
        "exp" | "expect" => Role::Expect,
        "sql" => Role::Sql,
        "html" | "htm" | "jinja" | "jinja2" | "djhtml" => Role::Template,
        "js" | "ts" | "jsx" | "tsx" | "vue" | "mjs" => Role::Script,
        "md" | "rst" | "markdown" => Role::Document,
        "sqlite" | "sqlite3" | "db" | "dump" | "bak" | "rdb" | "p12" | "pfx" | "jks" => Role::Data,
        "pem" | "key" | "crt" | "ppk" => Role::OtherText,
        "yml" | "yaml" if path.as_str().contains(".github/workflows/") => Role::Workflow,
        "yml" | "yaml" | "json" | "toml" | "ini" | "cfg" | "properties" | "tfvars" | "csv"
        | "tsv" | "xml" | "jsonl" | "ndjson" | "ldif" | "vcf" | "txt" | "tf" | "plist" => {
            Role::OtherText
        }
        // A configuration file says only by its content whose it is.
        "conf" | "nginx" | "" | "template" | "tmpl" | "tpl" | "j2" | "cron" | "vhost" => {
            return None;
        }
        _ => return None,
    })
}

fn whole_name(name: &str, path: &RepoPath) -> Option<Role> {
    Some(match name {
        "pyproject.toml" | "setup.cfg" | "setup.py" | "pipfile" | "environment.yml"
        | "environment.yaml" => Role::ProjectFile,
        "pipfile.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" | "pylock.toml" => Role::Lock,
        "runtime.txt" | ".python-version" => Role::PythonVersion,
        ".dockerignore" => Role::Dockerignore,
        "procfile" => Role::Procfile,
        "fly.toml" | "render.yaml" | "app.json" | "heroku.yml" | "app.yaml" | "railway.json"
        | "railway.toml" => Role::Platform,
        "deploy.yml" if path.folder_name() == "config" => Role::Platform,
        "uwsgi.ini" => Role::Uwsgi,
        "redis.conf" => Role::RedisConf,
        "postgresql.conf" => Role::PostgresConf,
        "pg_hba.conf" => Role::PgHba,
        "nginx.conf" => Role::Nginx,
        "supervisord.conf" => Role::Supervisor,
        "crontab" => Role::Crontab,
        ".gitignore" => Role::Gitignore,
        ".gitlab-ci.yml" | ".travis.yml" | "azure-pipelines.yml" | "bitbucket-pipelines.yml" => {
            Role::Workflow
        }
        "id_rsa" | "id_ed25519" | "id_dsa" | "id_ecdsa" => Role::OtherText,
        ".htpasswd" | ".pgpass" | ".netrc" | ".npmrc" | ".pypirc" | ".dockercfg" => Role::OtherText,
        _ => return None,
    })
}

/// `.env` and what its suffix says of it. Files such as `production.env` and those in an `.envs`
/// folder count too.
fn env_role(name: &str) -> Option<Role> {
    // Few names come further.
    memmem::find(name.as_bytes(), b"env")?;
    let is_env = name == ".env"
        || name.starts_with(".env.")
        || name.starts_with(".env_")
        || name.starts_with(".env-")
        // `.env 2`, `.env~`, `.env(1)`: what systems and editors make of a copy.
        || name.starts_with(".env ")
        || name.starts_with(".env~")
        || name.starts_with(".env(")
        || name.ends_with(".env")
        || name.contains(".env.")
        || matches!(name, "env.example" | "env.sample" | "env.template" | "env.dist" | "dotenv");
    if !is_env
        || matches!(
            name.rsplit_once('.'),
            Some((_, "py" | "js" | "ts" | "md" | "html" | "enc" | "gpg"))
        )
    {
        return None;
    }
    let template = words(name).any(|word| {
        matches!(
            word,
            "example"
                | "exmp"
                | "exmpl"
                | "exam"
                | "sample"
                | "template"
                | "dist"
                | "tmpl"
                | "tpl"
                | "default"
                | "defaults"
                | "placeholder"
                | "j2"
                | "skel"
                | "demo"
        )
    });
    Some(if template { Role::EnvTemplate } else { Role::EnvFile })
}

fn is_compose(name: &str, extension: &str) -> bool {
    matches!(extension, "yml" | "yaml")
        && (name.starts_with("docker-compose")
            || name.starts_with("compose.")
            || name.starts_with("docker_compose")
            || name.ends_with("docker-compose.yml")
            || name.starts_with("compose-")
            || matches!(name, "production.yml" | "local.yml" | "stack.yml"))
}

fn is_requirements(name: &str, extension: &str, folder: &str) -> bool {
    matches!(extension, "txt" | "pip" | "in")
        && (name.contains("requirements")
            || name.contains("constraints")
            || folder.contains("requirements")
            || matches!(name, "reqs.txt" | "pip.txt"))
}

/// The role that a file's first lines give it, for names that say nothing.
fn by_content(tree: &dyn Tree, path: &RepoPath) -> Option<Role> {
    let name = path.file_name();
    let lower = lower(path.as_str());
    let extension = path.extension().unwrap_or("");
    let worth = matches!(
        extension,
        "conf" | "nginx" | "template" | "tmpl" | "tpl" | "j2" | "cron" | "vhost"
    ) || (extension.is_empty() && !name.starts_with('.'))
        || lower.contains("sites-available")
        || lower.contains("sites-enabled")
        || lower.contains("nginx");
    if !worth {
        return None;
    }
    let source = tree.read(path).ok()?;
    content_role(source.text(), &lower)
}

/// The role that a text shows by its form. `path` is in lower case.
pub(crate) fn content_role(text: &str, path: &str) -> Option<Role> {
    let end = text.char_indices().nth(20_000).map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or(text);
    let first = head.lines().next().unwrap_or("");
    if first.starts_with("#!") {
        return if first.contains("python") {
            Some(Role::Python)
        } else if first.contains("expect") {
            Some(Role::Expect)
        } else if first.ends_with("sh") || first.contains("sh ") || first.contains("bash") {
            Some(Role::Shell)
        } else {
            None
        };
    }
    let lines = || head.lines().map(str::trim);
    let has = |test: &dyn Fn(&str) -> bool| lines().any(test);
    if has(&|l| l.starts_with("[program:") || l.starts_with("[supervisord]")) {
        return Some(Role::Supervisor);
    }
    if has(&|l| l == "[uwsgi]") {
        return Some(Role::Uwsgi);
    }
    if has(&|l| matches!(l, "[Unit]" | "[Service]" | "[Socket]" | "[Timer]")) {
        return Some(Role::Unit);
    }
    let nginx_words = [
        "server",
        "upstream",
        "location",
        "proxy_pass",
        "listen",
        "server_name",
        "http",
        "add_header",
    ];
    let is_nginx = |l: &str| {
        let word = l.split(|c: char| c.is_whitespace() || c == '{').next().unwrap_or("");
        nginx_words.contains(&word) && (l.ends_with('{') || l.ends_with(';') || l.contains('{'))
    };
    // Other programs have blocks of these names too, and no `;`.
    let is_directive = |l: &str| is_nginx(l) && (l.contains(';') || l.starts_with("location"));
    if lines().filter(|line| is_nginx(line)).count() >= 2 && has(&is_directive) {
        return Some(Role::Nginx);
    }
    let rotates = |l: &str| {
        matches!(
            l.split_whitespace().next(),
            Some("rotate" | "daily" | "weekly" | "compress" | "copytruncate" | "missingok")
        )
    };
    if head.contains('{') && lines().filter(|line| rotates(line)).count() >= 2 {
        return Some(Role::Logrotate);
    }
    if path.contains("redis")
        && has(&|l| {
            l.starts_with("maxmemory") || l.starts_with("appendonly") || l.starts_with("bind ")
        })
    {
        return Some(Role::RedisConf);
    }
    if path.contains("postgres")
        && has(&|l| l.starts_with("shared_buffers") || l.starts_with("max_connections"))
    {
        return Some(Role::PostgresConf);
    }
    if path.contains("cron") && has(&looks_like_cron) {
        return Some(Role::Crontab);
    }
    None
}

fn looks_like_cron(line: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().take(6).collect();
    fields.len() == 6
        && fields.iter().take(5).all(|field| {
            field.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '/' | ',' | '-'))
        })
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{MemoryTree, RepoPath};

    use super::{Inventory, Role, by_name};

    #[test]
    fn names_tell_most_roles() {
        for (path, expected) in [
            (".env", Some(Role::EnvFile)),
            (".env.example", Some(Role::EnvTemplate)),
            (".envs/.production/.django", Some(Role::EnvFile)),
            ("deploy/prod.env", Some(Role::EnvFile)),
            ("docker/env.template", Some(Role::EnvTemplate)),
            ("requirements/base.txt", Some(Role::Requirements)),
            ("compose/production/django/Dockerfile", Some(Role::Dockerfile)),
            ("docker-compose.prod.yaml", Some(Role::Compose)),
            (".github/workflows/ci.yml", Some(Role::Workflow)),
            ("etc/rota.service", Some(Role::Unit)),
            ("notes.txt", Some(Role::OtherText)),
            (".env 2", Some(Role::EnvFile)),
            (".envrc", None),
        ] {
            assert_eq!(by_name(&RepoPath::new(path).unwrap()), expected, "{path}");
        }
    }

    #[test]
    fn beside_a_twin_for_production_the_plain_file_is_for_developing() {
        let tree = MemoryTree::new([
            ("app/Dockerfile", "FROM python\n"),
            ("app/Dockerfile.prod", "FROM python\n"),
            ("app/entrypoint.sh", "exec gunicorn\n"),
            ("app/entrypoint-prod.sh", "exec gunicorn\n"),
            ("app/backup.sh", "pg_dump shop\n"),
            ("Dockerfile", "FROM python\n"),
        ]);
        let inventory = Inventory::of(&tree);
        let main: Vec<&str> = inventory
            .iter()
            .filter(|file| file.standing.is_main())
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(
            main,
            ["Dockerfile", "app/Dockerfile.prod", "app/backup.sh", "app/entrypoint-prod.sh"]
        );
    }

    #[test]
    fn content_tells_whose_a_conf_file_is() {
        let tree = MemoryTree::new([
            (
                "deploy/site.conf",
                "server {\n  listen 80;\n  location / { proxy_pass http://x; }\n}\n",
            ),
            ("deploy/app.conf", "[program:web]\ncommand=gunicorn x\n"),
            ("deploy/rotate.conf", "/var/log/x {\n daily\n rotate 7\n}\n"),
            ("deploy/other.conf", "colour = blue\n"),
            ("deploy/radius.conf", "server default {\n  listen {\n    type = auth\n  }\n}\n"),
        ]);
        let inventory = Inventory::of(&tree);
        let roles: Vec<_> = inventory.iter().map(|file| (file.path.as_str(), file.role)).collect();
        assert_eq!(
            roles,
            [
                ("deploy/app.conf", Role::Supervisor),
                ("deploy/rotate.conf", Role::Logrotate),
                ("deploy/site.conf", Role::Nginx),
            ]
        );
    }
}
