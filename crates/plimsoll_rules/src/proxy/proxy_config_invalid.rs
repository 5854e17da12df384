//! `proxy-config-invalid`: the proxy's configuration does not parse.

use plimsoll_catalog::{Change, Confidence, Related, Repair, Severity};
use plimsoll_facts::NginxConfig;
use plimsoll_formats::nginx::{Directive, Modifier, PassKind, is_known_directive, values};
use plimsoll_source::{ProblemKind, Span};

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-config-invalid",
    control: "PRX-01",
    title: "the proxy’s configuration does not parse",
    what: "nginx configurations and Caddyfiles as their programs read them: broken syntax, names that are no directive (a colon after the name, a slip of one letter), sizes and times that are none, directives that may stand once and stand twice at one level, a path in proxy_pass where nginx allows none. A name that is neither a directive of nginx nor near one is left alone: it may be a module’s. So is what a template’s condition decides.",
    why: "nginx refuses the whole configuration for one wrong line. After a reload the old one keeps running and nobody notices; after the next restart of the machine nothing is served.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 80;
    client_max_body_size: 20M;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 80;
    client_max_body_size 20M;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/beginners_guide.html#conf_structure",
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
    ],
    check,
};

/// Directives of which nginx 1.22 refuses a second at one level ("directive is duplicate").
const ONCE: &[&str] = &[
    "alias",
    "auth_basic",
    "auth_basic_user_file",
    "autoindex",
    "charset",
    "client_body_buffer_size",
    "client_body_timeout",
    "client_header_timeout",
    "client_max_body_size",
    "default_type",
    "etag",
    "expires",
    "gzip",
    "gzip_comp_level",
    "gzip_min_length",
    "gzip_vary",
    "internal",
    "keepalive_timeout",
    "large_client_header_buffers",
    "limit_rate",
    "proxy_buffer_size",
    "proxy_buffering",
    "proxy_buffers",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_pass",
    "proxy_read_timeout",
    "proxy_redirect",
    "proxy_request_buffering",
    "resolver",
    "root",
    "send_timeout",
    "sendfile",
    "server_tokens",
    "ssl_ciphers",
    "ssl_dhparam",
    "ssl_prefer_server_ciphers",
    "ssl_session_tickets",
    "ssl_session_timeout",
    "ssl_stapling",
    "tcp_nopush",
    "try_files",
    "uwsgi_pass",
    "uwsgi_read_timeout",
];

/// `proxy_redirect` may be repeated with addresses; only `off` and `default` stand alone.
fn may_repeat(directive: &Directive) -> bool {
    directive.is("proxy_redirect") && directive.args.len() > 1
}

const SIZES: [&str; 3] = ["client_max_body_size", "client_body_buffer_size", "proxy_buffer_size"];
const TIMES: [&str; 6] = [
    "proxy_read_timeout",
    "proxy_send_timeout",
    "proxy_connect_timeout",
    "uwsgi_read_timeout",
    "client_body_timeout",
    "send_timeout",
];

/// Blocks whose entries are no directives.
const TABLES: [&str; 9] =
    ["map", "geo", "types", "split_clients", "match", "charset_map", "upstream", "js_var", "lua"];

fn check(look: &mut Look) {
    if sites::is_absent(look, "the proxy's configuration") {
        return;
    }
    let facts = look.facts;
    let mut files = 0;
    let mut wrong: Vec<(Span, String)> = Vec::new();
    for from in &facts.edge.nginx {
        files += from.config.files.len();
        of_nginx(from, &mut wrong);
    }
    for file in &facts.edge.caddy {
        files += file.files.len();
        let broken = file.problems.iter().filter(|problem| problem.kind == ProblemKind::Syntax);
        wrong.extend(broken.map(|problem| (problem.at.clone(), problem.message.clone())));
    }
    wrong.sort();
    wrong.dedup();
    if wrong.is_empty() {
        look.evidence(format!("nothing was seen in {files} files of the proxy's configuration that it would refuse"), None);
        return;
    }
    // One slip often has the parser trip several times: the first of a file is told, with the others.
    let mut by_file: Vec<(Span, String, Vec<Related>)> = Vec::new();
    for (at, message) in wrong {
        match by_file.last_mut().filter(|(first, ..)| first.file == at.file) {
            Some((_, _, others)) => others.push(Related { at, message }),
            None => by_file.push((at, message, Vec::new())),
        }
    }
    for (at, message, others) in by_file {
        let repair = without_colons(
            std::iter::once((&at, &message))
                .chain(others.iter().map(|other| (&other.at, &other.message))),
        );
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message,
                consequence: "the proxy refuses the whole configuration: it does not start, or keeps running with the old one".to_owned(),
                fix: "correct the line, and let nginx -t (or caddy validate) run before each deployment".to_owned(),
            },
        );
        finding.confidence = Confidence::High;
        finding.related.extend(others.into_iter().take(5));
        finding.repair = repair;
    }
}

