//! The addresses of the system: from ROOT_URLCONF through includes and routers to views, and what
//! each view asks of the caller.
//!
//! Nothing is guessed: what is not followed is a gap, and a view that may ask in a way that is not
//! understood counts as asking, not as open.

mod access;
mod classes;
mod known;
mod settings;
mod symbols;
mod walk;

use std::collections::BTreeSet;

pub use known::{is_guard_mixin, is_view};
use plimsoll_python::Settings;
use plimsoll_python::code::{Change, Class, Function};
use plimsoll_source::{Span, Tree};

use self::settings::Defaults;
use self::symbols::Symbols;
use self::walk::Walk;
use super::{CodeFacts, Module};
use crate::systems::System;

/// The addresses of the system.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// The addresses with their views.
    pub views: Vec<Address>,
    /// What was not followed: why, and where.
    pub gaps: Vec<(String, Option<Span>)>,
    /// The middleware that asks everybody to log in, or may.
    pub gate: Option<Gate>,
    /// Guards that stand behind a view among a class's bases and never run.
    pub skipped_guards: Vec<SkippedGuard>,
}

/// A guard among a class's bases that stands behind a view, whose `dispatch` calls nothing further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedGuard {
    /// The place of the class's module.
    pub module: usize,
    /// The class's place in its module.
    pub class: usize,
    /// The guard's dotted name.
    pub guard: String,
    /// The view in front of it.
    pub view: String,
}

/// A middleware that can send away whoever is not logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Its dotted name.
    pub name: String,
    /// Whether it surely does so for every view that does not say otherwise.
    pub certain: bool,
}

/// An address with its view.
#[derive(Clone, Debug)]
pub struct Address {
    /// The address as far as it is written, without the slash in front.
    pub address: String,
    /// Where the URL pattern stands.
    pub at: Span,
    /// The view.
    pub view: View,
    /// What it asks of the caller.
    pub access: Access,
    /// What it changes in the database, helpers that are handed the request included.
    pub changes: Vec<Change>,
    /// The generic view by which it edits rows: `DeleteView`, `ModelViewSet`.
    pub edits: Option<&'static str>,
    /// The methods that it answers, where its decorators or its router's map say.
    pub methods: Option<Vec<String>>,
    /// Whether it is a view of DRF.
    pub is_api: bool,
    /// Whether it asks for the request's method, form or body, helpers included.
    pub reads_form: bool,
    /// The classes of the system that the view is made of, in the order in which Python asks them:
    /// the places of modules and classes.
    pub parts: Vec<(usize, usize)>,
    /// The names of what is wrapped around the view or its includes in URL patterns.
    pub around: Vec<String>,
    /// The names of everything on the way that asks, or may ask, something of the caller:
    /// decorators, mixins, permission classes, bases that are not followed.
    pub guards: Vec<String>,
}

impl Address {
    /// Whether nothing on the way asks for more than a login, as far as names tell.
    pub fn only_login(&self) -> bool {
        self.guards.iter().all(|name| {
            matches!(
                name.rsplit('.').next(),
                Some(
                    "login_required"
                        | "LoginRequiredMixin"
                        | "IsAuthenticated"
                        | "IsAuthenticatedOrReadOnly"
                        | "LoginRequiredMiddleware"
                )
            )
        })
    }
}

/// The view behind an address.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// A function: the places of its module and of it.
    Function(usize, usize),
    /// A class: the places of its module and of it, and what `as_view` is given.
    Class(usize, usize, Vec<(String, Option<Vec<String>>)>),
    /// A view of a library, by its dotted name.
    Library(String),
}

/// What a view asks of the caller before it does anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// A login or more: by what.
    Guarded(String),
    /// A login for writing requests only: by what.
    WritesGuarded(String),
    /// It looks at who asks in a way that is not followed: by what.
    Asks(String),
    /// Nothing.
    Open,
    /// It cannot be told: why.
    Unknown(String),
}

impl Routes {
    /// Follows the addresses from ROOT_URLCONF; modules that are read on the way join those of the
    /// code.
    pub(crate) fn gather(
        tree: &dyn Tree,
        system: &System,
        settings: &Settings,
        code: &mut CodeFacts,
    ) -> Self {
        let symbols = Symbols::new(tree, system, std::mem::take(&mut code.modules));
        let defaults = Defaults::of(settings);
        let mut walk = Walk {
            symbols,
            settings,
            defaults,
            routes: Routes::default(),
            active: BTreeSet::new(),
        };
        walk.routes.gate = walk.gate();
        let root = settings.get("ROOT_URLCONF").and_then(|setting| setting.known()?.text());
        match root {
            Some(root) => match walk.symbols.module(root) {
                Some(module) => walk.module(module, "", &[], 0),
                None => walk.gap(format!("{root} is not in the repository"), None),
            },
            None => walk.gap("ROOT_URLCONF is not known".to_owned(), None),
        }
        walk.routes.skipped_guards = walk.skipped_guards();
        let Walk { symbols, routes, .. } = walk;
        code.modules = symbols.modules;
        routes
    }
}

impl CodeFacts {
    /// The function of an address, where its view is one.
    pub fn view_function(&self, route: &Address) -> Option<(&Module, &Function)> {
        let View::Function(module, function) = &route.view else { return None };
        let module = self.modules.get(*module)?;
        Some((module, module.facts.functions.get(*function)?))
    }

    /// The class of an address, where its view is one.
    pub fn view_class(&self, route: &Address) -> Option<(&Module, &Class)> {
        let View::Class(module, class, _) = &route.view else { return None };
        let module = self.modules.get(*module)?;
        Some((module, module.facts.classes.get(*class)?))
    }

    /// The functions that answer at an address: the function with those in it, or the methods of
    /// the classes of the system that the view is made of.
    pub fn view_functions<'f>(&'f self, route: &'f Address) -> Vec<&'f Function> {
        if let Some((module, outer)) = self.view_function(route) {
            let inner = module.facts.functions.iter();
            let inner = inner.filter(|f| f.outer.as_deref() == Some(outer.name.as_str()));
            return std::iter::once(outer).chain(inner).collect();
        }
        self.view_parts(route).flat_map(|(module, class)| module.methods(class)).collect()
    }

    /// The classes of the system that a view is made of, in the order in which Python asks them.
    pub fn view_parts<'f>(
        &'f self,
        route: &'f Address,
    ) -> impl Iterator<Item = (&'f Module, &'f Class)> {
        route.parts.iter().filter_map(|(module, class)| {
            let module = self.modules.get(*module)?;
            Some((module, module.facts.classes.get(*class)?))
        })
    }

    /// The name of a view of the system and where it stands.
    pub fn view_name(&self, route: &Address) -> Option<(&Module, &str, &Span)> {
        if let Some((module, function)) = self.view_function(route) {
            return Some((module, &function.name, &function.at));
        }
        let (module, class) = self.view_class(route)?;
        Some((module, &class.name, &class.at))
    }
}

impl Module {
    /// The methods of a class, with the functions within them.
    pub fn methods<'f>(&'f self, class: &'f Class) -> impl Iterator<Item = &'f Function> {
        let name = class.name.as_str();
        self.facts.functions.iter().filter(move |function| function.class.as_deref() == Some(name))
    }
}
