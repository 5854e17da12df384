//! What holds at a level of the configuration, with nginx's inheritance.

use plimsoll_source::Span;

use super::config::Config;
use super::syntax::Directive;

/// A level of a configuration with the levels around it: `http`, then `server`, then locations.
/// Inside a location, `if` and `limit_except` are levels too.
#[derive(Clone, Debug)]
pub struct Scope<'c> {
    config: &'c Config,
    /// The directives of each level, outermost first.
    levels: Vec<&'c [Directive]>,
    /// The directive that opens the innermost level; `None` at the top of a file.
    opened_by: Option<&'c Directive>,
}

/// The value of a directive that may be inherited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effective<'c> {
    /// Set here or at a level around.
    Set(&'c Directive),
    /// Set nowhere: nginx's default holds.
    Default,
    /// Set nowhere in what could be read, but a level around that is not here, or an include
    /// that is missing, may set it.
    Unknown,
}

impl<'c> Effective<'c> {
    /// The directive, where one is set.
    pub fn directive(self) -> Option<&'c Directive> {
        match self {
            Self::Set(directive) => Some(directive),
            Self::Default | Self::Unknown => None,
        }
    }
}

/// A response header that nginx adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedHeader<'c> {
    /// Its name as written.
    pub name: &'c str,
    /// Its value as written; an empty one adds nothing.
    pub value: &'c str,
    /// Whether it is added to every status (`always`), or to 200, 201, 204, 206, 301, 302, 303,
    /// 304, 307 and 308 only.
    pub always: bool,
    /// Where.
    pub directive: &'c Directive,
}

/// A request header that nginx sends to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedHeader<'c> {
    /// Its name as written.
    pub name: &'c str,
    /// Its value as written, variables kept. An empty one takes the header away.
    pub value: &'c str,
    /// Where; `None` for nginx's own default.
    pub at: Option<&'c Span>,
}

impl<'c> Scope<'c> {
    pub(super) fn http(config: &'c Config, block: &'c Directive) -> Self {
        Self { config, levels: vec![&config.directives, block.children()], opened_by: Some(block) }
    }

    pub(super) fn fragment(config: &'c Config) -> Self {
        Self { config, levels: vec![&config.directives], opened_by: None }
    }

    /// The level that this block of the innermost level opens.
    pub(super) fn enter(&self, block: &'c Directive) -> Self {
        let mut levels = self.levels.clone();
        levels.push(block.children());
        Self { config: self.config, levels, opened_by: Some(block) }
    }