/// The colons taken out, where nothing else of the file is refused. nginx does not start with them,
/// so nothing that works can break.
fn without_colons<'w>(wrong: impl Iterator<Item = (&'w Span, &'w String)>) -> Option<Repair> {
    let mut changes = Vec::new();
    let mut does = String::new();
    for (at, message) in wrong {
        let name = colon_of(message)?;
        let bare = name.trim_end_matches(':');
        does = format!("write {bare} without its colon in {}", at.file);
        let (at, old, new) = (at.clone(), name.to_owned(), bare.to_owned());
        changes.push(Change::Replace { at, old, new, every: false });
    }
    (!changes.is_empty()).then_some(Repair { is_safe: true, does, changes })
}

/// The name with the colon of which a message tells.
fn colon_of(message: &str) -> Option<&str> {
    let (name, rest) = message.strip_prefix('`')?.split_once('`')?;
    (name.ends_with(':') && rest.starts_with(NO_DIRECTIVE)).then_some(name)
}

const NO_DIRECTIVE: &str = " is no directive: nginx wants";

/// What nginx would refuse of directives that stand by themselves, with their places.
pub(crate) fn refused(directives: &[Directive]) -> Vec<(Span, String)> {
    let mut wrong = Vec::new();
    level(directives, &mut wrong, 0);
    wrong
}

fn of_nginx(from: &NginxConfig, wrong: &mut Vec<(Span, String)>) {
    let config = &from.config;
    // What fills a template in can change what is wrong with it.
    if !config.template && !from.expands {
        let broken = config.problems.iter().filter(|problem| {
            problem.kind == ProblemKind::Syntax
                && !is_template(problem.at.file.as_str())
                // A placeholder that stands for a whole statement.
                && !problem.message.starts_with("`$")
        });
        wrong.extend(broken.map(|problem| (problem.at.clone(), problem.message.clone())));
    }
    level(&config.directives, wrong, 0);
    for server in config.servers().iter().chain(&config.implicit_server()) {
        for location in server.all_locations() {
            let Some(pass) = location.pass() else { continue };
            let strict = matches!(
                location.modifier,
                Modifier::Regex | Modifier::RegexIgnoreCase | Modifier::Named
            );
            let http = matches!(pass.kind, PassKind::Http | PassKind::Https);
            let computed = pass.authority.contains('$')
                || pass.uri.as_ref().is_some_and(|uri| uri.contains(['$', '{']));
            if strict && http && pass.uri.is_some() && !computed {
                let place = if location.modifier == Modifier::Named {
                    "a named location"
                } else {
                    "a location given by a regular expression"
                };
                let message = format!("proxy_pass has a path in {place}, which nginx refuses");
                wrong.push((pass.at.clone(), message));
            }
        }
    }
}

/// Whether another program fills the file in, by its name.
fn is_template(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["template", ".tmpl", ".tpl", ".j2", ".erb", ".in"].iter().any(|mark| match *mark {
        ".in" => path.ends_with(".in"),
        mark => path.contains(mark),
    })
}

/// One level of directives; the depth is that of the parser's tree, which is bounded.
fn level(directives: &[Directive], wrong: &mut Vec<(Span, String)>, depth: usize) {
    if depth > 60 {
        return;
    }
    for (at, directive) in directives.iter().enumerate() {
        wrong.extend(fault_of(directive).map(|message| (directive.span.clone(), message)));
        let again = ONCE.contains(&directive.name.value.as_str())
            && !directive.conditional
            && !directive.has_placeholder()
            && !may_repeat(directive)
            && directives.iter().take(at).any(|other| {
                other.is(&directive.name.value) && !other.conditional && !may_repeat(other)
            });
        if again {
            let message =
                format!("{} stands twice at this level, which nginx refuses", directive.name.value);
            wrong.push((directive.span.clone(), message));
        }
        if !TABLES.contains(&directive.name.value.as_str()) {
            level(directive.children(), wrong, depth + 1);
        }
    }
}

fn fault_of(directive: &Directive) -> Option<String> {
    let name = directive.name.value.as_str();
    if directive.name.is_placeholder() || directive.name.is_computed() {
        return None;
    }
    if let Some(bare) = name.strip_suffix(':')
        && is_known_directive(bare)
    {
        return Some(format!("`{name}`{NO_DIRECTIVE} `{bare}` without the colon"));
    }
    if !is_known_directive(name) && name.len() > 3 {
        let near = ONCE.iter().chain(&NEAR).find(|known| crate::is_slip(known, name));
        return near.map(|near| format!("`{name}` is no directive of nginx; `{near}` is"));
    }
    let first = directive.args.first()?;
    if first.is_computed() || first.is_placeholder() {
        return None;
    }
    let value = first.value.as_str();
    if SIZES.contains(&name) && values::size(value).is_none() {
        return Some(format!("`{value}` is no size for {name}: nginx knows 512k, 20m and 1g"));
    }
    if TIMES.contains(&name) && values::time(value).is_none() {
        return Some(format!("`{value}` is no time for {name}: nginx knows 500ms, 30s, 5m and 1h"));
    }
    None
}

/// Directives of which a slip is told, beside those that stand once.
const NEAR: [&str; 12] = [
    "proxy_set_header",
    "add_header",
    "server_name",
    "location",
    "listen",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_protocols",
    "upstream",
    "return",
    "include",
    "gzip_types",
];
