//! Routes that answer health checks, and whether their views look at anything.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{SourceText, Span};

use crate::words;

/// What the modules of the system tell of health checks.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Where a path for health checks is routed or answered.
    pub routes: Vec<Route>,
    /// Functions and classes that are called after health.
    pub views: Vec<HealthView>,
}

/// A path for health checks.
#[derive(Clone, Debug)]
pub struct Route {
    /// Where.
    pub at: Span,
    /// The path as written, where the line has one.
    pub path: String,
    /// The last part of the view's name; `lambda` where it is written in place.
    pub view: Option<String>,
}

/// A view that is called after health.
#[derive(Clone, Debug)]
pub struct HealthView {
    /// Its name.
    pub name: String,
    /// Where.
    pub at: Span,
    /// Whether it looks at a database, cache or anything else.
    pub looks: bool,
    /// Whether it asks the database, as far as its own lines tell.
    pub asks_database: bool,
    /// Whether it uses the cache.
    pub asks_cache: bool,
    /// Whether an error on the way can reach the caller: by a status of 500 or 503, or by an
    /// exception that nothing catches.
    pub can_fail: bool,
}

/// Longer modules are data.
const LONGEST: usize = 400_000;

const NAMES: [&str; 13] = [
    "health",
    "Health",
    "livez",
    "readyz",
    "heartbeat",
    "Heartbeat",
    "liveness",
    "readiness",
    "/ping",
    "\"ping/",
    "'ping/",
    "\"ping\"",
    "'ping'",
];

impl Health {
    pub(crate) fn extend(&mut self, other: Health) {
        self.routes.extend(other.routes);
        self.views.extend(other.views);
    }
}

/// What one module tells.
pub(crate) fn of_file(source: &SourceText) -> Health {
    static ANY: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let mut health = Health::default();
    let text = source.text();
    let any = ANY.get_or_init(|| words::matcher(NAMES));
    let named = |text: &str| any.as_ref().is_none_or(|any| any.is_match(text));
    if text.len() > LONGEST || !(named(text) || text.contains("status")) {
        return health;
    }
    for number in 1..=source.line_count() {
        let Some(line) = source.line(number) else { continue };
        let code = line.trim();
        if let Some(path) = status_path(code) {
            // Health by another name, or the state of an order.
            let at = source.line_span(number);
            health.views.push(HealthView {
                name: path.to_owned(),
                at,
                looks: true,
                asks_database: false,
                asks_cache: false,
                can_fail: false,
            });
        }
        if !named(line) {
            continue;
        }
        if code.starts_with('#') {
            continue;
        }
        let routes =
            ["path(", "url(", "path_info", ".path ", ".path==", "request.path", "PATH_INFO"]
                .iter()
                .any(|mark| code.contains(mark));
        let quoted = code
            .split(['"', '\''])
            .skip(1)
            .step_by(2)
            .find(|piece| named(piece) || named(&format!("/{piece}")))
            .unwrap_or("");
        if routes && !quoted.is_empty() {
            health.routes.push(Route {
                at: source.line_span(number),
                path: quoted.to_owned(),
                view: view_of(code),
            });
        }
        if let Some(name) = defined(code).filter(|name| is_health_name(name)) {
            let body = body_of(source, number);
            let has = |marks: &[&str]| marks.iter().any(|mark| body.contains(mark));
            health.views.push(HealthView {
                name: name.to_owned(),
                at: source.line_span(number),
                looks: looks_at_something(&body, code),
                asks_database: has(&["cursor(", ".execute(", "ensure_connection", ".objects"]),
                asks_cache: has(&["cache.get", "cache.set", "caches[", ".ping("]),
                can_fail: !body.contains("except")
                    || has(&["500", "503", "ServerError", "SERVICE_UNAVAILABLE", "raise"]),
            });
        }
    }
    health
}

/// The path of a route that ends in `status` and takes no parameter.
fn status_path(code: &str) -> Option<&str> {
    if !code.contains("path(") || !code.contains("status") {
        return None;
    }
    let quoted = code.split(['"', '\'']).nth(1)?;
    let last = quoted.trim_matches(['/', '$', '?', '^']).rsplit('/').next()?;
    (matches!(last, "status" | "_status" | "status.json") && !quoted.contains(['<', '(']))
        .then_some(quoted)
}

