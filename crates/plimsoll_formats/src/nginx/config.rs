//! A whole nginx configuration: the entry file with its includes put in place.

use plimsoll_source::{Problem, ProblemKind, RepoPath, SourceText, Span, Tree};

use super::include::{Resolved, Resolver, has_wildcard};
use super::known::{Known, known};
use super::scope::Scope;
use super::server::Server;
use super::syntax::{Block, Directive, parse};
use super::upstream::Upstream;

/// Includes nested deeper than this are not followed; nginx itself stops at open files.
const MAX_INCLUDES: usize = 16;
/// Files read for one configuration, one that is included twice counted twice.
const MAX_FILES: usize = 1000;
/// Directives of a whole configuration.
const MAX_DIRECTIVES: usize = 100_000;

/// What an `include` led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Included {
    /// These files of the repository; none where a pattern with wildcards matches none.
    Files(Vec<RepoPath>),
    /// A file that the distribution or certbot brings, whose contents are known.
    WellKnown,
    /// Not in the repository: what it holds is unknown.
    Missing,
    /// A cycle, or more levels than are followed.
    Refused,
}

/// One `include` of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The path or pattern as written.
    pub pattern: String,
    /// Where it is.
    pub at: Span,
    /// What it led to.
    pub led_to: Included,
}

/// An nginx configuration with its includes followed. Fragments are accepted: a file that begins
/// with `server` stands inside an `http` that is not here, one that begins with `location` inside
/// a `server` that is not here; see [`Config::is_complete`].
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it begins in.
    pub entry: RepoPath,
    /// Its directives, includes replaced by what they bring; one that is not in the
    /// repository stays.
    pub directives: Vec<Directive>,
    /// The includes, in the order in which nginx meets them.
    pub includes: Vec<Include>,
    /// The files it consists of, the entry first.
    pub files: Vec<RepoPath>,
    /// Whether any of its files is a template of another language.
    pub template: bool,
    /// What nginx would refuse, or what was not read.
    pub problems: Vec<Problem>,
}

impl Config {
    /// Reads a configuration from its entry file.
    pub fn read(entry: &SourceText, resolver: &Resolver<'_>) -> Self {
        let path = entry.path().clone();
        let mut loader = Loader {
            resolver,
            count: 0,
            loaded: 0,
            stack: vec![path.clone()],
            config: Self {
                entry: path.clone(),
                directives: Vec::new(),
                includes: Vec::new(),
                files: vec![path],
                template: false,
                problems: Vec::new(),
            },
        };
        let directives = loader.load(entry, None);
        Self { directives, ..loader.config }
    }

    /// Whether the configuration has an `http` block of its own. Where it has none, what the
    /// levels around it set is unknown.
    pub fn is_complete(&self) -> bool {
        self.directives.iter().any(|directive| directive.is("http"))
    }

