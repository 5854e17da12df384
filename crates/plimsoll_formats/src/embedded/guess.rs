//! Telling what a block holds.

use plimsoll_source::SourceText;

use super::{BlockKind, Grounds};

/// What a block holds: by the path it is written to, what it plainly holds, a name before it. A tag counts less than what the
/// block plainly holds: authors tag nginx blocks `bash`.
pub(super) fn guess(
    path: Option<(&str, Grounds)>,
    language: Option<&str>,
    text: &SourceText,
) -> (BlockKind, Grounds) {
    let by_path = path.and_then(|(path, grounds)| Some((kind_of_path(path)?, grounds)));
    if let Some(found) = by_path.filter(|(_, grounds)| *grounds == Grounds::TargetPath) {
        return found;
    }
    if let Some(kind) = kind_of_content(text.text()) {
        return (kind, Grounds::Content);
    }
    // A name before a block can be about something else: `edit settings.py and run`.
    if let Some(found) = by_path.filter(|(kind, _)| is_plausible(*kind, language, text.text())) {
        return found;
    }
    match language.and_then(kind_of_language) {
        Some(kind) => (kind, Grounds::Language),
        None => (BlockKind::Unknown, Grounds::Nothing),
    }
}

/// Whether a block can be what the name before it says.
fn is_plausible(kind: BlockKind, language: Option<&str>, text: &str) -> bool {
    let any = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    if language.and_then(kind_of_language) == Some(BlockKind::Shell) && kind != BlockKind::Shell {
        return false;
    }
    match kind {
        BlockKind::Nginx | BlockKind::Caddyfile | BlockKind::Logrotate => any(&["{", ";"]),
        BlockKind::Systemd | BlockKind::Supervisor => any(&["["]) && any(&["="]),
        BlockKind::Dotenv => {
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.all(|line| line.starts_with('#') || is_variable(line))
        }
        BlockKind::Compose | BlockKind::Yaml => {
            text.lines().any(|line| line.trim_end().ends_with(':') || line.contains(": "))
                && !any(&["[program:", "<"])
        }
        BlockKind::Dockerfile => any(&["RUN ", "FROM ", "COPY ", "ENV ", "CMD ", "USER "]),
        BlockKind::Python => {
            any(&[" = ", "import ", "def ", "class "]) && !text.trim_start().starts_with('$')
        }
        BlockKind::Toml => any(&[" = ", "["]),
        BlockKind::Crontab => text.lines().any(|line| is_cron(line.trim())),
        BlockKind::Sql => any(&[";"]),
        BlockKind::Requirements => !any(&["$ ", "pip "]),
        BlockKind::Shell | BlockKind::Unknown => true,
    }
}

/// What a file of this path holds.
pub fn kind_of_path(path: &str) -> Option<BlockKind> {
    let lower = path.trim().to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or("");
    let has = |part: &str| lower.contains(part);
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let kind = if has("nginx") && !ends(&[".service", ".sh", ".yml", ".yaml", ".md"])
        || has("sites-available")
        || has("sites-enabled")
    {
        BlockKind::Nginx
    } else if ends(&[".service", ".socket", ".timer"]) {
        BlockKind::Systemd
    } else if name.starts_with(".env") || name.ends_with(".env") || has("/etc/default/") {
        BlockKind::Dotenv
    } else if ends(&[".yml", ".yaml"]) && (has("compose")) {
        BlockKind::Compose
    } else if ends(&[".yml", ".yaml"]) {
        BlockKind::Yaml
    } else if name.starts_with("dockerfile") || name.ends_with(".dockerfile") {
        BlockKind::Dockerfile
    } else if name.starts_with("caddyfile") {
        BlockKind::Caddyfile
    } else if has("supervisor") && ends(&[".conf", ".ini"]) {
        BlockKind::Supervisor
    } else if has("logrotate") {
        BlockKind::Logrotate
    } else if has("cron") && !ends(&[".py", ".sh", ".md"]) {
        BlockKind::Crontab
    } else if ends(&[".sh", ".bash"]) {
        BlockKind::Shell
    } else if ends(&[".py"]) {
        BlockKind::Python
    } else if ends(&[".sql"]) {
        BlockKind::Sql
    } else if name.starts_with("requirements") && ends(&[".txt", ".in"]) {
        BlockKind::Requirements
    } else if ends(&[".toml"]) {
        BlockKind::Toml
    } else {
        return None;
    };
    Some(kind)
}