/// The name behind the path: `path("health/", views.health, name="health")`.
fn view_of(code: &str) -> Option<String> {
    let after = code.split_once(',').map(|(_, after)| after.trim())?;
    if after.starts_with("lambda") {
        return Some("lambda".to_owned());
    }
    let name: String =
        after.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
    let name = name.trim_end_matches(".as_view").rsplit('.').next().unwrap_or("").to_owned();
    (!name.is_empty()).then_some(name)
}

fn defined(code: &str) -> Option<&str> {
    let rest = ["def ", "async def ", "class "].iter().find_map(|word| code.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

fn is_health_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["health", "livez", "readyz", "heartbeat", "liveness", "readiness"]
        .iter()
        .any(|word| lower.contains(word))
        || lower == "ping"
}

/// The lines of a definition, up to the next one that is indented no further.
fn body_of(source: &SourceText, first: u32) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = source.line(first).map_or(0, indent);
    let mut body = String::new();
    for number in first + 1..=source.line_count().min(first + 120) {
        let line = source.line(number).unwrap_or("");
        let closes = line.trim_start().starts_with([')', ']']);
        if !line.trim().is_empty() && indent(line) <= own && !closes {
            break;
        }
        body.push_str(line);
        body.push('\n');
    }
    body
}

/// Whether a view does more than answer; where it calls anything that is not known, it does.
fn looks_at_something(body: &str, head: &str) -> bool {
    // A class may inherit what it does.
    let inherits = head.starts_with("class ")
        && !["(View)", "(APIView)", "(generics.GenericAPIView)", "(views.APIView)", "(views.View)"]
            .iter()
            .any(|base| head.contains(base));
    let known = [
        "HttpResponse",
        "JsonResponse",
        "Response",
        "get",
        "post",
        "head",
        "HttpResponseNotAllowed",
        "dict",
        "str",
        "now",
        "isoformat",
        "getattr",
        "super",
        "dispatch",
        "time",
        "utcnow",
        "len",
        "extend_schema",
        "render",
        "settings",
        "print",
        "info",
        "debug",
        "_",
        "status",
        "get_version",
        "environ",
        "getenv",
        "csrf_exempt",
        "never_cache",
        "require_GET",
    ];
    let calls = body.match_indices('(').filter_map(|(at, _)| {
        let before = body.get(..at)?;
        let line = before.rsplit('\n').next()?;
        if line.trim_start().starts_with(['#', '@']) {
            return None;
        }
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()?;
        (!name.is_empty()).then_some(name)
    });
    let keyword = |name: &&str| {
        !matches!(
            *name,
            "if" | "return"
                | "and"
                | "or"
                | "not"
                | "in"
                | "for"
                | "while"
                | "def"
                | "class"
                | "except"
                | "elif"
        )
    };
    inherits
        || calls.filter(keyword).any(|name| !known.contains(&name))
        || body.contains(".objects")
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::of_file;

    #[test]
    fn routes_and_views_are_told() {
        let text = "urlpatterns = [\n    path('healthz/', views.healthz, name='h'),\n    path('ping', lambda request: HttpResponse('ok')),\n]\n\ndef healthz(request):\n    return JsonResponse({'status': 'ok'})\n\ndef health(request):\n    with connection.cursor() as cursor:\n        cursor.execute('SELECT 1')\n    return HttpResponse()\n\nclass HealthView(APIView):\n    def get(self, request):\n        return Response({'a': 1})\n";
        let health = of_file(&SourceText::new(RepoPath::new("a/urls.py").unwrap(), text));
        let routes: Vec<_> = health
            .routes
            .iter()
            .map(|route| (route.path.as_str(), route.view.as_deref()))
            .collect();
        assert_eq!(routes, [("healthz/", Some("healthz")), ("ping", Some("lambda"))]);
        let views: Vec<_> =
            health.views.iter().map(|view| (view.name.as_str(), view.looks)).collect();
        assert_eq!(views, [("healthz", false), ("health", true), ("HealthView", false)]);
        assert!(health.views[1].asks_database && health.views[1].can_fail);
        let hidden = "def health(request):\n    try:\n        connection.ensure_connection()\n        ok = True\n    except Exception:\n        ok = False\n    return JsonResponse({'database': ok})\n";
        let hidden = of_file(&SourceText::new(RepoPath::new("a/views.py").unwrap(), hidden));
        assert!(hidden.views[0].asks_database && !hidden.views[0].can_fail);
    }
}
