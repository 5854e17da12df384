//! The way from ROOT_URLCONF to the views.

use std::collections::BTreeSet;

use plimsoll_python::Settings;
use plimsoll_python::code::{Change, Entry, Leads, ViewUse};
use plimsoll_source::Span;

use super::classes::Base;
use super::settings::Defaults;
use super::symbols::{Symbol, Symbols};
use super::{Address, Routes, SkippedGuard, View, access, classes, known};

/// Includes within includes, and addresses at all.
const MAX_DEPTH: usize = 16;
const MAX_ROUTES: usize = 20_000;

/// What a view does.
#[derive(Default)]
struct Acts {
    changes: Vec<Change>,
    edits: Option<&'static str>,
    methods: Option<Vec<String>>,
    is_api: bool,
    reads_form: bool,
    parts: Vec<(usize, usize)>,
}

pub(super) struct Walk<'t, 's> {
    pub(super) symbols: Symbols<'t>,
    pub(super) settings: &'s Settings,
    pub(super) defaults: Defaults,
    pub(super) routes: Routes,
    /// The lists that are being walked, so that none includes itself for ever.
    pub(super) active: BTreeSet<(usize, usize)>,
}

impl Walk<'_, '_> {
    pub(super) fn gap(&mut self, reason: String, at: Option<Span>) {
        self.routes.gaps.push((reason, at));
    }

    /// The list `urlpatterns` of a module.
    pub(super) fn module(
        &mut self,
        module: usize,
        prefix: &str,
        wrappers: &[(usize, String)],
        depth: usize,
    ) {
        match self.symbols.resolve(module, "urlpatterns") {
            Symbol::Patterns(module, list) => self.list(module, list, prefix, wrappers, depth),
            _ => {
                let path = self.symbols.modules.get(module).map(|module| module.path.clone());
                let at = path.map(Span::of_file);
                self.gap("the list urlpatterns is not written out".to_owned(), at);
            }
        }
    }

    fn list(
        &mut self,
        module: usize,
        list: usize,
        prefix: &str,
        wrappers: &[(usize, String)],
        depth: usize,
    ) {
        if depth > MAX_DEPTH || !self.active.insert((module, list)) {
            return;
        }
        let found = self.symbols.modules.get(module).and_then(|m| m.facts.patterns.get(list));
        let entries = found.map(|list| list.entries.clone()).unwrap_or_default();
        self.entries(module, &entries, prefix, wrappers, depth);
        self.active.remove(&(module, list));
    }

    fn entries(
        &mut self,
        module: usize,
        entries: &[Entry],
        prefix: &str,
        wrappers: &[(usize, String)],
        depth: usize,
    ) {
        for entry in entries {
            if self.routes.views.len() >= MAX_ROUTES {
                self.gap("there are more addresses than are followed".to_owned(), None);
                return;
            }
            if !self.is_on(entry) {
                continue;
            }
            let address = join(prefix, entry.route.as_deref());
            let mut around = wrappers.to_vec();
            around.extend(entry.wrappers.iter().map(|wrapper| (module, wrapper.clone())));
            self.entry(module, entry, &address, &around, depth);
        }
    }

    fn entry(
        &mut self,
        module: usize,
        entry: &Entry,
        address: &str,
        around: &[(usize, String)],
        depth: usize,
    ) {
        match &entry.leads {
            Leads::Module(name) => match self.symbols.module(name) {
                Some(inner) => self.module(inner, address, around, depth + 1),
                None => self.library(name, address, &entry.at),
            },
            Leads::Entries(entries) => self.entries(module, entries, address, around, depth + 1),
            Leads::List(name) => self.named(module, name, entry, address, around, depth),
            Leads::View(view) => self.view(module, view, entry, address, around),
            Leads::Unknown(text) => {
                self.gap(format!("{text} is not followed"), Some(entry.at.clone()));
            }
        }
    }

    /// A name in the place of patterns: a list, a module, a router, the pages of an admin.
    fn named(
        &mut self,
        module: usize,
        name: &str,
        entry: &Entry,
        address: &str,
        around: &[(usize, String)],
        depth: usize,
    ) {
        match self.symbols.resolve(module, name) {
            Symbol::Patterns(inner, list) => self.list(inner, list, address, around, depth + 1),
            Symbol::Module(inner) => self.module(inner, address, around, depth + 1),
            Symbol::Variable(inner, variable) => {
                let router = variable.strip_suffix(".urls").unwrap_or(&variable);
                if !self.router(inner, router, address, around, 0) {
                    // A site of the admin asks for its own login.
                    let is_admin = router.to_ascii_lowercase().contains("admin");
                    if is_admin {
                        self.library(&format!("django.contrib.{name}"), address, &entry.at);
                    } else if !self.is_empty_list(inner, router) {
                        self.gap(format!("{name} is not followed"), Some(entry.at.clone()));
                    }
                }
            }
            Symbol::Outside(outer) => self.library(&outer, address, &entry.at),
            _ => self.gap(format!("{name} is not followed"), Some(entry.at.clone())),
        }
    }