    /// The configuration.
    pub fn config(&self) -> &'c Config {
        self.config
    }

    /// The directives of this level itself.
    pub fn own(&self) -> &'c [Directive] {
        self.levels.last().copied().unwrap_or(&[])
    }

    /// The directive that opens this level.
    pub fn opened_by(&self) -> Option<&'c Directive> {
        self.opened_by
    }

    /// The directives of this name at this level itself, for what is not inherited (`return`,
    /// `try_files`, `internal`, `proxy_pass`).
    pub fn own_named(&self, name: &str) -> impl Iterator<Item = &'c Directive> + use<'c> {
        let name = name.to_owned();
        self.own().iter().filter(move |directive| directive.name.value == name)
    }

    /// The directives of this name that hold here: all of the innermost level that has any
    /// (nginx's rule for lists such as `add_header`, `allow`, `access_log`, `limit_req`). Where
    /// some are conditional (a template's `{% if %}`) the level counts as having them.
    pub fn inherited(&self, name: &str) -> Vec<&'c Directive> {
        self.inherited_any(&[name])
    }

    /// The same for directives that share one setting, such as `root` and `alias`.
    pub fn inherited_any(&self, names: &[&str]) -> Vec<&'c Directive> {
        for level in self.levels.iter().rev() {
            let named = |directive: &&Directive| names.iter().any(|name| directive.is(name));
            let found: Vec<_> = level.iter().filter(named).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The directive of this name that holds here, where it takes one value. Of several at one
    /// level (which nginx refuses) the last.
    pub fn value(&self, name: &str) -> Effective<'c> {
        for level in self.levels.iter().rev() {
            // What a missing file sets after or before it is not known.
            if level.iter().any(is_unread) {
                return Effective::Unknown;
            }
            if let Some(directive) = level.iter().rfind(|directive| directive.is(name)) {
                return Effective::Set(directive);
            }
        }
        if self.may_be_set_elsewhere() { Effective::Unknown } else { Effective::Default }
    }

    /// Whether a level around that is not here, or a missing include, may set more.
    pub fn may_be_set_elsewhere(&self) -> bool {
        !self.config.is_complete() || self.has_unread_includes()
    }

    /// Whether this level or one around has an include that could not be read, so that lists
    /// such as [`Self::added_headers`] may lack what it brings.
    pub fn has_unread_includes(&self) -> bool {
        self.levels.iter().any(|level| level.iter().any(is_unread))
    }

    /// Whether `on` holds for a switch; `None` where it is unknown or decided by a variable.
    /// `default` is nginx's.
    pub fn switch(&self, name: &str, default: bool) -> Option<bool> {
        match self.value(name) {
            Effective::Default => Some(default),
            Effective::Unknown => None,
            Effective::Set(directive) => match directive.arg(0)? {
                value if value.eq_ignore_ascii_case("on") => Some(true),
                value if value.eq_ignore_ascii_case("off") => Some(false),
                _ => None,
            },
        }
    }

    /// The headers that nginx adds to responses from here: those of the innermost level that has
    /// any `add_header`, unless `add_header_inherit` (nginx 1.29.3 and later) says `merge` (those
    /// of outer levels too, outer ones first) or `off` (nothing from outer levels).
    pub fn added_headers(&self) -> Vec<AddedHeader<'c>> {
        self.level_headers(self.levels.len())
    }

    /// The headers that hold at the outermost `depth` levels.
    fn level_headers(&self, depth: usize) -> Vec<AddedHeader<'c>> {
        let mut headers: Vec<AddedHeader<'c>> = Vec::new();
        let mut mode = "on";
        for level in self.levels.iter().take(depth) {
            let inherit = level.iter().rfind(|directive| directive.is("add_header_inherit"));
            mode = inherit.and_then(|directive| directive.arg(0)).unwrap_or(mode);
            let own: Vec<_> = level
                .iter()
                .filter(|directive| directive.is("add_header"))
                .filter_map(added_header)
                .collect();
            match mode {
                "merge" => headers.extend(own),
                "off" => headers = own,
                _ if own.is_empty() => {}
                _ => headers = own,
            }
        }
        headers
    }

    /// The headers of the levels around that do not reach this one, because it or a level
    /// between has headers of its own. Each is a header that responses from here lack.
    pub fn dropped_headers(&self) -> Vec<AddedHeader<'c>> {
        let here = self.added_headers();
        let mut dropped: Vec<AddedHeader<'c>> = Vec::new();
        for depth in 1..self.levels.len() {
            for header in self.level_headers(depth) {
                let again = |other: &AddedHeader<'_>| other.name.eq_ignore_ascii_case(header.name);
                if !here.iter().any(again) && !dropped.iter().any(again) {
                    dropped.push(header);
                }
            }
        }
        dropped
    }

    /// The request headers that `proxy_pass` sends from here: those of the innermost level that
    /// has any `proxy_set_header`, and nginx's own `Host $proxy_host` and `Connection close`
    /// where these are not among them.
    pub fn passed_headers(&self) -> Vec<PassedHeader<'c>> {
        let mut headers: Vec<PassedHeader<'c>> = self
            .inherited("proxy_set_header")
            .into_iter()
            .filter_map(|directive| {
                let (name, value) = (directive.arg(0)?, directive.arg(1)?);
                Some(PassedHeader { name, value, at: Some(&directive.span) })
            })
            .collect();
        for (name, value) in [("Host", "$proxy_host"), ("Connection", "close")] {
            if !headers.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
                headers.push(PassedHeader { name, value, at: None });
            }
        }
        headers
    }

    /// The value of a variable that `set` gives at this level or one around, where exactly one
    /// does, unconditionally, and its value has no variables in turn.
    pub fn variable(&self, name: &str) -> Option<&'c str> {
        let mut value = None;
        for level in &self.levels {
            for directive in level.iter().filter(|directive| directive.is("set")) {
                let Some(variable) = directive.arg(0) else { continue };
                if variable.strip_prefix('$') != Some(name) {
                    continue;
                }
                if value.is_some() || directive.conditional {
                    return None;
                }
                value = Some(directive.args.get(1)?);
            }
        }
        value.filter(|word| !word.is_computed()).map(|word| word.value.as_str())
    }
}

/// An include that stayed in the tree.
fn is_unread(directive: &Directive) -> bool {
    directive.is("include")
}

fn added_header(directive: &Directive) -> Option<AddedHeader<'_>> {
    Some(AddedHeader {
        name: directive.arg(0)?,
        value: directive.arg(1)?,
        always: directive.arg(2) == Some("always"),
        directive,
    })
}