    /// The levels that hold servers: each `http` block, or the file's own top level for a
    /// fragment.
    pub fn http(&self) -> Vec<Scope<'_>> {
        let blocks: Vec<_> =
            self.directives.iter().filter(|directive| directive.is("http")).collect();
        if blocks.is_empty() {
            return vec![Scope::fragment(self)];
        }
        blocks.into_iter().map(|block| Scope::http(self, block)).collect()
    }

    /// The `server` blocks in their order. A fragment of locations has none; see
    /// [`Self::implicit_server`].
    pub fn servers(&self) -> Vec<Server<'_>> {
        let mut servers = Vec::new();
        for http in self.http() {
            let blocks = http.own().iter().filter(|child| child.is("server"));
            servers.extend(
                blocks.filter(|child| child.block.is_some()).map(|block| Server::new(&http, block)),
            );
        }
        servers
    }

    /// The top level of a file that holds what belongs into a `server` (locations, headers), as
    /// a server of which the rest is unknown.
    pub fn implicit_server(&self) -> Option<Server<'_>> {
        let top = &self.directives;
        let holds = top.iter().any(|directive| directive.is("location"));
        let whole = top.iter().any(|directive| {
            ["http", "server", "events", "upstream"].iter().any(|name| directive.is(name))
        });
        (holds && !whole).then(|| Server::implicit(self))
    }

    /// The upstream of this name.
    pub fn upstream(&self, name: &str) -> Option<Upstream<'_>> {
        let named = |block: &&Directive| {
            block.arg(0).is_some_and(|written| written.eq_ignore_ascii_case(name))
        };
        self.http_directives("upstream").into_iter().find(named).and_then(Upstream::new)
    }

    /// Every `upstream` block.
    pub fn upstreams(&self) -> Vec<Upstream<'_>> {
        self.http_directives("upstream").into_iter().filter_map(Upstream::new).collect()
    }

    /// Directives of this name directly at the `http` level (`map`, `geo`, `limit_req_zone`,
    /// `log_format`…).
    pub fn http_directives(&self, name: &str) -> Vec<&Directive> {
        let mut found = Vec::new();
        for http in self.http() {
            found.extend(http.own().iter().filter(|directive| directive.is(name)));
        }
        found
    }

    /// Whether an include could not be followed, so that more may be set than is known.
    pub fn has_unread_includes(&self) -> bool {
        self.includes.iter().any(|i| matches!(i.led_to, Included::Missing | Included::Refused))
    }
}

/// Reads every configuration among these files: files that another one includes are part of that
/// one and give no configuration of their own.
pub fn read_all(tree: &dyn Tree, resolver: &Resolver<'_>, files: &[RepoPath]) -> Vec<Config> {
    let mut configs: Vec<Config> = Vec::new();
    for path in files {
        if let Ok(text) = tree.read(path) {
            configs.push(Config::read(&text, resolver));
        }
    }
    let included: std::collections::BTreeSet<RepoPath> = configs
        .iter()
        .flat_map(|config| config.files.iter().filter(|file| **file != config.entry).cloned())
        .collect();
    // Of files that include each other in a circle, the first is kept.
    let mut kept: Vec<Config> = Vec::new();
    for config in configs {
        let covered = included.contains(&config.entry)
            && kept.iter().any(|other| other.files.contains(&config.entry));
        let comes_later = included.contains(&config.entry) && !config.is_circular();
        if !covered && !comes_later {
            kept.push(config);
        }
    }
    kept
}

impl Config {
    fn is_circular(&self) -> bool {
        self.includes.iter().any(|include| include.led_to == Included::Refused)
    }
}

struct Loader<'r, 't> {
    resolver: &'r Resolver<'t>,
    config: Config,
    /// The files being read, outermost first.
    stack: Vec<RepoPath>,
    count: usize,
    loaded: usize,
}

impl Loader<'_, '_> {
    fn load(&mut self, text: &SourceText, via: Option<&Span>) -> Vec<Directive> {
        self.loaded += 1;
        let file = parse(text);
        self.config.template |= file.template;
        self.config.problems.extend(file.problems);
        self.expand(file.directives, text.path(), via)
    }

    /// Replaces the includes among the directives. Recursion is bounded by the depth of blocks
    /// that the parser accepts times the depth of includes.
    fn expand(
        &mut self,
        directives: Vec<Directive>,
        from: &RepoPath,
        via: Option<&Span>,
    ) -> Vec<Directive> {
        let mut expanded = Vec::with_capacity(directives.len());
        for mut directive in directives {
            self.count += 1;
            if self.count > MAX_DIRECTIVES {
                let message = "more directives than are read";
                self.problem(ProblemKind::Limit, &directive.span, message);
                break;
            }
            if directive.is("include") && directive.block.is_none() {
                let conditional = directive.conditional;
                let (mut brought, unread) = self.include(&directive, from);
                if unread {
                    // It stays in its place: what it sets there is unknown.
                    brought.push(directive);
                }
                brought.iter_mut().for_each(|child| child.conditional |= conditional);
                expanded.extend(brought);
                continue;
            }
            directive.included_at = via.cloned();
            if let Some(block) = directive.block.take() {
                let directives = self.expand(block.directives, from, via);
                directive.block = Some(Block { directives, ..block });
            }
            expanded.push(directive);
        }
        expanded
    }