    /// A list of a module that holds nothing: `urlpatterns = []`.
    fn is_empty_list(&self, module: usize, name: &str) -> bool {
        name == "urlpatterns" && self.symbols.modules.get(module).is_some()
    }

    /// The views of a router; whether it has any.
    fn router(
        &mut self,
        module: usize,
        router: &str,
        address: &str,
        around: &[(usize, String)],
        depth: usize,
    ) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        let mut found = Vec::new();
        for place in 0..self.symbols.modules.len() {
            let Some(other) = self.symbols.modules.get(place) else { continue };
            if other.facts.registered.is_empty() {
                continue;
            }
            for registered in other.facts.registered.clone() {
                let same = place == module && registered.router == router
                    || self.symbols.resolve(place, &registered.router)
                        == Symbol::Variable(module, router.to_owned());
                if same {
                    found.push((place, registered));
                }
            }
        }
        let any = !found.is_empty();
        for (place, registered) in found {
            if let Some(other) = registered.view.strip_suffix(".registry") {
                if let Symbol::Variable(inner, other) = self.symbols.resolve(place, other) {
                    self.router(inner, &other, address, around, depth + 1);
                }
                continue;
            }
            let view = ViewUse {
                name: registered.view.clone(),
                is_class: true,
                given: Vec::new(),
                methods: None,
            };
            let entry = Entry {
                at: registered.at.clone(),
                route: None,
                wrappers: Vec::new(),
                leads: Leads::Unknown(String::new()),
                switch: None,
            };
            let prefix = registered.prefix.as_deref().unwrap_or("…");
            self.view(place, &view, &entry, &join(address, Some(prefix)), around);
        }
        any
    }

    fn library(&mut self, name: &str, address: &str, at: &Span) {
        self.routes.views.push(Address {
            address: address.to_owned(),
            at: at.clone(),
            view: View::Library(name.to_owned()),
            access: access::library_access(name),
            changes: Vec::new(),
            edits: None,
            methods: None,
            is_api: name.starts_with("rest_framework"),
            reads_form: false,
            parts: Vec::new(),
            around: Vec::new(),
            guards: Vec::new(),
        });
    }

    /// A view with what it asks.
    fn view(
        &mut self,
        module: usize,
        used: &ViewUse,
        entry: &Entry,
        address: &str,
        around: &[(usize, String)],
    ) {
        let mut around = around.to_vec();
        let mut used = used.clone();
        let mut place = module;
        let mut symbol = self.symbols.resolve(place, &used.name);
        // Old patterns name views by text.
        if matches!(symbol, Symbol::Unknown | Symbol::Variable(..))
            && let Some((name, view)) = used.name.rsplit_once('.')
            && let Some(inner) = self.symbols.module(name)
        {
            symbol = self.symbols.resolve(inner, view);
        }
        for _ in 0..4 {
            let Symbol::Alias(inner, alias) = symbol else { break };
            let found = self.symbols.modules.get(inner).and_then(|m| m.facts.aliases.get(alias));
            let Some(found) = found.cloned() else { break };
            around.extend(found.wrappers.into_iter().map(|wrapper| (inner, wrapper)));
            place = inner;
            used = found.view;
            symbol = self.symbols.resolve(place, &used.name);
        }
        let view = match symbol {
            Symbol::Function(inner, function) => View::Function(inner, function),
            Symbol::Class(inner, class) => View::Class(inner, class, used.given.clone()),
            Symbol::Outside(name) => View::Library(name),
            _ => {
                self.gap(format!("the view {} is not found", used.name), Some(entry.at.clone()));
                return;
            }
        };
        let access = self.access(&view, &around, used.methods.as_deref());
        let Acts { changes, edits, methods, is_api, reads_form, parts } = self.acts(&view, &used);
        let guards = self.guards(&view, &around, &parts);
        let route = Address {
            address: address.to_owned(),
            at: entry.at.clone(),
            view,
            access,
            changes,
            edits,
            methods,
            is_api,
            reads_form,
            parts,
            around: around.into_iter().map(|(_, name)| name).collect(),
            guards,
        };
        self.routes.views.push(route);
    }

    /// What a view changes, the generic view by which it edits, and the methods that it answers.
    fn acts(&mut self, view: &View, used: &ViewUse) -> Acts {
        let mut acts = Acts { methods: used.methods.clone(), ..Acts::default() };
        match view {
            View::Function(module, function) => {
                let found = self.symbols.modules.get(*module);
                if let Some(found) = found.and_then(|m| m.facts.functions.get(*function)) {
                    acts.methods.clone_from(&found.methods);
                    acts.is_api = found
                        .decorators
                        .iter()
                        .any(|name| name.rsplit('.').next() == Some("api_view"));
                }
                (acts.changes, acts.reads_form) = self.changes_of(*module, *function, 0);
            }
            View::Class(module, class, _) => {
                for base in classes::order(&mut self.symbols, *module, *class) {
                    match base {
                        Base::Own(module, class) => {
                            acts.parts.push((module, class));
                            self.acts_of_class(module, class, &mut acts);
                        }
                        Base::Library(name) => {
                            acts.edits = acts.edits.or_else(|| known::editing(&name));
                            acts.is_api |= known::is_drf_view(&name);
                        }
                        _ => {}
                    }
                }
            }
            View::Library(name) => {
                acts.edits = known::editing(name);
                acts.is_api = known::is_drf_view(name);
            }
        }
        acts
    }

    fn acts_of_class(&self, module: usize, class: usize, acts: &mut Acts) {
        let Some(module) = self.symbols.modules.get(module) else { return };
        let Some(class) = module.facts.classes.get(class) else { return };
        for function in module.methods(class) {
            acts.changes.extend(function.changes.iter().cloned());
            acts.reads_form |= function.reads_form
                || matches!(function.name.as_str(), "post" | "put" | "patch" | "form_valid");
        }
    }

    /// What a function changes, and whether it reads what is sent to it, with the functions of the
    /// system that it hands the request to.
    fn changes_of(&mut self, module: usize, function: usize, depth: usize) -> (Vec<Change>, bool) {
        let nothing = (Vec::new(), false);
        let Some(found) = self.symbols.modules.get(module) else { return nothing };
        let Some(outer) = found.facts.functions.get(function) else { return nothing };
        let name = outer.name.as_str();
        let inner = found.facts.functions.iter().filter(|f| f.outer.as_deref() == Some(name));
        let mut changes = Vec::new();
        let mut reads = false;
        for part in std::iter::once(outer).chain(inner) {
            changes.extend(part.changes.iter().cloned());
            reads |= part.reads_form;
        }
        if depth < 2 {
            for name in outer.hands_request_to.clone() {
                if let Symbol::Function(inner, other) = self.symbols.resolve(module, &name)
                    && (inner, other) != (module, function)
                {
                    let (more, form) = self.changes_of(inner, other, depth + 1);
                    changes.extend(more);
                    reads |= form;
                }
            }
        }
        (changes, reads)
    }

    /// The guards of the system's classes that stand behind a view and never run.
    pub(super) fn skipped_guards(&mut self) -> Vec<SkippedGuard> {
        let mut found = Vec::new();
        for module in 0..self.symbols.modules.len() {
            let classes = self.symbols.modules.get(module).map_or(0, |m| m.facts.classes.len());
            for class in 0..classes {
                found.extend(self.skipped_guard(module, class));
            }
        }
        found
    }

    fn skipped_guard(&mut self, module: usize, class: usize) -> Option<SkippedGuard> {
        let bases = &self.symbols.modules.get(module)?.facts.classes.get(class)?.bases;
        // A guard that is not first among several.
        let mixes = bases.len() > 1
            && bases.iter().skip(1).any(|base| base.contains("Required") || base.contains("Mixin"));
        if !mixes {
            return None;
        }
        let order = classes::order(&mut self.symbols, module, class);
        let view = order.iter().position(|base| *base == Base::View)?;
        let behind = order.iter().skip(view).find_map(|base| match base {
            Base::Library(name) if known::is_guard_mixin(name) => Some(name.clone()),
            _ => None,
        })?;
        let first = order.iter().take(view).rev().find_map(|base| match base {
            Base::Library(name) => Some(name.rsplit('.').next().unwrap_or(name).to_owned()),
            _ => None,
        });
        Some(SkippedGuard {
            module,
            class,
            guard: behind,
            view: first.unwrap_or_else(|| "View".to_owned()),
        })
    }

    /// Whether an entry is there in production, as far as its condition tells.
    fn is_on(&self, entry: &Entry) -> bool {
        let Some((condition, wanted)) = &entry.switch else { return true };
        let (condition, wanted) = match condition.strip_prefix("not ") {
            Some(inner) => (inner, !wanted),
            None => (condition.as_str(), *wanted),
        };
        let name = condition
            .trim()
            .strip_prefix("settings.")
            .or_else(|| condition.strip_prefix("conf.settings."));
        let Some(name) = name else { return true };
        let truth = self.settings.get(name).and_then(|setting| setting.known()?.truth());
        truth.is_none_or(|truth| truth == wanted)
    }
}

/// An address with one more part, the marks of regular expressions left out.
fn join(prefix: &str, part: Option<&str>) -> String {
    let part = part.unwrap_or("").trim_start_matches('^');
    let part = part.strip_suffix('$').unwrap_or(part);
    let slash =
        if prefix.is_empty() || prefix.ends_with('/') || part.is_empty() || part.starts_with('/') {
            ""
        } else {
            "/"
        };
    let mut address = format!("{prefix}{slash}{part}");
    if address.chars().count() > 120 {
        address = address.chars().take(117).chain("...".chars()).collect();
    }
    address
}