/// What a language tag says.
pub fn kind_of_language(tag: &str) -> Option<BlockKind> {
    Some(match tag.to_ascii_lowercase().as_str() {
        "nginx" | "nginxconf" => BlockKind::Nginx,
        "systemd" => BlockKind::Systemd,
        "dotenv" | "env" | "properties" => BlockKind::Dotenv,
        "yaml" | "yml" => BlockKind::Yaml,
        "docker" | "dockerfile" => BlockKind::Dockerfile,
        "cron" | "crontab" => BlockKind::Crontab,
        "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "shellsession" => {
            BlockKind::Shell
        }
        "py" | "python" | "python3" => BlockKind::Python,
        "caddy" | "caddyfile" => BlockKind::Caddyfile,
        "sql" | "postgresql" | "pgsql" | "psql" => BlockKind::Sql,
        "toml" => BlockKind::Toml,
        _ => return None,
    })
}

/// What a text plainly holds; `None` where it could be several things.
pub fn kind_of_content(text: &str) -> Option<BlockKind> {
    let lines: Vec<&str> = text
        .lines()
        .take(200)
        .map(str::trim)
        .filter(|line| !line.is_empty() && (!line.starts_with('#') || line.starts_with("#!")))
        .collect();
    let first = *lines.first()?;
    let any = |test: &dyn Fn(&str) -> bool| lines.iter().any(|line| test(line));
    if first.starts_with("#!") {
        let shell = first.contains("sh") && !first.contains("python");
        return Some(if shell { BlockKind::Shell } else { BlockKind::Python });
    }
    if any(&|line| matches!(line, "[Unit]" | "[Service]" | "[Socket]" | "[Timer]" | "[Install]")) {
        return Some(BlockKind::Systemd);
    }
    if any(&|line| line.starts_with("[program:") || line == "[supervisord]") {
        return Some(BlockKind::Supervisor);
    }
    if is_nginx(&lines) {
        return Some(BlockKind::Nginx);
    }
    if any(&|line| line == "services:")
        && any(&|l| l.starts_with("image:") || l.starts_with("build:"))
    {
        return Some(BlockKind::Compose);
    }
    let upper = |line: &str, word: &str| {
        line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t']))
    };
    let docker = ["RUN", "COPY", "CMD", "WORKDIR", "ENV", "ENTRYPOINT", "EXPOSE"];
    let starts = upper(first, "FROM") || upper(first, "ARG");
    if starts && any(&|line| docker.iter().any(|word| upper(line, word))) {
        return Some(BlockKind::Dockerfile);
    }
    if lines.iter().all(|line| is_cron(line)) {
        return Some(BlockKind::Crontab);
    }
    if lines.iter().all(|line| is_variable(line)) {
        return Some(BlockKind::Dotenv);
    }
    if lines.iter().any(|line| is_setting(line)) {
        return Some(BlockKind::Python);
    }
    None
}

/// A block of `server`, `location`, `upstream`, `http` and a directive that ends with `;`.
fn is_nginx(lines: &[&str]) -> bool {
    let opens = lines.iter().any(|line| {
        let Some(head) = line.split('{').next().filter(|_| line.contains('{')) else {
            return false;
        };
        matches!(
            head.split_whitespace().next(),
            Some("server" | "location" | "upstream" | "http" | "events" | "map")
        )
    });
    let directive = |line: &&str| {
        line.ends_with(';')
            && [
                "add_header",
                "proxy_pass",
                "proxy_set_header",
                "listen",
                "server_name",
                "ssl_",
                "root ",
                "client_max_body_size",
                "limit_req",
                "return ",
                "include ",
                "gzip",
                "server_tokens",
                "server ",
                "alias ",
                "expires",
            ]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let count = lines.iter().filter(|line| directive(line)).count();
    count > 0 && (opens || count == lines.len())
}

/// Five time fields and a command, or `@daily` and one.
fn is_cron(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix('@') {
        let name = rest.split_whitespace().next().unwrap_or("");
        let known =
            ["reboot", "hourly", "daily", "weekly", "monthly", "yearly", "annually", "midnight"];
        return known.contains(&name) && rest.split_whitespace().count() > 1;
    }
    let mut fields = line.split_whitespace();
    let times = fields.by_ref().take(5).filter(|field| {
        field.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-?".contains(c))
            && field.starts_with(|c: char| c.is_ascii_digit() || c == '*')
    });
    times.count() == 5 && fields.next().is_some()
}

/// `NAME=value` in capitals, without blanks before `=`.
fn is_variable(line: &str) -> bool {
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

/// `SETTING = …` as Django's settings are written.
fn is_setting(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(name, value)| {
        let capitals = name.len() > 2
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let python = value.starts_with(['[', '{', '(', '\'', '"'])
            || value.starts_with("True")
            || value.starts_with("False")
            || value.starts_with("os.")
            || value.starts_with("env")
            || value.starts_with("config(")
            || value.starts_with(|c: char| c.is_ascii_digit());
        capitals && python
    })
}