    fn problem(&mut self, kind: ProblemKind, at: &Span, message: impl Into<String>) {
        self.config.problems.push(Problem::new(kind, at.clone(), message));
    }

    fn include(&mut self, directive: &Directive, from: &RepoPath) -> (Vec<Directive>, bool) {
        let Some(word) = directive.args.first() else {
            self.problem(ProblemKind::Syntax, &directive.span, "`include` wants a file");
            return (Vec::new(), false);
        };
        let pattern = word.value.clone();
        let at = directive.span.clone();
        let slot = self.config.includes.len();
        let include =
            Include { pattern: pattern.clone(), at: at.clone(), led_to: Included::Missing };
        self.config.includes.push(include);
        let (led_to, brought) = self.follow(&pattern, &at, from, word.is_placeholder());
        if let Some(include) = self.config.includes.get_mut(slot) {
            include.led_to = led_to.clone();
        }
        (brought, led_to == Included::Missing)
    }

    fn follow(
        &mut self,
        pattern: &str,
        at: &Span,
        from: &RepoPath,
        placeholder: bool,
    ) -> (Included, Vec<Directive>) {
        if placeholder {
            let message = format!("which file `{pattern}` names is decided when it is installed");
            self.problem(ProblemKind::Missing, at, message);
            return (Included::Missing, Vec::new());
        }
        if self.stack.len() > MAX_INCLUDES || self.loaded > MAX_FILES {
            self.problem(ProblemKind::Limit, at, "includes this deep or many are not followed");
            return (Included::Refused, Vec::new());
        }
        let entry = self.config.entry.clone();
        match self.resolver.resolve(pattern, &entry, from) {
            Resolved::Files(files) => self.follow_files(files, at),
            Resolved::Ambiguous(files) => {
                if let Some(known) = known(pattern) {
                    return (Included::WellKnown, self.well_known(&known, at));
                }
                let names: Vec<_> = files.iter().take(3).map(ToString::to_string).collect();
                let message = format!(
                    "`{pattern}` may be any of {} files: {}",
                    files.len(),
                    names.join(", ")
                );
                self.problem(ProblemKind::Missing, at, message);
                (Included::Missing, Vec::new())
            }
            Resolved::Nothing => match known(pattern) {
                Some(known) => (Included::WellKnown, self.well_known(&known, at)),
                None => {
                    let what =
                        if has_wildcard(pattern) { "no file matches" } else { "there is no" };
                    let message = format!("{what} `{pattern}` in the repository");
                    self.problem(ProblemKind::Missing, at, message);
                    (Included::Missing, Vec::new())
                }
            },
        }
    }

    fn follow_files(&mut self, files: Vec<RepoPath>, at: &Span) -> (Included, Vec<Directive>) {
        let mut brought = Vec::new();
        let mut refused = false;
        for path in &files {
            if self.stack.contains(path) {
                let message = format!("{path} includes itself");
                self.problem(ProblemKind::Syntax, at, message);
                refused = true;
                continue;
            }
            match self.resolver.tree().read(path) {
                Ok(text) => {
                    if !self.config.files.contains(path) {
                        self.config.files.push(path.clone());
                    }
                    self.stack.push(path.clone());
                    brought.extend(self.load(&text, Some(at)));
                    self.stack.pop();
                }
                Err(problem) => self.config.problems.push(problem),
            }
        }
        (if refused { Included::Refused } else { Included::Files(files) }, brought)
    }

    /// The directives of a well-known file, all standing where the include stands.
    fn well_known(&mut self, known: &Known, at: &Span) -> Vec<Directive> {
        let Known::Text(text) = known else { return Vec::new() };
        let mut file = parse(&SourceText::new(at.file.clone(), *text));
        for directive in &mut file.directives {
            directive.span = at.clone();
            directive.name.span = at.clone();
            directive.args.iter_mut().for_each(|word| word.span = at.clone());
            directive.included_at = Some(at.clone());
        }
        file.directives
    }
}
